#pragma once
// SPDX-License-Identifier: Apache-2.0
// The rows that a metric counts: those with a label, each by its weight.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/data/dataset.hpp"

namespace qmtl::inline QMTL_ABI {

/// The labels of a class task as numbers of classes, one a row, -1 where a label is missing: what metrics take.
/// `labels` is a row of `Dataset::labels`. Throws ValueError for a label that does not fit, and where the task has no
/// classes.
template <Scalar S>
[[nodiscard]] std::vector<int> class_labels(const LabelRow<S>& labels, LabelKind kind) {
  if (kind.classes < 2) {
    throw ValueError(detail::text("qmtl: class labels: classes, expected at least 2, got ", kind.classes));
  }
  std::vector<int> out(static_cast<std::size_t>(labels.size()), -1);
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    if (is_missing(kind, labels(row))) continue;
    detail::require_label(kind, labels(row), "class labels: label", row);
    out[static_cast<std::size_t>(row)] = static_cast<int>(labels(row));
  }
  return out;
}

/// The probabilities of one class, one a row, from those of all, classes x rows: scores for curves and thresholds.
/// Throws ShapeError where there is no such class.
[[nodiscard]] inline std::vector<double> scores_of_class(const BatchIn<double>& probabilities, int c) {
  if (c < 0 || c >= probabilities.rows()) {
    throw ShapeError(
        detail::text("qmtl: scores of class: expected a class from 0 to ", probabilities.rows() - 1, ", got ", c));
  }
  std::vector<double> out;
  for (Eigen::Index row = 0; row < probabilities.cols(); ++row) out.push_back(probabilities(c, row));
  return out;
}

namespace detail {

/// The weight of a row: 1 without weights. Throws ValueError unless it is finite and not negative.
[[nodiscard]] inline double weight_of_row(std::string_view where, std::span<const double> weights, std::size_t row) {
  if (weights.empty()) return 1.0;
  if (weights[row] >= 0.0 && std::isfinite(weights[row])) return weights[row];
  throw ValueError(
      text("qmtl: ", where, ": weight of row ", row, ", expected a finite number from 0, got ", weights[row]));
}

/// What weights are multiplied by so that no sum or product of some overflows or vanishes: 1 unless the largest is
/// above 1e100 or below 1e-100, then a power of two, so that their ratios stay as they are.
[[nodiscard]] inline double weight_unit(double largest) noexcept {
  const bool usual = largest >= 1e-100 && largest <= 1e100;
  return usual || largest == 0.0 || std::isinf(largest) ? 1.0 : unit_of(largest);
}

/// Calls visit(row, label, weight) for each row that has a label and a weight over 0; the weight is in weight_unit of
/// the largest one of a labelled row. Throws ShapeError unless there
/// are as many `values` (predictions, scores) as labels, and as many weights or none; ValueError for a label from
/// `classes` on and for an impossible weight.
template <class Visit>
void for_each_labelled(std::string_view where, std::span<const int> truth, int classes, std::size_t values,
                       std::span<const double> weights, const Visit& visit) {
  require_size(text(where, ": number of predictions"), values, truth.size());
  if (!weights.empty()) require_size(text(where, ": number of weights"), weights.size(), truth.size());
  double largest = 0.0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (truth[row] >= 0) largest = std::max(largest, weights[row]);
  }
  const double unit = weight_unit(largest);
  for (std::size_t row = 0; row < truth.size(); ++row) {
    const double weight = unit * weight_of_row(where, weights, row);
    if (truth[row] < 0 || weight == 0.0) continue;
    if (truth[row] >= classes) {
      throw ValueError(text("qmtl: ", where, ": label of row ", row, ", expected one below ", classes,
                            ", or a negative one where it is missing, got ", truth[row]));
    }
    visit(row, truth[row], weight);
  }
}

/// Throws ValueError unless the number of a row, as its score, is finite.
inline void require_finite(std::string_view where, const char* what, double number, std::size_t row) {
  if (std::isfinite(number)) return;
  throw ValueError(text("qmtl: ", where, ": ", what, " of row ", row, ", expected a finite number, got ", number));
}

/// Throws ValueError unless the number is a probability.
inline void require_probability(std::string_view where, double probability, std::size_t row) {
  if (probability >= 0.0 && probability <= 1.0) return;
  throw ValueError(
      text("qmtl: ", where, ": probability of row ", row, ", expected a number from 0 to 1, got ", probability));
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
