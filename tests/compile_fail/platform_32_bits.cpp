// expect: qmtl: a 64-bit target is needed
// flags: -U__SIZEOF_POINTER__ -D__SIZEOF_POINTER__=4
// SPDX-License-Identifier: Apache-2.0
// With 32-bit pointers, or what looks like it.

#include "qmtl/core/config.hpp"
