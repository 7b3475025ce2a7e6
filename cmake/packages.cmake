# Everything from outside, by its Debian package; tools/setup installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
include(opencv)

# Asio and Beast, header only. One place for their switches: every target must agree on them.
add_library(cardrig_asio INTERFACE)
target_include_directories(cardrig_asio SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(cardrig_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ALL_NO_LIB)
target_link_libraries(cardrig_asio INTERFACE Threads::Threads)

function(cardrig_pkg name)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${ARGN})
endfunction()
