// error: qmtl: make_circuit<N>\(...\) must be given operations or circuits on N qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A circuit made of a circuit of another width.

#include "qmtl/circuit/circuit.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto part = make_circuit<2>(gate::h(0));
#else
constexpr auto part = make_circuit<1>(gate::h(0));
#endif

static_assert(make_circuit<2>(part, gate::cx(0, 1)).size == 2);
