# Language level, warnings, sanitizers, and the tools that make building fast.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Invariants are asserted in every build: no configuration may define NDEBUG.
foreach(config RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_${config} "${CMAKE_CXX_FLAGS_${config}}")
  string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${config} "${CMAKE_C_FLAGS_${config}}")
endforeach()

find_program(CARDRIG_CCACHE ccache)
if(CARDRIG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CARDRIG_CCACHE})
endif()
find_program(CARDRIG_MOLD mold)
if(CARDRIG_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(cardrig_options INTERFACE)
target_include_directories(cardrig_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(cardrig_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                 -Wold-style-cast -Wcast-align -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside coroutine frames and libstdc++ where nothing is wrong.
  target_compile_options(cardrig_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict
                                                   -Wno-mismatched-new-delete -Wno-dangling-pointer)
endif()
if(CARDRIG_WERROR)
  target_compile_options(cardrig_options INTERFACE -Werror)
endif()
# Line tables only: full debug information of coroutine code triples build time and disk.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
if(CARDRIG_SANITIZE OR CARDRIG_COVERAGE)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")  # findings name their lines; unoptimised, inference takes minutes
else()
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
endif()

if(CARDRIG_SANITIZE)
  add_compile_options(-fsanitize=${CARDRIG_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CARDRIG_SANITIZE})
endif()
if(CARDRIG_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
