// expect: (use of deleted function|call to deleted function)
// SPDX-License-Identifier: Apache-2.0
// A rotation's qubit comes first: an angle in its place is not rounded to a qubit.

#include "qmtl/circuit/operation.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto op = gate::rx(1, 0.5);
#else
constexpr auto op = gate::rx(0.5, 1);
#endif
