// error: qmtl: the windows of a task must have equal widths
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A window of two qubits and one of three.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = Task<"t", RotationBlock<2>, Windows<Window<0, 2>, Window<2, 2>>, Binary>;
#else
using T = Task<"t", RotationBlock<2>, Windows<Window<0, 2>, Window<2, 3>>, Binary>;
#endif

static_assert(T::outputs > 0);
