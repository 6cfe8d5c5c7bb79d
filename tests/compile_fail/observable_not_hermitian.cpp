// error: qmtl: an observable's coefficients must be real, or it is not Hermitian
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// An imaginary coefficient.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = BinaryOf<Observable<"0.7 Z0 Z1 + 0.3 X0">>;
#else
using T = BinaryOf<Observable<"0.7 Z0 Z1 + 0.3i X0">>;
#endif

static_assert(T::outputs > 0);
