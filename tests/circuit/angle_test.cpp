// SPDX-License-Identifier: Apache-2.0
// Angle arithmetic against plain arithmetic on the values, and its chain rule against differences.

#include "qmtl/circuit/angle.hpp"

#include <array>
#include <limits>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace angle_test {

using namespace qmtl;

constexpr std::array<double, 3> x{0.25, -1.5, 2.0};
constexpr std::array<double, 2> w{0.75, -0.5};

constexpr double value(const Angle& angle) { return evaluate(angle, x.data(), w.data()); }

// Exact in binary, so that equality may be asked for.
static_assert(value(0.5) == 0.5 && value(feature(1)) == -1.5 && value(weight(0)) == 0.75);
static_assert(value(2.0 * feature(0) + 1.0) == 1.5 && value(feature(0) * 2.0 - 1.0) == -0.5);
static_assert(value(1.0 - weight(1)) == 1.5 && value(-weight(0)) == -0.75 && value(weight(0) / 2.0) == 0.375);
static_assert(value(1.0 + 2.0 * (0.5 + weight(1))) == 1.0);
static_assert(value(feature(0) * feature(1)) == -0.375);
static_assert(value(2.0 * (1.0 - feature(0)) * (0.5 - feature(1)) + 4.0) == 7.0);
static_assert(value((2.0 * feature(0) + 1.0) * (4.0 * feature(2) - 2.0)) == 9.0);
static_assert(value(-(feature(2) * feature(2)) / 8.0) == -0.5);
static_assert(value(2.0 * trainable_feature(1, 0, 2, 1.0) + 4.0) == 10.0 && value(trainable_feature(0, 1, 1)) == 1.5);
static_assert(value(weight(0) * feature(2)) == 1.5 && value(2.0 * weight(0) * feature(2) + 1.0) == 4.0);
static_assert(value(feature(2) * (weight(0) - 1.0)) == -0.5 && value(-(weight(1) * (2.0 * feature(1)))) == -1.5);
static_assert(value(weight(1) + weight(0) * feature(2)) == 1.0 &&
              value(weight(0) * feature(2) - 2.0 + weight(1)) == -1.0);
static_assert(value(2.0 * weight(1) + 2.0 * weight(0) * feature(2)) == 2.0);
static_assert(weight(1) + (weight(0) + 1.0) * feature(2) == trainable_feature(1, 0, 2, 1.0));
static_assert(Angle(2.0) * feature(0) == 2.0 * feature(0) && feature(0) + Angle(1.0) == feature(0) + 1.0);
static_assert(feature(1) == feature(1) && !(feature(1) == weight(1)) && !(feature(1) == feature(2)));
static_assert(evaluate<double>(Angle(0.5), nullptr, nullptr) == 0.5, "a constant needs no parameters");
static_assert([] {
  std::array<double, 3> grad{};
  accumulate<double>(2.0 * (feature(0) + 1.0) * feature(1), 4.0, x.data(), w.data(), grad.data(), nullptr);
  return grad == std::array<double, 3>{-12.0, 10.0, 0.0};
}());

TEMPLATE_TEST_CASE("evaluate is the documented formula", "", float, double) {
  Rng rng(Seed{1});
  for (int repeat = 0; repeat < 1000; ++repeat) {
    const auto features = test::random_numbers<TestType>(rng, 3);
    const auto weights = test::random_numbers<TestType>(rng, 4);
    const Angle angle = test::random_angle(rng, {3, 4});
    const auto xs = test::cast<TestType>(features);
    const auto ws = test::cast<TestType>(weights);
    const double expected = test::dense_angle(angle, features, weights);
    CHECK(static_cast<double>(evaluate(angle, xs.data(), ws.data())) ==
          Approx(expected).margin(400.0 * std::numeric_limits<TestType>::epsilon()));
  }
}

TEST_CASE("arithmetic on angles is arithmetic on their values") {
  Rng rng(Seed{2});
  for (int repeat = 0; repeat < 200; ++repeat) {
    const auto xs = test::random_numbers(rng, 3), ws = test::random_numbers(rng, 4);
    const double c = rng.uniform(-3, 3);
    const Angle a = test::random_angle(rng, {3, 4});
    const auto at = [&](const Angle& angle) { return evaluate(angle, xs.data(), ws.data()); };
    CHECK(at(c * a) == Approx(c * at(a)).margin(1e-12));
    CHECK(at(a * c) == Approx(c * at(a)).margin(1e-12));
    CHECK(at(a / c) == Approx(at(a) / c).margin(1e-10));
    CHECK(at(-a) == Approx(-at(a)).margin(1e-12));
    CHECK(at(a + c) == Approx(at(a) + c).margin(1e-12));
    CHECK(at(c + a) == Approx(at(a) + c).margin(1e-12));
    CHECK(at(a - c) == Approx(at(a) - c).margin(1e-12));
    CHECK(at(c - a) == Approx(c - at(a)).margin(1e-12));
  }
}

TEST_CASE("the product of two affine functions of features is the product of their values") {
  Rng rng(Seed{3});
  for (int repeat = 0; repeat < 200; ++repeat) {
    const auto xs = test::random_numbers(rng, 3);
    const auto affine = [&rng] { return rng.uniform(0.5, 2) * feature(test::pick(rng, 3)) - rng.uniform(-2, 2); };
    const Angle a = affine(), b = affine();
    const auto at = [&](const Angle& angle) { return evaluate<double>(angle, xs.data(), nullptr); };
    CHECK(at(a * b) == Approx(at(a) * at(b)).margin(1e-12));
    CHECK(at(a * b) == Approx(at(b * a)).margin(1e-12));
  }
}

