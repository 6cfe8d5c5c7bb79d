#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights from trained uncertainties.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/optimize/weighting/weighting_step.hpp"

namespace qmtl::inline QMTL_ABI {

/// Homoscedastic uncertainty (Kendall, Gal and Cipolla 2018, equations 5 to 10): each task has a trained log-variance
/// s, from 0, and adds exp(-s) L + s/2 to the objective where it has classes and exp(-s) L / 2 + s/2 where it is
/// real-valued. Its weight is the factor of L, which for a constant loss ends at 1 / (2 L). The log-variances are
/// trained by the optimizer of the model, its learning rate times this scale, without weight decay; that of a task
/// without a label in a batch stays. A loss of 0 has no such end: exp(-s) stays within [1e-6, 1e6], since beyond these
/// (about 1/epsilon of float) a task's gradient loses its digits in the sum of all, or takes those of the others.
struct UncertaintyWeights {
  double learning_rate_scale = 1.0;
};

namespace detail {

inline void validate_weighting(const UncertaintyWeights& uncertainty, std::size_t) {
  require_from_zero("learning_rate_scale", uncertainty.learning_rate_scale);
}

template <class Text>
void describe_settings(Text& out, const UncertaintyWeights& s) {
  const auto& [learning_rate_scale] = s;
  out.word("uncertainty");
  out.setting("learning_rate_scale", learning_rate_scale);
}

template <std::same_as<double> Weight>
class UncertaintyWeightsRun {
 public:
  UncertaintyWeightsRun(const UncertaintyWeights& settings, const OptimizerSettings& optimizer,
                        std::vector<LabelKind> kinds)
      : kinds_(std::move(kinds)),
        optimizer_(optimizer, kinds_.size()),
        rate_(optimizer_.learning_rate() * settings.learning_rate_scale),
        values_(kinds_.size()),
        log_variances_(kinds_.size(), 0.0) {
    set_weights();
  }

  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  [[nodiscard]] std::span<const double> log_variances() const noexcept { return log_variances_; }
  [[nodiscard]] ArchiveRange range() const noexcept {
    constexpr double rounding = 1e-6;
    return {0.5 * least_weight * (1 - rounding), (1 + rounding) / least_weight};
  }

  void after_step(const WeightingStep& step) {
    for (std::size_t t = 0; t < values_.size(); ++t) {
      optimizer_.gradient[t] = step.losses[t].labelled > 0 ? 0.5 - values_[t] * step.losses[t].loss : 0.0;
    }
    optimizer_.step(rate_ * step.rate_scale, log_variances_, step.losses);
    for (double& s : log_variances_) s = std::clamp(s, -most_log_variance, most_log_variance);
    set_weights();
  }
  void after_epoch(std::span<const double>) noexcept {}

  template <class Archive>
  void archive(Archive& archive, std::uint64_t steps) {
    const auto count = static_cast<double>(steps);
    archive.numbers(log_variances_, "log-variances", {-most_log_variance, most_log_variance});
    optimizer_.archive(archive, "optimizer of the log-variances", {count, count});
    set_weights();
  }

 private:
  static constexpr double most_log_variance = 13.815510557964274;  // -log(least_weight)

  void set_weights() noexcept {
    for (std::size_t t = 0; t < values_.size(); ++t) {
      const double factor = kinds_[t].classes == 0 ? 0.5 : 1.0;
      values_[t] = factor * std::exp(-log_variances_[t]);
    }
  }

  std::vector<LabelKind> kinds_;
  TaskOptimizer<Weight> optimizer_;
  double rate_;
  std::vector<double> values_, log_variances_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
