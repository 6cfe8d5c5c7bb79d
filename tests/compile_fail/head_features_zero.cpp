// expect: qmtl: Features<F> must be at least one
// SPDX-License-Identifier: Apache-2.0
// An encoding of no features.

#include "qmtl/head/encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using F = Features<1>;
#else
using F = Features<0>;
#endif

static_assert(AngleEncoding<2, Axis::Y, CzRing, Layers<1>, F>::features == F::count);
