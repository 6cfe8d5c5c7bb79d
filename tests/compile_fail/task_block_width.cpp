// error: qmtl: a task's block must have as many qubits as the task's window
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A block on two qubits and a window of three.

#include "qmtl/head/task.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = Task<"t", RotationBlock<3>, Window<0, 3>, Binary>;
#else
using T = Task<"t", RotationBlock<2>, Window<0, 3>, Binary>;
#endif

static_assert(T::outputs == 1);
