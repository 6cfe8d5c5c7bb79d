// expect: qmtl: a normalized representation must have at least two values
// SPDX-License-Identifier: Apache-2.0
// A normalization that would leave the sign of one number.

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/backbone/rms_normalized.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Backbone1 = Mlp<4, 2>;
#else
using Backbone1 = Mlp<4, 1>;
#endif

static_assert(RmsNormalized<Backbone1>::output_size == 2);
