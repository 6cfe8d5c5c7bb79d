# SPDX-License-Identifier: Apache-2.0
# Finds what qmtl::io needs, in the project's own build and for find_package(qmtl). Nothing fails here:
# qmtl_io_missing names the packages that are not there.
set(qmtl_io_missing)
if(NOT TARGET libzip::zip)
  list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
  find_package(LibZip MODULE QUIET)
  list(POP_FRONT CMAKE_MODULE_PATH)
  if(NOT TARGET libzip::zip)
    list(APPEND qmtl_io_missing libzip)
  endif()
endif()
if(NOT TARGET nlohmann_json::nlohmann_json)
  find_package(nlohmann_json CONFIG QUIET)
  if(NOT TARGET nlohmann_json::nlohmann_json)
    list(APPEND qmtl_io_missing nlohmann_json)
  endif()
endif()
list(JOIN qmtl_io_missing ", " qmtl_io_missing)
