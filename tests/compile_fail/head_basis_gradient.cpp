// expect: qmtl: dL/dfeatures must not be asked of an encoding that has none
// SPDX-License-Identifier: Apache-2.0
// The gradient of basis encoding, which is a step function of its features.

#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using E = AngleEncoding<2>;
#else
using E = BasisEncoding<2>;
#endif

using H = QuantumHead<double, E, Task<"t", RotationBlock<2>, Window<0, 2>, Binary>>;
void backward(H& head, const Batch<double>& z, std::span<double> w, Batch<double>& dz) {
  head.backward(z, w, z, w, dz);
}
