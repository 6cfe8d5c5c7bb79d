// expect: qmtl: a circuit must have as many qubits as the window it is placed on
// SPDX-License-Identifier: Apache-2.0
// A block placed on a window of another width.

#include "qmtl/circuit/combinators.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto placed = on<4, Window<0, 2>>(make_circuit<2>(gate::cx(0, 1)));
#else
constexpr auto placed = on<4, Window<0, 3>>(make_circuit<2>(gate::cx(0, 1)));
#endif

static_assert(placed.size == 1);
