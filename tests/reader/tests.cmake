# Messages read a second time by a reader that shares nothing with standard/gbcs, in another language.
add_test(NAME second_reader_itself COMMAND ${SCORE_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tests/reader/reader_test.py)
add_test(NAME second_reader
  COMMAND ${SCORE_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tests/reader/compare.py --program $<TARGET_FILE:meterway>
          --data ${CMAKE_CURRENT_SOURCE_DIR}/../shared/rtds)
set_tests_properties(second_reader PROPERTIES SKIP_RETURN_CODE 77)
