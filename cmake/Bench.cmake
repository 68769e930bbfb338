# bench/<subject>_bench.cpp becomes the program bench_<subject>.
find_package(benchmark REQUIRED)
find_library(JEMALLOC jemalloc REQUIRED)  # as the executable itself
file(GLOB BENCHES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*_bench.cpp)
# No more than they measure: quick to build.
set(BENCH_LINKS_parse meterway_standard_duis)
set(BENCH_LINKS_decode meterway_standard_gbcs)
set(BENCH_LINKS_store meterway_records_store)
set(BENCH_LINKS_anomaly meterway_records_anomaly)
set(BENCH_LINKS_audit meterway_records_audit)
set(BENCH_LINKS_transform meterway_flow_transform)
foreach(BENCH ${BENCHES})
  get_filename_component(SUBJECT ${BENCH} NAME_WE)
  string(REGEX REPLACE "_bench$" "" SUBJECT ${SUBJECT})
  add_executable(bench_${SUBJECT} ${BENCH})
  if(NOT DEFINED BENCH_LINKS_${SUBJECT})
    set(BENCH_LINKS_${SUBJECT} meterway_flow meterway_field_sim meterway_lab)
  endif()
  target_link_libraries(bench_${SUBJECT} PRIVATE ${JEMALLOC} ${BENCH_LINKS_${SUBJECT}} benchmark::benchmark_main)
  target_include_directories(bench_${SUBJECT} PRIVATE ${PROJECT_SOURCE_DIR})  # tests/support
  target_compile_definitions(bench_${SUBJECT} PRIVATE METERWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endforeach()
