#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights: how much each task's loss counts in the gradient, fixed or adapted during training.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/optimize/optimizer.hpp"

namespace qmtl::inline QMTL_ABI {

/// Every task's loss counts once.
struct UniformWeights {};

/// One weight a task, from 0.
struct FixedWeights {
  std::vector<double> weights{};
};

/// Homoscedastic uncertainty (Kendall, Gal and Cipolla 2018, equations 5 to 10): each task has a trained log-variance
/// s, from 0, and adds exp(-s) L + s/2 to the objective where it has classes and exp(-s) L / 2 + s/2 where it is
/// real-valued. Its weight is the factor of L, which for a constant loss ends at 1 / (2 L). The log-variances are
/// trained by the optimizer of the model, its learning rate times this scale, without weight decay; that of a task
/// without a label in a batch stays. A loss of 0 has no such end: exp(-s) stays within [1e-6, 1e6], since beyond these
/// (about 1/epsilon of float) a task's gradient loses its digits in the sum of all, or takes those of the others.
struct UncertaintyWeights {
  double learning_rate_scale = 1.0;
};

/// Dynamic weight averaging (Liu, Johns and Davison 2019, equation 7): in epoch t task k has the weight K exp(r_k / T)
/// / sum_i exp(r_i / T), with r_k = L_k(t-1) / L_k(t-2) from its mean training losses in the epochs before, K tasks and
/// the temperature T. In the first two epochs, and where L_k(t-2) is 0, r_k = 1; no ratio counts for more than 1e100.
struct DynamicWeightAverage {
  double temperature = 2.0;
};

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

using TaskWeighting = std::variant<UniformWeights, FixedWeights, UncertaintyWeights, DynamicWeightAverage, GradNorm>;

/// Throws ValueError, naming the setting, where one is impossible, ShapeError for a number of fixed weights that is not
/// the number of tasks.
inline void validate(const TaskWeighting& weighting, std::size_t tasks) {
  const auto require = [](bool right, std::string_view name, std::string_view expected, double got) {
    if (!right) throw ValueError(detail::text("qmtl: weighting: ", name, ", expected ", expected, ", got ", got));
  };
  const auto require_from_zero = [&require](std::string_view name, double value) {
    require(value >= 0.0 && std::isfinite(value), name, "a finite number from 0", value);
  };
  if (const auto* fixed = std::get_if<FixedWeights>(&weighting)) {
    detail::require_size("weighting: number of fixed weights", fixed->weights.size(), tasks);
    for (const double weight : fixed->weights) require_from_zero("a fixed weight", weight);
  } else if (const auto* uncertainty = std::get_if<UncertaintyWeights>(&weighting)) {
    require_from_zero("learning_rate_scale", uncertainty->learning_rate_scale);
  } else if (const auto* average = std::get_if<DynamicWeightAverage>(&weighting)) {
    const double temperature = average->temperature;
    require(temperature > 0.0 && std::isfinite(temperature), "temperature", "a finite number above 0", temperature);
  } else if (const auto* norms = std::get_if<GradNorm>(&weighting)) {
    require_from_zero("alpha", norms->alpha);
    require_from_zero("learning_rate", norms->learning_rate);
  }
}

/// The weights in the course of one training.
template <std::same_as<double> Weight = double>  // a template so that whoever does not train does not compile it
class TaskWeights {
 public:
  /// `optimizer` is the model's; `kinds` has one entry a task. Throws what `validate` throws.
  TaskWeights(const TaskWeighting& settings, const OptimizerSettings& optimizer, std::vector<LabelKind> kinds)
      : settings_(settings),
        kinds_(std::move(kinds)),
        optimizer_(own_optimizer(settings_, optimizer), kinds_.size()),
        rate_(optimizer_.learning_rate()),
        gradient_(kinds_.size(), 0.0),
        values_(kinds_.size(), 1.0),
        first_losses_(kinds_.size(), -1.0),
        last_losses_(kinds_.size(), -1.0) {
    validate(settings_, kinds_.size());
    if (const auto* fixed = std::get_if<FixedWeights>(&settings_)) values_ = fixed->weights;
    if (std::holds_alternative<UncertaintyWeights>(settings_)) {
      log_variances_.assign(kinds_.size(), 0.0);
      set_uncertainty_weights();
    }
  }

