// SPDX-License-Identifier: Apache-2.0
// Gradients three ways: adjoint, parameter shift and window operators agree to rounding.

#include <cmath>
#include <cstdio>
#include <qmtl/qmtl.hpp>

using namespace qmtl;

// A circuit type: two features, three weights, one of them used twice and one on a controlled rotation.
struct Ansatz {
  static constexpr auto circuit =
      make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::rz(0, weight(0)), gate::cx(0, 1),
                      gate::ry(1, 0.5 * weight(0) + 0.3), gate::cry(1, 0, weight(1)), gate::rxx(0, 1, weight(2)));
};

// The same encoding and block split between a head's shared encoding and one task.
struct Encoding2 {
  static constexpr int features = 2;
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)));
};
struct Block2 {
  static constexpr auto circuit =
      make_circuit<2>(gate::rz(0, weight(0)), gate::cx(0, 1), gate::ry(1, 0.5 * weight(0) + 0.3),
                      gate::cry(1, 0, weight(1)), gate::rxx(0, 1, weight(2)));
};
using Head2 = BasicQuantumHead<double, HeadMethod::window, WithSquash<Encoding2, NoSquash>,
                               Task<"t", Block2, Window<0, 2>, Expectations<2>>>;

int main() {
  const std::array x{0.4, -1.1};
  const std::array w{0.7, 0.2, -0.5};
  const std::array<double, 2> cotangents{1.0, -2.0};  // of <Z0> and <Z1>
  const std::array<PauliSum, 2> observables{pauli_z(0), pauli_z(1)};

  const auto adjoint = adjoint_vjp<Ansatz>(x, w, observables, cotangents);
  const auto shift = shift_vjp<Ansatz>(x, w, observables, cotangents);

  Head2 head;
  Batch<double, 2> z = Eigen::Map<const Eigen::Vector2d>(x.data()), y(2, 1), dz(2, 1);
  Eigen::Vector3d dw = Eigen::Vector3d::Zero();
  head.forward(z, w, y);
  head.backward(z, w, Eigen::Map<const Eigen::Vector2d>(cotangents.data()), std::span(dw.data(), 3), dz);

  std::printf("parameter   adjoint           parameter shift   window operators\n");
  for (int i = 0; i < 2; ++i) {
    std::printf("x%d         %+.12f  %+.12f  %+.12f\n", i, adjoint.features[i], shift.features[i], dz(i, 0));
  }
  for (int j = 0; j < 3; ++j) {
    std::printf("w%d         %+.12f  %+.12f  %+.12f\n", j, adjoint.weights[j], shift.weights[j], dw[j]);
  }
  const double error =
      std::max({(adjoint.weights - shift.weights).cwiseAbs().maxCoeff(),
                (adjoint.features - shift.features).cwiseAbs().maxCoeff(), (adjoint.weights - dw).cwiseAbs().maxCoeff(),
                (adjoint.features - dz.col(0)).cwiseAbs().maxCoeff()});
  std::printf("largest difference below 1e-12: %s\n", error < 1e-12 ? "yes" : "no");
  return error < 1e-12 ? 0 : 1;
}
