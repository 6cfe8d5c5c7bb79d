// expect: qmtl: Eigen::Index must have 64 bits
// flags: -DEIGEN_DEFAULT_DENSE_INDEX_TYPE=int
// SPDX-License-Identifier: Apache-2.0
// With indices of 32 bits.

#include "qmtl/core/scalar.hpp"
