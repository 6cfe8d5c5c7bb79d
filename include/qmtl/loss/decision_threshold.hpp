#pragma once
// SPDX-License-Identifier: Apache-2.0
// Decisions between two classes by a threshold, and the threshold that is best by F1, balanced accuracy, costs or a
// measure of one's own.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/loss/curves.hpp"

namespace qmtl::inline QMTL_ABI {

/// What became of the rows of two classes, as counts or sums of weights.
struct BinaryOutcomes {
  double true_positives = 0.0, false_positives = 0.0, true_negatives = 0.0, false_negatives = 0.0;
};

/// A measure of decisions, the larger the better, or NaN where it is not defined.
template <class M>
concept DecisionMeasure = requires(const M& measure, const BinaryOutcomes& outcomes) {
  { measure(outcomes) } -> std::convertible_to<double>;
};

/// F1 of class 1.
struct F1Measure {
  [[nodiscard]] double operator()(const BinaryOutcomes& of) const noexcept {
    return 2.0 * of.true_positives / (2.0 * of.true_positives + of.false_positives + of.false_negatives);
  }
};

/// Mean of the recalls of both classes; its best threshold is also that of Youden's J.
struct BalancedAccuracyMeasure {
  [[nodiscard]] double operator()(const BinaryOutcomes& of) const noexcept {
    return 0.5 * of.true_positives / (of.true_positives + of.false_negatives) +
           0.5 * of.true_negatives / (of.true_negatives + of.false_positives);
  }
};

/// What decisions cost, a row; a negative cost is a gain. The measure is the mean cost with its sign turned.
struct DecisionCosts {
  double false_positive = 1.0;
  double false_negative = 1.0;
  double true_positive = 0.0;
  double true_negative = 0.0;

  [[nodiscard]] double operator()(const BinaryOutcomes& of) const noexcept {
    const double cost = false_positive * of.false_positives + false_negative * of.false_negatives +
                        true_positive * of.true_positives + true_negative * of.true_negatives;
    return -cost / (of.false_positives + of.false_negatives + of.true_positives + of.true_negatives);
  }
};

/// A threshold and what it does on the rows that it was chosen on.
struct DecisionThreshold {
  double threshold = 0.5;           ///< a score from here on is class 1
  double value = undefined_metric;  ///< of the measure
  BinaryOutcomes outcomes;
};

/// Class 1 where the score is at least the threshold, else class 0. Throws ValueError for a score or threshold that is
/// NaN.
[[nodiscard]] inline std::vector<int> apply_threshold(std::span<const double> scores, double threshold) {
  if (std::isnan(threshold)) throw ValueError("qmtl: apply_threshold: threshold, expected a number, got nan");
  std::vector<int> out;
  out.reserve(scores.size());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (std::isnan(scores[row])) {
      throw ValueError(detail::text("qmtl: apply_threshold: score of row ", row, ", expected a number, got nan"));
    }
    out.push_back(scores[row] >= threshold ? 1 : 0);
  }
  return out;
}

namespace detail {

/// Halfway between two scores, so that it tells them apart: the larger where no number is between them.
[[nodiscard]] inline double between(double low, double high) noexcept {
  const double middle = 0.5 * low + 0.5 * high;
  return middle > low ? middle : high;
}

}  // namespace detail

/// The threshold with the largest measure on these rows, which had better not be those that the model was trained on:
/// halfway between two scores that occur, the lowest score (all rows are class 1) or infinity (none is); of equals the
/// largest. Arguments as `roc_curve`; scores may be probabilities or logits. Throws what `roc_curve` throws, and
/// ValueError unless there are rows of both classes and the measure is a number somewhere. O(n log n).
template <DecisionMeasure M>
[[nodiscard]] DecisionThreshold best_threshold(std::span<const int> truth, std::span<const double> scores,
                                               const M& measure, std::span<const double> weights = {}) {
  const auto rows = detail::cumulate_rows("best threshold", truth, scores, weights);
  if (rows.empty() || rows.back().positives == 0.0 || rows.back().negatives == 0.0) {
    throw ValueError("qmtl: best threshold: labels, expected rows of class 0 and of class 1");
  }
  const auto& all = rows.back();
  DecisionThreshold best;
  bool found = false;
  const auto consider = [&](double threshold, double positives, double negatives) {
    const BinaryOutcomes of{positives, negatives, all.negatives - negatives, all.positives - positives};
    const double value = measure(of);
    if (std::isnan(value) || (found && !(value > best.value))) return;
    best = {threshold, value, of};
    found = true;
  };
  consider(std::numeric_limits<double>::infinity(), 0.0, 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double threshold =
        i + 1 < rows.size() ? detail::between(rows[i + 1].threshold, rows[i].threshold) : rows[i].threshold;
    consider(threshold, rows[i].positives, rows[i].negatives);
  }
  if (!found) throw ValueError("qmtl: best threshold: the measure is NaN for every threshold");
  return best;
}

}  // namespace qmtl::inline QMTL_ABI
