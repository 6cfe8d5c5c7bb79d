// expect: qmtl: the squares of a pooling must fit into its image
// SPDX-License-Identifier: Apache-2.0
// Pooling that leaves no pixel.

#include "qmtl/backbone/conv.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConvNet<Image<4, 3>, MaxPool<3>, Dense<2>>;
#else
using Net = ConvNet<Image<4, 3>, MaxPool<4>, Dense<2>>;
#endif

static_assert(Net::output_size > 0);
