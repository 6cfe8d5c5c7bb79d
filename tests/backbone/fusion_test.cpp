// SPDX-License-Identifier: Apache-2.0
// Multimodal fusion: values by the formula, gradients against finite differences, modalities that are missing.

#include "qmtl/backbone/fusion.hpp"

#include <cmath>
#include <limits>

#include "backbone/gradient_check.hpp"
#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/linear.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace fusion_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::random_batch;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using Concat = ConcatFusion<2, Mlp<3, 4, 2>, Linear<2, 3>, Frozen<1>>;
using Gated = GatedFusion<2, Mlp<3, 4, 3>, Linear<2, 3>, Linear<1, 3>>;
static_assert(Backbone<Concat> && DescribedBackbone<Gated> && InputCheckingBackbone<Gated>);
static_assert(missing_inputs<Gated> == MissingInputs::allowed && missing_inputs<Mlp<3, 2>> == MissingInputs::refused);

template <class B>
B drawn(B backbone, Seed seed = Seed{4}) {
  Rng rng(seed);
  backbone.initialise(rng);
  for (auto& parameter : backbone.parameters()) parameter += rng.uniform(-0.2, 0.2);  // biases too
  return backbone;
}

template <class B>
Batch<double> forward(B& backbone, const Batch<double>& x) {
  Batch<double> z(B::output_size, x.cols());
  backbone.forward(x, z);
  return z;
}

/// Six rows of 3 + 2 + 1 features: in row 1 modality 0 is missing, in row 2 modality 1, in row 4 modalities 0 and 2, in
/// row 5 all.
Batch<double> gappy() {
  Rng rng(Seed{9});
  Batch<double> x = random_batch<double>(6, 6, rng);
  x.block(0, 1, 3, 1).setConstant(missing);
  x.block(3, 2, 2, 1).setConstant(missing);
  x.block(0, 4, 3, 1).setConstant(missing);
  x(5, 4) = missing;
  x.col(5).setConstant(missing);
  return x;
}

/// The parameters from position `first` on as an out x in matrix and a bias.
struct Affine {
  Batch<double> w;
  Eigen::VectorXd b;
  Affine(std::span<const double> all, std::size_t first, int out, int in)
      : w(Eigen::Map<const Batch<double>>(all.data() + first, out, in)),
        b(Eigen::Map<const Eigen::VectorXd>(all.data() + first + w.size(), out)) {}
};

TEST_CASE("concatenation projects tanh of the encodings side by side, with 0 for one that is missing") {
  Concat fusion = drawn(Concat{});
  const std::span<const double> p = fusion.parameters();
  REQUIRE(p.size() == (3 * 4 + 4 + 4 * 2 + 2) + (2 * 3 + 3) + (6 * 2 + 2));
  Mlp<3, 4, 2> first;
  Linear<2, 3> second;
  std::ranges::copy(p.first(26), first.parameters().begin());
  std::ranges::copy(p.subspan(26, 9), second.parameters().begin());
  const Affine projection(p, 35, 2, 6);
  const Batch<double> x = gappy();
  const Batch<double> z = forward(fusion, x);
  for (Eigen::Index row = 0; row < 6; ++row) {
    Batch<double> h = Batch<double>::Zero(6, 1);
    if (!std::isnan(x(0, row))) h.topRows(2) = forward(first, x.block(0, row, 3, 1)).array().tanh();
    if (!std::isnan(x(3, row))) h.middleRows(2, 3) = forward(second, x.block(3, row, 2, 1)).array().tanh();
    if (!std::isnan(x(5, row))) h(5, 0) = std::tanh(x(5, row));
    CHECK((z.col(row) - projection.w * h - projection.b).norm() < 1e-14);
  }
  CHECK((z.col(5) - projection.b).norm() == 0.0);
}

