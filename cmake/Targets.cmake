# SPDX-License-Identifier: Apache-2.0
# qmtl::qmtl, qmtl::compiled, qmtl::io and qmtl::provider for users; qmtl_warnings and qmtl_program for the project's own programs only.
include(CheckCXXCompilerFlag)
include(GNUInstallDirs)

set(qmtl_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/qmtl)

# Users' flags are theirs: nothing here but the language level, the include folder, Eigen and threads.
add_library(qmtl INTERFACE)
add_library(qmtl::qmtl ALIAS qmtl)
target_compile_features(qmtl INTERFACE cxx_std_20)
target_include_directories(qmtl INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                          $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(qmtl INTERFACE Eigen3::Eigen Threads::Threads)

# What the opt-in headers of qmtl/io need on top: libzip (npz) and nlohmann-json (reports). The install names both, found
# here or not, since whoever installs is not whoever uses.
add_library(qmtl_io INTERFACE)
set_target_properties(qmtl_io PROPERTIES EXPORT_NAME io)
target_link_libraries(qmtl_io INTERFACE qmtl)
if(NOT qmtl_io_missing)
  add_library(qmtl::io ALIAS qmtl_io)
endif()
foreach(target IN ITEMS libzip::zip nlohmann_json::nlohmann_json)
  # Named apart for the install, which must not want to export a fetched package.
  target_link_libraries(qmtl_io INTERFACE $<BUILD_INTERFACE:${target}> $<INSTALL_INTERFACE:${target}>)
endforeach()

# What the opt-in headers of qmtl/provider need on top of qmtl::io: libcurl and zlib.
add_library(qmtl_provider INTERFACE)
set_target_properties(qmtl_provider PROPERTIES EXPORT_NAME provider)
target_link_libraries(qmtl_provider INTERFACE qmtl_io)
if(NOT qmtl_io_missing AND NOT qmtl_provider_missing)
  add_library(qmtl::provider ALIAS qmtl_provider)
endif()
foreach(target IN ITEMS CURL::libcurl ZLIB::ZLIB)
  target_link_libraries(qmtl_provider INTERFACE $<BUILD_INTERFACE:${target}> $<INSTALL_INTERFACE:${target}>)
endforeach()

# qmtl::compiled, qmtl::compiled_float: the engine and the training, compiled once in the one target that links them.
include(${CMAKE_CURRENT_LIST_DIR}/Compiled.cmake)
set(qmtl_installed_package ${qmtl_package_dir})
if(NOT IS_ABSOLUTE "${qmtl_package_dir}")
  set(qmtl_installed_package $<INSTALL_PREFIX>/${qmtl_package_dir})
endif()
foreach(scalar IN ITEMS double float)
  string(TOUPPER ${scalar} upper)
  set(name compiled)
  if(scalar STREQUAL float)
    set(name compiled_float)
  endif()
  add_library(qmtl_${name} INTERFACE)
  add_library(qmtl::${name} ALIAS qmtl_${name})
  set_target_properties(qmtl_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(qmtl_${name} INTERFACE qmtl)
  target_compile_definitions(qmtl_${name} INTERFACE QMTL_COMPILED_${upper})
  foreach(part IN ITEMS engine training)
    target_sources(qmtl_${name}
                   INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/cmake/compiled/${part}_${scalar}.cpp>
                             $<INSTALL_INTERFACE:${qmtl_installed_package}/compiled/${part}_${scalar}.cpp>)
  endforeach()
endforeach()

add_library(qmtl_warnings INTERFACE)
if(MSVC)
  target_compile_options(qmtl_warnings INTERFACE /W4 $<$<BOOL:${QMTL_WERROR}>:/WX>)
else()
  target_compile_options(qmtl_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                 $<$<BOOL:${QMTL_WERROR}>:-Werror>)
  # GCC's flow analysis is wrong about Eigen's vectorised loops, about its own AVX-512 headers and about std::string
  # (seen with 12.2, -O3). Clang and the sanitizers watch for what these warnings would find.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(
      qmtl_warnings INTERFACE -Wno-aggressive-loop-optimizations -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict
                              -Wno-stringop-overflow -Wno-uninitialized)
  endif()
endif()

# Everything a test, example or benchmark is compiled with and linked to, but for the instruction set...
add_library(qmtl_portable_program INTERFACE)
target_link_libraries(qmtl_portable_program INTERFACE qmtl_warnings qmtl::qmtl)
if(qmtl_programs)
  target_link_libraries(qmtl_portable_program INTERFACE qmtl::provider CLI11::CLI11)
endif()

# ... and with that of this machine. Options of what is linked come behind a target's own, so that a target for another
# instruction set must not link this one.
add_library(qmtl_program INTERFACE)
target_link_libraries(qmtl_program INTERFACE qmtl_portable_program)
if(QMTL_NATIVE)
  check_cxx_compiler_flag(-march=native QMTL_HAS_MARCH_NATIVE)
  if(QMTL_HAS_MARCH_NATIVE)
    target_compile_options(qmtl_program INTERFACE -march=native)
  endif()
endif()
