# SPDX-License-Identifier: Apache-2.0
# Finds what the library and its programs need; names everything that is missing in one error.
include(FetchContent)

# Fetched headers are other people's: no warnings from them (the keyword is new in CMake 3.25).
if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.25)
  set(qmtl_system SYSTEM)
endif()

# Only unpacked: Eigen's own CMakeLists.txt would add its tests, documentation and install rules.
FetchContent_Declare(
  Eigen3
  URL https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz
  URL_HASH SHA256=8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
  SOURCE_SUBDIR only-unpack
  FIND_PACKAGE_ARGS CONFIG)
FetchContent_Declare(
  Catch2
  URL https://github.com/catchorg/Catch2/archive/refs/tags/v3.8.1.tar.gz
  URL_HASH SHA256=18b3f70ac80fccc340d8c6ff0f339b2ae64944782f8d2fca2bd705cf47cadb79
  ${qmtl_system}
  FIND_PACKAGE_ARGS CONFIG)
FetchContent_Declare(
  nlohmann_json
  URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d
  ${qmtl_system}
  FIND_PACKAGE_ARGS CONFIG)
FetchContent_Declare(
  CLI11
  URL https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.4.2.tar.gz
  URL_HASH SHA256=f2d893a65c3b1324c50d4e682c0cdc021dd0477ae2c048544f39eed6654b699a
  ${qmtl_system}
  FIND_PACKAGE_ARGS CONFIG)

# qmtl_package(<name> <target> <apt package>): makes <target> available, or notes that it is missing.
macro(qmtl_package name target apt)
  if(NOT TARGET ${target})
    if(QMTL_FETCH)
      FetchContent_MakeAvailable(${name})
    else()
      find_package(${name} CONFIG QUIET)
      if(NOT TARGET ${target})
        list(APPEND qmtl_missing ${apt})
      endif()
    endif()
  endif()
endmacro()

qmtl_package(Eigen3 Eigen3::Eigen libeigen3-dev)
if(QMTL_FETCH AND NOT TARGET Eigen3::Eigen)
  add_library(Eigen3::Eigen INTERFACE IMPORTED GLOBAL)
  target_include_directories(Eigen3::Eigen INTERFACE ${eigen3_SOURCE_DIR})
endif()

find_package(Threads REQUIRED)
if(qmtl_programs)
  qmtl_package(nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev)
  qmtl_package(CLI11 CLI11::CLI11 libcli11-dev)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/IoPackages.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ProviderPackages.cmake)
if(qmtl_programs)
  if(NOT TARGET libzip::zip)
    list(APPEND qmtl_missing libzip-dev)  # a compiled library with needs of its own: not fetched
  endif()
  if(qmtl_provider_missing)
    list(APPEND qmtl_missing libcurl4-openssl-dev zlib1g-dev)  # the same
  endif()
else()
  if(qmtl_io_missing)
    message(STATUS "qmtl: qmtl::io is not there, not found: ${qmtl_io_missing}")
  endif()
  if(qmtl_provider_missing)
    message(STATUS "qmtl: qmtl::provider is not there, not found: ${qmtl_provider_missing}")
  endif()
endif()
if(QMTL_BUILD_TESTS)
  qmtl_package(Catch2 Catch2::Catch2 catch2)
  find_path(qmtl_httplib_include httplib.h)
  find_library(qmtl_httplib_library cpp-httplib)
  if(qmtl_httplib_include AND NOT qmtl_httplib_library)  # or a header that has all of it
    file(STRINGS ${qmtl_httplib_include}/httplib.h qmtl_httplib_whole REGEX "^inline bool Server::listen" LIMIT_COUNT 1)
  endif()
  if(NOT qmtl_httplib_include OR NOT (qmtl_httplib_library OR qmtl_httplib_whole))
    list(APPEND qmtl_missing libcpp-httplib-dev)
  endif()
endif()

if(qmtl_missing)
  list(JOIN qmtl_missing " " qmtl_missing)
  message(FATAL_ERROR "qmtl: packages not found. On Debian and Ubuntu: apt-get install ${qmtl_missing}\n"
                      "Elsewhere install their equivalents, or pass -DQMTL_FETCH=ON to download all but libzip, libcurl, zlib and cpp-httplib.")
endif()
