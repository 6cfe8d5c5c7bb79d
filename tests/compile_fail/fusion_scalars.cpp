// expect: qmtl: the encoders of a fusion must have the same scalar type
// SPDX-License-Identifier: Apache-2.0
// Encoders in different precisions.

#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConcatFusion<2, Linear<3, 4>, Linear<3, 5>>;
#else
using Net = ConcatFusion<2, Linear<3, 4>, Linear<3, 5, float>>;
#endif

Net net;
