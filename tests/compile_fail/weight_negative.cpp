// expect: qmtl: a feature or weight index must not be negative
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A weight with a negative index.

#include "qmtl/circuit/circuit.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto turned = make_circuit<1>(gate::ry(0, weight(0)));
#else
constexpr auto turned = make_circuit<1>(gate::ry(0, weight(-1)));
#endif

#ifdef QMTL_CONTROL
static_assert(weight_count(turned) == 1);
#endif
