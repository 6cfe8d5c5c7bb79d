#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weights that stay.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/optimize/weighting/weighting_step.hpp"

namespace qmtl::inline QMTL_ABI {

/// Every task's loss counts once.
struct UniformWeights {};

/// One weight a task, from 0.
struct FixedWeights {
  std::vector<double> weights{};
};

namespace detail {

inline void validate_weighting(const FixedWeights& fixed, std::size_t tasks) {
  require_size("weighting: number of fixed weights", fixed.weights.size(), tasks);
  for (const double weight : fixed.weights) require_from_zero("a fixed weight", weight);
}

template <class Text>
void describe_settings(Text& out, const UniformWeights&) {
  out.word("uniform");
}
template <class Text>
void describe_settings(Text& out, const FixedWeights& s) {
  const auto& [weights] = s;
  out.word("fixed");
  for (const double weight : weights) out.setting("weight", weight);
}

template <std::same_as<double> Weight>
class FixedWeightsRun {
 public:
  explicit FixedWeightsRun(std::vector<Weight> weights) : values_(std::move(weights)) {}

  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  [[nodiscard]] ArchiveRange range() const noexcept {
    const auto [least, most] = std::minmax_element(values_.begin(), values_.end());
    return {*least, *most};
  }
  void after_step(const WeightingStep&) noexcept {}
  void after_epoch(std::span<const double>) noexcept {}
  template <class Archive>
  void archive(Archive&, std::uint64_t) noexcept {}

 private:
  std::vector<double> values_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
