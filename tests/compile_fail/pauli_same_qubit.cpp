// expect: qmtl: a product of Pauli strings must be over different qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A product of Pauli strings on the same qubit.

#include "qmtl/measure/pauli.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr PauliString string = pauli_x(0) * pauli_z(1);
#else
constexpr PauliString string = pauli_x(1) * pauli_z(1);
#endif

#ifdef QMTL_CONTROL
static_assert(!string.diagonal());
#endif
