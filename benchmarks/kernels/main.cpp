// SPDX-License-Identifier: Apache-2.0
// The main of Catch2 version 2, which has none of its own; compiled apart, since it takes as long as the benchmarks.

#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
