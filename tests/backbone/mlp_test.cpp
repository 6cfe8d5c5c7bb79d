// SPDX-License-Identifier: Apache-2.0
// The MLP: values computed by hand, gradients against finite differences, initialisation, shapes.

#include "qmtl/backbone/mlp.hpp"

#include <cmath>
#include <utility>

#include "backbone/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace mlp_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::random_batch;

template <class B>
concept CountsParameters = requires {
  B::parameter_count;
};
static_assert(Mlp<149, 32, 8>::parameter_count == 149 * 32 + 32 + 32 * 8 + 8);
static_assert(Mlp<3, 2>::parameter_count == 8);
static_assert(!CountsParameters<Mlp<Eigen::Dynamic, 32, 8>>);
static_assert(std::is_default_constructible_v<Mlp<3, 2>> && !std::is_constructible_v<Mlp<3, 2>, int>);
static_assert(!std::is_default_constructible_v<Mlp<Eigen::Dynamic, 2>>);
static_assert(!std::is_convertible_v<int, Mlp<Eigen::Dynamic, 2>>);

TEST_CASE("an mlp computes W2 tanh(W1 x + b1) + b2 from parameters in the documented order") {
  Mlp<2, 2, 1> mlp;
  const std::vector<double> parameters{1.0, 3.0,  2.0, 4.0,  // W1 = [1 2; 3 4], column by column
                                       0.5, -0.5,            // b1
                                       2.0, -1.0, 0.25};     // W2 = [2 -1], b2
  std::ranges::copy(parameters, mlp.parameters().begin());
  Batch<double> x(2, 2);
  x << 0.1, 0.0,  //
      -0.2, 0.3;
  Batch<double> z(1, 2);
  mlp.forward(x, z);
  CHECK(z(0, 0) == Approx(2.0 * std::tanh(0.2) - std::tanh(-1.0) + 0.25));
  CHECK(z(0, 1) == Approx(2.0 * std::tanh(1.1) - std::tanh(0.7) + 0.25));
}

TEST_CASE("relu acts between the layers and not after the last") {
  BasicMlp<double, Relu, 1, 2, 1> mlp;
  std::ranges::copy(std::vector{1.0, -1.0, 0.0, 0.0, -1.0, -2.0, 0.0}, mlp.parameters().begin());
  Batch<double> x(1, 2);
  x << 3.0, -4.0;
  Batch<double> z(1, 2);
  mlp.forward(x, z);
  CHECK(z(0, 0) == -3.0);
  CHECK(z(0, 1) == -8.0);
}

TEMPLATE_TEST_CASE("the gradient of an mlp is that of central differences", "", (BasicMlp<double, Tanh, 4, 5, 3>),
                   (BasicMlp<float, Tanh, 4, 5, 3>), (BasicMlp<double, Relu, 4, 5, 3>),
                   (BasicMlp<float, Relu, 4, 5, 3>), (BasicMlp<double, Gelu, 4, 5, 3>),
                   (BasicMlp<float, Gelu, 4, 5, 3>), (BasicMlp<double, Tanh, 3, 6, 4, 1>),
                   (BasicMlp<float, Gelu, 3, 1, 4, 2>)) {
  test::check_gradient(TestType{});
  test::check_same_bits(TestType{});
  test::check_moved_from(TestType{});
}

TEST_CASE("an mlp whose input size is known at run time is the same as one whose size is in its type") {
  test::check_gradient(Mlp<Eigen::Dynamic, 5, 3>{4});
  test::check_same_bits(Mlp<Eigen::Dynamic, 31, 17, 1>{50});
  Mlp<Eigen::Dynamic, 5, 3> dynamic{4};
  Mlp<4, 5, 3> fixed;
  Rng rng1(Seed{3});
  Rng rng2(Seed{3});
  dynamic.initialise(rng1);
  fixed.initialise(rng2);
  CHECK(dynamic.input_size() == 4);
  CHECK(std::ranges::equal(dynamic.parameters(), fixed.parameters()));
  CHECK(dynamic.parameters().size() == std::size_t{Mlp<4, 5, 3>::parameter_count});
}

