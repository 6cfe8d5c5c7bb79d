// SPDX-License-Identifier: Apache-2.0
// A user of two threads, who links nothing but qmtl::qmtl.

#include <qmtl/head/quantum_head.hpp>
#include <vector>

using namespace qmtl;

int main() {
  QuantumHead<double, AngleEncoding<2, Axis::Y, CzRing, Layers<1>>,
              Task<"yes", RotationBlock<1, Layers<1>>, Window<0, 1>, Binary>>
      head;
  head.set_execution(Threads{2});
  const std::vector<double> weights(head.parameters, 0.0);
  const Eigen::MatrixXd z = Eigen::MatrixXd::Zero(head.features, 32);
  Eigen::MatrixXd logits(1, z.cols());
  head.forward(z, weights, logits);
  return logits.allFinite() ? 0 : 1;
}