TEST_CASE("gated fusion adds the encodings, each times a gate that sees all of them, but for missing ones") {
  Gated fusion = drawn(Gated{});
  const std::span<const double> p = fusion.parameters();
  REQUIRE(p.size() == (3 * 4 + 4 + 4 * 3 + 3) + (2 * 3 + 3) + (1 * 3 + 3) + (9 * 9 + 9) + (3 * 2 + 2));
  Mlp<3, 4, 3> first;
  Linear<2, 3> second;
  Linear<1, 3> third;
  std::ranges::copy(p.first(31), first.parameters().begin());
  std::ranges::copy(p.subspan(31, 9), second.parameters().begin());
  std::ranges::copy(p.subspan(40, 6), third.parameters().begin());
  const Affine gates(p, 46, 9, 9);
  const Affine projection(p, 136, 2, 3);
  const Batch<double> x = gappy();
  const Batch<double> z = forward(fusion, x);
  for (Eigen::Index row = 0; row < 6; ++row) {
    const bool there[] = {!std::isnan(x(0, row)), !std::isnan(x(3, row)), !std::isnan(x(5, row))};
    Batch<double> h = Batch<double>::Zero(9, 1);
    if (there[0]) h.topRows(3) = forward(first, x.block(0, row, 3, 1)).array().tanh();
    if (there[1]) h.middleRows(3, 3) = forward(second, x.block(3, row, 2, 1)).array().tanh();
    if (there[2]) h.bottomRows(3) = forward(third, x.block(5, row, 1, 1)).array().tanh();
    const Eigen::VectorXd g = 1.0 / (1.0 + (-(gates.w * h + gates.b)).array().exp());
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(3);
    for (Eigen::Index m = 0; m < 3; ++m) {
      if (there[m]) sum += Eigen::VectorXd(g.segment(3 * m, 3).array() * h.col(0).segment(3 * m, 3).array());
    }
    CHECK((z.col(row) - projection.w * sum - projection.b).norm() < 1e-14);
  }
}

TEST_CASE("the gradient of a fusion is that of central differences") {
  test::check_gradient(Concat{});
  test::check_gradient(Gated{});
  test::check_gradient(ConcatFusion<2, Mlp<Eigen::Dynamic, 3, 2>, Linear<2, 1>>{Mlp<Eigen::Dynamic, 3, 2>{4}, {}});
  test::check_gradient(
      GatedFusion<1, BasicConvNet<double, Tanh, Image<4, 4>, Conv<2, 3>, MaxPool<2>, Dense<2>>, Linear<3, 2>>{});
  test::check_gradient(GatedFusion<3, Linear<2, 1>>{});
  test::check_gradient(ConcatFusion<3, Linear<2, 1, float>, BasicMlp<float, Gelu, 2, 3, 2>>{});
  test::check_gradient(ConcatFusion<1, Concat, Frozen<2>>{});
  test::check_moved_from(Concat{});
  test::check_moved_from(Gated{});
}

TEST_CASE("a fusion gives the same bits wherever its inputs lie") {
  test::check_same_bits(Concat{});
  test::check_same_bits(GatedFusion<8, Mlp<64, 16>, Mlp<20, 16>>{});
}

/// Finite differences where modalities are missing, and the gradient that the rows give one by one.
template <class B>
void check_gappy_gradient() {
  B fusion = drawn(B{});
  const Batch<double> x = gappy();
  Rng rng(Seed{2});
  const Batch<double> c = random_batch<double>(B::output_size, x.cols(), rng);
  const auto expected = test::finite_differences(fusion, x, c, 1e-6);
  std::vector<double> together(fusion.parameters().size());
  test::linear_loss(fusion, x, c);
  fusion.backward(x, c, together);
  std::vector<double> alone(together.size());
  for (Eigen::Index row = 0; row < x.cols(); ++row) {
    test::linear_loss(fusion, x.col(row), c.col(row));
    fusion.backward(x.col(row), c.col(row), alone);
  }
  for (std::size_t i = 0; i < together.size(); ++i) {
    INFO("parameter " << i);
    CHECK(together[i] == Approx(expected[i]).margin(1e-8));
    CHECK(together[i] == Approx(alone[i]).margin(1e-13));
  }
}

TEST_CASE("the gradient is exact where modalities are missing, and the same row by row") {
  check_gappy_gradient<Concat>();
  check_gappy_gradient<Gated>();
}

TEST_CASE("an encoder gets no gradient from a row that lacks its modality") {
  Gated fusion = drawn(Gated{});
  Batch<double> x = gappy().middleCols(1, 1);  // modality 0 is missing
  std::vector<double> gradient(fusion.parameters().size());
  forward(fusion, x);
  fusion.backward(x, Batch<double>::Ones(2, 1), gradient);
  CHECK(std::ranges::all_of(std::span(gradient).first(31), [](double g) { return g == 0.0; }));
  CHECK(std::ranges::any_of(std::span(gradient).subspan(31, 9), [](double g) { return g != 0.0; }));
  for (double& weight : fusion.parameters().first(31)) weight += 5.0;
  const Batch<double> z = forward(fusion, x);
  for (double& weight : fusion.parameters().first(31)) weight -= 3.0;
  CHECK(forward(fusion, x) == z);
}

