// error: qmtl: a readout of trainable weights must have a fixed scale
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A scale and weights that are trained are one parameter too many.

#include "qmtl/head/task.hpp"
#include "qmtl/measure/observable_readouts.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using T = BinaryOf<TrainableWeights<Observable<"Z0 + X1">>>;
#else
using T = BinaryOf<TrainableWeights<Observable<"Z0 + X1">>, TrainableScale<2>>;
#endif

static_assert(T::outputs > 0);
