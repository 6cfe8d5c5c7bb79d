// error: qmtl: a task's window must lie within the encoding's qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A window that reaches beyond the encoding.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = Task<"t", RotationBlock<2>, Window<2, 2>, Binary>;
#else
using T = Task<"t", RotationBlock<2>, Window<3, 2>, Binary>;
#endif

static_assert(QuantumHead<double, AngleEncoding<4>, T>::outputs == 1);
