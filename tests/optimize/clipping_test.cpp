// SPDX-License-Identifier: Apache-2.0
// Gradient clipping: known vectors, and the length and direction of a clipped step of a training.

#include "qmtl/optimize/clipping.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace clipping_test {

using namespace qmtl;
using namespace qmtl::test;

using Vector = std::vector<double>;

TEST_CASE("the norm is that of both parts together, and a shorter gradient stays as it is") {
  Vector a{3.0, 0.0}, b{-4.0};
  clip_gradient<double>({.norm = 5.0}, a, b);
  CHECK(a == Vector{3.0, 0.0});
  CHECK(b == Vector{-4.0});
  clip_gradient<double>({.norm = 2.5}, a, b);
  CHECK(a == Vector{1.5, 0.0});
  CHECK(b == Vector{-2.0});
  Vector none;
  clip_gradient<double>({.norm = 1.0}, none, b);
  CHECK(b == Vector{-1.0});
}

TEST_CASE("values are clamped before the norm is taken") {
  Vector a{30.0, -0.5}, b{-4.0};
  clip_gradient<double>({.value = 3.0}, a, b);
  CHECK(a == Vector{3.0, -0.5});
  CHECK(b == Vector{-3.0});
  Vector c{30.0}, d{-40.0};
  clip_gradient<double>({.norm = 1.0, .value = 3.0}, c, d);
  CHECK(c[0] == Approx(std::sqrt(0.5)).epsilon(1e-14));
  CHECK(d[0] == Approx(-std::sqrt(0.5)).epsilon(1e-14));
}

TEST_CASE("a gradient whose squares overflow is clipped to its direction, a zero one stays") {
  Vector a{3e300}, b{4e300};
  clip_gradient<double>({.norm = 1.0}, a, b);
  CHECK(a[0] == Approx(0.6).epsilon(1e-14));
  CHECK(b[0] == Approx(0.8).epsilon(1e-14));
  Vector zero{0.0}, other{0.0};
  clip_gradient<double>({.norm = 1.0}, zero, other);
  CHECK(zero == Vector{0.0});
}

TEST_CASE("a gradient whose norm itself overflows is clipped to its direction") {
  const double most = std::numeric_limits<double>::max();
  std::vector<double> a{most, -most}, b{most, most / 2};
  clip_gradient<double>({.norm = 2.0}, a, b);
  const double unit = 2.0 / std::sqrt(3.25);
  CHECK(a[0] == Approx(unit));
  CHECK(a[1] == Approx(-unit));
  CHECK(b[1] == Approx(unit / 2));
}

TEST_CASE("a clipped step of gradient descent has the clipped length and the gradient's direction") {
  const auto data = related_parts(100).train;
  Quantum<> model{Seed{6}};
  Objective objective(model);
  objective.evaluate(data.inputs, data.labels);
  Vector gradient(objective.backbone_gradient().begin(), objective.backbone_gradient().end());
  gradient.insert(gradient.end(), objective.head_gradient().begin(), objective.head_gradient().end());
  double square = 0.0;
  for (const double g : gradient) square += g * g;
  REQUIRE(std::sqrt(square) > 0.05);
  const auto before = parameters_of(model);
  fit(model, data,
      {.epochs = 1,
       .batch_size = 1000,
       .optimizer = Sgd{.learning_rate = 1.0},
       .standardize = false,
       .clipping = {.norm = 0.05}});
  const auto after = parameters_of(model);
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    CHECK(before[j] - after[j] == Approx(gradient[j] * 0.05 / std::sqrt(square)).epsilon(0).margin(1e-13));
  }
}

TEST_CASE("impossible limits are refused by name") {
  const auto data = related_parts(40).train;
  Classical model{Seed{1}};
  CHECK(message_of<ValueError>([&] { fit(model, data, {.clipping = {.norm = 0.0}}); }) ==
        "qmtl: fit: clipping: norm, expected a number above 0, got 0");
  CHECK(message_of<ValueError>([&] {
          fit(model, data, {.clipping = {.value = std::nan("")}});
        }).find("clipping: value") != std::string::npos);
}

}  // namespace clipping_test
