# The suite drives the executable itself.
target_compile_definitions(test_end_to_end PRIVATE METERWAY_BINARY="$<TARGET_FILE:meterway>")
add_dependencies(test_end_to_end meterway)
