// error: qmtl: a task's window must have at least as many qubits as its readout reads: Classes<C> one a class
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Three classes, a qubit each, on a window of two qubits.

#include "qmtl/head/task.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = Task<"t", RotationBlock<2>, Window<0, 2>, Classes<2>>;
#else
using T = Task<"t", RotationBlock<2>, Window<0, 2>, Classes<3>>;
#endif

static_assert(T::outputs > 0);
