# Every answer of the trips before judges of other makes: the DCC's published programs (npm and Java) and xmllint.
# METERWAY_SANITIZE: there one trip a service is gone, and nothing is judged that a plain build has not judged.
find_program(NODE_PROGRAM node)
find_program(NPM_PROGRAM npm)
find_program(JAVA_PROGRAM java)
if(NODE_PROGRAM AND NPM_PROGRAM AND JAVA_PROGRAM AND NOT METERWAY_SANITIZE)
  add_test(NAME round_trip_judged COMMAND ${CMAKE_CURRENT_LIST_DIR}/judge.sh $<TARGET_FILE:test_round_trip> ${PROJECT_BINARY_DIR}/clients)
  set_tests_properties(round_trip_judged PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()
