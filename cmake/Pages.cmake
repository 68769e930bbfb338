# meterway_pages(<result>): the file that has the pages of the portal inside, for the executable. src/portal/web/build.sh makes
# them, once a folder of the build and again when one of their sources changes.
function(meterway_pages RESULT)
  find_program(NODE_PROGRAM node)
  find_program(NPM_PROGRAM npm)
  if(NOT NODE_PROGRAM OR NOT NPM_PROGRAM)
    message(FATAL_ERROR "node and npm, which make the pages of the portal, are missing: scripts/install.sh run")
  endif()
  set(MADE ${PROJECT_BINARY_DIR}/portal)
  set(OUT ${PROJECT_BINARY_DIR}/generated/apps/pages.cpp)
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/portal/web/*)
  list(FILTER SOURCES EXCLUDE REGEX "/node_modules/")
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated/apps)
  add_custom_command(
    OUTPUT ${OUT}
    COMMAND ${PROJECT_SOURCE_DIR}/src/portal/web/build.sh ${MADE}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/portal_files.py ${MADE} ${OUT}
    DEPENDS ${SOURCES} ${PROJECT_SOURCE_DIR}/spec/pages.tsv ${PROJECT_SOURCE_DIR}/scripts/portal_files.py
    COMMENT "Making the pages of the portal" VERBATIM)
  set(${RESULT} ${OUT} PARENT_SCOPE)
endfunction()
