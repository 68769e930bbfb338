# fuzz/<subject>_fuzz.cpp becomes the program fuzz_<subject>; scripts/fuzz.sh runs them all.
file(GLOB FUZZERS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*_fuzz.cpp)
foreach(FUZZER ${FUZZERS})
  get_filename_component(SUBJECT ${FUZZER} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" SUBJECT ${SUBJECT})
  add_executable(fuzz_${SUBJECT} ${FUZZER})
  target_link_libraries(fuzz_${SUBJECT} PRIVATE meterway_counters meterway_flow meterway_field_sim meterway_lab meterway_portal_server meterway_standard_mmc)
  target_include_directories(fuzz_${SUBJECT} PRIVATE ${PROJECT_SOURCE_DIR})  # tests/support
  target_link_options(fuzz_${SUBJECT} PRIVATE -fsanitize=fuzzer)
endforeach()
