// expect: qmtl: a circuit must have as many qubits as the state it is applied to
// SPDX-License-Identifier: Apache-2.0
// A circuit applied to a state of another size.

#include "qmtl/state/apply.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr int qubits = 2;
#else
constexpr int qubits = 3;
#endif

void prepare() {
  StateVector<qubits> state;
  apply(state, make_circuit<2>(gate::h(0), gate::cx(0, 1)));
}
