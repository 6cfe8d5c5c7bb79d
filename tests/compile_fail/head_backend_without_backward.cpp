// error: qmtl: a head's backend must have backward\(angles, weights, cotangents, gradient, angle_gradients\)
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A method whose backend cannot go backward.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

struct Zero {
  explicit Zero(const HeadProgram<double>&) {}
  void forward(const BatchIn<double>&, std::span<const double>, BatchOut<double> expectations) {
    expectations.setZero();
  }
#ifdef QMTL_CONTROL
  void backward(const BatchIn<double>&, std::span<const double>, const BatchIn<double>&, std::span<double>,
                BatchOut<double> angle_gradients) {
    angle_gradients.setZero();
  }
#endif
};
struct Method {
  template <Scalar S>
  using Backend = Zero;
};

using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;
void forward(const Batch<double>& z, std::span<const double> w, Batch<double>& logits) {
  BasicQuantumHead<double, Method{}, AngleEncoding<2>, T> head;
  head.forward(z, w, logits);
}
