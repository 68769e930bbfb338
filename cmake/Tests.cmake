# A test program per layer (its *_test.cpp files), and one per folder of tests/.
find_package(GTest REQUIRED)
include(GoogleTest)

function(meterway_test_program NAME LINKS)
  add_executable(${NAME} ${ARGN})
  target_link_libraries(${NAME} PRIVATE ${LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR})  # tests/support
  target_compile_definitions(${NAME} PRIVATE METERWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  meterway_use_precompiled(${NAME} precompiled_tests)
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTIES TIMEOUT 600)
endfunction()

get_property(LAYERS GLOBAL PROPERTY METERWAY_LAYER_NAMES)
foreach(LAYER ${LAYERS})
  get_property(TESTS GLOBAL PROPERTY METERWAY_TESTS_${LAYER})
  if(TESTS)
    meterway_test_program(test_${LAYER} "meterway_${LAYER};nlohmann_json::nlohmann_json" ${TESTS})
  endif()
endforeach()

# tests/<folder>/*_test.cpp may use every layer; tests/<folder>/tests.cmake adds tests that are not GoogleTest.
file(GLOB FOLDERS CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/tests/*)
foreach(FOLDER ${FOLDERS})
  if(IS_DIRECTORY ${FOLDER})
    get_filename_component(NAME ${FOLDER} NAME)
    file(GLOB TESTS CONFIGURE_DEPENDS ${FOLDER}/*_test.cpp)
    if(TESTS)
      meterway_test_program(test_${NAME} "meterway_flow;meterway_field_sim;meterway_lab;nlohmann_json::nlohmann_json;OpenSSL::Crypto" ${TESTS})
    endif()
    include(${FOLDER}/tests.cmake OPTIONAL)
  endif()
endforeach()
