# SPDX-License-Identifier: Apache-2.0
# Finds what qmtl::provider needs beside qmtl::io, in the project's own build and for find_package(qmtl). Nothing fails
# here: qmtl_provider_missing names the packages that are not there.
set(qmtl_provider_missing)
if(NOT TARGET CURL::libcurl)
  find_package(CURL QUIET)
  if(NOT TARGET CURL::libcurl)
    list(APPEND qmtl_provider_missing libcurl)
  endif()
endif()
if(NOT TARGET ZLIB::ZLIB)
  find_package(ZLIB QUIET)
  if(NOT TARGET ZLIB::ZLIB)
    list(APPEND qmtl_provider_missing zlib)
  endif()
endif()
list(JOIN qmtl_provider_missing ", " qmtl_provider_missing)
