// expect: qmtl: a product of angles must be of two features
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A product of two weights.

#include "qmtl/circuit/circuit.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr Angle angle = feature(0) * feature(1);
#else
constexpr Angle angle = weight(0) * weight(1);
#endif

#ifdef QMTL_CONTROL
static_assert(angle.second == 1);
#endif
