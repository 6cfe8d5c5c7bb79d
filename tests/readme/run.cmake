# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM=<executable> -DEXPECTED=<file> -P run.cmake: runs a program of the documents, compares what it prints.

# Drops trailing blanks and the lines that hold a duration: "seconds", a word ms or us, a number of s.
function(normalise text result)
  string(REGEX REPLACE "[ \t\r]*\n" "\n\n" text "\n${text}\n")  # each line between newlines of its own
  string(REGEX REPLACE "\n[^\n]*([^a-zA-Z\n](ms|us|µs)|[0-9] ?s|seconds)([^a-zA-Z\n][^\n]*)?\n" "" text "${text}")
  string(REPLACE "\n\n" "\n" text "${text}")
  string(STRIP "${text}" text)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
message("${printed}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} failed: ${status}")
endif()
file(READ ${EXPECTED} expected)
normalise("${expected}" expected)
normalise("${printed}" printed)
if(expected AND NOT printed STREQUAL expected)
  message("The document shows:\n${expected}")
  message(FATAL_ERROR "the program prints something else than the document shows")
endif()