TEST_CASE("a smaller batch after a larger one gives what it gives alone") {
  Gated used = drawn(Gated{});
  Gated fresh = used;
  const Batch<double> x = gappy();
  std::vector<double> gradient(used.parameters().size()), g_used(gradient), g_fresh(gradient);
  used.backward(x, forward(used, x), gradient);
  const Batch<double> small = x.middleCols(1, 3);
  const Batch<double> z = forward(used, small);
  CHECK(z == forward(fresh, small));
  used.backward(small, z, g_used);
  fresh.backward(small, z, g_fresh);
  CHECK(g_used == g_fresh);
}

TEST_CASE("encoders keep the parameters that they come with, and are drawn in order") {
  Rng rng(Seed{5});
  Linear<2, 2> trained;
  trained.initialise(rng);
  const ConcatFusion<1, Linear<2, 2>, Linear<1, 2>> fusion(trained, {});
  CHECK(std::ranges::equal(fusion.parameters().first(6), std::as_const(trained).parameters()));
  CHECK(std::ranges::all_of(fusion.parameters().subspan(6), [](double w) { return w == 0.0; }));

  GatedFusion<20, Linear<2, 15>, Linear<1, 15>> drawn_in_order;
  Linear<2, 15> first;
  Rng rng1(Seed{6});
  Rng rng2(Seed{6});
  drawn_in_order.initialise(rng1);
  first.initialise(rng2);
  const std::span<const double> all = drawn_in_order.parameters();
  CHECK(std::ranges::equal(all.first(45), std::as_const(first).parameters()));
  const auto [low, high] = std::ranges::minmax(all.subspan(75, 900));  // the gates': 30 x 30
  const double limit = std::sqrt(6.0 / 60.0);
  CHECK((low >= -limit && high < limit && high - low > 1.98 * limit));
  CHECK(std::ranges::all_of(all.subspan(975, 30), [](double b) { return b == 0.0; }));
  CHECK(std::ranges::all_of(all.last(20), [](double b) { return b == 0.0; }));
}

TEST_CASE("a fusion describes itself") {
  CHECK(describe_backbone(Concat{}) == "concatenated fusion to 2 of (mlp 3-4-2 tanh), (linear 2-3), (frozen 1)");
  CHECK(describe_backbone(Gated{}) == "gated fusion to 2 of (mlp 3-4-3 tanh), (linear 2-3), (linear 1-3)");
}

TEST_CASE("a modality that is missing in part, infinite values and wrong shapes are named") {
  Gated fusion = drawn(Gated{});
  Batch<double> x = gappy();
  fusion.check_inputs(x);
  Batch<double> z(2, 6);
  x(4, 3) = missing;
  const std::string expected =
      "qmtl: inputs: row 3, feature 4: expected a finite number, or NaN in all features 3 to 4 where modality 1 is "
      "missing, got nan";
  CHECK(message_of<ValueError>([&] { fusion.check_inputs(x); }) == expected);
  CHECK(message_of<ValueError>([&] { fusion.forward(x, z); }) == expected);
  x = gappy();
  x(5, 0) = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { fusion.check_inputs(x); }) ==
        "qmtl: inputs: row 0, feature 5: expected a finite number, or NaN in all features 5 to 5 where modality 2 is "
        "missing, got inf");
  CHECK(message_of<ShapeError>([&] { fusion.check_inputs(x.topRows(5)); }) ==
        "qmtl: fusion: rows of x must be 6, got 5");
  CHECK(message_of<ShapeError>([&] { fusion.forward(x.topRows(5), z); }) ==
        "qmtl: fusion forward: rows of x must be 6, got 5");
  std::vector<double> gradient(fusion.parameters().size());
  CHECK(message_of<ShapeError>([&] { fusion.backward(gappy(), z, gradient); }) ==
        "qmtl: fusion backward: columns of x, as in the last forward, must be 0, got 6");
  fusion.forward(gappy(), z);
  CHECK(message_of<ShapeError>([&] { fusion.backward(gappy(), z, std::span(gradient).first(7)); }) ==
        "qmtl: fusion backward: gradient size must be 144, got 7");
}

}  // namespace fusion_test
