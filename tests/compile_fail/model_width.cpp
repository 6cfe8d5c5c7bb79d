// error: qmtl: a backbone's output size must equal the number of features of the head
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A backbone of eight outputs before an encoding of six features.

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/model/model.hpp"

using namespace qmtl;

using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;

#ifdef QMTL_CONTROL
using M = QmtlModel<Mlp<16, 6>, AngleEncoding<6>, T>;
#else
using M = QmtlModel<Mlp<16, 8>, AngleEncoding<6>, T>;
#endif

static_assert(M::outputs == 1);
