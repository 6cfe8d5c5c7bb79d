# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM=<training_report> -DWORK_DIR=<folder> -P check_page.cmake: a headless browser, if there is one, loads the
# page that the example writes: without a complaint, with every plot of the file in its document, at two widths. The
# pictures stay in the folder.
cmake_minimum_required(VERSION 3.24)

find_program(BROWSER NAMES chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable)
if(NOT BROWSER)
  message("skipped: no browser; chromium-headless-shell would do")
  return()
endif()

file(MAKE_DIRECTORY ${WORK_DIR})
set(page ${WORK_DIR}/training_report.html)
execute_process(COMMAND ${PROGRAM} --out ${WORK_DIR} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
find_program(XMLLINT xmllint)
if(XMLLINT)
  execute_process(COMMAND ${XMLLINT} --noout ${page} COMMAND_ERROR_IS_FATAL ANY)
endif()

# qmtl_browse(<argument>...): the document behind the page is in `document`.
function(qmtl_browse)
  execute_process(
    COMMAND ${BROWSER} --headless --no-sandbox --disable-gpu --hide-scrollbars --enable-logging=stderr --v=0
            --user-data-dir=${WORK_DIR}/profile ${ARGN} file://${page}
    OUTPUT_VARIABLE output ERROR_VARIABLE log RESULT_VARIABLE result TIMEOUT 120)
  if(NOT result EQUAL 0 OR log MATCHES "CONSOLE")
    message(FATAL_ERROR "${BROWSER} says ${result}:\n${log}")
  endif()
  set(document "${output}" PARENT_SCOPE)
endfunction()

# qmtl_count(<text> <part> <result>)
function(qmtl_count text part result)
  string(LENGTH "${text}" before)
  string(REPLACE "${part}" "" without "${text}")
  string(LENGTH "${without}" after)
  string(LENGTH "${part}" length)
  math(EXPR count "(${before} - ${after}) / ${length}")
  set(${result} ${count} PARENT_SCOPE)
endfunction()

qmtl_browse(--dump-dom)
file(READ ${page} text)
foreach(part IN ITEMS "<svg" "<path" "<details" "<table" "<td" "</h3>")
  qmtl_count("${text}" "${part}" written)
  qmtl_count("${document}" "${part}" loaded)
  if(written EQUAL 0 OR NOT written EQUAL loaded)
    message(FATAL_ERROR "${part}: ${written} in the file, ${loaded} in the browser's document")
  endif()
endforeach()

foreach(width IN ITEMS 400 1200)
  set(picture ${WORK_DIR}/page_${width}.png)
  file(REMOVE ${picture})
  qmtl_browse(--window-size=${width},1600 --screenshot=${picture})
  file(SIZE ${picture} bytes)
  if(bytes LESS 40000) # an empty page has some 10 KB
    message(FATAL_ERROR "the page is ${width} pixels wide and its picture ${bytes} bytes: there is not much on it")
  endif()
endforeach()