  /// The factor of each task's loss in the next step.
  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  /// Whether all weights are 1 for good.
  [[nodiscard]] bool uniform() const noexcept { return std::holds_alternative<UniformWeights>(settings_); }
  /// Whether `after_step` is to be given gradient norms.
  [[nodiscard]] bool needs_norms() const noexcept { return std::holds_alternative<GradNorm>(settings_); }
  /// The log-variances of UncertaintyWeights; else empty.
  [[nodiscard]] std::span<const double> log_variances() const noexcept { return log_variances_; }

  /// Adapts to a step: its losses, the norms of the gradients of the tasks' unweighted losses with respect to z (for
  /// GradNorm, else empty), and the schedule's multiplier of the learning rate.
  void after_step(std::span<const TaskLoss> losses, std::span<const double> norms, double rate_scale) {
    if (std::holds_alternative<UncertaintyWeights>(settings_)) {
      optimizer_.set_learning_rate(rate_ * rate_scale);
      train_log_variances(losses);
    } else if (const auto* settings = std::get_if<GradNorm>(&settings_)) {
      balance_norms(*settings, losses, norms);
    }
  }

  /// Adapts to an epoch's mean loss of each task.
  void after_epoch(std::span<const double> losses) {
    const auto* settings = std::get_if<DynamicWeightAverage>(&settings_);
    if (settings == nullptr) return;
    average(settings->temperature, losses);
    last_losses_.assign(losses.begin(), losses.end());
  }

  /// Where each weight lies in the course of any training with these settings.
  [[nodiscard]] ArchiveRange range() const {
    if (const auto* fixed = std::get_if<FixedWeights>(&settings_)) {
      ArchiveRange weights{fixed->weights[0], fixed->weights[0]};
      for (const double w : fixed->weights) weights = {std::min(weights.low, w), std::max(weights.high, w)};
      return weights;
    }
    constexpr double rounding = 1e-6;
    const double all = static_cast<double>(kinds_.size()) * (1.0 + rounding);
    if (std::holds_alternative<UncertaintyWeights>(settings_))
      return {0.5 * least * (1 - rounding), (1 + rounding) / least};
    if (std::holds_alternative<DynamicWeightAverage>(settings_)) return {0.0, all};
    if (std::holds_alternative<GradNorm>(settings_)) return {least, all};
    return {1.0, 1.0};
  }

  /// Writes all state after so many steps of the training to an archive, or reads it from one.
  template <class Archive>
  void archive(Archive& archive, std::uint64_t steps) {
    const auto count = static_cast<double>(steps);
    if (std::holds_alternative<UncertaintyWeights>(settings_)) {
      archive.numbers(log_variances_, "log-variances", {-most_log_variance, most_log_variance});
      optimizer_.archive(archive, "optimizer of the log-variances", {count, count});
      set_uncertainty_weights();
    } else if (std::holds_alternative<GradNorm>(settings_)) {
      archive.numbers(values_, "task weights", range());
      optimizer_.archive(archive, "optimizer of the task weights", {0.0, count});
      archive_losses(archive, first_losses_, "first losses of the tasks");
    } else if (std::holds_alternative<DynamicWeightAverage>(settings_)) {
      archive.numbers(values_, "task weights", range());
      archive_losses(archive, last_losses_, "last losses of the tasks");
    }
    if constexpr (Archive::reading) require_sum(archive);
  }

 private:
  static constexpr double least = 1e-6;                            // of a weight of GradNorm, and of exp(-s)
  static constexpr double most_log_variance = 13.815510557964274;  // -log(least)
  static constexpr double most_ratio = 1e100;                      // of losses: sums of ratios stay finite

  [[nodiscard]] static OptimizerSettings own_optimizer(const TaskWeighting& weighting, OptimizerSettings model) {
    if (const auto* norms = std::get_if<GradNorm>(&weighting)) return Adam{.learning_rate = norms->learning_rate};
    if (const auto* uncertainty = std::get_if<UncertaintyWeights>(&weighting)) {
      std::visit([&](auto& s) { s.learning_rate *= uncertainty->learning_rate_scale; }, model);
      if (auto* adamw = std::get_if<AdamW>(&model)) adamw->weight_decay = 0.0;
      return model;
    }
    return Sgd{};
  }

  template <class Archive>
  static void archive_losses(Archive& archive, std::vector<double>& losses, const char* what) {
    archive.numbers(losses, what, {.low = -1.0});
    if constexpr (Archive::reading) {
      for (const double loss : losses)
        archive.require(loss == -1.0 || loss >= 0.0, what, ", expected -1 or a number from 0");
    }
  }

