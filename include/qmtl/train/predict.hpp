#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a model says of each task: probabilities of its classes, the class, or the value of a real target.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qmtl/core/printable.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/model/model.hpp"

namespace qmtl::inline QMTL_ABI {

/// A model of tasks: MultiTaskModel, const or not. A const one predicts on a copy, also on several threads at once.
template <class M>
concept TaskModel = requires(M& model, const Batch<typename std::remove_cvref_t<M>::Scalar>& inputs) {
  { task_facts(model) } -> std::same_as<std::vector<TaskFacts>>;
  { model.predict(inputs).cols() } -> std::convertible_to<Eigen::Index>;
};

/// Stands for "the more probable class" among the thresholds of predict_classes.
inline constexpr double no_threshold = std::numeric_limits<double>::quiet_NaN();

namespace detail {

/// The outputs of one task, in double. Throws NumericalError, which names the task, where one is not finite.
template <Scalar S>
[[nodiscard]] Batch<double> outputs_of(const TaskFacts& task, const BatchIn<S>& outputs) {
  Batch<double> own = outputs.middleRows(task.first_output, task.outputs).template cast<double>();
  for (Eigen::Index row = 0; row < own.cols() && !own.allFinite(); ++row) {
    if (own.col(row).allFinite()) continue;
    throw NumericalError(
        text("qmtl: predict: task '", task.name, "', row ", row, ": output, expected a finite number"));
  }
  return own;
}

/// Probabilities (classes x rows) from the logits of a task of classes. (A template, compiled by those who ask.)
template <class Logits>
[[nodiscard]] Batch<double> class_probabilities(const TaskFacts& task, const Logits& logits) {
  Batch<double> out(task.classes, logits.cols());
  const auto classes = static_cast<std::size_t>(task.classes);
  for (Eigen::Index row = 0; row < logits.cols(); ++row) {
    double* const column = out.data() + row * out.rows();
    if (task.outputs == 1) {
      column[0] = sigmoid(-logits(0, row));  // not 1 - p, which would have lost its digits
      column[1] = sigmoid(logits(0, row));
    } else {
      softmax(std::span<const double>(logits.data() + row * logits.rows(), classes),
              std::span<double>(column, classes));
    }
  }
  return out;
}

/// The class of each row: of two, class 1 where its probability reaches the threshold, or without one, where it is the
/// more probable; else the first of the most probable.
template <class Logits>
[[nodiscard]] std::vector<int> most_probable_classes(const TaskFacts& task, const Logits& logits, double threshold) {
  std::vector<int> out(static_cast<std::size_t>(logits.cols()));
  for (Eigen::Index row = 0; row < logits.cols(); ++row) {
    const double* const own = logits.data() + row * logits.rows();
    auto& chosen = out[static_cast<std::size_t>(row)];
    if (task.classes == 2) {
      const double score = task.outputs == 1 ? own[0] : own[1] - own[0];
      chosen = (std::isnan(threshold) ? score > 0.0 : sigmoid(score) >= threshold) ? 1 : 0;
    } else {
      chosen = static_cast<int>(std::max_element(own, own + logits.rows()) - own);
    }
  }
  return out;
}

/// Throws, starting with `where`, unless there is a threshold a task, or none at all, from 0 on, and each of a task of
/// two classes.
template <class Thresholds>
void require_thresholds(std::string_view where, std::span<const TaskFacts> tasks, const Thresholds& thresholds) {
  if (thresholds.empty()) return;
  require_size(text(where, ": number of thresholds, as of tasks,"), thresholds.size(), tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const double threshold = thresholds[t];
    if (std::isnan(threshold)) continue;
    if (tasks[t].classes != 2) {
      throw ValueError(
          text("qmtl: ", where, ": task '", tasks[t].name, "' ",
               tasks[t].classes == 0 ? "predicts a real number" : text("has ", tasks[t].classes, " classes"),
               ": expected no threshold (NaN), got ", threshold));
    }
    if (threshold < 0.0) {
      throw ValueError(text("qmtl: ", where, ": task '", tasks[t].name,
                            "': threshold, expected a number from 0 on, or NaN for none, got ", threshold));
    }
  }
}

/// The number of the task with this name. Throws ValueError, starting with `where`, which lists the tasks.
template <class Tasks>
[[nodiscard]] std::size_t index_of_task(const Tasks& tasks, std::string_view name, std::string_view where) {
  const auto found = std::ranges::find(tasks, name, &TaskFacts::name);
  if (found != tasks.end()) return static_cast<std::size_t>(found - tasks.begin());
  std::vector<std::string> names;
  names.reserve(tasks.size());
  for (const TaskFacts& task : tasks) names.push_back(task.name);
  throw ValueError(text("qmtl: ", where, ": no task ", in_quotes(name), ", expected one of ", listed(names)));
}

/// Calls visit(task, its outputs) for each task of a model in order.
template <TaskModel Model, class Visit>
void for_each_output(Model& model, const BatchIn<typename std::remove_cvref_t<Model>::Scalar>& inputs,
                     const Visit& visit) {
  using S = typename std::remove_cvref_t<Model>::Scalar;
  const auto outputs = model.predict(inputs);
  for (const TaskFacts& task : task_facts(model)) visit(task, outputs_of<S>(task, outputs));
}

}  // namespace detail

/// The number of the task with this name, by which the vectors below are indexed. Throws ValueError, which lists the
/// tasks that there are.
template <TaskModel Model>
[[nodiscard]] std::size_t task_index(const Model& model, std::string_view name) {
  return detail::index_of_task(task_facts(model), name, "task_index");
}

/// The probabilities of each task's classes, classes x rows, tasks in the model's order: 1 - p and p = sigmoid(logit)
/// where two classes are read from one logit, softmax of the logits otherwise, as the loss has them. A task of real
/// values has none: 0 x rows. Inputs are features x rows; one pass through the model. Throws as
/// MultiTaskModel::predict, and NumericalError where an output is not finite.
template <TaskModel Model>
[[nodiscard]] std::vector<Batch<double>> predict_probabilities(
    Model& model, const BatchIn<typename std::remove_cvref_t<Model>::Scalar>& inputs) {
  std::vector<Batch<double>> out;
  detail::for_each_output(model, inputs, [&](const TaskFacts& task, const Batch<double>& logits) {
    out.push_back(task.classes == 0 ? Batch<double>(0, logits.cols()) : detail::class_probabilities(task, logits));
  });
  return out;
}

/// The class of each row, task by task in the model's order; none for tasks of real values. Without thresholds it is
/// the most probable one, the same that `evaluate` counts. `thresholds` has one number a task: class 1 of two is
/// predicted where its probability is at least that, and nowhere by one above 1; `no_threshold` for other tasks.
/// Otherwise as predict_probabilities; throws ShapeError and ValueError for thresholds that do not fit, naming the
/// task.
template <TaskModel Model>
[[nodiscard]] std::vector<std::vector<int>> predict_classes(
    Model& model, const BatchIn<typename std::remove_cvref_t<Model>::Scalar>& inputs,
    const std::vector<double>& thresholds = {}) {
  detail::require_thresholds("predict_classes", task_facts(model), thresholds);
  std::vector<std::vector<int>> out;
  detail::for_each_output(model, inputs, [&](const TaskFacts& task, const Batch<double>& logits) {
    const double threshold = thresholds.empty() ? no_threshold : thresholds[out.size()];
    out.push_back(task.classes == 0 ? std::vector<int>() : detail::most_probable_classes(task, logits, threshold));
  });
  return out;
}

/// The predicted values of each real target in its own units, 1 x rows (outputs x rows for a task of several values),
/// tasks in the model's order; a task of classes has none: 0 x rows. Otherwise as predict_probabilities.
template <TaskModel Model>
[[nodiscard]] std::vector<Batch<double>> predict_values(
    Model& model, const BatchIn<typename std::remove_cvref_t<Model>::Scalar>& inputs) {
  std::vector<Batch<double>> out;
  detail::for_each_output(model, inputs, [&](const TaskFacts& task, const Batch<double>& values) {
    out.push_back(task.classes == 0 ? values : Batch<double>(0, values.cols()));
  });
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
