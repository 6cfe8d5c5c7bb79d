// SPDX-License-Identifier: Apache-2.0

#include "qmtl/compiled_training.hpp"

QMTL_COMPILE_TRAINING(double);
