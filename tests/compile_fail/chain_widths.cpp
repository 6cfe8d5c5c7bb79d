// expect: qmtl: chained circuits must have the same number of qubits
// SPDX-License-Identifier: Apache-2.0
// Circuits of different widths in a chain.

#include "qmtl/circuit/combinators.hpp"

using namespace qmtl;

constexpr auto two = make_circuit<2>(gate::h(0));
#ifdef QMTL_CONTROL
constexpr auto other = make_circuit<2>(gate::x(1));
#else
constexpr auto other = make_circuit<3>(gate::x(1));
#endif

static_assert(chain(two, other).size == 2);
