// error: qmtl: a task's window must have at least as many qubits as its readout reads
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A Pauli string on three qubits, a window of two.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = Task<"t", RotationBlock<2>, Window<0, 2>, BinaryOf<Observable<"Z0 Z1">>>;
#else
using T = Task<"t", RotationBlock<2>, Window<0, 2>, BinaryOf<Observable<"Z0 Z1 X2">>>;
#endif

static_assert(T::outputs > 0);
