// expect: qmtl: Windows is not supported
// flags: -D_WIN32
// SPDX-License-Identifier: Apache-2.0
// On Windows, or what looks like it.

#include "qmtl/core/config.hpp"
