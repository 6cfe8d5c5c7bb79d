// expect: qmtl: a convnet must have a layer
// SPDX-License-Identifier: Apache-2.0
// A convolutional network without layers.

#include "qmtl/backbone/conv.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConvNet<Image<4, 4>, Dense<2>>;
#else
using Net = ConvNet<Image<4, 4>>;
#endif

static_assert(Net::output_size > 0);
