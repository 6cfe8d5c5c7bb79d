#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights that balance the norms of gradients.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "qmtl/optimize/weighting/weighting_step.hpp"

namespace qmtl::inline QMTL_ABI {

/// GradNorm (Chen, Badrinarayanan, Lee and Rabinovich 2018, algorithm 1): moves the weights, by Adam, so that the norms
/// G_i of the tasks' weighted gradients become mean(G) r_i^alpha, r_i being the task's loss ratio L_i / L_i(first) over
/// the mean of these ratios. The gradients are those with respect to the representation z, the output of the last
/// shared layer, for the batch of the step: the cheapest that all tasks share, and there whatever the backbone is.
/// Weights start at 1, stay at least 1e-6 and sum to the number of tasks; a task without a label in a batch keeps its
/// weight. Cost: one backward of the head a task; the backbone's is done once.
struct GradNorm {
  double alpha = 1.5;
  double learning_rate = 0.025;
};

namespace detail {

inline void validate_weighting(const GradNorm& norms, std::size_t) {
  require_from_zero("alpha", norms.alpha);
  require_from_zero("learning_rate", norms.learning_rate);
}

template <class Text>
void describe_settings(Text& out, const GradNorm& s) {
  const auto& [alpha, learning_rate] = s;
  out.word("gradnorm");
  out.setting("alpha", alpha);
  out.setting("learning_rate", learning_rate);
}

template <std::same_as<double> Weight>
class GradNormRun {
 public:
  GradNormRun(const GradNorm& settings, std::size_t tasks)
      : alpha_(settings.alpha),
        optimizer_(Adam{.learning_rate = settings.learning_rate}, tasks),
        values_(tasks, 1.0),
        first_losses_(tasks, -1.0) {}

  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  [[nodiscard]] ArchiveRange range() const noexcept {
    return {least_weight, static_cast<double>(values_.size()) * (1.0 + 1e-6)};
  }

  /// One step of Adam on sum |G_i - target_i|, the targets being constants; then the sum of weights is what it was.
  void after_step(const WeightingStep& step) {
    require_size("weighting: number of gradient norms", step.norms.size(), values_.size());
    if (!set_gradient(step.losses, step.norms)) return;
    optimizer_.step(optimizer_.learning_rate(), values_, step.losses);
    share_weights(step.losses);
  }
  void after_epoch(std::span<const double>) noexcept {}

  template <class Archive>
  void archive(Archive& archive, std::uint64_t steps) {
    archive.numbers(values_, "task weights", range());
    optimizer_.archive(archive, "optimizer of the task weights", {0.0, static_cast<double>(steps)});
    archive_losses(archive, first_losses_, "first losses of the tasks");
    if constexpr (Archive::reading) require_sum(archive, values_);
  }

 private:
  /// False where no task has a label.
  bool set_gradient(std::span<const TaskLoss> losses, std::span<const double> norms) {
    double present = 0.0;
    double mean_norm = 0.0;
    double mean_ratio = 0.0;
    std::vector<double>& gradient = optimizer_.gradient;  // first the ratios
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      if (first_losses_[t] < 0.0) first_losses_[t] = losses[t].loss;
      gradient[t] = loss_ratio(losses[t].loss, first_losses_[t]);
      present += 1.0;
      mean_norm += values_[t] * norms[t];
      mean_ratio += gradient[t];
    }
    if (present == 0.0) return false;
    mean_norm /= present;
    mean_ratio /= present;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) {
        gradient[t] = 0.0;
        continue;
      }
      const double relative = mean_ratio > 0.0 ? gradient[t] / mean_ratio : 1.0;
      const double excess = values_[t] * norms[t] - mean_norm * std::pow(relative, alpha_);
      gradient[t] = excess > 0.0 ? norms[t] : excess < 0.0 ? -norms[t] : 0.0;
    }
    return true;
  }

  /// Scales what the weights of labelled tasks have above the least one, so that their sum is that before the step.
  void share_weights(std::span<const TaskLoss> losses) noexcept {
    double part = 0.0;
    double sum = 0.0;
    double labelled = 0.0;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      part += optimizer_.before[t] - least_weight;
      sum += values_[t] = std::max(values_[t] - least_weight, 0.0);
      labelled += 1.0;
    }
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      values_[t] = least_weight + (sum > 0.0 ? values_[t] * (part / sum) : part / labelled);
    }
  }

  Weight alpha_;
  TaskOptimizer<Weight> optimizer_;
  std::vector<double> values_;
  std::vector<double> first_losses_;  // -1 until the first batch with a label
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
