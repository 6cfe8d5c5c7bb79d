// SPDX-License-Identifier: Apache-2.0
// Binomial numbers against their probabilities.

#include "qmtl/core/binomial.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace binomial_test {

using namespace qmtl;

/// Sum of (observed - expected)^2 / expected over the counts, those of expectations below 8 taken together, with how
/// many are independent.
struct ChiSquared {
  double sum = 0.0;
  int freedom = -1;
};

ChiSquared chi_squared(std::int64_t trials, double p, int draws) {
  Rng rng(Seed{static_cast<std::uint64_t>(trials) + 17});
  std::vector<double> observed(static_cast<std::size_t>(trials) + 1);
  for (int i = 0; i < draws; ++i) observed[static_cast<std::size_t>(binomial(rng, trials, p))] += 1;
  ChiSquared out;
  double rest_observed = 0.0, rest_expected = 0.0;
  const auto add = [&out](double seen, double expected) {
    out.sum += (seen - expected) * (seen - expected) / expected;
    ++out.freedom;
  };
  const auto n = static_cast<double>(trials);
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const auto k = static_cast<double>(i);
    const double log_p =
        std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) + (n - k) * std::log1p(-p);
    const double expected = draws * std::exp(log_p);
    if (expected < 8) {
      rest_observed += observed[i];
      rest_expected += expected;
    } else {
      add(observed[i], expected);
    }
  }
  if (rest_expected > 1) add(rest_observed, rest_expected);
  return out;
}

TEST_CASE("binomial numbers have their probabilities", "[core]") {
  // Few and many successes, each from below and from above one half.
  const auto [trials, p] =
      GENERATE(std::pair(1, 0.3), std::pair(12, 0.5), std::pair(1000, 0.004), std::pair(25, 0.9), std::pair(21, 0.5),
               std::pair(100, 0.101), std::pair(1000, 0.37), std::pair(40000, 0.999), std::pair(5000, 0.62));
  CAPTURE(trials, p);
  const auto [sum, freedom] = chi_squared(trials, p, 200000);
  CHECK(sum < freedom + 5 * std::sqrt(2.0 * freedom) + 10);  // five deviations, and the tail of few degrees of freedom
}

TEST_CASE("binomial numbers of certain and impossible trials, of none and of very many", "[core]") {
  Rng rng(Seed{1});
  CHECK(binomial(rng, 0, 0.5) == 0);
  CHECK(binomial(rng, 1000, 0.0) == 0);
  CHECK(binomial(rng, 1000, 1.0) == 1000);
  CHECK(binomial(rng, 1000, std::numeric_limits<double>::denorm_min()) == 0);
  const std::int64_t most = std::int64_t{1} << 53;
  const auto drawn = static_cast<double>(binomial(rng, most, 0.25));
  CHECK(std::abs(drawn - 0x1.0p51) < 5 * std::sqrt(0x1.0p53 * 0.25 * 0.75));
  CHECK_THROWS_AS(binomial(rng, most + 1, 0.5), ValueError);
  CHECK(test::message_of<ValueError>([&] { (void)binomial(rng, -1, 0.5); }) ==
        "qmtl: binomial: trials, expected 0 to 2^53, got -1");
  CHECK(test::message_of<ValueError>([&] { (void)binomial(rng, 1, 1.5); }) ==
        "qmtl: binomial: probability, expected a number in [0, 1], got 1.5");
  CHECK_THROWS_AS(binomial(rng, 1, std::nan("")), ValueError);
}

TEST_CASE("multinomial numbers add up, and have the means and covariances of theirs", "[core]") {
  Rng rng(Seed{2});
  const std::vector<double> p{0.1, 0.0, 0.6, -1e-17, 0.3};
  constexpr std::int64_t trials = 500;
  constexpr int draws = 20000;
  double mean = 0.0, covariance = 0.0;
  for (int i = 0; i < draws; ++i) {
    const auto counts = multinomial(rng, trials, p);
    REQUIRE(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}) == trials);
    REQUIRE((counts[1] == 0 && counts[3] == 0));
    mean += static_cast<double>(counts[0]) / draws;
    covariance += (static_cast<double>(counts[0]) - 50) * (static_cast<double>(counts[2]) - 300) / draws;
  }
  CHECK(mean == Approx(50).margin(5 * std::sqrt(500 * 0.09 / draws)));
  CHECK(covariance == Approx(-30).margin(2));
  CHECK_THROWS_AS(multinomial(rng, 1, std::vector<double>{0.0, 0.0}), ValueError);
  CHECK_THROWS_AS(multinomial(rng, 1, std::vector<double>{}), ValueError);
  CHECK(test::message_of<ValueError>([&] {
          static_cast<void>(multinomial(rng, 1, std::vector{0.5, std::nan(""), 0.5}));
        }) == "qmtl: multinomial: sum of the probabilities, expected a positive number, got nan");
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(multinomial(rng, -1, std::vector{1.0})); }) ==
        "qmtl: multinomial: trials, expected 0 to 2^53, got -1");
}

}  // namespace binomial_test
