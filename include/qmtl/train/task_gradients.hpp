#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradients task by task, from one forward: their norms on the representation, and their sum with or without conflicts.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "qmtl/train/clipping.hpp"
#include "qmtl/train/conflict.hpp"
#include "qmtl/train/objective.hpp"

namespace qmtl {

/// Goes backward once a task, with the cotangents of the other tasks' logits zero. Made once, reused.
template <Backbone B, Head H>
class TaskGradients {
 public:
  using S = typename B::Scalar;

  /// How many of a head's parameters belong to no task; they come first. A task's own may lie in several places.
  static constexpr int shared_head_parameters =
      H::parameters - std::accumulate(H::task_parameters.begin(), H::task_parameters.end(), 0);

  explicit TaskGradients(MultiTaskModel<B, H>& model)
      : model_(&model),
        norms_(static_cast<std::size_t>(H::tasks)),
        task_head_(static_cast<std::size_t>(H::parameters)) {}

  /// Norms (Frobenius, over the batch) of dL_t/dz of each task's unweighted loss; 0 for a task without a label in the
  /// batch, and where the encoding has no gradient.
  [[nodiscard]] std::span<const double> norms() const noexcept { return norms_; }

  /// Sets the objective's gradients to those of the weighted sum of the losses of its last forward. Cost: a backward of
  /// the head for each task, and one of the backbone.
  void sum(Objective<B, H>& objective, std::span<const double> weights) {
    clear(objective);
    for (std::size_t t = 0; t < norms_.size(); ++t) {
      if (!backward_head(objective, t)) continue;
      add(task_head_, weights[t], objective.head_gradient());
      if constexpr (H::differentiable) {
        if (backbone_trained()) dz_sum_ += static_cast<S>(weights[t]) * dz_;
      }
    }
    if constexpr (H::differentiable) {
      if (backbone_trained()) model_->backward_backbone(dz_sum_, objective.backbone_gradient());
    }
  }

  /// As `sum`, but the gradients of the shared parameters are projected first (GradientConflicts::pcgrad).
  void sum_without_conflicts(Objective<B, H>& objective, std::span<const double> weights, Rng& rng) {
    clear(objective);
    task_backbone_.resize(model_->backbone_parameters());
    const auto backbone = static_cast<Eigen::Index>(task_backbone_.size());
    shared_.setZero(backbone + shared_head_parameters, H::tasks);
    constexpr auto first = static_cast<std::size_t>(shared_head_parameters);
    for (std::size_t t = 0; t < norms_.size(); ++t) {
      if (!backward_head(objective, t)) continue;
      // Wherever the task's own parameters lie: the gradient of the others' is zero.
      add(std::span<const S>(task_head_).subspan(first), weights[t], objective.head_gradient().subspan(first));
      auto column = shared_.col(static_cast<Eigen::Index>(t));
      column.tail(shared_head_parameters) = vector(task_head_).head(shared_head_parameters);
      if constexpr (H::differentiable) {
        if (!backbone_trained()) continue;
        std::fill(task_backbone_.begin(), task_backbone_.end(), S(0));
        model_->backward_backbone(dz_, task_backbone_);
        column.head(backbone) = vector(task_backbone_);
      }
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

  [[nodiscard]] bool backbone_trained() const noexcept { return model_->backbone_parameters() > 0; }

  void clear(Objective<B, H>& objective) {
    std::ranges::fill(objective.backbone_gradient(), S(0));
    std::ranges::fill(objective.head_gradient(), S(0));
    dz_.resize(H::features, objective.logit_gradients().cols());
    dz_sum_.setZero(H::features, dz_.cols());
  }

  /// The gradient of one task's loss: of the head's parameters, and dz_ with its norm. False without a label.
  bool backward_head(const Objective<B, H>& objective, std::size_t t) {
    norms_[t] = 0.0;
    if (objective.task_losses()[t].labelled == 0) return false;
    const auto& task = objective.tasks()[t];
    const auto& all = objective.logit_gradients();
    dlogits_.setZero(all.rows(), all.cols());
    dlogits_.middleRows(task.first_output, task.outputs) = all.middleRows(task.first_output, task.outputs);
    std::fill(task_head_.begin(), task_head_.end(), S(0));
    if constexpr (H::differentiable) {
      model_->backward_head(dlogits_, task_head_, dz_);
      norms_[t] = detail::norm_of<S>(std::span<const S>(dz_.data(), static_cast<std::size_t>(dz_.size())));
    } else {
      model_->backward_head(dlogits_, task_head_);
    }
    return true;
  }

  /// A power of two, so that no bit changes, that brings the largest weighted gradient near 1: products of gradients
  /// beyond 1e154 or below 1e-154 are no numbers to project by.
  [[nodiscard]] double product_scale(std::span<const double> weights) const {
    double largest = 0.0;
    for (Eigen::Index t = 0; t < shared_.cols(); ++t) {
      largest = std::max(largest, weights[static_cast<std::size_t>(t)] *
                                      static_cast<double>(shared_.col(t).template lpNorm<Eigen::Infinity>()));
    }
    return largest > 0.0 && std::isfinite(largest) ? std::ldexp(1.0, std::min(-std::ilogb(largest), 1000)) : 1.0;
  }

  void add_projected(Objective<B, H>& objective, std::span<const double> weights, Rng& rng) {
    const double scale = product_scale(weights);
    const auto scaled = [&](Eigen::Index t) {
      return shared_.col(t).template cast<double>() * (weights[static_cast<std::size_t>(t)] * scale);
    };
    ColMajorMatrix<double> gram(H::tasks, H::tasks);
    for (Eigen::Index i = 0; i < H::tasks; ++i) {
      for (Eigen::Index j = 0; j <= i; ++j) gram(i, j) = gram(j, i) = scaled(i).dot(scaled(j));
    }
    const Eigen::VectorXd coefficients = project_conflicts(gram, rng);
    const auto backbone = task_backbone_.size();
    for (Eigen::Index t = 0; t < H::tasks; ++t) {
      const double factor = coefficients(t) * weights[static_cast<std::size_t>(t)];
      const std::span<const S> column(shared_.col(t).data(), static_cast<std::size_t>(shared_.rows()));
      add(column.first(backbone), factor, objective.backbone_gradient());
      add(column.subspan(backbone), factor, objective.head_gradient().first(column.size() - backbone));
    }
  }

  MultiTaskModel<B, H>* model_;
  std::vector<double> norms_;
  Values task_backbone_, task_head_;  // of one task; the first only where it is needed
  ColMajorMatrix<S> shared_;          // a task's shared gradient a column
  Batch<S, H::outputs> dlogits_;
  Batch<S, H::features> dz_, dz_sum_;
};

}  // namespace qmtl
