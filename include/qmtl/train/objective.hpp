#pragma once
// SPDX-License-Identifier: Apache-2.0
// The training objective: the sum over tasks of their mean loss on a batch, and its gradients.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/loss/loss.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the labels of each of these tasks must be.
[[nodiscard]] inline std::vector<LabelKind> label_kinds(std::span<const TaskFacts> tasks) {
  std::vector<LabelKind> kinds;
  for (const TaskFacts& task : tasks) kinds.push_back(LabelKind{task.classes});
  return kinds;
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
/// inputs must have as many features as the model takes, that the backbone says which of them may be missing, and that
/// the data set names the model's tasks in the model's order, if it names any. `features` names the number of features
/// in an error. Throws ShapeError and ValueError.
template <Scalar S>
void validate(const Trainee<S>& model, const Dataset<S>& data,
              const char* features = "dataset: features of the inputs") {
  detail::require_task_labels<S>(model.tasks(), data);
  detail::require_size(features, data.features(), model.input_size());
  model.require_inputs(data.inputs);
}

/// Losses and gradients of a model on batches, those of real targets on the scale that the model has for them: made
/// once, reused, so that a step does not allocate unless its batch is larger than any before.
///
/// A model keeps what a backward needs of one pass, its last. A backward here throws LogicError where something else
/// has gone through the model since the forward: another objective's batch, a prediction, an evaluation.
template <Scalar S>
class Objective {
 public:
  /// The model must outlive it.
  explicit Objective(Trainee<S>& model)
      : model_(&model),
        losses_(model.tasks().size()),
        backbone_gradient_(model.backbone_parameters().size()),
        head_gradient_(static_cast<std::size_t>(model.facts().head_parameters)) {}
  /// Of a MultiTaskModel, which must outlive it and stay where it is.
  template <class M>
  requires TrainableModel<M, S>
  explicit Objective(M& model) : Objective(std::unique_ptr<Trainee<S>>(make_trainee(model))) {}

  /// Evaluates the sum of the tasks' mean losses on a batch and its gradients; samples without a label of a task add
  /// nothing to it. `row_weights`, tasks x B numbers, a task's behind each other, are the `weights` of `task_loss`;
  /// without, each sample counts once. Throws ShapeError or ValueError for inputs, labels or weights that do not fit.
  double evaluate(const BatchIn<S>& inputs, const BatchIn<S>& labels, std::span<const double> row_weights = {}) {
    const double total = forward(inputs, labels, row_weights);
    backward();
    return total;
  }

  /// The same for entries that the model's `encode` has set, with a gradient of the head alone.
  double evaluate_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels,
                          std::span<const double> row_weights = {}) {
    const double total = forward_encoded(entries, labels, row_weights);
    backward_encoded(entries);
    return total;
  }

  /// The sum of the tasks' mean losses on a batch, keeping what a backward needs.
  double forward(const BatchIn<S>& inputs, const BatchIn<S>& labels, std::span<const double> row_weights = {}) {
    begin(inputs.cols(), labels, row_weights);
    model_->forward(inputs, logits_.leftCols(batch_));
    return evaluate_losses(labels, row_weights);
  }
  double forward_encoded(const BatchIn<S>& entries, const BatchIn<S>& labels,
                         std::span<const double> row_weights = {}) {
    begin(entries.cols(), labels, row_weights);
    model_->forward_encoded(entries, logits_.leftCols(batch_));
    return evaluate_losses(labels, row_weights);
  }

  /// Sets the gradients to those of the sum of the tasks' losses of the last forward, each times its weight; without
  /// weights each counts once. Throws ShapeError, and LogicError if the model has seen something else since.
  void backward(std::span<const double> weights = {}) {
    const BatchIn<S> dlogits = begin_backward(weights);
    model_->backward(dlogits, backbone_gradient_, head_gradient_);
  }
  void backward_encoded(const BatchIn<S>& entries, std::span<const double> weights = {}) {
    const BatchIn<S> dlogits = begin_backward(weights);
    model_->backward_encoded(entries, dlogits, head_gradient_);
  }

  /// For gradients task by task, as the model's functions of these names, after the last forward.
  void backward_head(const BatchIn<S>& dlogits, std::span<S> head_gradient, BatchOut<S> dz) {
    require_last_pass();
    model_->backward_head(dlogits, head_gradient, dz);
  }
  void backward_backbone(const BatchIn<S>& dz, std::span<S> backbone_gradient) {
    require_last_pass();
    model_->backward_backbone(dz, backbone_gradient);
  }

  [[nodiscard]] Trainee<S>& model() noexcept { return *model_; }
  [[nodiscard]] const Trainee<S>& model() const noexcept { return *model_; }
  [[nodiscard]] const std::vector<TaskFacts>& tasks() const noexcept { return model_->tasks(); }
  [[nodiscard]] std::span<const TaskLoss> task_losses() const noexcept { return losses_; }
  /// dL/dlogits (outputs x B) of the last forward, each task's loss by itself.
  [[nodiscard]] BatchIn<S> logit_gradients() const noexcept { return dlogits_.leftCols(batch_); }
  [[nodiscard]] std::span<const S> backbone_gradient() const noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<const S> head_gradient() const noexcept { return head_gradient_; }
  [[nodiscard]] std::span<S> backbone_gradient() noexcept { return backbone_gradient_; }
  [[nodiscard]] std::span<S> head_gradient() noexcept { return head_gradient_; }

 private:
  explicit Objective(std::unique_ptr<Trainee<S>> own) : Objective(*own) { own_ = std::move(own); }

  void begin(Eigen::Index batch, const BatchIn<S>& labels, std::span<const double> row_weights) {
    detail::require_size("objective: rows of the labels (tasks)", labels.rows(), tasks().size());
    detail::require_size("objective: columns of the labels", labels.cols(), batch);
    if (!row_weights.empty()) {
      detail::require_size("objective: number of row weights", row_weights.size(), labels.size());
    }
    detail::grow(logits_, model_->facts().outputs, batch);
    detail::grow(dlogits_, model_->facts().outputs, batch);
    batch_ = batch;
  }

  /// Losses of the logits, and their gradients.
  double evaluate_losses(const BatchIn<S>& labels, std::span<const double> row_weights) {
    pass_ = model_->passes();
    const std::size_t batch = row_weights.empty() ? 0 : static_cast<std::size_t>(batch_);
    double total = 0.0;
    for (std::size_t t = 0; t < losses_.size(); ++t) {
      const TaskFacts& task = tasks()[t];
      losses_[t] = task_loss<S>(logits_.leftCols(batch_).middleRows(task.first_output, task.outputs),
                                labels.row(static_cast<Eigen::Index>(t)), LabelKind{task.classes},
                                dlogits_.leftCols(batch_).middleRows(task.first_output, task.outputs),
                                model_->target_scaler()[t], row_weights.subspan(t * batch, batch));
      total += losses_[t].loss;
    }
    return total;
  }

  void require_last_pass() const {
    if (pass_ == model_->passes()) return;
    throw LogicError(
        "qmtl: objective: backward, expected the model as its forward left it, got one through which another batch, "
        "prediction or evaluation has gone since");
  }

  /// The cotangents of the logits, as weighed.
  [[nodiscard]] BatchIn<S> begin_backward(std::span<const double> weights) {
    require_last_pass();
    std::fill(backbone_gradient_.begin(), backbone_gradient_.end(), S(0));
    std::fill(head_gradient_.begin(), head_gradient_.end(), S(0));
    if (weights.empty()) return dlogits_.leftCols(batch_);
    detail::require_size("objective: number of task weights", weights.size(), tasks().size());
    detail::grow(weighed_, dlogits_.rows(), batch_);
    for (std::size_t t = 0; t < weights.size(); ++t) {
      const TaskFacts& task = tasks()[t];
      weighed_.leftCols(batch_).middleRows(task.first_output, task.outputs) =
          dlogits_.leftCols(batch_).middleRows(task.first_output, task.outputs) * static_cast<S>(weights[t]);
    }
    return weighed_.leftCols(batch_);
  }

  std::unique_ptr<Trainee<S>> own_;  // where a model was given
  Trainee<S>* model_;
  std::uint64_t pass_ = 0;  // of the model, in the last forward
  std::vector<TaskLoss> losses_;
  Eigen::Index batch_ = 0;
  Batch<S> logits_, dlogits_, weighed_;                                            // of the largest batch so far
  std::vector<S, Eigen::aligned_allocator<S>> backbone_gradient_, head_gradient_;  // as for the model's weights
};

template <class M>
requires TrainableModel<M, typename M::Scalar> Objective(M&)
->Objective<typename M::Scalar>;

}  // namespace qmtl::inline QMTL_ABI
