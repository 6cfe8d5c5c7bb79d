# SPDX-License-Identifier: Apache-2.0
# Configures, builds and runs the consumer project, then checks that it was given no flag it did not ask for, and what it
# is told where a package of qmtl::io is not there.

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
set(configure ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER} ${origin})

execute_process(COMMAND ${configure} -B ${WORK_DIR}/build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/build COMMAND_ERROR_IS_FATAL ANY)
set(programs consumer consumer_io)
if(MODE STREQUAL "find_package")
  list(APPEND programs consumer_threads consumer_circuit consumer_backend consumer_compiled)
endif()
foreach(program IN LISTS programs)
  execute_process(COMMAND ${WORK_DIR}/build/${program} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

file(READ ${WORK_DIR}/build/compile_commands.json commands)
# Asked for, by qmtl::compiled and by the precompiled header.
string(REPLACE " -DQMTL_COMPILED_DOUBLE" "" commands "${commands}")
string(REGEX REPLACE " (-Winvalid-pch|-fpch-instantiate-templates|-Xclang [^ ]+)" "" commands "${commands}")
if(commands MATCHES " -(march|mtune|W|O|f|g|D|p)[^ \"]*")
  message(FATAL_ERROR "the consumer is compiled with ${CMAKE_MATCH_0}, which it did not ask for:\n${commands}")
endif()
if(NOT commands MATCHES " -isystem [^ ]*eigen")
  message(FATAL_ERROR "the consumer must see Eigen as a system header:\n${commands}")
endif()

# Without libzip there is no qmtl::io, but all the rest; whoever asks for it is told what is missing.
set(no_libzip -DCMAKE_DISABLE_FIND_PACKAGE_LibZip=ON -DEXPECT_NO_IO=ON)
execute_process(COMMAND ${configure} -B ${WORK_DIR}/no_libzip ${no_libzip} OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
set(expected "qmtl::io is not there, not found: libzip\n")
if(MODE STREQUAL "find_package")
  execute_process(COMMAND ${configure} -B ${WORK_DIR}/io_required ${no_libzip} -DCOMPONENTS=io
                  OUTPUT_QUIET ERROR_VARIABLE output RESULT_VARIABLE failed)
  if(NOT failed)
    message(FATAL_ERROR "find_package(qmtl COMPONENTS io) must fail without libzip")
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  set(expected "qmtl: the component io needs libzip and nlohmann_json, not found: libzip ")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "expected \"${expected}\", got:\n${output}")
endif()
