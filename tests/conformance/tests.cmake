# The built program against the reference data; skipped where the data or its judge is absent.
# The judge checks MACs and signatures itself where its Python has the cryptography package.
set(SCORE_PYTHON ${Python3_EXECUTABLE})
foreach(CANDIDATE /usr/bin/python3 ${Python3_EXECUTABLE})
  execute_process(COMMAND ${CANDIDATE} -c "import cryptography" RESULT_VARIABLE MISSING OUTPUT_QUIET ERROR_QUIET)
  if(MISSING EQUAL 0)
    set(SCORE_PYTHON ${CANDIDATE})
    break()
  endif()
endforeach()
foreach(STAGE check addmac round_trip transform)
  add_test(NAME conformance_${STAGE}
    COMMAND ${SCORE_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/tests/conformance/score.py
            --program $<TARGET_FILE:meterway> --data ${CMAKE_CURRENT_SOURCE_DIR}/../shared/rtds ${STAGE})
  set_tests_properties(conformance_${STAGE} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
endforeach()
add_test(NAME conformance_mmc_schema
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tests/conformance/mmc_schema.py
          --program $<TARGET_FILE:meterway> --data ${CMAKE_CURRENT_SOURCE_DIR}/../shared/rtds)
set_tests_properties(conformance_mmc_schema PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
