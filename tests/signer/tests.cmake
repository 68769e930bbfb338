# It drives the executable itself.
target_compile_definitions(test_signer PRIVATE METERWAY_BINARY="$<TARGET_FILE:meterway>")
add_dependencies(test_signer meterway)
