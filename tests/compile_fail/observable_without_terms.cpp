// error: qmtl: an observable must have at least one term
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// An observable of nothing.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = ExpectationsOf<Observables<"Z0", "X1">>;
#else
using T = ExpectationsOf<Observables<"Z0", "">>;
#endif

static_assert(T::outputs > 0);
