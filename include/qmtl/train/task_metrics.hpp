#pragma once
// SPDX-License-Identifier: Apache-2.0
// Metrics of every task from a model's predictions.

#include <span>
#include <vector>

#include "qmtl/loss/metrics.hpp"
#include "qmtl/train/objective.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// The most frequent class of each task among labels that fit.
template <Scalar S>
[[nodiscard]] std::vector<int> label_majorities(std::span<const TaskFacts> tasks, const Dataset<S>& data) {
  std::vector<int> classes;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    classes.push_back(majority_class<S>(data.labels.row(static_cast<Eigen::Index>(t)), LabelKind{tasks[t].classes}));
  }
  return classes;
}

/// A class for the reason that LayerProducts is one.
template <Scalar S>
struct Evaluation {
  /// Metrics of every task from a model's predictions (outputs x rows) of a data set's rows, which count by their
  /// sample weights if `weighted`.
  [[nodiscard]] static std::vector<TaskMetrics> task_metrics(std::span<const TaskFacts> tasks,
                                                             const TargetScaler<S>& targets, const Dataset<S>& data,
                                                             const BatchIn<S>& predictions,
                                                             std::span<const int> majorities, bool weighted = false);
};

template <Scalar S>
std::vector<TaskMetrics> Evaluation<S>::task_metrics(std::span<const TaskFacts> tasks, const TargetScaler<S>& targets,
                                                     const Dataset<S>& data, const BatchIn<S>& predictions,
                                                     std::span<const int> majorities, bool weighted) {
  if (!majorities.empty()) require_size("evaluate: number of majority classes", majorities.size(), tasks.size());
  std::vector<TaskMetrics> metrics;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    metrics.push_back(
        evaluate_task<S>(tasks[t].name, predictions.middleRows(tasks[t].first_output, tasks[t].outputs),
                         data.labels.row(static_cast<Eigen::Index>(t)), LabelKind{tasks[t].classes},
                         majorities.empty() ? -1 : majorities[t], targets[t],
                         weighted ? std::span<const double>(data.sample_weights) : std::span<const double>()));
  }
  return metrics;
}

}  // namespace detail

/// Metrics of every task on a data set; see evaluate of a model.
template <Scalar S>
[[nodiscard]] std::vector<TaskMetrics> evaluate(Trainee<S>& model, const Dataset<S>& data,
                                                std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<S>::task_metrics(model.tasks(), model.target_scaler(), data, model.predict(data.inputs),
                                             majorities);
}

/// The same, each row counting as its sample weight; see evaluate_weighted of a model.
template <Scalar S>
[[nodiscard]] std::vector<TaskMetrics> evaluate_weighted(Trainee<S>& model, const Dataset<S>& data,
                                                         std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<S>::task_metrics(model.tasks(), model.target_scaler(), data, model.predict(data.inputs),
                                             majorities, true);
}

}  // namespace qmtl::inline QMTL_ABI
