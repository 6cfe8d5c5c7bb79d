#pragma once
// SPDX-License-Identifier: Apache-2.0
// The training objective: the sum over tasks of their mean loss on a batch, and its gradients.

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "qmtl/model/model.hpp"
#include "qmtl/train/loss.hpp"
#include "qmtl/train/metrics.hpp"

namespace qmtl {

/// What the labels of each of a model's tasks must be.
template <Backbone B, Head H>
[[nodiscard]] std::vector<LabelKind> label_kinds(const MultiTaskModel<B, H>& model) {
  std::vector<LabelKind> kinds;
  for (const auto& task : task_facts(model)) kinds.push_back(LabelKind{task.classes});
  return kinds;
}

namespace detail {

/// Throws unless the labels of a data set are those of a model's tasks: in number, name and kind.
template <Backbone B, Head H>
void require_task_labels(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data) {
  using S = typename B::Scalar;
  const auto kinds = label_kinds(model);
  require_counts<S>(data, kinds);
  const auto tasks = task_facts(model);
  for (std::size_t t = 0; t < data.task_names.size(); ++t) {
    if (data.task_names[t] == tasks[t].name) continue;
    throw ValueError(text(
        "qmtl: dataset: name of task ", t, ", expected the model's '", tasks[t].name, "', got '", data.task_names[t],
        "'; put the rows of labels and their names in the model's order, or clear task_names to go by "
        "position"));
  }
  require_labels<S>(data, kinds);
}

}  // namespace detail

/// Checks a data set against a model, before anything is trained on it: as validate(data, label kinds), save that the
/// backbone says which inputs may be missing, and that the data set names the model's tasks in the model's order, if it
/// names any. Throws ShapeError and ValueError.
template <Backbone B, Head H>
void validate(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data) {
  detail::require_task_labels(model, data);
  detail::require_inputs(model.backbone(), data.inputs);
}

/// Losses and gradients of a model on batches, those of real targets on the scale that the model has for them: made
/// once, reused, so that a step does not allocate when the batch does not grow.
template <Backbone B, Head H>
class Objective {
 public:
  using S = typename B::Scalar;

  explicit Objective(MultiTaskModel<B, H>& model)
      : model_(&model),
        tasks_(task_facts(model)),
        losses_(tasks_.size()),
        backbone_gradient_(model.backbone_parameters()),
        head_gradient_(static_cast<std::size_t>(H::parameters)) {}

  /// Evaluates the sum of the tasks' mean losses on a batch and its gradients; samples without a label of a task add
  /// nothing to it. Throws ShapeError or ValueError for inputs or labels that do not fit.
  double evaluate(const BatchIn<S>& inputs, const BatchIn<S>& labels) {
    const double total = forward(inputs, labels);
    backward();
    return total;
  }

  /// The same for entries that the model's `encode` has set, with a gradient of the head alone.
  double evaluate_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels) requires CachingHead<H> {
    const double total = forward_encoded(entries, labels);
    backward_encoded(entries);
    return total;
  }

