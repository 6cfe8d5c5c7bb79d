// SPDX-License-Identifier: Apache-2.0
// Heads on light cones against heads on the whole register, where both are possible.

#include "qmtl/head/quantum_head.hpp"
#include "support/catch.hpp"

namespace light_cone_head_test {

using namespace qmtl;

template <int T>
using PairTask =
    Task<Name<2>{{static_cast<char>('a' + T), '\0'}}, RotationBlock<2, Layers<2>>, Window<2 * T, 2>, Expectations<2>>;
template <class E, HeadMethod Method>
using Pairs = BasicQuantumHead<double, Method, WithSquash<E, NoSquash>, PairTask<0>, PairTask<1>, PairTask<2>,
                               PairTask<3>, PairTask<4>, PairTask<5>>;

TEMPLATE_TEST_CASE("12 qubits, two layers: light cones give what the whole state gives", "[head][light_cone]",
                   (AngleEncoding<12, Axis::Y, CzRing, Layers<2>>),
                   (AngleEncoding<12, Axis::Y, CzBrickwork, Layers<2>>)) {
  using Cones = Pairs<TestType, HeadMethod::light_cone>;
  using Whole = Pairs<TestType, HeadMethod::window>;
  static_assert(Pairs<TestType, HeadMethod::automatic>::uses_light_cones);
  constexpr int batch = 5;
  Rng rng(Seed{14});
  const auto numbers = [&rng](Eigen::Index rows) {
    return Batch<double>::NullaryExpr(rows, batch, [&rng] { return rng.normal(); }).eval();
  };
  const Batch<double> z = numbers(12), c = numbers(Whole::outputs);
  std::vector<double> weights(Whole::parameters), gradient(weights.size()), whole_gradient(weights.size());
  for (auto& w : weights) w = rng.normal();
  Batch<double> y(Whole::outputs, batch), whole_y(Whole::outputs, batch), dz(12, batch), whole_dz(12, batch);
  Cones cones;
  Whole whole;
  cones.forward(z, weights, y);
  cones.backward(z, weights, c, gradient, dz);
  whole.forward(z, weights, whole_y);
  whole.backward(z, weights, c, whole_gradient, whole_dz);
  CHECK((y - whole_y).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((dz - whole_dz).cwiseAbs().maxCoeff() < 1e-12);
  for (std::size_t j = 0; j < weights.size(); ++j) CHECK(std::abs(gradient[j] - whole_gradient[j]) < 1e-12);
}

}  // namespace light_cone_head_test
