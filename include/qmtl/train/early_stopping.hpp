#pragma once
// SPDX-License-Identifier: Apache-2.0
// Early stopping: when a training has stopped improving on validation data, and the parameters that were best.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI {

/// What early stopping goes by: loss, rmse or mae, which are to fall, or another figure of TaskMetrics, which is to
/// rise.
enum class StoppingMetric { loss, accuracy, macro_f1, auc, r2, rmse, mae };

/// Stops when a metric on the validation data has not improved by more than `min_delta` for `patience` epochs, and puts
/// the parameters of the best epoch back.
struct EarlyStopping {
  int patience = 10;
  double min_delta = 0.0;
  StoppingMetric metric = StoppingMetric::loss;
  std::string task{};  ///< the model's name of the task that counts; empty: the sum of all losses, or the mean of the
                       ///< metric over the tasks for which it is defined; rmse and mae, whose
                       ///< units are the targets', then need that this is one task
};

namespace detail {

[[nodiscard]] inline const char* name_of(StoppingMetric metric) noexcept {
  switch (metric) {
    case StoppingMetric::loss: return "loss";
    case StoppingMetric::accuracy: return "accuracy";
    case StoppingMetric::macro_f1: return "macro_f1";
    case StoppingMetric::auc: return "auc";
    case StoppingMetric::r2: return "r2";
    case StoppingMetric::rmse: return "rmse";
    case StoppingMetric::mae: return "mae";
  }
  return "unknown metric";
}

/// Whether a metric is to fall.
[[nodiscard]] inline bool falls(StoppingMetric metric) noexcept {
  return metric == StoppingMetric::loss || metric == StoppingMetric::rmse || metric == StoppingMetric::mae;
}

[[nodiscard]] inline double value_of(const TaskMetrics& task, StoppingMetric metric) noexcept {
  switch (metric) {
    case StoppingMetric::loss: return task.loss;
    case StoppingMetric::accuracy: return task.accuracy;
    case StoppingMetric::macro_f1: return task.macro_f1;
    case StoppingMetric::auc: return task.auc;
    case StoppingMetric::r2: return task.r2;
    case StoppingMetric::rmse: return task.rmse;
    case StoppingMetric::mae: return task.mae;
  }
  return undefined_metric;
}

/// Mean of a metric over the tasks for which it is defined; NaN if there is none.
[[nodiscard]] inline double mean_metric(std::span<const TaskMetrics> tasks, StoppingMetric metric) noexcept {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& task : tasks) {
    const double value = value_of(task, metric);
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  return count > 0.0 ? sum / count : undefined_metric;
}

inline void validate(const EarlyStopping& rule) {
  if (rule.patience < 1) throw ValueError(text("qmtl: fit: patience must be positive, got ", rule.patience));
  if (!(rule.min_delta >= 0.0) || !std::isfinite(rule.min_delta)) {
    throw ValueError(text("qmtl: fit: min_delta must be finite and not negative, got ", rule.min_delta));
  }
}

template <class Text>
void describe_settings(Text& out, const EarlyStopping& rule) {
  const auto& [patience, min_delta, metric, task] = rule;
  out.setting("patience", patience);
  out.setting("min_delta", min_delta);
  out.setting("metric", name_of(metric));
  out.setting("task", text('\'', task, '\''));
}

/// Whether a metric of a task can be had from these labels: one, or two different ones where it compares.
template <Scalar S>
[[nodiscard]] bool is_defined(StoppingMetric metric, LabelKind kind, const LabelRow<S>& labels) noexcept {
  const bool of_real = metric == StoppingMetric::r2 || metric == StoppingMetric::rmse || metric == StoppingMetric::mae;
  if (metric != StoppingMetric::loss && (kind.classes == 0) != of_real) return false;
  const bool compares = metric == StoppingMetric::auc || metric == StoppingMetric::r2;
  const S* first = nullptr;
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    const S& label = labels.data()[row * labels.innerStride()];
    if (is_missing(kind, label)) continue;
    if (!compares || (first != nullptr && *first != label)) return true;
    if (first == nullptr) first = &label;
  }
  return false;
}

/// The number of the task that a rule goes by, -1 for all. Throws ValueError for a name that no task of the model has,
/// and unless the validation data (null: none) has labels for which the metric is defined.
template <Scalar S>
[[nodiscard]] int stopping_task(const EarlyStopping& rule, std::span<const TaskFacts> tasks,
                                const Dataset<S>* validation) {
  int number = -1;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (!rule.task.empty() && tasks[t].name == rule.task) number = static_cast<int>(t);
  }
  if (number < 0 && !rule.task.empty()) {
    throw ValueError(text("qmtl: fit: early stopping: task, expected one of the model's, got '", rule.task, "'"));
  }
  int defined = 0;
  for (int t = 0; validation != nullptr && t < validation->tasks(); ++t) {
    const LabelKind kind{tasks[static_cast<std::size_t>(t)].classes};
    if (number >= 0 && number != t) continue;
    if (is_defined<S>(rule.metric, kind, validation->labels.row(t))) ++defined;
  }
  const bool has_unit = rule.metric == StoppingMetric::rmse || rule.metric == StoppingMetric::mae;
  if (has_unit && defined > 1) {
    throw ValueError(text("qmtl: fit: early stopping: task, expected the name of one task, since the ",
                          name_of(rule.metric), " of ", defined, " tasks have no common unit, got none"));
  }
  if (defined > 0) return number;
  if (rule.metric == StoppingMetric::loss && number < 0) {
    throw ValueError("qmtl: fit: early stopping needs validation data with at least one label");
  }
  throw ValueError(text("qmtl: fit: early stopping needs validation labels for which the ", name_of(rule.metric),
                        number < 0 ? std::string(" of a task") : " of task '" + rule.task + "'", " is defined"));
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
