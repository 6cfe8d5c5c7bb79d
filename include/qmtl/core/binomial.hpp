#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded binomial and multinomial numbers, whose cost does not grow with the number of trials.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// log(k!) without its leading terms (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2.
[[nodiscard]] inline double stirling_tail(double k) noexcept {
  constexpr std::array<double, 10> exact{
      0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
      0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287};
  if (k < 10) return exact[static_cast<std::size_t>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

/// Few successes: from one to the next, as many trials as a geometric number says. Cost n p.
[[nodiscard]] inline std::int64_t few_successes(Rng& rng, std::int64_t n, double p) noexcept {
  const double log_failure = std::log1p(-p);
  std::int64_t count = 0;
  for (double trials = 0.0;; ++count) {
    trials += std::floor(std::log1p(-rng.uniform()) / log_failure) + 1;
    if (!(trials <= static_cast<double>(n))) return count;
  }
}

/// Many: transformed rejection with squeeze, for p <= 1/2 and n p >= 10 (Hoermann 1993, algorithm BTRS). Cost
/// about 1.15 rounds.
[[nodiscard]] inline std::int64_t many_successes(Rng& rng, std::int64_t trials, double p) noexcept {
  const auto n = static_cast<double>(trials);
  const double deviation = std::sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double center = n * p + 0.5, squeeze = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * deviation;
  const double odds = p / (1 - p), mode = std::floor((n + 1) * p);
  for (;;) {
    const double u = rng.uniform() - 0.5, v = rng.uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + center);
    if (us >= 0.07 && v <= squeeze) return static_cast<std::int64_t>(k);
    if (!(k >= 0 && k <= n)) continue;
    const double bound = (mode + 0.5) * std::log((mode + 1) / (odds * (n - mode + 1))) +
                         (n + 1) * std::log((n - mode + 1) / (n - k + 1)) +
                         (k + 0.5) * std::log(odds * (n - k + 1) / (k + 1)) + stirling_tail(mode) +
                         stirling_tail(n - mode) - stirling_tail(k) - stirling_tail(n - k);
    if (std::log(v * alpha / (a / (us * us) + b)) <= bound) return static_cast<std::int64_t>(k);
  }
}

inline void require_trials(std::string_view where, std::int64_t n) {
  if (n >= 0 && n <= std::int64_t{1} << 53) return;
  throw ValueError(text("qmtl: ", where, ": trials, expected 0 to 2^53, got ", n));
}

}  // namespace detail

/// How many of n trials succeed, each with probability p. Throws ValueError for n below 0 or beyond 2^53, or p outside
/// [0, 1].
[[nodiscard]] inline std::int64_t binomial(Rng& rng, std::int64_t n, double p) {
  detail::require_trials("binomial", n);
  if (!(p >= 0.0 && p <= 1.0)) {
    throw ValueError(detail::text("qmtl: binomial: probability, expected a number in [0, 1], got ", p));
  }
  if (p > 0.5) return n - binomial(rng, n, 1 - p);
  if (n == 0 || p == 0.0) return 0;
  constexpr double least = 10;
  return static_cast<double>(n) * p < least ? detail::few_successes(rng, n, p) : detail::many_successes(rng, n, p);
}

/// How often each of K outcomes comes in n trials, as numbers; the probabilities need not add up to 1, and those below
/// 0 count as 0. Throws ValueError as binomial, and unless their sum is positive and finite. Cost K.
[[nodiscard]] inline std::vector<std::int64_t> multinomial(Rng& rng, std::int64_t n,
                                                           std::span<const double> probabilities) {
  detail::require_trials("multinomial", n);
  std::vector<double> rest(probabilities.size() + 1, 0.0);  // of this outcome and those behind it
  for (std::size_t i = probabilities.size(); i-- > 0;) {
    rest[i] = rest[i + 1] + (probabilities[i] < 0.0 ? 0.0 : probabilities[i]);  // NaN stays
  }
  if (!(rest.front() > 0.0) || !std::isfinite(rest.front())) {
    throw ValueError(
        detail::text("qmtl: multinomial: sum of the probabilities, expected a positive number, got ", rest.front()));
  }
  std::vector<std::int64_t> counts(probabilities.size());
  for (std::size_t i = 0; i < counts.size() && n > 0; ++i) {
    if (!(probabilities[i] > 0.0)) continue;
    counts[i] = binomial(rng, n, std::min(1.0, probabilities[i] / rest[i]));
    n -= counts[i];
  }
  return counts;
}

}  // namespace qmtl::inline QMTL_ABI