TEMPLATE_TEST_CASE("a smaller batch after a larger one gives what it gives alone", "", float, double) {
  test::check_smaller_batch(BasicMlp<TestType, Tanh, 4, 6, 2>{});
}

TEST_CASE("blocks of larger matrices are read and written in place") {
  Mlp<3, 4, 1> mlp;
  Rng rng(Seed{2});
  mlp.initialise(rng);
  const Batch<double> wide = random_batch<double>(6, 10, rng);
  const Batch<double> x = wide.block(2, 3, 3, 5);
  Batch<double> expected(1, 5);
  mlp.forward(x, expected);
  Batch<double> all = Batch<double>::Zero(4, 5);
  mlp.forward(wide.block(2, 3, 3, 5), all.middleRows(2, 1));
  CHECK((all.row(2) - expected).norm() < 1e-14);
  CHECK(all.row(1).isZero(0.0));
  CHECK(all.row(3).isZero(0.0));
}

TEST_CASE("weights are drawn as their authors say and biases are zero") {
  Rng rng(Seed{4});
  SECTION("Xavier-uniform for tanh") {
    Mlp<60, 40, 20> mlp;
    mlp.initialise(rng);
    const auto w1 = mlp.parameters().first(60 * 40);
    const double limit = std::sqrt(6.0 / 100.0);
    const auto [low, high] = std::ranges::minmax(w1);
    CHECK(low >= -limit);
    CHECK(high < limit);
    CHECK(high - low > 1.99 * limit);
    CHECK(std::ranges::all_of(mlp.parameters().subspan(60 * 40, 40), [](double b) { return b == 0.0; }));
    CHECK(std::ranges::all_of(mlp.parameters().last(20), [](double b) { return b == 0.0; }));
  }
  SECTION("He-normal for relu") {
    BasicMlp<double, Relu, 50, 80, 1> mlp;
    mlp.initialise(rng);
    double square = 0.0;
    for (const double w : mlp.parameters().first(50 * 80)) square += w * w;
    CHECK(square / (50 * 80) == Approx(2.0 / 50.0).epsilon(0.1));  // the estimate's deviation is 2.2 %
  }
}

TEST_CASE("an mlp describes itself") {
  CHECK(describe_backbone(Mlp<149, 32, 8>{}) == "mlp 149-32-8 tanh");
  CHECK(describe_backbone(BasicMlp<float, Gelu, Eigen::Dynamic, 4, 2>{7}) == "mlp 7-4-2 gelu");
}

TEST_CASE("shapes that do not fit an mlp are named") {
  Mlp<3, 4, 2> mlp;
  const Batch<double> x = Batch<double>::Zero(3, 5);
  Batch<double> z = Batch<double>::Zero(2, 5);
  std::vector<double> gradient(mlp.parameters().size());
  CHECK(message_of<ShapeError>([] { Mlp<Eigen::Dynamic, 2>{0}; }) ==
        "qmtl: mlp: input size, expected at least 1, got 0");
  CHECK(message_of<ShapeError>([&] { mlp.forward(Batch<double>(12, 5), z); }) ==
        "qmtl: mlp forward: rows of x must be 3, got 12");
  Batch<double> tall = Batch<double>::Zero(3, 5);
  CHECK(message_of<ShapeError>([&] { mlp.forward(x, tall); }) == "qmtl: mlp forward: rows of z must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { mlp.backward(x, z, gradient); }) ==
        "qmtl: mlp backward: columns of x, as in the last forward, must be 0, got 5");
  mlp.forward(x, z);
  CHECK(message_of<ShapeError>([&] { mlp.backward(x, z, std::span(gradient).first(3)); }) ==
        "qmtl: mlp backward: gradient size must be 26, got 3");
  mlp.backward(x, z, gradient);
}

}  // namespace mlp_test