  template <class Archive>
  void require_sum(Archive& archive) const {
    if (std::holds_alternative<FixedWeights>(settings_) || std::holds_alternative<UncertaintyWeights>(settings_))
      return;
    double sum = 0.0;
    for (const double value : values_) sum += value;
    const auto tasks = static_cast<double>(values_.size());
    archive.require(std::abs(sum - tasks) <= 1e-6 * tasks, "task weights, expected a sum of ", tasks, ", got ", sum);
  }

  [[nodiscard]] double loss_factor(std::size_t t) const noexcept { return kinds_[t].classes == 0 ? 0.5 : 1.0; }

  void set_uncertainty_weights() noexcept {
    for (std::size_t t = 0; t < values_.size(); ++t) values_[t] = loss_factor(t) * std::exp(-log_variances_[t]);
  }

  void train_log_variances(std::span<const TaskLoss> losses) {
    for (std::size_t t = 0; t < values_.size(); ++t) {
      gradient_[t] = losses[t].labelled > 0 ? 0.5 - values_[t] * losses[t].loss : 0.0;
    }
    step(log_variances_, losses);
    for (double& s : log_variances_) s = std::clamp(s, -most_log_variance, most_log_variance);
    set_uncertainty_weights();
  }

  /// A step of the optimizer along `gradient_`. Its momentum would go on moving tasks without a label: they stay.
  void step(std::vector<double>& trained, std::span<const TaskLoss> losses) {
    before_ = trained;
    optimizer_.step(trained, gradient_);
    for (std::size_t t = 0; t < trained.size(); ++t) {
      if (losses[t].labelled == 0) trained[t] = before_[t];
    }
  }

  /// 1 where there was no loss before.
  [[nodiscard]] static double loss_ratio(double loss, double before) noexcept {
    return before > 0.0 ? std::min(loss / before, most_ratio) : 1.0;
  }

  void average(double temperature, std::span<const double> losses) noexcept {
    double largest = 0.0;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      values_[t] = loss_ratio(losses[t], last_losses_[t]);
      largest = std::max(largest, values_[t]);
    }
    double sum = 0.0;
    for (double& value : values_) sum += value = std::exp((value - largest) / temperature);
    for (double& value : values_) value *= static_cast<double>(values_.size()) / sum;
  }

  /// One step of Adam on sum |G_i - target_i|, the targets being constants; then the sum of weights is what it was.
  void balance_norms(const GradNorm& settings, std::span<const TaskLoss> losses, std::span<const double> norms) {
    double present = 0.0;
    double mean_norm = 0.0;
    double mean_ratio = 0.0;
    std::vector<double>& ratios = gradient_;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      if (first_losses_[t] < 0.0) first_losses_[t] = losses[t].loss;
      ratios[t] = loss_ratio(losses[t].loss, first_losses_[t]);
      present += 1.0;
      mean_norm += values_[t] * norms[t];
      mean_ratio += ratios[t];
    }
    if (present == 0.0) return;
    mean_norm /= present;
    mean_ratio /= present;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) {
        gradient_[t] = 0.0;
        continue;
      }
      const double relative = mean_ratio > 0.0 ? ratios[t] / mean_ratio : 1.0;
      const double excess = values_[t] * norms[t] - mean_norm * std::pow(relative, settings.alpha);
      gradient_[t] = excess > 0.0 ? norms[t] : excess < 0.0 ? -norms[t] : 0.0;
    }
    step(values_, losses);
    share_weights(losses);
  }

  /// Scales what the weights of labelled tasks have above the least one, so that their sum is that before the step.
  void share_weights(std::span<const TaskLoss> losses) noexcept {
    double part = 0.0;
    double sum = 0.0;
    double labelled = 0.0;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      part += before_[t] - least;
      sum += values_[t] = std::max(values_[t] - least, 0.0);
      labelled += 1.0;
    }
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (losses[t].labelled == 0) continue;
      values_[t] = least + (sum > 0.0 ? values_[t] * (part / sum) : part / labelled);
    }
  }

  std::conditional_t<std::same_as<Weight, double>, TaskWeighting, void> settings_;  // dependent: see above
  std::vector<LabelKind> kinds_;
  Optimizer<Weight> optimizer_;  // of the log-variances, or of GradNorm's weights
  double rate_;
  std::vector<double> gradient_;       // of a step
  std::vector<double> before_;         // what a step moves
  std::vector<double> values_;         // the weights
  std::vector<double> log_variances_;  // of UncertaintyWeights
  std::vector<double> first_losses_;   // for GradNorm; -1 until the first batch with a label
  std::vector<double> last_losses_;    // for DynamicWeightAverage; -1 until the first epoch is over
};

}  // namespace qmtl::inline QMTL_ABI
