// error: qmtl: an observable must read like 0.7 Z0 Z1 . 0.3 X0
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A Pauli matrix without its qubit.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = BinaryOf<Observable<"Z0 Z1">>;
#else
using T = BinaryOf<Observable<"ZZ">>;
#endif

static_assert(T::outputs > 0);
