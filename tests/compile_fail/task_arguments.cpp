// error: qmtl: a task's block must have a `static constexpr auto circuit`
// expect: qmtl: a task's window must be Window<first, width> or Qubits<...>
// expect: qmtl: a task's readout must have outputs, classes, width and parameters
// expect: qmtl: a task's readout must have logits\(\.\.\.\) and backward\(\.\.\.\)
// lines: 60
// SPDX-License-Identifier: Apache-2.0
// Arguments of a task that are missing something, or in another order.

#include "qmtl/head/task.hpp"

using namespace qmtl;

struct Own {
  static constexpr int outputs = 1, classes = 2, width = 1, parameters = 0;
  using Scale = FixedScale<1>;
  static constexpr double eigenvalue(int, Index basis) { return basis == 0 ? 1.0 : -1.0; }
#ifdef QMTL_CONTROL
  static void logits(const double* in, const double*, double* out) { *out = *in; }
  static void backward(const double*, const double*, const double* in, double* out, double*) { *out = *in; }
#endif
  static std::string describe() { return "own"; }
};

#ifdef QMTL_CONTROL
using Block1 = RotationBlock<1>;
using A = Task<"a", Block1, Window<0, 1>, Binary>;
using B = Task<"b", Block1, Window<0, 1>, Binary>;
using C = Task<"c", Block1, Window<0, 1>, Classes<2, BasisStates>>;
#else
struct Block1 {};
using A = Task<"a", Block1, Window<0, 1>, Binary>;
using B = Task<"b", RotationBlock<1>, Binary, Window<0, 1>>;
using C = Task<"c", RotationBlock<1>, Window<0, 1>, int>;
#endif
using D = Task<"d", RotationBlock<1>, Window<0, 1>, Own>;

static_assert(A::outputs == 1 && B::outputs == 1 && C::outputs >= 1 && D::outputs == 1);