  /// The sum of the tasks' mean losses on a batch, keeping what a backward needs.
  double forward(const BatchIn<S>& inputs, const BatchIn<S>& labels) {
    begin(inputs.cols(), labels);
    model_->forward(inputs, logits_);
    return evaluate_losses(labels);
  }
  double forward_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels) requires CachingHead<H> {
    begin(entries.cols(), labels);
    model_->forward_encoded(entries, logits_);
    return evaluate_losses(labels);
  }

  /// Multiplies the tasks' losses of the last forward, as backward sees them, by weights. Throws ShapeError.
  void weigh(std::span<const double> weights) {
    detail::require_size("objective: number of task weights", weights.size(), tasks_.size());
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      dlogits_.middleRows(tasks_[t].first_output, tasks_[t].outputs) *= static_cast<S>(weights[t]);
    }
  }

  /// The gradients of the sum of the tasks' losses on the last batch, as weighed.
  void backward() {
    clear_gradients();
    model_->backward(dlogits_, backbone_gradient_, head_gradient_);
  }
  void backward_encoded(const BatchIn<S>& entries) requires CachingHead<H> {
    clear_gradients();
    model_->backward_encoded(entries, dlogits_, head_gradient_);
  }

  [[nodiscard]] const std::vector<TaskFacts>& tasks() const noexcept { return tasks_; }
  [[nodiscard]] std::span<const TaskLoss> task_losses() const noexcept { return losses_; }
  /// dL/dlogits (outputs x B) of the last forward, each task's loss by itself.
  [[nodiscard]] const Batch<S, H::outputs>& logit_gradients() const noexcept { return dlogits_; }
  [[nodiscard]] std::span<const S> backbone_gradient() const noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<const S> head_gradient() const noexcept { return head_gradient_; }
  [[nodiscard]] std::span<S> backbone_gradient() noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<S> head_gradient() noexcept { return head_gradient_; }

 private:
  void begin(Eigen::Index batch, const BatchIn<S>& labels) {
    detail::require_size("objective: rows of the labels (tasks)", labels.rows(), tasks_.size());
    detail::require_size("objective: columns of the labels", labels.cols(), batch);
    logits_.resize(H::outputs, batch);
    dlogits_.resize(H::outputs, batch);
  }

  /// Losses of the logits, and their gradients.
  double evaluate_losses(const BatchIn<S>& labels) {
    double total = 0.0;
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      const auto& task = tasks_[t];
      losses_[t] = task_loss<S>(logits_.middleRows(task.first_output, task.outputs),
                                labels.row(static_cast<Eigen::Index>(t)), LabelKind{task.classes},
                                dlogits_.middleRows(task.first_output, task.outputs), model_->target_scaler()[t]);
      total += losses_[t].loss;
    }
    return total;
  }

  void clear_gradients() noexcept {
    std::fill(backbone_gradient_.begin(), backbone_gradient_.end(), S(0));
    std::fill(head_gradient_.begin(), head_gradient_.end(), S(0));
  }

  MultiTaskModel<B, H>* model_;
  std::vector<TaskFacts> tasks_;
  std::vector<TaskLoss> losses_;
  Batch<S, H::outputs> logits_, dlogits_;
  std::vector<S, Eigen::aligned_allocator<S>> backbone_gradient_, head_gradient_;  // as for the model's weights
};

namespace detail {

/// The most frequent class of each task among labels that fit the model.
template <Backbone B, Head H>
[[nodiscard]] std::vector<int> label_majorities(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data) {
  const auto kinds = label_kinds(model);
  std::vector<int> classes;
  for (std::size_t t = 0; t < kinds.size(); ++t) {
    classes.push_back(majority_class<typename B::Scalar>(data.labels.row(static_cast<Eigen::Index>(t)), kinds[t]));
  }
  return classes;
}

/// Metrics of every task from a model's predictions of a data set's rows.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> task_metrics(const MultiTaskModel<B, H>& model,
                                                    const Dataset<typename B::Scalar>& data,
                                                    const Batch<typename B::Scalar, H::outputs>& predictions,
                                                    std::span<const int> majorities) {
  using S = typename B::Scalar;
  const auto tasks = task_facts(model);
  if (!majorities.empty()) require_size("evaluate: number of majority classes", majorities.size(), tasks.size());
  std::vector<TaskMetrics> metrics;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    metrics.push_back(evaluate_task<S>(tasks[t].name, predictions.middleRows(tasks[t].first_output, tasks[t].outputs),
                                       data.labels.row(static_cast<Eigen::Index>(t)), LabelKind{tasks[t].classes},
                                       majorities.empty() ? -1 : majorities[t], model.target_scaler()[t]));
  }
  return metrics;
}

}  // namespace detail

/// The most frequent class of each task in a data set, -1 for real targets and tasks without labels: the baseline of
/// `evaluate`, to be taken from the training rows.
template <Backbone B, Head H>
[[nodiscard]] std::vector<int> majority_classes(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data) {
  validate(model, data);
  return detail::label_majorities(model, data);
}

/// Metrics of every task on a data set. `majorities` are the training data's `majority_classes`, or empty. Throws
/// ShapeError or ValueError for data that does not fit.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::task_metrics(model, data, model.predict(data.inputs), majorities);
}
/// The same of a const model, also on several threads at once; see MultiTaskModel::predict.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  MultiTaskModel<B, H> copy(model);
  return evaluate(copy, data, majorities);
}

}  // namespace qmtl
