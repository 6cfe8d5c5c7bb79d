# SPDX-License-Identifier: Apache-2.0
# qmtl_add_compiled(<name> [FLOAT]): a static library with the engine and the training, compiled once for all targets that
# link it, in double precision and with FLOAT in single precision too. All must have the same flags: give them to the
# library as PUBLIC options, like target_compile_options(<name> PUBLIC -O3 -march=native).

function(qmtl_add_compiled name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "FLOAT" "" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "qmtl_add_compiled(${name}): expected FLOAT or nothing, got ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(scalars double)
  if(arg_FLOAT)
    list(APPEND scalars float)
  endif()
  add_library(${name} STATIC)
  target_link_libraries(${name} PUBLIC qmtl::qmtl)
  foreach(scalar IN LISTS scalars)
    string(TOUPPER ${scalar} upper)
    target_compile_definitions(${name} PUBLIC QMTL_COMPILED_${upper})
    foreach(part IN ITEMS engine training)
      target_sources(${name} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/compiled/${part}_${scalar}.cpp)
    endforeach()
  endforeach()
endfunction()
