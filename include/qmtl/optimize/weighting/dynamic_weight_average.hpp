#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights from how fast each loss has fallen.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "qmtl/optimize/weighting/weighting_step.hpp"

namespace qmtl::inline QMTL_ABI {

/// Dynamic weight averaging (Liu, Johns and Davison 2019, equation 7): in epoch t task k has the weight K exp(r_k / T)
/// / sum_i exp(r_i / T), with r_k = L_k(t-1) / L_k(t-2) from its mean training losses in the epochs before, K tasks and
/// the temperature T. In the first two epochs, and where L_k(t-2) is 0, r_k = 1; no ratio counts for more than 1e100.
struct DynamicWeightAverage {
  double temperature = 2.0;
};

namespace detail {

inline void validate_weighting(const DynamicWeightAverage& average, std::size_t) {
  const double temperature = average.temperature;
  require_weighting(temperature > 0.0 && std::isfinite(temperature), "temperature", "a finite number above 0",
                    temperature);
}

template <class Text>
void describe_settings(Text& out, const DynamicWeightAverage& s) {
  const auto& [temperature] = s;
  out.word("dynamic weight average");
  out.setting("temperature", temperature);
}

template <std::same_as<double> Weight>
class DynamicWeightAverageRun {
 public:
  DynamicWeightAverageRun(const DynamicWeightAverage& settings, std::size_t tasks)
      : temperature_(settings.temperature), values_(tasks, 1.0), last_losses_(tasks, -1.0) {}

  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  [[nodiscard]] ArchiveRange range() const noexcept {
    return {0.0, static_cast<double>(values_.size()) * (1.0 + 1e-6)};
  }

  void after_step(const WeightingStep&) noexcept {}
  void after_epoch(std::span<const double> losses) {
    double largest = 0.0;
    for (std::size_t t = 0; t < values_.size(); ++t) {
      values_[t] = loss_ratio(losses[t], last_losses_[t]);
      largest = std::max(largest, values_[t]);
    }
    double sum = 0.0;
    for (double& value : values_) sum += value = std::exp((value - largest) / temperature_);
    for (double& value : values_) value *= static_cast<double>(values_.size()) / sum;
    last_losses_.assign(losses.begin(), losses.end());
  }

  template <class Archive>
  void archive(Archive& archive, std::uint64_t) {
    archive.numbers(values_, "task weights", range());
    archive_losses(archive, last_losses_, "last losses of the tasks");
    if constexpr (Archive::reading) require_sum(archive, values_);
  }

 private:
  Weight temperature_;
  std::vector<double> values_;
  std::vector<double> last_losses_;  // -1 until the first epoch is over
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
