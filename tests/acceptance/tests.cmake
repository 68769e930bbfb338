# The suite drives the executable itself.
target_compile_definitions(test_acceptance PRIVATE METERWAY_BINARY="$<TARGET_FILE:meterway>")
add_dependencies(test_acceptance meterway)
