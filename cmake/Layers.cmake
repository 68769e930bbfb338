# meterway_layers(): one static library per line of src/layers.txt, built from every .cpp of its folder that is
# not a test. A folder may hold a layer.cmake that sets LAYER_LIBS (third-party libraries to link) and calls
# meterway_table() for tables generated from spec/.

# meterway_table(<output> <script> <inputs...>): runs `python3 scripts/<script> <inputs...> <output>` whenever an
# input changes; the output lies under build/<preset>/generated, which is on the include path.
macro(meterway_table OUTPUT SCRIPT)
  set(_inputs "")
  foreach(_in ${ARGN})
    list(APPEND _inputs ${PROJECT_SOURCE_DIR}/${_in})
  endforeach()
  set(_out ${PROJECT_BINARY_DIR}/generated/${OUTPUT})
  get_filename_component(_dir ${_out} DIRECTORY)
  file(MAKE_DIRECTORY ${_dir})
  add_custom_command(
    OUTPUT ${_out}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/${SCRIPT} ${_inputs} ${_out}
    DEPENDS ${PROJECT_SOURCE_DIR}/scripts/${SCRIPT} ${_inputs}
    VERBATIM)
  list(APPEND LAYER_GENERATED ${_out})
endmacro()

function(meterway_layer FOLDER DEPENDS)
  string(REPLACE "/" "_" NAME ${FOLDER})
  file(GLOB SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${FOLDER}/*.cpp)
  set(TESTS ${SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cpp$")
  set(LAYER_LIBS "")
  set(LAYER_GENERATED "")
  include(${PROJECT_SOURCE_DIR}/src/${FOLDER}/layer.cmake OPTIONAL)
  set(LINKS "")
  foreach(DEP ${DEPENDS})
    string(REPLACE "/" "_" DEP_NAME ${DEP})
    list(APPEND LINKS meterway_${DEP_NAME})
  endforeach()
  if(SOURCES)
    add_library(meterway_${NAME} STATIC ${SOURCES} ${LAYER_GENERATED})
    target_link_libraries(meterway_${NAME} PUBLIC meterway_flags ${LINKS} PRIVATE ${LAYER_LIBS})
    foreach(SOURCE ${SOURCES})
      file(STRINGS ${SOURCE} READS_JSON REGEX "include <nlohmann" LIMIT_COUNT 1)
      if(READS_JSON)
        meterway_use_precompiled(meterway_${NAME} precompiled_json)
        break()
      endif()
    endforeach()
  else()
    add_library(meterway_${NAME} INTERFACE)
    target_link_libraries(meterway_${NAME} INTERFACE meterway_flags ${LINKS} ${LAYER_LIBS})
  endif()
  set_property(GLOBAL APPEND PROPERTY METERWAY_LAYER_NAMES ${NAME})
  set_property(GLOBAL PROPERTY METERWAY_TESTS_${NAME} "${TESTS}")
endfunction()

function(meterway_layers)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/layers.txt)
  file(STRINGS ${PROJECT_SOURCE_DIR}/src/layers.txt LINES REGEX "^[a-z]")
  foreach(LINE ${LINES})
    string(REGEX MATCH "^([a-z/_]+):(.*)$" _ "${LINE}")
    set(FOLDER ${CMAKE_MATCH_1})
    separate_arguments(DEPENDS UNIX_COMMAND "${CMAKE_MATCH_2}")
    meterway_layer(${FOLDER} "${DEPENDS}")
  endforeach()
endfunction()
