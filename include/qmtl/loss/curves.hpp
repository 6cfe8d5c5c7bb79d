#pragma once
// SPDX-License-Identifier: Apache-2.0
// What becomes of decisions as their threshold moves: points of ROC and precision-recall curves, and the areas under
// them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/scalar.hpp"
#include "qmtl/loss/labelled_rows.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::inline QMTL_ABI {

/// The rates where rows with a score from `threshold` on are taken for positive.
struct RocPoint {
  double threshold = std::numeric_limits<double>::infinity();
  double false_positive_rate = 0.0;  ///< share of the negative rows; NaN where there are none
  double true_positive_rate = 0.0;   ///< share of the positive rows, the recall; NaN where there are none
};

/// Precision and recall where rows with a score from `threshold` on are taken for positive.
struct PrecisionRecallPoint {
  double threshold = std::numeric_limits<double>::infinity();
  double precision = 1.0;
  double recall = 0.0;  ///< NaN where there are no positive rows
};

/// Which points of a ROC curve are wanted.
enum class RocPoints {
  corners,  ///< without those on a straight line between others, as scikit-learn does
  all       ///< one for each score that occurs
};

namespace detail {

/// The weights of positive and negative rows whose score is at least `threshold`.
struct CumulatedRows {
  double threshold = 0.0, positives = 0.0, negatives = 0.0;
};

/// One for each score that occurs, the highest first. Throws ValueError for a score that is not finite.
[[nodiscard]] inline std::vector<CumulatedRows> cumulate_rows(std::string_view where, std::span<const int> truth,
                                                              std::span<const double> scores,
                                                              std::span<const double> weights) {
  struct Row {
    double score, weight;
    bool positive;
  };
  std::vector<Row> rows;
  for_each_labelled(where, truth, 2, scores.size(), weights, [&](std::size_t row, int label, double weight) {
    require_finite(where, "score", scores[row], row);
    rows.push_back({scores[row], weight, label == 1});
  });
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
  std::vector<CumulatedRows> out;
  CumulatedRows sum;
  for (const Row& row : rows) {
    if (out.empty() || row.score != sum.threshold) out.push_back({});
    sum.threshold = row.score;
    (row.positive ? sum.positives : sum.negatives) += row.weight;
    out.back() = sum;
  }
  return out;
}

/// Whether a point turns off the straight line from the one before to the one behind, by equal steps as in
/// scikit-learn.
[[nodiscard]] inline bool is_corner(const CumulatedRows& before, const CumulatedRows& at,
                                    const CumulatedRows& behind) noexcept {
  return behind.positives - at.positives != at.positives - before.positives ||
         behind.negatives - at.negatives != at.negatives - before.negatives;
}

}  // namespace detail

/// The ROC curve of two classes, from (0, 0) at the threshold infinity to (1, 1) at the lowest score; empty without a
/// labelled row. `truth` is 0 or 1 a row, negative where missing, `scores` grow with the belief in class 1, `weights`
/// are one a row, or none. Throws ShapeError where numbers of rows differ, ValueError for another label, a score that
/// is not finite or a weight that is negative or not finite. O(n log n). Source: scikit-learn's roc_curve.
[[nodiscard]] inline std::vector<RocPoint> roc_curve(std::span<const int> truth, std::span<const double> scores,
                                                     std::span<const double> weights = {},
                                                     RocPoints points = RocPoints::corners) {
  const auto rows = detail::cumulate_rows("ROC curve", truth, scores, weights);
  if (rows.empty()) return {};
  const auto share = [](double part, double all) { return all > 0.0 ? part / all : undefined_metric; };
  const auto& all = rows.back();
  std::vector<RocPoint> out{
      {.false_positive_rate = share(0.0, all.negatives), .true_positive_rate = share(0.0, all.positives)}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool inner = i > 0 && i + 1 < rows.size();
    if (points == RocPoints::corners && inner && !detail::is_corner(rows[i - 1], rows[i], rows[i + 1])) continue;
    out.push_back(
        {rows[i].threshold, share(rows[i].negatives, all.negatives), share(rows[i].positives, all.positives)});
  }
  return out;
}

