// SPDX-License-Identifier: Apache-2.0
#define QMTL_COMPILE_TRAINING float
#include "qmtl/compiled_training.hpp"
