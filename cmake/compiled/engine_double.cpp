// SPDX-License-Identifier: Apache-2.0
#define QMTL_COMPILE_ENGINE double
#include "qmtl/compiled_engine.hpp"
