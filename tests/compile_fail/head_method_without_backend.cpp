// error: qmtl: a head's method must be a HeadMethod or name a Backend<S>, as ParameterShift does
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A head whose method is a number.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto method = HeadMethod::automatic;
#else
constexpr auto method = 3;
#endif

using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;
void forward(const Batch<double>& z, std::span<const double> w, Batch<double>& logits) {
  BasicQuantumHead<double, method, AngleEncoding<2>, T> head;
  head.forward(z, w, logits);
}
