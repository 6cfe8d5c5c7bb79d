// error: qmtl: a term of an observable must name a qubit once
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Two Pauli matrices on one qubit in one term.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = BinaryOf<Observable<"X0 Z1">>;
#else
using T = BinaryOf<Observable<"X0 Z0">>;
#endif

static_assert(T::outputs > 0);
