// SPDX-License-Identifier: Apache-2.0
// Compiles Catch2 version 2 once, with its main; version 3 is a library that brings its own.

#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
