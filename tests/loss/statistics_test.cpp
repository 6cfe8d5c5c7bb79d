// SPDX-License-Identifier: Apache-2.0
// Tests of mean and deviation over runs.

#include "qmtl/loss/statistics.hpp"

#include <array>
#include <cmath>

#include "support/catch.hpp"

namespace statistics_test {

using namespace qmtl;

TEST_CASE("mean and sample deviation of hand-computed values", "[train][statistics]") {
  const std::array values{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};  // mean 5, squares sum to 32
  const auto summary = summarize(values);
  CHECK(summary.count == 8);
  CHECK(summary.mean == Approx(5.0));
  CHECK(summary.deviation == Approx(std::sqrt(32.0 / 7.0)));
}

TEST_CASE("undefined values are left out", "[train][statistics]") {
  const std::array values{1.0, std::nan(""), 3.0};
  CHECK(summarize(values).mean == Approx(2.0));
  CHECK(summarize(values).deviation == Approx(std::sqrt(2.0)));
  CHECK(summarize(std::array{0.5}).deviation == 0.0);
  CHECK(std::isnan(summarize(std::array{std::nan("")}).mean));
  CHECK(std::isnan(summarize({}).mean));
}

TEST_CASE("values whose squares overflow have a deviation", "[train][statistics]") {
  const auto summary = summarize(std::array{1e200, 3e200});
  CHECK(summary.mean / 1e200 == Approx(2.0));
  CHECK(summary.deviation / 1e200 == Approx(std::sqrt(2.0)));
}

}  // namespace statistics_test
