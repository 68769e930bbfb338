# The suite drives the executable, curl and openssl.
target_compile_definitions(test_tls PRIVATE METERWAY_BINARY="$<TARGET_FILE:meterway>")
add_dependencies(test_tls meterway)
