# The suite drives the executable itself.
target_compile_definitions(test_watching PRIVATE METERWAY_BINARY="$<TARGET_FILE:meterway>")
add_dependencies(test_watching meterway)
add_test(NAME settings_table COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/scripts/settings_table.py --check)
add_test(NAME dashboard COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/scripts/dashboard.py --check)
add_test(NAME log_messages COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/scripts/log_messages.py --check)
