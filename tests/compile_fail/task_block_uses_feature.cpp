// error: qmtl: a task's block must not use features, only encodings do
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A block that reads a feature: only encodings do.

#include "qmtl/head/task.hpp"

using namespace qmtl;

struct Own {
#ifdef QMTL_CONTROL
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, weight(0)));
#else
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)));
#endif
};
using T = Task<"t", Own, Window<0, 1>, Binary>;
static_assert(T::outputs == 1);
