// expect: qmtl: the tasks of a head must have different names
// SPDX-License-Identifier: Apache-2.0
// Two tasks of one name in a hybrid head.

#include "qmtl/head/encoding.hpp"
#include "qmtl/head/hybrid_head.hpp"

using namespace qmtl;

using Three = AngleEncoding<3>;
using A = Task<"a", RotationBlock<1>, Window<0, 1>, Binary>;

#ifdef QMTL_CONTROL
using B = Task<"b", RotationBlock<1>, Window<0, 1>, Binary>;
#else
using B = Task<"a", RotationBlock<1>, Window<0, 1>, Binary>;
#endif

static_assert(HybridHead<double, HybridForm::shared, Three, RotationBlock<3>, A, B>::outputs == 2);
