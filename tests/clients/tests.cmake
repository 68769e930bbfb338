# The published client programs, unmodified, against a running node. They come from the npm registry; the signing tool
# needs Java.
find_program(NODE_PROGRAM node)
find_program(NPM_PROGRAM npm)
find_program(JAVA_PROGRAM java)
if(NODE_PROGRAM AND NPM_PROGRAM AND JAVA_PROGRAM)
  add_test(NAME clients COMMAND ${PROJECT_SOURCE_DIR}/tests/clients/run.sh $<TARGET_FILE:meterway> ${PROJECT_BINARY_DIR}/clients)
  set_tests_properties(clients PROPERTIES TIMEOUT 300 RESOURCE_LOCK ports)
else()
  message(WARNING "node, npm or java is missing: the published clients are not tested (scripts/install.sh check)")
endif()
