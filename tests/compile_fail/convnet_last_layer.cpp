// expect: qmtl: the last layer of a convnet must be Dense, its width is that of z
// SPDX-License-Identifier: Apache-2.0
// A convnet that ends in an image.

#include "qmtl/backbone/conv.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConvNet<Image<4, 4>, Conv<2, 3>, Dense<2>>;
#else
using Net = ConvNet<Image<4, 4>, Conv<2, 3>>;
#endif

static_assert(Net::output_size > 0);
