# SPDX-License-Identifier: Apache-2.0
# Configures, builds and runs the consumer project, then checks that it was given no flag it did not ask for.

file(REMOVE_RECURSE ${WORK_DIR})
if(MODE STREQUAL "find_package")
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${QMTL_BINARY_DIR} --prefix ${WORK_DIR}/prefix
                  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
  set(origin -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix)
else()
  set(origin -DQMTL_SOURCE_DIR=${QMTL_SOURCE_DIR})
endif()

foreach(variable IN ITEMS CXXFLAGS CPPFLAGS LDFLAGS CMAKE_BUILD_TYPE)
  unset(ENV{${variable}})
endforeach()
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK_DIR}/build -G ${GENERATOR}
          -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${origin} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/build COMMAND_ERROR_IS_FATAL ANY)
foreach(program IN ITEMS consumer consumer_io)
  execute_process(COMMAND ${WORK_DIR}/build/${program} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

file(READ ${WORK_DIR}/build/compile_commands.json commands)
if(commands MATCHES " -(march|mtune|W|O|f|g|D)[^ \"]*")
  message(FATAL_ERROR "the consumer is compiled with ${CMAKE_MATCH_0}, which it did not ask for:\n${commands}")
endif()
if(NOT commands MATCHES " -isystem [^ ]*eigen")
  message(FATAL_ERROR "the consumer must see Eigen as a system header:\n${commands}")
endif()
