# meterway_units(<result> <target> <sources...>): with METERWAY_UNITS fewer files that include the sources
# (scripts/units.py says which share one), else the sources themselves. What may share is looked at whenever the tree is
# configured, as scripts/build.sh does each time.
function(meterway_units RESULT TARGET)
  set(UNITS ${ARGN})
  list(LENGTH ARGN COUNT)
  if(METERWAY_UNITS AND COUNT GREATER 1)
    execute_process(
      COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/units.py ${PROJECT_SOURCE_DIR}
              ${PROJECT_BINARY_DIR}/units/${TARGET} ${ARGN}
      OUTPUT_VARIABLE UNITS OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" UNITS "${UNITS}")
  endif()
  set(${RESULT} ${UNITS} PARENT_SCOPE)
endfunction()
