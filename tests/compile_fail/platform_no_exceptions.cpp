// expect: qmtl: compile with -fexceptions
// flags: -fno-exceptions
// SPDX-License-Identifier: Apache-2.0
// Without exceptions.

#include "qmtl/core/config.hpp"
