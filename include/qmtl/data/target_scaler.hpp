#pragma once
// SPDX-License-Identifier: Apache-2.0
// Real-valued targets of any size as numbers that a head can predict, by what the labelled training rows say.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a task's head predicts of a target: (target - centre) / spread.
struct TargetScale {
  double centre = 0.0;
  double spread = 1.0;

  [[nodiscard]] double standardize(double target) const noexcept { return (target - centre) / spread; }
  [[nodiscard]] double restore(double prediction) const noexcept { return centre + spread * prediction; }
};

/// The target scales of a model's tasks. A task without one, as every task of classes, has targets as they are; without
/// any (default constructed) all have. A spread of 0 stands for none.
template <qmtl::Scalar S>
class TargetScaler {
 public:
  TargetScaler() = default;
  /// As many tasks, none with a scale.
  explicit TargetScaler(std::size_t tasks) : centre_(tasks, S(0)), spread_(tasks, S(0)) {}

  /// Takes scales that were saved. Throws ShapeError if the counts differ, ValueError for a number that is not finite
  /// or a negative spread.
  TargetScaler(std::span<const S> centre, std::span<const S> spread)
      : centre_(centre.begin(), centre.end()), spread_(spread.begin(), spread.end()) {
    detail::require_size("target scaler: number of spreads, as of centres,", spread.size(), centre.size());
    for (std::size_t t = 0; t < centre_.size(); ++t) {
      if (std::isfinite(centre_[t]) && std::isfinite(spread_[t]) && spread_[t] >= S(0)) continue;
      throw ValueError(detail::text("qmtl: target scaler: task ", t, ": expected finite numbers, got centre ",
                                    centre_[t], " and spread ", spread_[t]));
    }
  }

  /// Learns the scale of a task from its labels, NaN where missing: mean and deviation, the spread enlarged where that
  /// brings every label within [-reach, reach]; labels that are constant, up to a few roundings, have the spread 1.
  /// Without a label it stays without a scale. Throws ValueError, whose message starts with `where`, for labels that
  /// are too large, or of which one is so large that the others vanish beside it; then nothing changes.
  template <class Labels>
  void learn(std::size_t task, const Labels& labels, double reach, std::string_view where) {
    const detail::Moments moments = detail::moments_of(labels);
    if (moments.count == 0) return;
    const bool varies = moments.template varies<S>();
    if (varies) detail::require_standardizable<S>(labels, moments, where);
    const S centre = static_cast<S>(moments.mean);
    double spread = varies ? moments.deviation : 1.0;
    detail::for_each_present(labels, [&](auto, double label) {
      spread = std::max(spread, std::abs(label - static_cast<double>(centre)) / reach);
    });
    if (spread > static_cast<double>(std::numeric_limits<S>::max())) {
      throw ValueError(
          detail::text("qmtl: ", where, ": expected targets whose spread is a finite number, got ", spread));
    }
    centre_[task] = centre;
    spread_[task] = static_cast<S>(spread);
    if (static_cast<double>(spread_[task]) < spread) {  // all labels stay within reach
      spread_[task] = std::nextafter(spread_[task], std::numeric_limits<S>::max());
    }
  }

  /// Whether there is no scale at all.
  [[nodiscard]] bool empty() const noexcept { return centre_.empty(); }
  [[nodiscard]] std::size_t tasks() const noexcept { return centre_.size(); }
  [[nodiscard]] bool has_scale(std::size_t task) const noexcept { return !empty() && spread_[task] > S(0); }
  [[nodiscard]] TargetScale operator[](std::size_t task) const noexcept {
    if (!has_scale(task)) return {};
    return {static_cast<double>(centre_[task]), static_cast<double>(spread_[task])};
  }
  [[nodiscard]] std::span<const S> centre() const noexcept { return centre_; }
  [[nodiscard]] std::span<const S> spread() const noexcept { return spread_; }

 private:
  std::vector<S> centre_, spread_;
};

}  // namespace qmtl::inline QMTL_ABI
