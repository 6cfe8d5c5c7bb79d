// error: qmtl: a task's block must use its weights without a gap
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A block that uses weights 0 and 2 and not 1, which nothing would train.

#include "qmtl/head/task.hpp"

using namespace qmtl;

struct Gap {
#ifdef QMTL_CONTROL
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, weight(0)), gate::ry(1, weight(1)));
#else
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, weight(0)), gate::ry(1, weight(2)));
#endif
};
using T = Task<"t", Gap, Window<0, 2>, Binary>;
static_assert(T::outputs == 1);