TEMPLATE_TEST_CASE("accumulate is the chain rule", "", float, double) {
  Rng rng(Seed{4});
  for (int repeat = 0; repeat < 200; ++repeat) {
    const auto features = test::random_numbers<TestType>(rng, 3), weights = test::random_numbers<TestType>(rng, 4);
    const Angle angle = test::random_angle(rng, {3, 4});
    const double outer = rng.uniform(-2, 2);
    std::array<TestType, 3> grad_x{1, 1, 1};
    std::array<TestType, 4> grad_w{1, 1, 1, 1};
    const auto xs = test::cast<TestType>(features), ws = test::cast<TestType>(weights);
    accumulate(angle, static_cast<TestType>(outer), xs.data(), ws.data(), grad_x.data(), grad_w.data());
    const auto by_x = test::difference_gradient(
        [&](std::span<const double> at) { return test::dense_angle(angle, at, weights); }, features, 0.1);
    const auto by_w = test::difference_gradient(
        [&](std::span<const double> at) { return test::dense_angle(angle, features, at); }, weights, 0.1);
    const double margin = 400.0 * std::numeric_limits<TestType>::epsilon();
    for (std::size_t i = 0; i < 3; ++i) CHECK(grad_x[i] == Approx(1 + outer * by_x[i]).margin(margin));
    for (std::size_t j = 0; j < 4; ++j) CHECK(grad_w[j] == Approx(1 + outer * by_w[j]).margin(margin));
  }
}

TEST_CASE("accumulate skips gradients that nobody wants") {
  std::array<double, 3> grad_x{};
  std::array<double, 2> grad_w{};
  accumulate<double>(2.0 * feature(1), 3.0, x.data(), w.data(), grad_x.data(), nullptr);
  accumulate<double>(2.0 * feature(1), 3.0, x.data(), w.data(), nullptr, grad_w.data());
  accumulate<double>(feature(0) * feature(2), 3.0, x.data(), w.data(), nullptr, nullptr);
  accumulate<double>(weight(0), 3.0, x.data(), w.data(), grad_x.data(), nullptr);
  accumulate<double>(weight(1), 5.0, x.data(), w.data(), nullptr, grad_w.data());
  accumulate<double>(0.5, 7.0, nullptr, nullptr, grad_x.data(), grad_w.data());
  CHECK(grad_x == std::array<double, 3>{0, 6, 0});
  CHECK(grad_w == std::array<double, 2>{0, 5});
}

TEST_CASE("impossible angles are errors that say why") {
  CHECK(test::message_of<CircuitError>([] { (void)feature(-1); }) ==
        "qmtl: a feature or weight index must not be negative, got -1");
  CHECK(test::message_of<CircuitError>([] { (void)weight(-7); }) ==
        "qmtl: a feature or weight index must not be negative, got -7");
  const std::string rule =
      "qmtl: a product of angles must be of two features or a weight and a feature of non-zero scale";
  CHECK(test::message_of<CircuitError>([] { (void)(weight(0) * weight(0)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(0.0 * weight(0) * feature(0)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(feature(0) * (0.0 * weight(0))); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(weight(0) * feature(0) * feature(1)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)((0.0 * feature(0)) * feature(1)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(feature(0) * (0.0 * feature(1))); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(feature(0) * feature(1) * feature(2)); }) == rule);
}

TEST_CASE("indices have an upper bound, so that counts of them are integers") {
  const int largest = max_parameter_index;
  CHECK(feature(largest).index == largest);
  CHECK(trainable_feature(largest, largest, largest).third == largest);
  for (const int index : {largest + 1, std::numeric_limits<int>::max()}) {
    const std::string rule = detail::text("qmtl: a feature or weight index must be at most 1073741824, got ", index);
    CHECK(test::message_of<CircuitError>([&] { (void)feature(index); }) == rule);
    CHECK(test::message_of<CircuitError>([&] { (void)weight(index); }) == rule);
    CHECK(test::message_of<CircuitError>([&] { (void)trainable_feature(index, 0, 0); }) == rule);
    CHECK(test::message_of<CircuitError>([&] { (void)trainable_feature(0, index, 0); }) == rule);
    CHECK(test::message_of<CircuitError>([&] { (void)trainable_feature(0, 0, index); }) == rule);
  }
}

TEST_CASE("sums that no angle can be") {
  const std::string rule = "qmtl: an angle must have one source: write a gate for each term of a sum";
  CHECK(test::message_of<CircuitError>([] { (void)(weight(0) + weight(1)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(feature(0) - weight(1)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(feature(0) + weight(1) * feature(0)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(weight(0) + trainable_feature(1, 2, 0)); }) == rule);
  CHECK(test::message_of<CircuitError>([] { (void)(2.0 * weight(0) + weight(1) * feature(0)); }) ==
        "qmtl: a weight and the product that it is added to must have the same factor");
  CHECK(test::message_of<CircuitError>([] { (void)(weight(0) * (feature(0) + 1.0)); }) ==
        "qmtl: a weight must be multiplied by a feature without an offset");
}

}  // namespace angle_test
