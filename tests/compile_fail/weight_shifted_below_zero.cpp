// expect: qmtl: a feature or weight index must not be negative
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Weights shifted so far down that an index becomes negative.

#include "qmtl/circuit/combinators.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr int by = -1;
#else
constexpr int by = -2;
#endif

constexpr auto turned = shift_weights(make_circuit<1>(gate::ry(0, weight(1))), by);

#ifdef QMTL_CONTROL
static_assert(weight_count(turned) == 1);
#endif
