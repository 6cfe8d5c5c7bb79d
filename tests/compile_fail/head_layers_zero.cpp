// expect: qmtl: Layers<L> must be at least one
// SPDX-License-Identifier: Apache-2.0
// A block of no layers.

#include "qmtl/head/block.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using B = RotationBlock<2, Layers<1>>;
#else
using B = RotationBlock<2, Layers<0>>;
#endif

static_assert(block_width<B> == 2);
