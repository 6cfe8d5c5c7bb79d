// SPDX-License-Identifier: Apache-2.0
// Linear heads: W z + b per task, gradients by hand and by differences, initialisation, shapes.

#include "qmtl/head/linear_head.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace linear_head_test {

using namespace qmtl;
using qmtl::test::message_of;

using A = Task<"a", IdentityBlock<3>, Window<0, 3>, Classes<3>>;
using B = Task<"b", RotationBlock<1>, Window<7, 1>, Binary>;  // block and window are ignored
template <class S>
using HeadOf = LinearHead<S, 4, A, B>;
using Head = HeadOf<double>;
static_assert(Head::parameters == 3 * 5 + 5);

template <class S>
Batch<S> random_batch(Rng& rng, int rows, int columns) {
  Batch<S> out(rows, columns);
  for (S& value : out.reshaped()) value = static_cast<S>(rng.normal());
  return out;
}

/// The same as Eigen matrices, by the documented layout: each task's W column by column, then its b.
struct ByHand {
  explicit ByHand(const std::vector<double>& w)
      : wa(Eigen::Map<const Eigen::MatrixXd>(w.data(), 3, 4)),
        ba(Eigen::Map<const Eigen::VectorXd>(w.data() + 12, 3)),
        wb(Eigen::Map<const Eigen::RowVectorXd>(w.data() + 15, 4)),
        bb(w[19]) {}
  [[nodiscard]] Eigen::MatrixXd logits(const Eigen::MatrixXd& z) const {
    Eigen::MatrixXd out(4, z.cols());
    out.topRows(3) = (wa * z).colwise() + ba;
    out.row(3) = (wb * z).array() + bb;
    return out;
  }
  Eigen::MatrixXd wa;
  Eigen::VectorXd ba;
  Eigen::RowVectorXd wb;
  double bb;
};

TEMPLATE_TEST_CASE("logits are W z + b of each task", "", float, double) {
  using S = TestType;
  Rng rng(Seed{2});
  const std::vector<double> w = test::random_numbers<S>(rng, Head::parameters);
  for (const int batch : {1, 7}) {
    const Batch<S> z = random_batch<S>(rng, 4, batch);
    Batch<S> logits(4, batch);
    HeadOf<S>().forward(z, test::cast<S>(w), logits);
    const Eigen::MatrixXd expected = ByHand(w).logits(z.template cast<double>());
    CHECK((logits.template cast<double>() - expected).cwiseAbs().maxCoeff() < 30 * test::tolerance<S>());
  }
}

TEST_CASE("gradients are those of differences and of W^T c, c z^T and the sum of c; they are added, dz is set") {
  Rng rng(Seed{5});
  std::vector<double> w = test::random_numbers(rng, Head::parameters);
  const Batch<double> z = random_batch<double>(rng, 4, 6), c = random_batch<double>(rng, 4, 6);
  Head head;
  std::vector<double> gradient(w.size(), 0.5), alone(gradient);
  Batch<double> dz = Batch<double>::Constant(4, 6, std::nan(""));
  head.backward(z, w, c, gradient, dz);
  head.backward_weights(z, w, c, alone);
  CHECK(alone == gradient);

  const ByHand hand(w);
  CHECK((dz - hand.wa.transpose() * c.topRows(3) - hand.wb.transpose() * c.row(3)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(gradient[19] == Approx(0.5 + c.row(3).sum()).epsilon(1e-14));
  CHECK(gradient[15 + 2] == Approx(0.5 + c.row(3).dot(z.row(2))).epsilon(1e-14));

  const auto loss = [&](std::span<const double> weights) {
    Batch<double> logits(4, 6);
    head.forward(z, weights, logits);
    return logits.cwiseProduct(c).sum();
  };
  const auto expected = test::difference_gradient(loss, w);
  for (std::size_t j = 0; j < w.size(); ++j) {
    CHECK(gradient[j] == Approx(0.5 + expected[j]).epsilon(0).margin(1e-10));
  }
}

TEST_CASE("weights are drawn Xavier-uniform, biases are zero, the same seed draws the same") {
  using Wide = LinearHead<double, 100, Task<"classes", IdentityBlock<8>, Window<0, 8>, Classes<8>>, B>;
  std::vector<double> w(Wide::parameters), again(w);
  Rng rng(Seed{8}), same(Seed{8});
  Wide::initialise(rng, w);
  Wide::initialise(same, again);
  CHECK(w == again);
  const auto check_range = [](std::span<const double> weights, double limit) {
    const auto [low, high] = std::ranges::minmax(weights);
    CHECK(low >= -limit);
    CHECK(high < limit);
    CHECK(high - low > 1.8 * limit);
  };
  check_range(std::span(w).first(800), std::sqrt(6.0 / 108));
  check_range(std::span(w).subspan(808, 100), std::sqrt(6.0 / 101));
  CHECK(std::ranges::all_of(std::span(w).subspan(800, 8), [](double b) { return b == 0.0; }));
  CHECK(w.back() == 0.0);
}

TEST_CASE("shapes that do not fit a linear head are named") {
  Head head;
  std::vector<double> w(Head::parameters), few(3);
  Batch<double> z = Batch<double>::Zero(4, 2), five = Batch<double>::Zero(5, 2), three = Batch<double>::Zero(4, 3);
  Batch<double> logits(4, 2);
  Rng rng(Seed{1});
  CHECK(message_of<ShapeError>([&] { Head::initialise(rng, few); }) ==
        "qmtl: LinearHead: number of parameters must be 20, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward(z, few, logits); }) ==
        "qmtl: LinearHead: number of parameters must be 20, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward(five, w, logits); }) ==
        "qmtl: LinearHead: rows of z (features) must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.forward(z, w, five); }) ==
        "qmtl: LinearHead: rows of logits (outputs) must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.forward(z, w, three); }) ==
        "qmtl: LinearHead: columns of logits must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, few, z); }) ==
        "qmtl: LinearHead: number of gradients must be 20, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, few, logits, w, z); }) ==
        "qmtl: LinearHead: number of parameters must be 20, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, five, w, z); }) ==
        "qmtl: LinearHead: rows of logit gradients must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, three, w, z); }) ==
        "qmtl: LinearHead: columns of logit gradients must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, w, five); }) ==
        "qmtl: LinearHead: rows of feature gradients must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, w, three); }) ==
        "qmtl: LinearHead: columns of feature gradients must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward_weights(five, w, logits, w); }) ==
        "qmtl: LinearHead: rows of z (features) must be 4, got 5");
}

TEST_CASE("a linear head describes the labels of its tasks: a real target is no binary one") {
  using Two = Task<"two", IdentityBlock<2>, Window<0, 2>, Classes<2>>;
  using Real = Task<"real", IdentityBlock<1>, Window<0, 1>, Regression<>>;
  using Values = Task<"values", IdentityBlock<3>, Window<0, 3>, Expectations<3>>;
  CHECK(LinearHead<double, 4, A, B, Two, Real, Values>::describe() ==
        "linear head on 4 features\ntask a: 3 classes\ntask b: binary\ntask two: 2 classes\ntask real: real\n"
        "task values: 3 real values");
}

TEST_CASE("one feature and one output are a row each") {
  LinearHead<double, 1, B> head;
  const std::vector<double> w{2.0, -1.0};
  Batch<double> z(1, 3), logits(1, 3);
  z << 1.0, 2.0, 3.0;
  head.forward(z, w, logits);
  CHECK(logits == (Batch<double>(1, 3) << 1.0, 3.0, 5.0).finished());
}

}  // namespace linear_head_test
