// SPDX-License-Identifier: Apache-2.0

#include "qmtl/compiled_engine.hpp"

QMTL_COMPILE_ENGINE(double);
