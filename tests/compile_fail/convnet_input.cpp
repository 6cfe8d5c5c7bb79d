// expect: qmtl: a convnet must have an Image<Height, Width, Channels> as its input
// SPDX-License-Identifier: Apache-2.0
// A number of inputs where the size of images belongs.

#include <type_traits>

#include "qmtl/backbone/conv.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Input = Image<4, 4>;
#else
using Input = std::integral_constant<int, 16>;
#endif

static_assert(ConvNet<Input, Dense<2>>::output_size == 2);
