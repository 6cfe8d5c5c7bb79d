// SPDX-License-Identifier: Apache-2.0
#define QMTL_COMPILE_TRAINING double
#include "qmtl/compiled_training.hpp"
