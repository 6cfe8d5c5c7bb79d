# SPDX-License-Identifier: Apache-2.0
# cmake -DCASE=<file> -DCOMPILE=<compiler and flags> -DCONTROL=<ON|OFF> -P check.cmake: one compile-fail case or its control.

file(STRINGS ${CASE} lines LIMIT_COUNT 2)
list(POP_FRONT lines first second)
if(NOT first MATCHES "^// expect: (.+)$")
  message(FATAL_ERROR "${CASE}: the first line must be `// expect: <regex>`")
endif()
set(expected "${CMAKE_MATCH_1}")
if(CONTROL)
  list(APPEND COMPILE -DQMTL_CONTROL)
elseif(second MATCHES "^// flags: (.+)$")
  separate_arguments(flags UNIX_COMMAND "${CMAKE_MATCH_1}")
  list(APPEND COMPILE ${flags})
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILE} ${CASE}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)

if(CONTROL AND NOT result EQUAL 0)
  message("${output}")
  message(FATAL_ERROR "${CASE}: must compile with -DQMTL_CONTROL")
elseif(NOT CONTROL AND result EQUAL 0)
  message(FATAL_ERROR "${CASE}: compiles, but must be rejected with: ${expected}")
elseif(NOT CONTROL AND NOT output MATCHES "${expected}")
  message("${output}")
  message(FATAL_ERROR "${CASE}: is rejected, but not with: ${expected}")
endif()
