# SPDX-License-Identifier: Apache-2.0
# Finds libzip and defines libzip::zip. By hand, because the config file of Debian's libzip-dev stops the
# configuration unless the tools that come in other packages are installed as well.
if(NOT TARGET libzip::zip)
  find_path(LibZip_INCLUDE_DIR zip.h)
  find_library(LibZip_LIBRARY zip)
  mark_as_advanced(LibZip_INCLUDE_DIR LibZip_LIBRARY)
  include(FindPackageHandleStandardArgs)
  find_package_handle_standard_args(LibZip REQUIRED_VARS LibZip_LIBRARY LibZip_INCLUDE_DIR)
  if(LibZip_FOUND)
    add_library(libzip::zip UNKNOWN IMPORTED)
    set_target_properties(libzip::zip PROPERTIES IMPORTED_LOCATION ${LibZip_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES
                                                                                     ${LibZip_INCLUDE_DIR})
  endif()
else()
  set(LibZip_FOUND TRUE)
endif()
