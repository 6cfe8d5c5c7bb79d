// expect: qmtl: compile with -std=c\+\+20
// flags: -std=c++17
// SPDX-License-Identifier: Apache-2.0
// With the standard that compilers take by themselves.

#include "qmtl/core/config.hpp"
