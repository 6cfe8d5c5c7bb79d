// error: qmtl: an encoding.s circuit must use its weights without a gap
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// An encoding that uses weight 1 and not weight 0.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

struct Own {
  static constexpr int features = 1;

#ifdef QMTL_CONTROL
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)), gate::rz(0, weight(0)));
#else
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)), gate::rz(0, weight(1)));
#endif
};
using T = Task<"t", RotationBlock<1>, Window<0, 1>, Binary>;
static_assert(QuantumHead<double, Own, T>::outputs == 1);
