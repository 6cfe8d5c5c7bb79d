// SPDX-License-Identifier: Apache-2.0
// Activations at known points, their slopes against finite differences, and what they do to NaN.

#include "qmtl/backbone/activation.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "support/catch.hpp"

namespace activation_test {

using namespace qmtl;

static_assert(Activation<Tanh> && Activation<Relu> && Activation<Gelu>);
static_assert(!Activation<int>);
struct Idle : Tanh {
  static void apply() {}
};
static_assert(!Activation<Idle>);

/// f(a) and f'(a).
template <class A, class S>
std::pair<S, S> at(S a) {
  std::array<S, 1> value{a};
  std::array<S, 1> slope{};
  A::apply(std::span<S>(value), std::span<S>(slope));
  return {value[0], slope[0]};
}

TEST_CASE("activations take their known values") {
  CHECK(at<Tanh>(0.5).first == Approx(0.46211715726000979));  // (e - 1) / (e + 1)
  CHECK(at<Tanh>(0.5).second == Approx(1.0 - 0.46211715726000979 * 0.46211715726000979));
  CHECK(at<Relu>(-2.0) == std::pair(0.0, 0.0));
  CHECK(at<Relu>(0.0) == std::pair(0.0, 0.0));
  CHECK(at<Relu>(1.5) == std::pair(1.5, 1.0));
  // Phi(1) = 0.8413447460685429 (tables of the normal distribution). The tanh approximation gives 0.841192.
  CHECK(at<Gelu>(1.0).first == Approx(0.8413447460685429).epsilon(1e-12));
  CHECK(at<Gelu>(-1.0).first == Approx(-(1.0 - 0.8413447460685429)).epsilon(1e-12));
  CHECK(at<Gelu>(0.0) == std::pair(0.0, 0.5));
  // a Phi(a) = -10 * 7.619853024160527e-24: lost entirely where Phi is computed as (1 + erf) / 2.
  CHECK(at<Gelu>(-10.0).first == Approx(-7.619853024160527e-23).epsilon(1e-10).margin(0.0));
}

TEMPLATE_TEST_CASE("slopes are those of central differences", "", Tanh, Relu, Gelu) {
  for (const double a : {-3.0, -1.1, -0.2, 0.3, 0.9, 2.5}) {
    const double step = 1e-6;
    const double expected = (at<TestType>(a + step).first - at<TestType>(a - step).first) / (2.0 * step);
    INFO(TestType::name << " at " << a);
    CHECK(at<TestType>(a).second == Approx(expected).margin(1e-9));
    CHECK(static_cast<double>(at<TestType>(static_cast<float>(a)).second) == Approx(expected).margin(1e-5));
  }
}

TEMPLATE_TEST_CASE("NaN stays NaN, so that a diverged run is seen", "", Tanh, Relu, Gelu) {
  CHECK(std::isnan(at<TestType>(std::numeric_limits<double>::quiet_NaN()).first));
  CHECK(std::isnan(at<TestType>(std::numeric_limits<float>::quiet_NaN()).first));
}

}  // namespace activation_test
