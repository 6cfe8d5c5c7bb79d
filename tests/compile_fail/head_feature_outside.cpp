// error: qmtl: an encoding's circuit must use only features below its `features`
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// An encoding that uses feature 2 and declares two features.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

struct Own {
#ifdef QMTL_CONTROL
  static constexpr int features = 3;
#else
  static constexpr int features = 2;
#endif

  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(2)));
};
using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;
static_assert(QuantumHead<double, Own, T>::outputs == 1);
