# Compiler flags, ccache and mold.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

add_library(meterway_flags INTERFACE)
target_compile_options(meterway_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports overflows inside its own std::vector and std::variant once they are inlined (GCC bugs 105329,
  # 105580, 106199). clang and the sanitizers look for the real ones.
  target_compile_options(meterway_flags INTERFACE -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
                                                  -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(METERWAY_UNITS)
  # A name of one source may stand inside a function of its neighbour in a unit: nothing is hidden by that.
  # g++ also takes an anonymous namespace in an included file for one of a header.
  target_compile_options(meterway_flags INTERFACE
    $<IF:$<CXX_COMPILER_ID:GNU>,-Wno-shadow$<SEMICOLON>-Wshadow=local$<SEMICOLON>-Wno-subobject-linkage,-Wno-shadow>)
endif()
target_include_directories(meterway_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_include_directories(meterway_flags INTERFACE ${PROJECT_BINARY_DIR}/generated)
if(METERWAY_SANITIZE)
  add_compile_options(-fsanitize=${METERWAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${METERWAY_SANITIZE})
endif()
# For the libraries: the edge counters that libFuzzer steers by, and the line coverage we report.
add_library(meterway_counters INTERFACE)
if(METERWAY_FUZZ)
  target_compile_options(meterway_counters INTERFACE -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
# For tests and the executable's own sources: instrumented code takes as long to optimise as to run, and they run little.
add_library(meterway_once INTERFACE)
if(METERWAY_SANITIZE)
  target_compile_options(meterway_once INTERFACE -O0)
endif()
