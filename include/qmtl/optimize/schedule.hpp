#pragma once
// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules: a curve over the steps of a training, with a linear warm-up in front of it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <variant>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// The optimizer's learning rate throughout.
struct ConstantRate {};

/// Half a cosine, step by step, from 1 to `final_scale` times the learning rate, which it would reach with the step
/// after the last (Loshchilov and Hutter 2017, equation 5, without restarts).
struct CosineRate {
  double final_scale = 0.0;
};

/// The rate times `factor` whenever another `epochs` epochs are over.
struct StepRate {
  int epochs = 10;
  double factor = 0.1;
};

using RateCurve = std::variant<ConstantRate, CosineRate, StepRate>;

/// What the learning rates of backbone and head are multiplied by, step by step. In the first `warm_up_epochs` epochs
/// (a fraction is allowed; rounded to whole steps, w) step k = 0, 1, ... has (k + 1) / w (Goyal et al. 2017,
/// section 2.2); the curve begins after them, and its epochs count from there.
struct LearningRateSchedule {
  RateCurve curve = ConstantRate{};
  double warm_up_epochs = 0.0;
};

/// A position in a training: `step` of `steps`, counted from 0.
struct StepPosition {
  std::uint64_t step = 0;
  std::uint64_t steps_per_epoch = 1;
  std::uint64_t steps = 1;
};

namespace detail {

[[nodiscard]] inline double curve_value(const ConstantRate&, const StepPosition&) noexcept { return 1.0; }
[[nodiscard]] inline double curve_value(const CosineRate& rate, const StepPosition& at) noexcept {
  const double share = static_cast<double>(at.step) / static_cast<double>(std::max<std::uint64_t>(at.steps, 1));
  return rate.final_scale + (1.0 - rate.final_scale) * 0.5 * (1.0 + std::cos(pi * share));
}
[[nodiscard]] inline double curve_value(const StepRate& rate, const StepPosition& at) noexcept {
  const std::uint64_t drops = at.step / (at.steps_per_epoch * static_cast<std::uint64_t>(rate.epochs));
  return std::pow(rate.factor, static_cast<double>(drops));
}

/// Throws ValueError where a setting is impossible.
inline void validate(const LearningRateSchedule& schedule, int epochs) {
  const auto require = [](bool right, const char* name, const char* expected, double got) {
    if (!right) throw ValueError(text("qmtl: fit: schedule: ", name, ", expected ", expected, ", got ", got));
  };
  const double warm_up = schedule.warm_up_epochs;
  require(warm_up >= 0.0 && warm_up <= epochs, "warm_up_epochs", "a number from 0 to the number of epochs", warm_up);
  if (const auto* cosine = std::get_if<CosineRate>(&schedule.curve)) {
    const double scale = cosine->final_scale;
    require(scale >= 0.0 && scale <= 1.0, "final_scale", "a number in [0, 1]", scale);
  } else if (const auto* step = std::get_if<StepRate>(&schedule.curve)) {
    require(step->epochs >= 1, "epochs of StepRate", "at least 1", step->epochs);
    require(step->factor > 0.0 && step->factor <= 1.0, "factor", "a number in (0, 1]", step->factor);
  }
}

}  // namespace detail

/// The multiplier of the learning rate at a step.
[[nodiscard]] inline double rate_scale(const LearningRateSchedule& schedule, StepPosition at) noexcept {
  const auto warm_up =
      static_cast<std::uint64_t>(std::round(schedule.warm_up_epochs * static_cast<double>(at.steps_per_epoch)));
  if (at.step < warm_up) return static_cast<double>(at.step + 1) / static_cast<double>(warm_up);
  at.step -= warm_up;
  at.steps -= std::min(warm_up, at.steps);
  return std::visit([&at](const auto& curve) { return detail::curve_value(curve, at); }, schedule.curve);
}

}  // namespace qmtl::inline QMTL_ABI
