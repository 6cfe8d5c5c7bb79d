#pragma once
// SPDX-License-Identifier: Apache-2.0
// The training objective: the sum over tasks of their mean loss on a batch, and its gradients.

#include <algorithm>
#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/loss/loss.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the labels of each of these tasks must be.
[[nodiscard]] inline std::vector<LabelKind> label_kinds(std::span<const TaskFacts> tasks) {
  std::vector<LabelKind> kinds;
  for (const TaskFacts& task : tasks) kinds.push_back(LabelKind{task.classes});
  return kinds;
}
/// What the labels of each of a model's tasks must be.
template <Backbone B, Head H>
[[nodiscard]] std::vector<LabelKind> label_kinds(const MultiTaskModel<B, H>& model) {
  return label_kinds(task_facts(model));
}

namespace detail {

/// Throws unless the labels of a data set are those of a model's tasks: in number, name and kind.
template <Scalar S>
void require_task_labels(std::span<const TaskFacts> tasks, const Dataset<S>& data) {
  const auto kinds = label_kinds(tasks);
  require_counts<S>(data, kinds);
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
template <Scalar S>
void validate(const Trainee<S>& model, const Dataset<S>& data) {
  detail::require_task_labels<S>(model.tasks(), data);
  model.require_inputs(data.inputs);
}
template <Backbone B, Head H>
void validate(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data) {
  detail::require_task_labels<typename B::Scalar>(task_facts(model), data);
  detail::require_inputs(model.backbone(), data.inputs);
}

/// Losses and gradients of a model on batches, those of real targets on the scale that the model has for them: made
/// once, reused, so that a step does not allocate when the batch does not grow.
template <Scalar S>
class Objective {
 public:
  /// The model must outlive it.
  explicit Objective(Trainee<S>& model)
      : model_(&model),
        losses_(model.tasks().size()),
        backbone_gradient_(model.backbone_parameters().size()),
        head_gradient_(static_cast<std::size_t>(model.facts().head_parameters)) {}
  template <Backbone B, Head H>
  requires std::same_as<typename B::Scalar, S>
  explicit Objective(MultiTaskModel<B, H>& model) : Objective(std::make_unique<ModelTrainee<B, H>>(model)) {}

  /// Evaluates the sum of the tasks' mean losses on a batch and its gradients; samples without a label of a task add
  /// nothing to it. Throws ShapeError or ValueError for inputs or labels that do not fit.
  double evaluate(const BatchIn<S>& inputs, const BatchIn<S>& labels) {
    const double total = forward(inputs, labels);
    backward();
    return total;
  }

  /// The same for entries that the model's `encode` has set, with a gradient of the head alone.
  double evaluate_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels) {
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
  double forward_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels) {
    begin(entries.cols(), labels);
    model_->forward_encoded(entries, logits_);
    return evaluate_losses(labels);
  }

  /// Multiplies the tasks' losses of the last forward, as backward sees them, by weights. Throws ShapeError.
  void weigh(std::span<const double> weights) {
    detail::require_size("objective: number of task weights", weights.size(), tasks().size());
    for (std::size_t t = 0; t < weights.size(); ++t) {
      const TaskFacts& task = tasks()[t];
      dlogits_.middleRows(task.first_output, task.outputs) *= static_cast<S>(weights[t]);
    }
  }

  /// The gradients of the sum of the tasks' losses on the last batch, as weighed.
  void backward() {
    clear_gradients();
    model_->backward(dlogits_, backbone_gradient_, head_gradient_);
  }
  void backward_encoded(const BatchIn<S>& entries) {
    clear_gradients();
    model_->backward_encoded(entries, dlogits_, head_gradient_);
  }

  [[nodiscard]] Trainee<S>& model() const noexcept { return *model_; }
  [[nodiscard]] const std::vector<TaskFacts>& tasks() const noexcept { return model_->tasks(); }
  [[nodiscard]] std::span<const TaskLoss> task_losses() const noexcept { return losses_; }
  /// dL/dlogits (outputs x B) of the last forward, each task's loss by itself.
  [[nodiscard]] const Batch<S>& logit_gradients() const noexcept { return dlogits_; }
  [[nodiscard]] std::span<const S> backbone_gradient() const noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<const S> head_gradient() const noexcept { return head_gradient_; }
  [[nodiscard]] std::span<S> backbone_gradient() noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<S> head_gradient() noexcept { return head_gradient_; }

 private:
  explicit Objective(std::unique_ptr<Trainee<S>> own) : Objective(*own) { own_ = std::move(own); }

  void begin(Eigen::Index batch, const BatchIn<S>& labels) {
    detail::require_size("objective: rows of the labels (tasks)", labels.rows(), tasks().size());
    detail::require_size("objective: columns of the labels", labels.cols(), batch);
    logits_.resize(model_->facts().outputs, batch);
    dlogits_.resize(model_->facts().outputs, batch);
  }

  /// Losses of the logits, and their gradients.
  double evaluate_losses(const BatchIn<S>& labels) {
    double total = 0.0;
    for (std::size_t t = 0; t < losses_.size(); ++t) {
      const TaskFacts& task = tasks()[t];
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

  std::unique_ptr<Trainee<S>> own_;  // where a model was given
  Trainee<S>* model_;
  std::vector<TaskLoss> losses_;
  Batch<S> logits_, dlogits_;
  std::vector<S, Eigen::aligned_allocator<S>> backbone_gradient_, head_gradient_;  // as for the model's weights
};

template <Backbone B, Head H>
Objective(MultiTaskModel<B, H>&) -> Objective<typename B::Scalar>;

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
  /// Metrics of every task from a model's predictions (outputs x rows) of a data set's rows.
  [[nodiscard]] static std::vector<TaskMetrics> task_metrics(std::span<const TaskFacts> tasks,
                                                             const TargetScaler<S>& targets, const Dataset<S>& data,
                                                             const BatchIn<S>& predictions,
                                                             std::span<const int> majorities);
};

template <Scalar S>
std::vector<TaskMetrics> Evaluation<S>::task_metrics(std::span<const TaskFacts> tasks, const TargetScaler<S>& targets,
                                                     const Dataset<S>& data, const BatchIn<S>& predictions,
                                                     std::span<const int> majorities) {
  if (!majorities.empty()) require_size("evaluate: number of majority classes", majorities.size(), tasks.size());
  std::vector<TaskMetrics> metrics;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    metrics.push_back(evaluate_task<S>(tasks[t].name, predictions.middleRows(tasks[t].first_output, tasks[t].outputs),
                                       data.labels.row(static_cast<Eigen::Index>(t)), LabelKind{tasks[t].classes},
                                       majorities.empty() ? -1 : majorities[t], targets[t]));
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
  return detail::label_majorities<typename B::Scalar>(task_facts(model), data);
}

/// Metrics of every task on a data set. `majorities` are the training data's `majority_classes`, or empty. Throws
/// ShapeError or ValueError for data that does not fit.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<typename B::Scalar>::task_metrics(task_facts(model), model.target_scaler(), data,
                                                              model.predict(data.inputs), majorities);
}
template <Scalar S>
[[nodiscard]] std::vector<TaskMetrics> evaluate(Trainee<S>& model, const Dataset<S>& data,
                                                std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<S>::task_metrics(model.tasks(), model.target_scaler(), data, model.predict(data.inputs),
                                             majorities);
}
/// The same of a const model, also on several threads at once; see MultiTaskModel::predict.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  MultiTaskModel<B, H> copy(model);
  return evaluate(copy, data, majorities);
}

}  // namespace qmtl::inline QMTL_ABI
