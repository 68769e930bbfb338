# Precompiled headers for the two that cost most (nlohmann/json, GoogleTest), each compiled once a build tree.
# On where a tree is built once and thrown away (METERWAY_PCH, the sanitizer presets); off elsewhere, so that a missing
# #include is found and ccache can share objects between trees.
function(meterway_make_precompiled NAME FLAGS)
  file(WRITE ${PROJECT_BINARY_DIR}/generated/${NAME}.cpp "// carries the precompiled headers\n")
  add_library(${NAME} OBJECT ${PROJECT_BINARY_DIR}/generated/${NAME}.cpp)
  target_link_libraries(${NAME} PRIVATE meterway_flags ${FLAGS})
  target_precompile_headers(${NAME} PRIVATE ${ARGN})
endfunction()

function(meterway_use_precompiled TARGET NAME)
  if(METERWAY_PCH)
    target_precompile_headers(${TARGET} REUSE_FROM ${NAME})
  endif()
endfunction()

if(METERWAY_PCH)
  meterway_make_precompiled(precompiled_json meterway_counters <string> <vector> <map> <functional> <nlohmann/json.hpp>)
  meterway_make_precompiled(precompiled_apps meterway_once <string> <vector> <map> <functional> <nlohmann/json.hpp>)
  if(METERWAY_TESTS)
    find_package(GTest REQUIRED)
    meterway_make_precompiled(precompiled_tests meterway_once <string> <vector> <map> <functional> <nlohmann/json.hpp> <gtest/gtest.h>)
    target_link_libraries(precompiled_tests PRIVATE GTest::gtest)  # its macros are part of the header
  endif()
endif()
