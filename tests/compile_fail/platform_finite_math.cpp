// expect: qmtl: compile without -ffinite-math-only
// flags: -ffinite-math-only
// SPDX-License-Identifier: Apache-2.0
// With NaN labels assumed away by the compiler.

#include "qmtl/core/config.hpp"
