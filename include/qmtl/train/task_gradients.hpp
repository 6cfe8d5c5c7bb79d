#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradients task by task, from one forward: their norms on the representation, and their sum with or without conflicts.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <vector>

#include "qmtl/core/norm.hpp"
#include "qmtl/optimize/pcgrad.hpp"
#include "qmtl/train/objective.hpp"

namespace qmtl::inline QMTL_ABI {

/// Goes backward once a task, with the cotangents of the other tasks' logits zero. Made once, reused.
template <Scalar S>
class TaskGradients {
 public:
  explicit TaskGradients(const TraineeFacts& facts)
      : differentiable_(facts.differentiable),
        shared_(facts.shared_head_parameters),
        norms_(facts.tasks.size()),
        task_head_(static_cast<std::size_t>(facts.head_parameters)) {}
  /// Of a MultiTaskModel, of which it keeps the facts alone.
  template <class M>
  requires TrainableModel<M, S>
  explicit TaskGradients(const M& model) : TaskGradients(trainee_facts(model)) {}

  /// Norms (Frobenius, over the batch) of dL_t/dz of each task's unweighted loss; 0 for a task without a label in the
  /// batch, and where the encoding has no gradient.
  [[nodiscard]] std::span<const double> norms() const noexcept { return norms_; }

  /// Sets the objective's gradients to those of the weighted sum of the losses of its last forward, on data that is not
  /// encoded. Cost: a backward of
  /// the head for each task, and one of the backbone.
  void sum(Objective<S>& objective, std::span<const double> weights) {
    clear(objective);
    const bool backbone_trained = trains_backbone(objective);
    for (std::size_t t = 0; t < norms_.size(); ++t) {
      if (!backward_head(objective, t)) continue;
      add(task_head_, weights[t], objective.head_gradient());
      if (backbone_trained) dz_sum_.leftCols(batch_) += static_cast<S>(weights[t]) * dz_.leftCols(batch_);
    }
    if (backbone_trained) objective.backward_backbone(dz_sum_.leftCols(batch_), objective.backbone_gradient());
  }

  /// As `sum`, but the gradients of the shared parameters are projected first (GradientConflicts::pcgrad).
  void sum_without_conflicts(Objective<S>& objective, std::span<const double> weights, Rng& rng) {
    clear(objective);
    const bool backbone_trained = trains_backbone(objective);
    task_backbone_.resize(objective.backbone_gradient().size());
    const auto backbone = static_cast<Eigen::Index>(task_backbone_.size());
    shared_gradients_.setZero(backbone + shared_, static_cast<Eigen::Index>(norms_.size()));
    const auto first = static_cast<std::size_t>(shared_);
    for (std::size_t t = 0; t < norms_.size(); ++t) {
      if (!backward_head(objective, t)) continue;
      // Wherever the task's own parameters lie: the gradient of the others' is zero.
      add(std::span<const S>(task_head_).subspan(first), weights[t], objective.head_gradient().subspan(first));
      auto column = shared_gradients_.col(static_cast<Eigen::Index>(t));
      column.tail(shared_) = vector(task_head_).head(shared_);
      if (!backbone_trained) continue;
      std::fill(task_backbone_.begin(), task_backbone_.end(), S(0));
      objective.backward_backbone(dz_.leftCols(batch_), task_backbone_);
      column.head(backbone) = vector(task_backbone_);
    }
    add_projected(objective, weights, rng);
  }

 private:
  using Values = std::vector<S, Eigen::aligned_allocator<S>>;  // bits must not depend on where it lies
  using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

  [[nodiscard]] static Eigen::Map<const Vector> vector(std::span<const S> values) noexcept {
    return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  }
  static void add(std::span<const S> values, double factor, std::span<S> sum) noexcept {
    Eigen::Map<Vector>(sum.data(), static_cast<Eigen::Index>(sum.size())) += static_cast<S>(factor) * vector(values);
  }

  [[nodiscard]] bool trains_backbone(const Objective<S>& objective) const noexcept {
    return differentiable_ && !objective.backbone_gradient().empty();
  }

