// expect: qmtl: a window's qubits must be below the register's qubit count
// SPDX-License-Identifier: Apache-2.0
// A block placed on a window that reaches beyond the register.

#include "qmtl/circuit/combinators.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto placed = on<4, Window<2, 2>>(make_circuit<2>(gate::cx(0, 1)));
#else
constexpr auto placed = on<4, Window<3, 2>>(make_circuit<2>(gate::cx(0, 1)));
#endif

static_assert(placed.size == 1);
