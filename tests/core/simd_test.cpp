// SPDX-License-Identifier: Apache-2.0
// Tests of packs: sine and cosine against the standard library, sums over lanes.

#include "qmtl/core/simd.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace simd_test {

using namespace qmtl;

TEMPLATE_TEST_CASE("sine and cosine in lanes are the standard library's", "[core][simd]", float, double) {
  using S = TestType;
  const double range = GENERATE(1.0, 7.0, 900.0, 9e4, 1e7);
  const double tolerance = 2 * static_cast<double>(std::numeric_limits<S>::epsilon());
  double worst = 0.0;
  for (int k = 0; k < 2000; ++k) {
    Pack<S> x{}, s{}, c{};
    for (int i = 0; i < pack_width<S>; ++i) {
      const double golden = (k * pack_width<S> + i) * 0.6180339887498949;
      x[i] = static_cast<S>(range * (2 * (golden - std::floor(golden)) - 1));
    }
    sincos<S>(x, s, c);
    for (int i = 0; i < pack_width<S>; ++i) {
      const auto angle = static_cast<double>(x[i]);
      worst = std::max({worst, std::abs(static_cast<double>(s[i]) - std::sin(angle)),
                        std::abs(static_cast<double>(c[i]) - std::cos(angle))});
    }
  }
  CHECK(worst <= tolerance);
}

TEMPLATE_TEST_CASE("multiples of a quarter turn keep their digits near zero", "[core][simd]", float, double) {
  using S = TestType;
  for (int quarter = -8; quarter <= 8; ++quarter) {
    const auto angle = static_cast<S>(quarter * (pi / 2));
    Pack<S> s{}, c{};
    sincos<S>(broadcast<S>(angle), s, c);
    const S small = std::numeric_limits<S>::epsilon() / 64;
    CHECK(std::abs(s[0] - std::sin(angle)) <= std::abs(std::sin(angle)) * S(1e-3) + small);
    CHECK(std::abs(c[0] - std::cos(angle)) <= std::abs(std::cos(angle)) * S(1e-3) + small);
  }
}

TEMPLATE_TEST_CASE("a lane that is not finite does not disturb the others", "[core][simd]", float, double) {
  using S = TestType;
  Pack<S> x = broadcast<S>(S(0.5)), s{}, c{};
  x[0] = std::numeric_limits<S>::infinity();
  sincos<S>(x, s, c);
  CHECK(std::isnan(s[0]));
  CHECK(s[1] == Approx(std::sin(0.5)));
}

TEMPLATE_TEST_CASE("a lane sum adds every lane once", "[core][simd]", float, double) {
  Pack<TestType> x{};
  TestType expected = 0;
  for (int i = 0; i < pack_width<TestType>; ++i) expected += x[i] = static_cast<TestType>(1 << i);
  CHECK(lane_sum<TestType>(x) == expected);
}

}  // namespace simd_test
