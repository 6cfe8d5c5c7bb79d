// expect: qmtl: a gate's qubits must be distinct
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A gate that names a qubit twice.

#include "qmtl/circuit/circuit.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto swapped = make_circuit<3>(gate::swap(1, 2));
#else
constexpr auto swapped = make_circuit<3>(gate::swap(1, 1));
#endif

static_assert(swapped.size == 1);
