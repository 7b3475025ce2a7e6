# How this project declares its parts, libraries, programs, tests, benches and fuzzers.

# cardrig_add_part(DIR): a top-level folder that is built when it has a CMakeLists.txt.
function(cardrig_add_part dir)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt)
    add_subdirectory(${dir})
  endif()
endfunction()

# cardrig_library(NAME SOURCES ... [LIBS ...]): a static library of ours.
function(cardrig_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cardrig_options PUBLIC ${ARG_LIBS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
endfunction()

# cardrig_program(NAME SOURCES ... [LIBS ...])
function(cardrig_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cardrig_options ${ARG_LIBS})
endfunction()

# Everything that has threads: ThreadSanitizer has nothing to say of the rest, so its build is this
# target and its tests are these. Only kiosk/runtime/real_loop.cpp makes threads (tests/checks sees to
# that), for programs on real time.
add_custom_target(threads)

# cardrig_test(NAME [THREADS] SOURCES ... [LIBS ...] [LABEL ...] [PROCESSORS N] [TIMEOUT SECONDS]): a
# GoogleTest program; every case becomes a CTest test, with that label. Tests run with the repository's
# root as working directory, so fixtures are found by relative path. THREADS: it runs on real time,
# with threads. PROCESSORS: so many of CTest's jobs does a case count for.
function(cardrig_test name)
  cmake_parse_arguments(ARG "THREADS" "LABEL;PROCESSORS;TIMEOUT" "SOURCES;LIBS" ${ARGN})
  set(label)
  if(ARG_LABEL)
    set(label LABELS ${ARG_LABEL})
  endif()
  if(ARG_PROCESSORS)
    list(APPEND label PROCESSORS ${ARG_PROCESSORS})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cardrig_options ${ARG_LIBS} GTest::gtest GTest::gmock
                                        GTest::gtest_main)
  if(ARG_THREADS)
    add_dependencies(threads ${name})
  elseif(CARDRIG_SANITIZE STREQUAL thread)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  # Properties travel as a list through CMake's own script: a variable more, with its semicolon,
  # would shift what comes after it.
  gtest_discover_tests(${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_TIMEOUT 60
                       PROPERTIES ${label} TIMEOUT ${ARG_TIMEOUT}
                                  ENVIRONMENT_MODIFICATION OMP_NUM_THREADS=set:1
                                  ENVIRONMENT OPENBLAS_NUM_THREADS=1)
endfunction()

# cardrig_bench(NAME SOURCES ... [LIBS ...]): a Google Benchmark program.
function(cardrig_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cardrig_options ${ARG_LIBS} benchmark::benchmark)
endfunction()

# cardrig_fuzzer(NAME SOURCES ... [LIBS ...]): a libFuzzer target, built with CARDRIG_FUZZ only.
# Its corpus is fixtures/fuzz/NAME/ (NAME without the prefix fuzz_).
function(cardrig_fuzzer name)
  if(NOT CARDRIG_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_libraries(${name} PRIVATE cardrig_options ${ARG_LIBS})
endfunction()
