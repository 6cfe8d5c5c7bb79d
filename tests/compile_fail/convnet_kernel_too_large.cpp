// expect: qmtl: the kernel of an unpadded convolution must fit into its image
// SPDX-License-Identifier: Apache-2.0
// A kernel larger than its image, without padding.

#include "qmtl/backbone/conv.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Net = ConvNet<Image<4, 4>, Conv<2, 5, Padding::same>, Dense<2>>;
#else
using Net = ConvNet<Image<4, 4>, Conv<2, 5, Padding::valid>, Dense<2>>;
#endif

static_assert(Net::output_size > 0);
