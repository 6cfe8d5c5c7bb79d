// error: qmtl: parameter shift must have angles to shift
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Parameter shift of amplitude encoding, which has no angles.

#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto method = HeadMethod::window;
#else
constexpr auto method = HeadMethod::shift;
#endif

using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;
void forward(const Batch<double>& z, std::span<const double> w, Batch<double>& logits) {
  BasicQuantumHead<double, method, AmplitudeEncoding<2>, T> head;
  head.forward(z, w, logits);
}