/// The precision-recall curve of two classes, from the lowest score, where all rows are taken for positive, to the
/// threshold infinity with precision 1 and recall 0; empty without a labelled row. Arguments and errors as `roc_curve`.
/// Source: scikit-learn's precision_recall_curve.
[[nodiscard]] inline std::vector<PrecisionRecallPoint> precision_recall_curve(std::span<const int> truth,
                                                                              std::span<const double> scores,
                                                                              std::span<const double> weights = {}) {
  const auto rows = detail::cumulate_rows("precision-recall curve", truth, scores, weights);
  std::vector<PrecisionRecallPoint> out;
  if (rows.empty()) return out;
  const double positives = rows.back().positives;
  out.push_back({.recall = positives > 0.0 ? 0.0 : undefined_metric});
  for (const auto& row : rows) {
    out.push_back({row.threshold, row.positives / (row.positives + row.negatives),
                   positives > 0.0 ? row.positives / positives : undefined_metric});
  }
  std::reverse(out.begin(), out.end());
  return out;
}

/// The mean of the precisions at each threshold, weighted by the growth of the recall; no interpolation. NaN where
/// positive rows are missing. Arguments and errors as `roc_curve`. Source: scikit-learn's average_precision_score.
[[nodiscard]] inline double average_precision(std::span<const int> truth, std::span<const double> scores,
                                              std::span<const double> weights = {}) {
  const auto rows = detail::cumulate_rows("average precision", truth, scores, weights);
  if (rows.empty() || rows.back().positives == 0.0) return undefined_metric;
  double sum = 0.0, before = 0.0;
  for (const auto& row : rows) {
    sum += (row.positives - before) * (row.positives / (row.positives + row.negatives));
    before = row.positives;
  }
  return std::min(sum / rows.back().positives, 1.0);
}

/// Area under the ROC curve: the share of the pairs of a positive and a negative row that the scores order right, ties
/// counting half, each pair by the product of its weights. NaN where positive or negative rows are missing. Arguments
/// and errors as `roc_curve`.
[[nodiscard]] inline double roc_auc(std::span<const int> truth, std::span<const double> scores,
                                    std::span<const double> weights = {}) {
  constexpr const char* where = "ROC AUC";
  std::vector<ScoredRow> rows;
  std::vector<double> counted;
  detail::for_each_labelled(where, truth, 2, scores.size(), weights, [&](std::size_t row, int label, double weight) {
    detail::require_finite(where, "score", scores[row], row);
    rows.push_back({scores[row], label == 1, static_cast<std::uint32_t>(counted.size())});
    counted.push_back(weight);
  });
  return weights.empty() ? roc_auc(rows) : detail::weighted_roc_auc(rows, counted);
}

namespace detail {

/// The mean over the classes of a metric of one class against the rest, where that is defined: of two classes, the
/// metric of the second.
template <class Metric>
[[nodiscard]] double one_against_rest(std::span<const int> truth, const BatchIn<double>& probabilities,
                                      std::span<const double> weights, const Metric& metric) {
  require_size("metrics: number of predictions", probabilities.cols(), truth.size());
  std::vector<int> belongs(truth.size());
  std::vector<double> scores(truth.size());
  double sum = 0.0, defined = 0.0;
  for (Eigen::Index c = probabilities.rows() == 2 ? 1 : 0; c < probabilities.rows(); ++c) {
    for (std::size_t row = 0; row < truth.size(); ++row) {
      if (truth[row] >= probabilities.rows()) {
        throw ValueError(text("qmtl: metrics: label of row ", row, ", expected one below ", probabilities.rows(),
                              ", got ", truth[row]));
      }
      belongs[row] = truth[row] < 0 ? -1 : truth[row] == c ? 1 : 0;
      scores[row] = probabilities(c, static_cast<Eigen::Index>(row));
    }
    const double value = metric(belongs, scores, weights);
    if (std::isnan(value)) continue;
    sum += value;
    defined += 1.0;
  }
  return defined > 0.0 ? sum / defined : undefined_metric;
}

}  // namespace detail

/// The same of `probabilities` classes x rows: each class against the rest, mean over the classes that have rows.
[[nodiscard]] inline double average_precision(std::span<const int> truth, const BatchIn<double>& probabilities,
                                              std::span<const double> weights = {}) {
  return detail::one_against_rest(truth, probabilities, weights,
                                  [](const auto&... of) { return average_precision(std::span(of)...); });
}

/// The same of `probabilities` classes x rows: each class against the rest, mean over the classes that have both.
[[nodiscard]] inline double roc_auc(std::span<const int> truth, const BatchIn<double>& probabilities,
                                    std::span<const double> weights = {}) {
  return detail::one_against_rest(truth, probabilities, weights,
                                  [](const auto&... of) { return roc_auc(std::span(of)...); });
}

}  // namespace qmtl::inline QMTL_ABI
