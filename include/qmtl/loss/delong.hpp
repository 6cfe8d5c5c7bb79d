#pragma once
// SPDX-License-Identifier: Apache-2.0
// Two areas under the ROC curve on the same rows: the test of DeLong, DeLong and Clarke-Pearson (1988).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/estimate.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::inline QMTL_ABI {

/// What is known of AUC(first) - AUC(second). NaN where positive or negative rows are missing; errors and p are NaN
/// where there is but one of either. Where every row differs by as much, as a perfect score and its opposite do, the
/// estimated error is 0 and says nothing: p is 1 if no row differs, else NaN.
struct AucTest {
  double first = undefined_metric;  ///< AUCs
  double second = undefined_metric;
  double difference = undefined_metric;   ///< first - second
  double first_error = undefined_metric;  ///< standard errors over rows
  double second_error = undefined_metric;
  double difference_error = undefined_metric;
  double p = undefined_metric;  ///< two-sided, of a difference of 0, by the normal distribution
};

namespace detail {

/// Midranks of values, from 1: ties share the mean of their ranks.
[[nodiscard]] inline std::vector<double> midranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [values](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
    while (next < order.size() && values[order[next]] == values[order[first]]) ++next;
    const double rank = 0.5 * static_cast<double>(first + 1 + next);
    for (std::size_t i = first; i < next; ++i) out[order[i]] = rank;
  }
  return out;
}

/// The share of the other class's rows that each row is on the right side of (ties count half), by midranks (Sun and Xu
/// 2014): of positive rows, then of negative ones.
struct Placements {
  std::vector<double> positives, negatives;
};

[[nodiscard]] inline Placements placements(std::span<const double> positives, std::span<const double> negatives) {
  std::vector<double> all(positives.begin(), positives.end());
  all.insert(all.end(), negatives.begin(), negatives.end());
  const auto ranks = midranks(all), own = midranks(positives), others = midranks(negatives);
  const auto m = static_cast<double>(positives.size()), n = static_cast<double>(negatives.size());
  Placements out;
  for (std::size_t i = 0; i < own.size(); ++i) out.positives.push_back((ranks[i] - own[i]) / n);
  for (std::size_t i = 0; i < others.size(); ++i) {
    out.negatives.push_back(1.0 - (ranks[own.size() + i] - others[i]) / m);
  }
  return out;
}

/// The mean of the placements of both kinds of rows, which is an AUC or a difference of two, with its standard error.
[[nodiscard]] inline Estimate of_placements(const Placements& p) {
  const auto positives = summarize(p.positives), negatives = summarize(p.negatives);
  const auto variance = [](const MeanDeviation& of) {
    return of.count > 1 ? of.deviation * of.deviation / static_cast<double>(of.count) : undefined_metric;
  };
  return {positives.mean, std::sqrt(variance(positives) + variance(negatives))};
}

[[nodiscard]] inline Placements difference_of(Placements a, const Placements& b) {
  for (std::size_t i = 0; i < a.positives.size(); ++i) a.positives[i] -= b.positives[i];
  for (std::size_t i = 0; i < a.negatives.size(); ++i) a.negatives[i] -= b.negatives[i];
  return a;
}

}  // namespace detail

/// Compares two scores of the same rows, whose `truth` is 1, 0, or negative where it is missing. Rows are taken as
/// drawn at random and the scores as given, so that another training may differ by more. O(n log n). Throws ShapeError
/// unless all have as many rows, ValueError for another truth or a score that is NaN.
[[nodiscard]] inline AucTest compare_aucs(std::span<const int> truth, std::span<const double> first,
                                          std::span<const double> second) {
  detail::require_size("compare_aucs: first scores", first.size(), truth.size());
  detail::require_size("compare_aucs: second scores", second.size(), truth.size());
  std::vector<double> scores[2][2];  // of a model, of a class
  for (std::size_t row = 0; row < truth.size(); ++row) {
    if (truth[row] < 0) continue;
    if (truth[row] > 1 || std::isnan(first[row]) || std::isnan(second[row])) {
      throw ValueError(detail::text("qmtl: compare_aucs: row ", row,
                                    ", expected a truth of 0 or 1 (negative: missing) and",
                                    " scores that are numbers, got ", truth[row], ", ", first[row], ", ", second[row]));
    }
    scores[0][truth[row]].push_back(first[row]);
    scores[1][truth[row]].push_back(second[row]);
  }
  if (scores[0][0].empty() || scores[0][1].empty()) return {};
  const auto a = detail::placements(scores[0][1], scores[0][0]), b = detail::placements(scores[1][1], scores[1][0]);
  const auto of_a = detail::of_placements(a), of_b = detail::of_placements(b);
  const auto of_difference = detail::of_placements(detail::difference_of(a, b));
  AucTest out{.first = of_a.value, .second = of_b.value, .difference = of_difference.value};
  out.first_error = of_a.standard_error;
  out.second_error = of_b.standard_error;
  out.difference_error = of_difference.standard_error;
  constexpr double rounding = 8.0 * std::numeric_limits<double>::epsilon();  // of an error that is 0
  if (out.difference_error > rounding) {
    out.p = std::erfc(std::abs(out.difference) / out.difference_error / std::numbers::sqrt2);
  } else if (std::abs(out.difference) <= rounding && out.difference_error >= 0.0) {
    out.p = 1.0;
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
