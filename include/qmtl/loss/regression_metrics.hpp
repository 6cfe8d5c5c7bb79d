#pragma once
// SPDX-License-Identifier: Apache-2.0
// How far predictions of a real target are from it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/loss/labelled_rows.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::inline QMTL_ABI {

/// The figures of one real target; NaN where one is not defined, as all are without a labelled row.
struct RegressionMetrics {
  std::size_t rows = 0;                             ///< with a target and a weight over 0
  double r2 = undefined_metric;                     ///< 1 - squared error / squared deviation from the mean; NaN where
                                                    ///< the targets do not vary
  double rmse = undefined_metric;                   ///< root of the mean squared error, in the target's units
  double mae = undefined_metric;                    ///< mean absolute error, in the target's units
  double median_absolute_error = undefined_metric;  ///< in the target's units
  double explained_variance = undefined_metric;     ///< as r2, of errors less their mean: a bias does not count
};

namespace detail {

struct WeighedError {
  double target, error, weight;
};

/// The value with half of the weight on either side, but for rounding of its sum; the mean of two where it lies between
/// them.
[[nodiscard]] inline double median_absolute_error(std::vector<WeighedError> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const WeighedError& a, const WeighedError& b) { return std::abs(a.error) < std::abs(b.error); });
  double total = 0.0, below = 0.0;
  for (const auto& row : rows) total += row.weight;
  const double rounding = static_cast<double>(rows.size()) * std::numeric_limits<double>::epsilon() * total;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    below += rows[i].weight;
    if (below < 0.5 * total - rounding) continue;
    const std::size_t next = below <= 0.5 * total + rounding && i + 1 < rows.size() ? i + 1 : i;
    return 0.5 * std::abs(rows[i].error) + 0.5 * std::abs(rows[next].error);
  }
  return undefined_metric;
}

/// Mean and mean square deviation from it of what `value` makes of each row.
template <class Value>
[[nodiscard]] std::pair<double, double> weighed_moments(std::span<const WeighedError> rows, const Value& value) {
  double total = 0.0, mean = 0.0, variance = 0.0;
  for (const auto& row : rows) total += row.weight;
  for (const auto& row : rows) mean += row.weight / total * value(row);
  for (const auto& row : rows) variance += row.weight / total * (value(row) - mean) * (value(row) - mean);
  return {mean, variance};
}

[[nodiscard]] inline std::vector<WeighedError> weighed_errors(std::span<const double> truth,
                                                              std::span<const double> predicted,
                                                              std::span<const double> weights) {
  constexpr const char* where = "regression metrics";
  require_size(text(where, ": number of predictions"), predicted.size(), truth.size());
  if (!weights.empty()) require_size(text(where, ": number of weights"), weights.size(), truth.size());
  double largest = 0.0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!std::isnan(truth[row])) largest = std::max(largest, weights[row]);
  }
  const double unit = weight_unit(largest);
  std::vector<WeighedError> out;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    const double weight = unit * weight_of_row(where, weights, row);
    if (std::isnan(truth[row]) || weight == 0.0) continue;
    require_label(LabelKind{0}, truth[row], "regression metrics: target", static_cast<Eigen::Index>(row));
    require_finite(where, "prediction", predicted[row], row);
    out.push_back({truth[row], predicted[row] - truth[row], weight});
  }
  return out;
}

}  // namespace detail

/// Judges predictions of a real target; rows whose `truth` is NaN are left out. `weights` are one a row, or none.
/// Throws ShapeError where numbers of rows differ, ValueError for a target or prediction that is infinite and for a
/// weight that is negative or not finite. O(n log n). The figures are scikit-learn's r2_score,
/// root_mean_squared_error, mean_absolute_error, median_absolute_error and explained_variance_score.
[[nodiscard]] inline RegressionMetrics regression_metrics(std::span<const double> truth,
                                                          std::span<const double> predicted,
                                                          std::span<const double> weights = {}) {
  std::vector<detail::WeighedError> rows = detail::weighed_errors(truth, predicted, weights);
  RegressionMetrics out;
  out.rows = rows.size();
  if (rows.empty()) return out;
  std::vector<double> targets;
  double largest = 0.0;
  for (const auto& row : rows) {
    targets.push_back(row.target);
    largest = std::max({largest, std::abs(row.target), std::abs(row.error)});
  }
  const double unit = largest > 0.0 ? detail::unit_of(largest) : 1.0;  // so that no square overflows
  for (auto& row : rows) row.target *= unit, row.error *= unit;
  const double squared_error =
      detail::weighed_moments(rows, [](const auto& row) { return row.error * row.error; }).first;
  const double error_variance = detail::weighed_moments(rows, [](const auto& row) { return row.error; }).second;
  const double variance = detail::weighed_moments(rows, [](const auto& row) { return row.target; }).second;
  out.rmse = std::sqrt(squared_error) / unit;
  out.mae = detail::weighed_moments(rows, [](const auto& row) { return std::abs(row.error); }).first / unit;
  out.median_absolute_error = detail::median_absolute_error(rows) / unit;
  if (!detail::moments_of(targets).varies<double>()) return out;
  out.r2 = 1.0 - squared_error / variance;
  out.explained_variance = 1.0 - error_variance / variance;
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
