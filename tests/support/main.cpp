// SPDX-License-Identifier: Apache-2.0
// Catch2 version 2 with its main, where its package has no library of it.

#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
