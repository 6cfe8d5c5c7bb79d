// SPDX-License-Identifier: Apache-2.0
// Student's distribution against tables and closed forms, and the paired test by hand.

#include "paper/paired_test.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace paired_test_test {

using namespace qmtl;
using namespace qmtl::benchmark::paper;

TEST_CASE("Student's two-sided probability: critical values of 5 % (Abramowitz and Stegun, table 26.10)") {
  const std::array<std::pair<int, double>, 6> table{
      {{1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {9, 2.262}, {30, 2.042}}};
  for (const auto& [degrees, t] : table) {
    CHECK(student_two_sided(t, degrees) == Approx(0.05).margin(6e-5));
    CHECK(student_two_sided(-t, degrees) == student_two_sided(t, degrees));
  }
}

TEST_CASE("Student's two-sided probability in closed form") {
  for (const double t : {0.0, 0.3, 1.0, 5.0}) {
    CHECK(student_two_sided(t, 1) == Approx(1.0 - 2.0 / pi * std::atan(t)).margin(1e-14));
    CHECK(student_two_sided(t, 2) == Approx(1.0 - t / std::sqrt(t * t + 2.0)).margin(1e-14));
  }
}

TEST_CASE("A paired test is that of the differences") {
  const std::array<double, 3> first{2.0, 4.0, 10.0}, second{1.0, 2.0, 7.0};  // 1, 2, 3: mean 2, deviation 1
  const PairedTest test = paired_test(first, second);
  CHECK(test.difference.mean == Approx(2.0));
  CHECK(test.difference.deviation == Approx(1.0));
  CHECK(test.t == Approx(2.0 * std::sqrt(3.0)));
  CHECK(test.p == Approx(1.0 - 2.0 * std::sqrt(3.0) / std::sqrt(14.0)));
  CHECK(paired_test(second, first).t == Approx(-test.t));
}

TEST_CASE("Paired tests without a t") {
  const std::array<double, 1> one{1.0};
  CHECK(std::isnan(paired_test(one, one).p));
  const std::array<double, 2> two{1.0, 2.0}, shifted{0.0, 1.0};
  CHECK(paired_test(two, two).p == 1.0);
  CHECK(paired_test(two, shifted).p == 0.0);
  CHECK_THROWS_AS(paired_test(two, one), ShapeError);
}

}  // namespace paired_test_test
