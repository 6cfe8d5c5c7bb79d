// SPDX-License-Identifier: Apache-2.0
// Tests of corrections for several tests.

#include "qmtl/loss/multiple_tests.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

namespace multiple_tests_test {

using namespace qmtl;

TEST_CASE("Holm's method multiplies the k-th smallest of n by n + 1 - k and stays in order", "[loss][multiple_tests]") {
  const auto adjusted = holm_adjusted(std::array{0.01, 0.04, 0.03, 0.005});
  const std::array expected{0.03, 0.06, 0.06, 0.02};  // 0.04 x 1 is below 0.03 x 2
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(adjusted[i] == Approx(expected[i]).epsilon(1e-14));
  CHECK(holm_adjusted(std::array{0.6, 0.7}) == std::vector{1.0, 1.0});
  CHECK(holm_adjusted({}).empty());
}

TEST_CASE("Holm's method refuses what is no probability", "[loss][multiple_tests]") {
  CHECK_THROWS_AS(holm_adjusted(std::array{0.5, 1.5}), ValueError);
  CHECK_THROWS_AS(holm_adjusted(std::array{-0.1}), ValueError);
}

TEST_CASE("a test that could not be done does not count among the others") {
  const auto adjusted = holm_adjusted(std::array{0.01, std::numeric_limits<double>::quiet_NaN(), 0.04});
  CHECK(adjusted[0] == Approx(0.02));
  CHECK(std::isnan(adjusted[1]));
  CHECK(adjusted[2] == Approx(0.04));
}

}  // namespace multiple_tests_test
