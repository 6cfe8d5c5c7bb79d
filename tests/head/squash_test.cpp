// SPDX-License-Identifier: Apache-2.0
// Squashing: ranges, centres, and derivatives from the angle.

#include "qmtl/head/squash.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/tolerance.hpp"

namespace squash_test {

using namespace qmtl;

const std::vector<double> points{-30.0, -2.5, -0.7, 0.0, 0.3, 1.0, 3.0, 30.0};

TEST_CASE("the centred squash of R repetitions is pi/(2R) (1 + tanh z): in sum over them between 0 and pi") {
  constexpr double pi = std::numbers::pi;
  CHECK(CentredTanh<1>::angle(0.0) == pi / 2);
  CHECK(CentredTanh<2>::angle(0.0) == pi / 4);
  CHECK(CentredTanh<1>::angle(1.0) == Approx(pi / 2 * (1 + std::tanh(1.0))).epsilon(1e-15));
  CHECK(CentredTanh<3>::angle(-0.5) == Approx(pi / 6 * (1 - std::tanh(0.5))).epsilon(1e-15));
  for (const double z : points) {
    CHECK(3 * CentredTanh<3>::angle(z) >= 0.0);
    CHECK(3 * CentredTanh<3>::angle(z) <= Approx(pi).epsilon(1e-15));
  }
}

TEST_CASE("the full squash is pi tanh z, and no squash is the identity") {
  CHECK(FullTanh::angle(0.0) == 0.0);
  CHECK(FullTanh::angle(0.5) == Approx(std::numbers::pi * std::tanh(0.5)).epsilon(1e-15));
  CHECK(FullTanh::angle(-0.5) == -FullTanh::angle(0.5));
  for (const double z : points) CHECK(NoSquash::angle(z) == z);
}

TEMPLATE_TEST_CASE("the derivative that follows from the angle is that of differences", "", CentredTanh<1>,
                   CentredTanh<4>, FullTanh, NoSquash) {
  static_assert(Squash<TestType>);
  for (const double z : points) {
    const double expected = test::central_difference([](double x) { return TestType::angle(x); }, z);
    CHECK(TestType::derivative(TestType::angle(z)) == Approx(expected).epsilon(0).margin(1e-10));
    const auto f = static_cast<float>(z);
    CHECK(static_cast<double>(TestType::angle(f)) ==
          Approx(TestType::angle(z)).epsilon(0).margin(30 * test::tolerance<float>()));
    CHECK(static_cast<double>(TestType::derivative(TestType::angle(f))) ==
          Approx(expected).epsilon(0).margin(30 * test::tolerance<float>()));
  }
}

TEST_CASE("squashings describe themselves") {
  CHECK(CentredTanh<1>::describe() == "angles pi/2 (1 + tanh z)");
  CHECK(CentredTanh<3>::describe() == "angles pi/6 (1 + tanh z)");
  CHECK(FullTanh::describe() == "angles pi tanh z");
  CHECK(NoSquash::describe() == "angles z");
}

struct Untyped {
  static double angle(double z) { return z; }
};
static_assert(!Squash<Untyped>);

}  // namespace squash_test
