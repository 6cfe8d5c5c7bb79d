// expect: qmtl: the encoders of a gated fusion must have the same output size
// SPDX-License-Identifier: Apache-2.0
// Gated fusion of encodings of different widths.

#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConcatFusion<2, Linear<3, 4>, Linear<3, 5>>;
#else
using Net = GatedFusion<2, Linear<3, 4>, Linear<3, 5>>;
#endif

Net net;
