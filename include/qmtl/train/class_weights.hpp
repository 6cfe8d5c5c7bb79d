#pragma once
// SPDX-License-Identifier: Apache-2.0
// How much rows and classes count in the loss of a training.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/moments.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/model/task_facts.hpp"

namespace qmtl::inline QMTL_ABI {

/// The weights of one task's classes.
struct TaskClassWeights {
  std::string task;             ///< the model's name of it
  std::vector<double> weights;  ///< one a class, from 0; only their ratios matter
};

/// How much each class counts in the loss: a row of class c of a task counts times the weight of c, and times the row's
/// sample weight. By default all count the same.
struct ClassWeights {
  bool balanced = false;                  ///< class tasks that `tasks` does not name: all classes count the same, as by
                                          ///< balanced_class_weights of the training rows
  std::vector<TaskClassWeights> tasks{};  ///< weights of your own, in any order
};

/// n / (k n_c) for each class c: n labelled rows, k classes, n_c rows of class c, each row counting as its sample
/// weight; scikit-learn's "balanced". 0 for a class without a row, and nothing for real-valued labels. `sample_weights`
/// are one a row or empty. Throws ShapeError for their number, ValueError for one that is not a finite number from 0
/// and for a label that does not fit.
template <Scalar S>
[[nodiscard]] std::vector<double> balanced_class_weights(const LabelRow<S>& labels, LabelKind kind,
                                                         std::span<const double> sample_weights = {}) {
  if (!sample_weights.empty()) {
    detail::require_size("class weights: number of sample weights", sample_weights.size(), labels.size());
  }
  double largest = 0.0;
  for (std::size_t row = 0; row < sample_weights.size(); ++row) {
    largest = std::max(largest, sample_weights[row]);
    if (sample_weights[row] >= 0.0 && std::isfinite(sample_weights[row])) continue;
    throw ValueError(detail::text("qmtl: class weights: sample weight of row ", row,
                                  ", expected a finite number from 0, got ", sample_weights[row]));
  }
  const double unit = largest > 0.0 ? detail::unit_of(largest) : 1.0;  // so that no sum overflows
  std::vector<double> weights(static_cast<std::size_t>(kind.classes), 0.0);
  double all = 0.0;
  for (Eigen::Index row = 0; kind.classes > 0 && row < labels.size(); ++row) {
    if (is_missing(kind, labels(row))) continue;
    detail::require_label(kind, labels(row), "class weights: label", row);
    const double count = sample_weights.empty() ? 1.0 : unit * sample_weights[static_cast<std::size_t>(row)];
    weights[static_cast<std::size_t>(labels(row))] += count;
    all += count;
  }
  for (double& weight : weights) weight = weight > 0.0 ? all / (static_cast<double>(kind.classes) * weight) : 0.0;
  return weights;
}

namespace detail {

/// Throws ValueError unless these are weights of this task's classes.
template <class Facts>
void require_class_weights(const TaskClassWeights& given, const Facts& task) {
  const std::string where = text("qmtl: fit: class weights of task '", given.task, "'");
  if (task.classes == 0) throw ValueError(text(where, ", expected a task of classes, got one with real-valued labels"));
  if (given.weights.size() != static_cast<std::size_t>(task.classes)) {
    throw ValueError(text(where, ", expected ", task.classes, ", one a class, got ", given.weights.size()));
  }
  for (std::size_t c = 0; c < given.weights.size(); ++c) {
    if (given.weights[c] >= 0.0 && std::isfinite(given.weights[c])) continue;
    throw ValueError(text(where, ", class ", c, ": expected a finite number from 0, got ", given.weights[c]));
  }
}

/// Each task's class weights, none for tasks whose classes count the same. Throws ValueError for weights that do not
/// fit the tasks.
template <Scalar S>
[[nodiscard]] std::vector<std::vector<double>> weights_by_task(const ClassWeights& classes,
                                                               std::span<const TaskFacts> tasks,
                                                               const Dataset<S>& data) {
  std::vector<std::vector<double>> weights(tasks.size());
  for (std::size_t t = 0; classes.balanced && t < tasks.size(); ++t) {
    weights[t] = balanced_class_weights<S>(data.labels.row(static_cast<Eigen::Index>(t)), LabelKind{tasks[t].classes},
                                           data.sample_weights);
  }
  std::vector<bool> seen(tasks.size(), false);
  for (const TaskClassWeights& given : classes.tasks) {
    const auto task =
        std::find_if(tasks.begin(), tasks.end(), [&](const auto& facts) { return facts.name == given.task; });
    const auto t = static_cast<std::size_t>(task - tasks.begin());
    if (task == tasks.end() || seen[t]) {
      throw ValueError(text("qmtl: fit: class weights: task, expected ",
                            task == tasks.end() ? "one of the model's" : "each once", ", got '", given.task, "'"));
    }
    require_class_weights(given, *task);
    seen[t] = true;
    weights[t] = given.weights;
  }
  return weights;
}

/// The weights of rows in each task's loss, tasks x rows numbers, a task's behind each other: sample weight times class
/// weight, divided by the mean over the task's labelled rows. Empty where all rows count the same. Throws ValueError
/// where class weights do not fit the tasks, and where all rows of a task with labels count 0.
template <Scalar S>
[[nodiscard]] std::vector<double> row_weights(const ClassWeights& classes, std::span<const TaskFacts> tasks,
                                              const Dataset<S>& data) {
  const auto by_task = weights_by_task<S>(classes, tasks, data);
  const bool weighted = std::any_of(by_task.begin(), by_task.end(), [](const auto& w) { return !w.empty(); });
  if (!weighted && data.sample_weights.empty()) return {};
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<double> weights(tasks.size() * rows, 0.0);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const std::span<double> of_task = std::span<double>(weights).subspan(t * rows, rows);
    std::size_t labelled = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const S label = data.labels(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(row));
      if (is_missing(LabelKind{tasks[t].classes}, label)) continue;
      ++labelled;
      of_task[row] = data.sample_weights.empty() ? 1.0 : data.sample_weights[row];
      if (!by_task[t].empty()) of_task[row] *= by_task[t][static_cast<std::size_t>(label)];
    }
    if (labelled > 0) divide_by_mean(of_task, labelled, text("fit: weights of task '", tasks[t].name, "'"));
  }
  return weights;
}

/// For trainings that have no weights: throws ValueError where a data set has some; `where` starts the message.
template <Scalar S>
void require_unweighted(const Dataset<S>& data, const char* where) {
  if (data.sample_weights.empty()) return;
  throw ValueError(text("qmtl: ", where, ": sample weights, expected none, since every row counts the same, got ",
                        data.sample_weights.size()));
}

template <class Text>
void describe_settings(Text& out, const ClassWeights& classes) {
  const auto& [balanced, tasks] = classes;
  out.word(balanced ? "balanced" : "equal");
  for (const auto& [task, weights] : tasks) {
    out.setting("task", text('\'', task, '\''));
    for (const double weight : weights) out.setting("weight", weight);
  }
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
