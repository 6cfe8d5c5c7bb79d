#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights: how much each task's loss counts in the gradient, fixed or adapted during training.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/optimize/weighting/dynamic_weight_average.hpp"
#include "qmtl/optimize/weighting/fixed_weights.hpp"
#include "qmtl/optimize/weighting/grad_norm.hpp"
#include "qmtl/optimize/weighting/own_weighting.hpp"
#include "qmtl/optimize/weighting/uncertainty_weights.hpp"

namespace qmtl::inline QMTL_ABI {

/// Which weighting, and its settings; OwnWeighting is any type that satisfies OwnWeightingSettings.
using TaskWeighting =
    std::variant<UniformWeights, FixedWeights, UncertaintyWeights, DynamicWeightAverage, GradNorm, OwnWeighting>;

/// Throws ValueError, naming the setting, where one is impossible, ShapeError for a number of fixed weights that is not
/// the number of tasks.
inline void validate(const TaskWeighting& weighting, std::size_t tasks) {
  const auto check = [&](const auto* settings) {
    if (settings != nullptr) detail::validate_weighting(*settings, tasks);
  };
  check(std::get_if<FixedWeights>(&weighting));
  check(std::get_if<UncertaintyWeights>(&weighting));
  check(std::get_if<DynamicWeightAverage>(&weighting));
  check(std::get_if<GradNorm>(&weighting));
  check(std::get_if<OwnWeighting>(&weighting));
}

/// Whether a weighting needs the norms of the tasks' gradients with respect to z.
[[nodiscard]] inline bool needs_norms(const TaskWeighting& weighting) {
  const auto* own = std::get_if<OwnWeighting>(&weighting);
  return own != nullptr ? own->needs_norms() : std::holds_alternative<GradNorm>(weighting);
}

/// The weights in the course of one training.
template <std::same_as<double> Weight = double>  // a template so that whoever does not train does not compile it
class TaskWeights {
 public:
  /// `optimizer` is the model's; `kinds` has one entry a task. Throws what `validate` throws.
  TaskWeights(const TaskWeighting& settings, const OptimizerSettings& optimizer, std::vector<LabelKind> kinds)
      : uniform_(std::holds_alternative<UniformWeights>(settings)),
        needs_norms_(qmtl::needs_norms(settings)),
        run_(start(settings, optimizer, std::move(kinds))) {}

  /// The factor of each task's loss in the next step.
  [[nodiscard]] std::span<const double> values() const {
    return std::visit([](const auto& run) { return std::span<const double>(run.values()); }, run_);
  }
  /// Whether all weights are 1 for good.
  [[nodiscard]] bool uniform() const noexcept { return uniform_; }
  /// Whether `after_step` is to be given gradient norms.
  [[nodiscard]] bool needs_norms() const noexcept { return needs_norms_; }
  /// The log-variances of UncertaintyWeights; else empty.
  [[nodiscard]] std::span<const double> log_variances() const noexcept {
    const auto* run = std::get_if<detail::UncertaintyWeightsRun<Weight>>(&run_);
    return run != nullptr ? run->log_variances() : std::span<const double>();
  }

  /// Adapts to a step: its losses, the norms of the gradients of the tasks' unweighted losses with respect to z (where
  /// they are needed), and the schedule's multiplier of the learning rate. Throws ShapeError for a wrong number of
  /// norms.
  void after_step(std::span<const TaskLoss> losses, std::span<const double> norms, double rate_scale) {
    std::visit([&](auto& run) { run.after_step({losses, norms, rate_scale}); }, run_);
  }

  /// Adapts to an epoch's mean loss of each task.
  void after_epoch(std::span<const double> losses) {
    std::visit([&](auto& run) { run.after_epoch(losses); }, run_);
  }

  /// Where each weight lies in the course of any training with these settings.
  [[nodiscard]] ArchiveRange range() const {
    return std::visit([](const auto& run) { return run.range(); }, run_);
  }

  /// Writes all state after so many steps of the training to an archive, or reads it from one.
  template <class Archive>
  void archive(Archive& archive, std::uint64_t steps) {
    std::visit([&](auto& run) { run.archive(archive, steps); }, run_);
  }

 private:
  using Run = std::variant<detail::FixedWeightsRun<Weight>, detail::UncertaintyWeightsRun<Weight>,
                           detail::DynamicWeightAverageRun<Weight>, detail::GradNormRun<Weight>,
                           detail::OwnWeightingRun<Weight>>;

  [[nodiscard]] static Run start(const TaskWeighting& weighting, const OptimizerSettings& optimizer,
                                 std::vector<LabelKind> kinds) {
    validate(weighting, kinds.size());
    if (const auto* fixed = std::get_if<FixedWeights>(&weighting))
      return detail::FixedWeightsRun<Weight>(fixed->weights);
    if (const auto* uncertainty = std::get_if<UncertaintyWeights>(&weighting))
      return detail::UncertaintyWeightsRun<Weight>(*uncertainty, optimizer, std::move(kinds));
    if (const auto* average = std::get_if<DynamicWeightAverage>(&weighting))
      return detail::DynamicWeightAverageRun<Weight>(*average, kinds.size());
    if (const auto* norms = std::get_if<GradNorm>(&weighting)) return detail::GradNormRun<Weight>(*norms, kinds.size());
    if (const auto* own = std::get_if<OwnWeighting>(&weighting)) return detail::OwnWeightingRun<Weight>(*own, kinds);
    return detail::FixedWeightsRun<Weight>(std::vector<Weight>(kinds.size(), 1.0));
  }

  bool uniform_, needs_norms_;
  Run run_;
};

}  // namespace qmtl::inline QMTL_ABI
