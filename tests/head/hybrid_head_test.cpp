// SPDX-License-Identifier: Apache-2.0
// Hybrid heads: what they compute, their gradients against finite differences, and their parameters by the formula.

#include "qmtl/head/hybrid_head.hpp"

#include <string>
#include <vector>

#include "qmtl/head/encoding.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace hybrid_head_test {

using namespace qmtl;

using Enc = WithSquash<AngleEncoding<3, Axis::Y, CxRing, Layers<2>>, NoSquash>;
using Circuit3 = RotationBlock<3, Layers<2>>;
using A = Task<"a", RotationBlock<1>, Window<0, 1>, Binary>;
using B = Task<"b", RotationBlock<3>, Window<0, 3>, Classes<3>>;
using Shared = HybridHead<double, HybridForm::shared, Enc, Circuit3, A, B>;
using PerTask = HybridHead<double, HybridForm::per_task, Enc, Circuit3, A, B>;
static_assert(Head<Shared> && Head<PerTask>);

// Circuits of 2 * 3 * 2 weights, and (3 + 1) a logit.
static_assert(Shared::parameters == 12 + 4 * (A::outputs + B::outputs));
static_assert(PerTask::parameters == 2 * 12 + 4 * (A::outputs + B::outputs));
static_assert(PerTask::task_parameters[0] == 12 + 4 * A::outputs);
static_assert(Shared::task_parameters[1] == 4 * B::outputs);

Batch<double> numbers(Rng& rng, int rows, int columns) {
  return Batch<double>::NullaryExpr(rows, columns, [&rng] { return rng.normal(); });
}

TEMPLATE_TEST_CASE("gradients are those of finite differences", "[head][hybrid]", Shared, PerTask) {
  using H = TestType;
  constexpr int batch = 4;
  Rng rng(Seed{17});
  Batch<double> z = numbers(rng, 3, batch);
  const Batch<double> c = numbers(rng, H::outputs, batch);
  std::vector<double> w(H::parameters), gradient(w.size());
  H::initialise(rng, w);
  H head;
  Batch<double> logits(H::outputs, batch), dz(3, batch);
  const auto value = [&] {
    H fresh;
    fresh.forward(z, w, logits);
    return logits.cwiseProduct(c).sum();
  };
  head.forward(z, w, logits);
  head.backward(z, w, c, gradient, dz);
  const auto slope = [&](double& x) {
    const double step = 1e-5, old = x;
    x = old + step;
    const double up = value();
    x = old - step;
    const double down = value();
    x = old;
    return (up - down) / (2 * step);
  };
  for (std::size_t j = 0; j < w.size(); ++j) CHECK(slope(w[j]) == Approx(gradient[j]).margin(1e-8));
  for (Eigen::Index i = 0; i < z.size(); ++i) CHECK(slope(z.data()[i]) == Approx(dz.data()[i]).margin(1e-8));

  std::vector<double> weights_only(w.size());
  head.forward(z, w, logits);
  head.backward_weights(z, w, c, weights_only);
  for (std::size_t j = 0; j < w.size(); ++j) CHECK(weights_only[j] == Approx(gradient[j]).margin(1e-12));
}

TEST_CASE("logits are linear in the expectation values of the circuit", "[head][hybrid]") {
  using Inner = QuantumHead<double, Enc, Task<"c", Circuit3, Window<0, 3>, Expectations<3>>>;
  Rng rng(Seed{18});
  const Batch<double> z = numbers(rng, 3, 5);
  std::vector<double> w(Shared::parameters);
  for (auto& value : w) value = rng.normal();
  Batch<double> measured(3, 5), logits(Shared::outputs, 5);
  Inner inner;
  inner.forward(z, std::span<const double>(w).first(Inner::parameters), measured);
  Shared head;
  head.forward(z, w, logits);
  const Eigen::Map<const Eigen::MatrixXd> weights(w.data() + 12, 1, 3);
  const Batch<double> expected = ((weights * measured).array() + w[12 + 3]).matrix();
  CHECK((logits.topRows(1) - expected).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("a hybrid head describes its circuits and the labels of every task", "[head][hybrid]") {
  const std::string circuit = "; " + describe_encoding<Enc>() + "; angles z; " + describe_block<Circuit3>();
  CHECK(Shared::describe() == "hybrid head, one circuit for all tasks" + circuit +
                                  "\ntask a: linear on 3 expectation values, binary"
                                  "\ntask b: linear on 3 expectation values, 3 classes");
  using Real = Task<"a", RotationBlock<1>, Window<0, 1>, Regression<>>;
  using Values = Task<"b", RotationBlock<3>, Window<0, 3>, Expectations<3>>;
  CHECK(HybridHead<double, HybridForm::per_task, Enc, Circuit3, Real, Values>::describe() ==
        "hybrid head, one circuit a task" + circuit +
            "\ntask a: linear on 3 expectation values, real"
            "\ntask b: linear on 3 expectation values, 3 real values");
}

TEST_CASE("wrong sizes are refused", "[head][hybrid]") {
  Shared head;
  const Batch<double> z = Batch<double>::Zero(3, 2);
  Batch<double> logits(Shared::outputs, 2);
  const std::vector<double> few(3);
  CHECK_THROWS_AS(head.forward(z, few, logits), ShapeError);
  std::vector<double> w(Shared::parameters), g(w.size());
  head.forward(z, w, logits);
  Batch<double> other = Batch<double>::Zero(Shared::outputs, 3), dz(3, 2);
  CHECK_THROWS_AS(head.backward(z, w, other, g, dz), ShapeError);
}

}  // namespace hybrid_head_test
