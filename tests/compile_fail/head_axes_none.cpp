// expect: qmtl: Axes<...> must name at least one axis
// SPDX-License-Identifier: Apache-2.0
// A hardware-efficient block that rotates about nothing.

#include "qmtl/head/block.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using A = Axes<Axis::X>;
#else
using A = Axes<>;
#endif

static_assert(block_width<HardwareEfficientBlock<2, A>> == 2);
