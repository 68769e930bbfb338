add_test(NAME link_by_a_stranger COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/tests/link/link_test.py $<TARGET_FILE:meterway>)
set_tests_properties(link_by_a_stranger PROPERTIES TIMEOUT 180)
