add_test(NAME batch_tools COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/tests/tools/batch_test.py $<TARGET_FILE:meterway>)
