# SPDX-License-Identifier: Apache-2.0
# cmake -DCASE=<file> -DCOMPILE=<compiler and flags> -DPRECOMPILED=<header> -P check.cmake: one compile-fail case.
# A case opens with what its output must say, a regular expression a line:
#   // error: <regex>   the first line with an error
#   // expect: <regex>  anywhere, source lines that the compiler shows included
#   // lines: <count>   at most so many lines in all
#   // flags: <flags>   compiled with these flags as well, and without the precompiled header

cmake_minimum_required(VERSION 3.24)

file(STRINGS ${CASE} header REGEX "^// (error|expect|lines|flags): ")
if(NOT header MATCHES "// (error|expect): ")
  message(FATAL_ERROR "${CASE}: must open with `// error: <regex>` or `// expect: <regex>`")
endif()
if(header MATCHES "// flags: ([^;]+)")
  separate_arguments(flags UNIX_COMMAND "${CMAKE_MATCH_1}")
  list(APPEND COMPILE ${flags})
else()
  list(APPEND COMPILE -include ${PRECOMPILED} -Wno-ignored-attributes)  # g++ forgets pragmas that it has precompiled
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILE} ${CASE}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)

if(result EQUAL 0)
  message(FATAL_ERROR "${CASE}: compiles, but must be rejected")
endif()

string(REGEX MATCH "[^\n]* error: [^\n]*" first_error "${output}")
string(REGEX REPLACE "[^\n]* from ${PRECOMPILED}:[^\n]*\n" "" lines "${output}")  # no user sees these
string(REGEX MATCHALL "\n" lines "${lines}")
list(LENGTH lines count)
foreach(demand IN LISTS header)
  string(REGEX MATCH "^// (error|expect|lines|flags): (.+)$" demand "${demand}")
  set(kind "${CMAKE_MATCH_1}")  # MATCHES sets CMAKE_MATCH_1 anew, wherever in a condition it is
  set(expected "${CMAKE_MATCH_2}")
  if(kind STREQUAL "error")
    if(NOT first_error MATCHES "${expected}")
      message("${output}")
      message(FATAL_ERROR "${CASE}: the first error must be: ${expected}")
    endif()
  elseif(kind STREQUAL "expect")
    if(NOT output MATCHES "${expected}")
      message("${output}")
      message(FATAL_ERROR "${CASE}: is rejected, but not with: ${expected}")
    endif()
  elseif(kind STREQUAL "lines" AND count GREATER expected)
    message("${output}")
    message(FATAL_ERROR "${CASE}: at most ${expected} lines, got ${count}")
  endif()
endforeach()
