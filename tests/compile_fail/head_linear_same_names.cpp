// error: qmtl: the tasks of a head must have different names
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Two tasks of one name in a linear head.

#include "qmtl/head/linear_head.hpp"

using namespace qmtl;

using A = Task<"a", RotationBlock<2>, Window<0, 2>, Binary>;

#ifdef QMTL_CONTROL
using B = Task<"b", RotationBlock<2>, Window<2, 2>, Binary>;
#else
using B = Task<"a", RotationBlock<2>, Window<2, 2>, Binary>;
#endif

static_assert(LinearHead<double, 4, A, B>::outputs == 2);
