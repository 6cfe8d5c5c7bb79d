#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a trained task is judged by: loss, accuracy against a baseline, macro F1, area under the ROC curve, errors
// in the target's units, R2.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/core/norm.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/data/target_scaler.hpp"
#include "qmtl/loss/loss.hpp"

namespace qmtl::inline QMTL_ABI {

inline constexpr double undefined_metric = std::numeric_limits<double>::quiet_NaN();

/// The figures of one task on one set of rows, of which only those with a label count. A figure that is not defined,
/// as every one without a labelled row, and those of the other kind of task, is NaN.
struct TaskMetrics {
  std::string name;
  int classes = 0;                     ///< 0 for real-valued labels
  std::size_t labelled = 0;            ///< rows with a label
  double loss = undefined_metric;      ///< mean loss, as in training: cross-entropy in nats, or squared error in units
                                       ///< of the spread that `fit` has learnt
  double accuracy = undefined_metric;  ///< share of rows whose most probable class is the label
  double majority = undefined_metric;  ///< accuracy of always answering the most frequent class of the training labels
  double macro_f1 = undefined_metric;  ///< mean F1 over the classes that occur in the labels or the predictions
  double auc = undefined_metric;       ///< area under the ROC curve; several classes: one against the rest, mean
  double rmse = undefined_metric;      ///< root of the mean squared error, in the target's units
  double mae = undefined_metric;       ///< mean absolute error, in the target's units
  double r2 = undefined_metric;        ///< 1 - squared error / squared deviation of the labels from their mean
};

namespace detail {

/// Sum of the tasks' losses; NaN if no task has a labelled row.
[[nodiscard]] inline double total_loss(std::span<const TaskMetrics> tasks) noexcept {
  double sum = 0.0;
  bool any = false;
  for (const auto& task : tasks) {
    if (task.labelled == 0) continue;
    sum += task.loss;
    any = true;
  }
  return any ? sum : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace detail

/// A score and whether the row belongs to the class scored.
struct ScoredRow {
  double score = 0.0;
  bool positive = false;
  std::uint32_t row = 0;  ///< its number, where rows have weights
};

namespace detail {

template <class Rows>
void sort_by_score(Rows& rows) {
  std::sort(rows.begin(), rows.end(), [](const ScoredRow& a, const ScoredRow& b) { return a.score < b.score; });
}

/// Area under the ROC curve as `roc_auc`, a pair counting as the product of its rows' weights.
template <class Rows>
[[nodiscard]] double weighted_roc_auc(Rows& rows, std::span<const double> weights) {
  sort_by_score(rows);
  double positives = 0.0, negatives = 0.0, pairs = 0.0;
  for (std::size_t first = 0, next = 0; first < rows.size(); first = next) {
    double tied_positives = 0.0, tied_negatives = 0.0;
    for (; next < rows.size() && rows[next].score == rows[first].score; ++next) {
      (rows[next].positive ? tied_positives : tied_negatives) += weights[rows[next].row];
    }
    pairs += tied_positives * (negatives + 0.5 * tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  if (positives == 0.0 || negatives == 0.0) return undefined_metric;
  return std::min(pairs / (positives * negatives), 1.0);  // sums of other orders, which round differently
}

}  // namespace detail

/// Area under the ROC curve: the share of pairs of a positive and a negative row in which the positive one scores
/// higher, ties counting half (Mann-Whitney U from midranks; Hanley and McNeil 1982). `rows` is a span, vector or array
/// of ScoredRow, and is sorted: O(n log n).
/// NaN where positive or negative rows are missing. Scores must not be NaN.
template <class Rows>
[[nodiscard]] double roc_auc(Rows&& rows) {
  detail::sort_by_score(rows);
  double positives = 0.0;
  double rank_sum = 0.0;
  for (std::size_t first = 0, next = 0; first < rows.size(); first = next) {
    double tied_positives = 0.0;
    for (; next < rows.size() && rows[next].score == rows[first].score; ++next) tied_positives += rows[next].positive;
    const double midrank = 0.5 * static_cast<double>(first + 1 + next);  // of ranks first + 1 .. next
    rank_sum += tied_positives * midrank;
    positives += tied_positives;
  }
  const double negatives = static_cast<double>(rows.size()) - positives;
  if (positives == 0.0 || negatives == 0.0) return undefined_metric;
  return (rank_sum - 0.5 * positives * (positives + 1.0)) / (positives * negatives);
}

namespace detail {

/// Macro F1 of counts of rows, or of sums of their weights.
template <class Count>
[[nodiscard]] double macro_f1_of(std::span<const Count> counts, std::size_t size) {
  double sum = 0.0;
  int occurring = 0;
  for (std::size_t c = 0; c < size; ++c) {
    Count truth{}, predicted{};
    for (std::size_t other = 0; other < size; ++other) {
      truth += counts[c * size + other];
      predicted += counts[other * size + c];
    }
    if (truth + predicted == Count{}) continue;
    sum += 2.0 * static_cast<double>(counts[c * size + c]) / static_cast<double>(truth + predicted);
    ++occurring;
  }
  return occurring == 0 ? undefined_metric : sum / occurring;
}

}  // namespace detail

/// Macro F1 from counts[truth * classes + prediction]: the mean of 2 tp / (2 tp + fp + fn) over the classes that occur
/// in the labels or in the predictions, as scikit-learn's f1_score(average="macro") does by default. NaN without rows.
[[nodiscard]] inline double macro_f1(std::span<const std::size_t> counts, int classes) {
  const auto size = static_cast<std::size_t>(classes);
  detail::require_size("macro F1: number of counts", counts.size(), size * size);
  return detail::macro_f1_of(counts, size);
}

/// The most frequent class among the labels that are there (the lowest, if several are); -1 where none is, and for
/// real-valued tasks. Throws ValueError for a label that does not fit.
template <Scalar S>
[[nodiscard]] int majority_class(const LabelRow<S>& labels, LabelKind kind) {
  if (kind.classes == 0) return -1;
  std::vector<std::size_t> counts(static_cast<std::size_t>(kind.classes));
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    if (is_missing(kind, labels(row))) continue;
    detail::require_label(kind, labels(row), "majority class: label", row);
    ++counts[static_cast<std::size_t>(labels(row))];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return most == counts.end() || *most == 0 ? -1 : static_cast<int>(most - counts.begin());
}

namespace detail {

/// The labelled rows of a class task, with what the metrics need of each.
struct ClassRows {
  std::size_t classes = 0;
  std::vector<std::size_t> truth;
  std::vector<std::size_t> predicted;
  std::vector<double> scores;   // one a row for two classes, else one a row and class, class fastest
  std::vector<double> weights;  // one a row, or none: all 1
};

/// One weight a row, 0 without a label and 1 in the mean of the others; none where none are given. Throws ShapeError
/// for their number, ValueError for one that is not a finite number from 0, and where all labelled rows have 0.
template <Scalar S>
[[nodiscard]] std::vector<double> metric_weights(std::span<const double> given, const LabelRow<S>& labels,
                                                 LabelKind kind, const std::string& name) {
  if (given.empty()) return {};
  const std::string where = text("metrics of task '", name, "': sample weights");
  require_size(where, given.size(), labels.size());
  std::vector<double> weights(given.begin(), given.end());
  std::size_t labelled = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!(weights[row] >= 0.0) || !std::isfinite(weights[row]))
      throw ValueError(text("qmtl: ", where, ", row ", row, ": expected a finite number from 0, got ", weights[row]));
    if (is_missing(kind, labels(static_cast<Eigen::Index>(row)))) {
      weights[row] = 0.0;
    } else {
      ++labelled;
    }
  }
  if (labelled > 0) divide_by_mean(weights, labelled, where);
  return weights;
}

/// Throws NumericalError where a logit is not finite: no metric means anything then.
template <Scalar S>
void require_finite_logits(const BatchIn<S>& logits, std::string_view name) {
  if (logits.allFinite()) return;
  for (Eigen::Index row = 0; row < logits.cols(); ++row) {
    if (logits.col(row).allFinite()) continue;
    throw NumericalError(
        text("qmtl: metrics of task '", name, "': logits, expected finite numbers, got another in row ", row));
  }
}

/// Appends prediction and scores of one row. Two classes are scored by the logit, or the difference of the two.
inline void append_class_row(ClassRows& rows, std::span<const double> logits) {
  if (rows.classes == 2) {
    const double score = logits.size() == 1 ? logits[0] : logits[1] - logits[0];
    rows.predicted.push_back(score > 0.0 ? 1 : 0);
    rows.scores.push_back(score);
    return;
  }
  rows.predicted.push_back(static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
  const std::size_t start = rows.scores.size();
  rows.scores.resize(start + logits.size());
  softmax(logits, std::span<double>(rows.scores).subspan(start));
}

template <Scalar S>
[[nodiscard]] ClassRows class_rows(const BatchIn<S>& logits, const LabelRow<S>& labels, LabelKind kind,
                                   std::span<const double> weights) {
  ClassRows rows;
  rows.classes = static_cast<std::size_t>(kind.classes);
  std::vector<double> sample(static_cast<std::size_t>(logits.rows()));
  for (Eigen::Index row = 0; row < logits.cols(); ++row) {
    if (is_missing(kind, labels(row))) continue;
    for (std::size_t o = 0; o < sample.size(); ++o) {
      sample[o] = static_cast<double>(logits(static_cast<Eigen::Index>(o), row));
    }
    rows.truth.push_back(static_cast<std::size_t>(labels(row)));
    if (!weights.empty()) rows.weights.push_back(weights[static_cast<std::size_t>(row)]);
    append_class_row(rows, sample);
  }
  return rows;
}

/// AUC of two classes, or the mean of one-against-the-rest over the classes that have both kinds of rows.
[[nodiscard]] double class_auc(const std::same_as<ClassRows> auto& rows) {
  const bool binary = rows.classes == 2;
  const std::size_t stride = binary ? 1 : rows.classes;
  std::vector<ScoredRow> scored(rows.truth.size());
  double sum = 0.0;
  int defined = 0;
  for (std::size_t s = 0; s < stride; ++s) {
    for (std::size_t i = 0; i < scored.size(); ++i) {
      scored[i] = {rows.scores[i * stride + s], rows.truth[i] == (binary ? 1 : s), static_cast<std::uint32_t>(i)};
    }
    const double auc = rows.weights.empty() ? roc_auc(scored) : weighted_roc_auc(scored, rows.weights);
    if (std::isnan(auc)) continue;
    sum += auc;
    ++defined;
  }
  return defined == 0 ? undefined_metric : sum / defined;
}

void fill_class_metrics(TaskMetrics& out, const std::same_as<ClassRows> auto& rows, int majority) {
  std::vector<double> counts(rows.classes * rows.classes);
  double correct = 0.0, majority_rows = 0.0;
  for (std::size_t i = 0; i < rows.truth.size(); ++i) {
    const double weight = rows.weights.empty() ? 1.0 : rows.weights[i];
    counts[rows.truth[i] * rows.classes + rows.predicted[i]] += weight;
    if (rows.truth[i] == rows.predicted[i]) correct += weight;
    if (majority >= 0 && rows.truth[i] == static_cast<std::size_t>(majority)) majority_rows += weight;
  }
  const auto total = static_cast<double>(rows.truth.size());  // of weights as well, whose mean is 1
  out.accuracy = std::min(correct / total, 1.0);
  if (majority >= 0) out.majority = std::min(majority_rows / total, 1.0);
  out.macro_f1 = std::min(macro_f1_of<double>(counts, rows.classes), 1.0);
  out.auc = class_auc(rows);
}

/// The root of the mean of w v^2, for weights whose mean is 1.
[[nodiscard]] inline double weighted_rms(std::vector<double> values, std::span<const double> weights) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= std::sqrt(weights[i]);
  return norm_of<double>(values) / std::sqrt(static_cast<double>(values.size()));
}

/// fill_real_metrics for weights of rows whose mean is 1 over those with a label.
template <Scalar S>
void fill_weighted_real_metrics(TaskMetrics& out, const BatchIn<S>& predictions, const LabelRow<S>& labels,
                                std::span<const double> weights, const TargetScale& scale) {
  std::vector<double> present, targets, errors;
  Moments moments;
  for_each_present(labels, [&](Eigen::Index row, double label) {
    present.push_back(weights[static_cast<std::size_t>(row)]);
    targets.push_back(label);
    errors.push_back(static_cast<double>(predictions(0, row)) - label);
    if (present.back() > 0.0) moments.largest = std::max(moments.largest, std::abs(label));
  });
  const auto n = static_cast<double>(errors.size());
  out.mae = 0.0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    out.mae += present[i] / n * std::abs(errors[i]);
    moments.mean += present[i] / n * targets[i];
  }
  for (double& target : targets) target -= moments.mean;
  moments.deviation = weighted_rms(std::move(targets), present);
  out.rmse = weighted_rms(std::move(errors), present);
  out.loss = (out.rmse / scale.spread) * (out.rmse / scale.spread);
  const double ratio = out.rmse / moments.deviation;
  if (moments.template varies<S>()) out.r2 = 1.0 - ratio * ratio;
}

/// Figures of a real-valued task, in double, of errors of any size.
template <Scalar S>
void fill_real_metrics(TaskMetrics& out, const BatchIn<S>& predictions, const LabelRow<S>& labels,
                       std::span<const double> weights, const TargetScale& scale) {
  std::vector<double> errors;
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    if (std::isnan(labels(row))) continue;
    require_label(LabelKind{0}, labels(row), "metrics: label", row);
    errors.push_back(static_cast<double>(predictions(0, row)) - static_cast<double>(labels(row)));
  }
  out.labelled = errors.size();
  if (errors.empty()) return;
  if (!weights.empty()) return fill_weighted_real_metrics<S>(out, predictions, labels, weights, scale);
  const auto n = static_cast<double>(errors.size());
  out.rmse = norm_of<double>(errors) / std::sqrt(n);
  out.mae = 0.0;
  for (const double error : errors) out.mae += std::abs(error) / n;
  out.loss = (out.rmse / scale.spread) * (out.rmse / scale.spread);
  const Moments moments = moments_of(labels);
  const double ratio = out.rmse / moments.deviation;
  if (moments.template varies<S>()) out.r2 = 1.0 - ratio * ratio;
}

}  // namespace detail

/// Judges one task on a set of rows: `predictions` outputs x rows, logits or, of a real target with this scale, values
/// in its units; `labels` 1 x rows, missing ones left out. `majority` is majority_class(...) of the TRAINING labels, so
/// that the baseline is one that could really be had; -1 where there is none. Two classes are predicted by the sign of
/// the logit, several by the largest one. With `weights`, one a row, every figure is as if each row were there as often
/// as its weight, of which only the ratios matter, and `labelled` still counts rows. Throws ShapeError and ValueError
/// as task_loss does, ValueError for impossible weights, NumericalError where a prediction is not finite.
template <Scalar S>
[[nodiscard]] TaskMetrics evaluate_task(std::string name, const BatchIn<S>& predictions, const LabelRow<S>& labels,
                                        LabelKind kind, int majority, const TargetScale& scale = {},
                                        std::span<const double> weights = {}) {
  TaskMetrics out;
  out.name = std::move(name);
  out.classes = kind.classes;
  detail::require_finite_logits<S>(predictions, out.name);
  require_outputs(kind, predictions.rows());
  detail::require_size("metrics: number of labels", labels.size(), predictions.cols());
  const std::vector<double> row_weights = detail::metric_weights<S>(weights, labels, kind, out.name);
  if (kind.classes == 0) {
    detail::fill_real_metrics<S>(out, predictions, labels, row_weights, scale);
    return out;
  }
  Batch<S> gradient(predictions.rows(), predictions.cols());
  const TaskLoss loss = task_loss<S>(predictions, labels, kind, gradient, {}, row_weights);
  out.labelled = loss.labelled;
  if (out.labelled == 0) return out;
  out.loss = loss.loss;
  detail::fill_class_metrics(out, detail::class_rows<S>(predictions, labels, kind, row_weights), majority);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
