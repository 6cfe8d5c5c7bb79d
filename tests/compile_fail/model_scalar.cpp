// expect: qmtl: a backbone and its head must have the same scalar type
// SPDX-License-Identifier: Apache-2.0
// A backbone of doubles before a head of floats.

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/model/model.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using S = double;
#else
using S = float;
#endif

using H = QuantumHead<S, AngleEncoding<2>, Task<"t", RotationBlock<2>, Window<0, 2>, Binary>>;
static_assert(MultiTaskModel<Mlp<16, 2>, H>::outputs == 1);