  void clear(Objective<S>& objective) {
    std::ranges::fill(objective.backbone_gradient(), S(0));
    std::ranges::fill(objective.head_gradient(), S(0));
    batch_ = objective.logit_gradients().cols();
    const Eigen::Index features = objective.model().facts().features;
    detail::grow(dz_, features, batch_);
    detail::grow(dz_sum_, features, batch_);
    dz_sum_.leftCols(batch_).setZero();
  }

  /// The gradient of one task's loss: of the head's parameters, and dz_ with its norm. False without a label.
  bool backward_head(Objective<S>& objective, std::size_t t) {
    norms_[t] = 0.0;
    if (objective.task_losses()[t].labelled == 0) return false;
    const auto& task = objective.tasks()[t];
    const BatchIn<S> all = objective.logit_gradients();
    detail::grow(dlogits_, all.rows(), batch_);
    auto dlogits = dlogits_.leftCols(batch_);
    dlogits.setZero();
    dlogits.middleRows(task.first_output, task.outputs) = all.middleRows(task.first_output, task.outputs);
    std::fill(task_head_.begin(), task_head_.end(), S(0));
    objective.backward_head(dlogits, task_head_, dz_.leftCols(batch_));
    if (differentiable_) {
      norms_[t] = detail::norm_of<S>(std::span<const S>(dz_.data(), static_cast<std::size_t>(dz_.rows() * batch_)));
    }
    return true;
  }

  /// A power of two, so that no bit changes, that brings the largest weighted gradient near 1: products of gradients
  /// beyond 1e154 or below 1e-154 are no numbers to project by.
  [[nodiscard]] double product_scale(std::span<const double> weights) const {
    double largest = 0.0;
    for (Eigen::Index t = 0; t < shared_gradients_.cols(); ++t) {
      largest = std::max(largest, weights[static_cast<std::size_t>(t)] *
                                      static_cast<double>(shared_gradients_.col(t).template lpNorm<Eigen::Infinity>()));
    }
    return largest > 0.0 && std::isfinite(largest) ? std::ldexp(1.0, std::min(-std::ilogb(largest), 1000)) : 1.0;
  }

  void add_projected(Objective<S>& objective, std::span<const double> weights, Rng& rng) {
    const double scale = product_scale(weights);
    const auto scaled = [&](Eigen::Index t) {
      return shared_gradients_.col(t).template cast<double>() * (weights[static_cast<std::size_t>(t)] * scale);
    };
    const Eigen::Index tasks = shared_gradients_.cols();
    gram_.resize(tasks, tasks);
    for (Eigen::Index i = 0; i < tasks; ++i) {
      for (Eigen::Index j = 0; j <= i; ++j) gram_(i, j) = gram_(j, i) = scaled(i).dot(scaled(j));
    }
    project_conflicts(gram_, rng, projection_);
    const auto backbone = task_backbone_.size();
    for (Eigen::Index t = 0; t < tasks; ++t) {
      const double factor = projection_.sum(t) * weights[static_cast<std::size_t>(t)];
      const std::span<const S> column(shared_gradients_.col(t).data(),
                                      static_cast<std::size_t>(shared_gradients_.rows()));
      add(column.first(backbone), factor, objective.backbone_gradient());
      add(column.subspan(backbone), factor, objective.head_gradient().first(column.size() - backbone));
    }
  }

  bool differentiable_;
  int shared_;  // of the head's parameters
  std::vector<double> norms_;
  Values task_backbone_, task_head_;    // of one task; the first only where it is needed
  ColMajorMatrix<S> shared_gradients_;  // a task a column
  Eigen::Index batch_ = 0;
  Batch<S> dlogits_, dz_, dz_sum_;  // of the largest batch so far
  ColMajorMatrix<double> gram_;     // scalar products of the tasks' gradients
  ConflictProjection<double> projection_;
};

template <class M>
requires TrainableModel<M, typename M::Scalar> TaskGradients(const M&)
->TaskGradients<typename M::Scalar>;

}  // namespace qmtl::inline QMTL_ABI
