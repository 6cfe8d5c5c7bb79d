# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE_DIR=<project> -DVERSION=<of the project> -P versions.cmake: the changes and the citation name this version.

cmake_minimum_required(VERSION 3.24)

file(READ ${SOURCE_DIR}/CHANGELOG.md changes)
if(NOT changes MATCHES "^[^#]*# [^#]*\n## ([0-9.]+)" OR NOT CMAKE_MATCH_1 STREQUAL VERSION)
  message(FATAL_ERROR "CHANGELOG.md must begin with version ${VERSION}, got '${CMAKE_MATCH_1}'")
endif()
file(STRINGS ${SOURCE_DIR}/CITATION.cff cited REGEX "^version: ")
if(NOT cited STREQUAL "version: ${VERSION}")
  message(FATAL_ERROR "CITATION.cff must say 'version: ${VERSION}', got '${cited}'")
endif()
