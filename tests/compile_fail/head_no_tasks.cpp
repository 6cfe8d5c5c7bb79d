// error: qmtl: a head must have at least one task
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A head without a task.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using H = QuantumHead<double, AngleEncoding<2>, Task<"t", RotationBlock<2>, Window<0, 2>, Binary>>;
#else
using H = QuantumHead<double, AngleEncoding<2>>;
#endif

static_assert(H::features == 2);
