#pragma once
// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules: a curve over the steps of a training, with a linear warm-up in front of it.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/core/settings_text.hpp"

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

/// A position in a training: `step` of `steps`, counted from 0.
struct StepPosition {
  std::uint64_t step = 0;
  std::uint64_t steps_per_epoch = 1;
  std::uint64_t steps = 1;
};

/// A curve: the multiplier, from 0, of the learning rate at each position behind the warm-up, as a function without
/// state, and `describe(text)`. A `validate()`, if there is one, throws ValueError for impossible settings. A curve
/// that does not look at `steps` says `static constexpr bool of_all_epochs = false`: a training may then go on from a
/// checkpoint to more epochs.
template <class C>
concept OwnRateCurve = DescribedSettings<C> && requires(const C& curve, const StepPosition& at) {
  { curve(at) } -> std::convertible_to<double>;
};

/// A curve of another type than the library's, as a value: `FitOptions{.schedule = {.curve = Triangular{}}}`.
class OwnRate {
 public:
  template <class C>
  requires(!std::same_as<C, OwnRate> && OwnRateCurve<C>) OwnRate(C curve)  // NOLINT(google-explicit-constructor)
      : curve_(std::make_shared<const CurveOf<C>>(std::move(curve))) {}

  [[nodiscard]] double operator()(const StepPosition& at) const { return curve_->value(at); }
  /// Throws ValueError for impossible settings.
  void validate() const { curve_->validate(); }
  void describe(SettingsText& text) const { curve_->describe(text); }
  [[nodiscard]] bool of_all_epochs() const { return curve_->of_all_epochs(); }

 private:
  struct Curve {
    virtual ~Curve() = default;
    [[nodiscard]] virtual double value(const StepPosition& at) const = 0;
    virtual void validate() const = 0;
    virtual void describe(SettingsText& text) const = 0;
    [[nodiscard]] virtual bool of_all_epochs() const = 0;
  };

  template <class C>
  struct CurveOf final : Curve {
    explicit CurveOf(C c) : own(std::move(c)) {}
    [[nodiscard]] double value(const StepPosition& at) const override { return static_cast<double>(own(at)); }
    void validate() const override {
      if constexpr (requires { own.validate(); }) own.validate();
    }
    void describe(SettingsText& text) const override { own.describe(text); }
    [[nodiscard]] bool of_all_epochs() const override {
      if constexpr (requires { C::of_all_epochs; }) {
        return C::of_all_epochs;
      } else {
        return true;
      }
    }

    C own;
  };

  std::shared_ptr<const Curve> curve_;
};

/// Which curve, and its settings; OwnRate is any type that satisfies OwnRateCurve.
using RateCurve = std::variant<ConstantRate, CosineRate, StepRate, OwnRate>;

/// What the learning rates of backbone and head are multiplied by, step by step. In the first `warm_up_epochs` epochs
/// (a fraction is allowed; rounded to whole steps, w) step k = 0, 1, ... has (k + 1) / w (Goyal et al. 2017,
/// section 2.2); the curve begins after them, and its epochs count from there.
struct LearningRateSchedule {
  RateCurve curve = ConstantRate{};
  double warm_up_epochs = 0.0;
};

namespace detail {

// What a schedule does for a training: templates, so that whoever does not train does not compile them.

template <class Text>
void describe_settings(Text& out, const ConstantRate&) {
  out.word("constant");
}
template <class Text>
void describe_settings(Text& out, const CosineRate& s) {
  const auto& [final_scale] = s;
  out.word("cosine");
  out.setting("final_scale", final_scale);
}
template <class Text>
void describe_settings(Text& out, const StepRate& s) {
  const auto& [epochs, factor] = s;
  out.word("step");
  out.setting("epochs", epochs);
  out.setting("factor", factor);
}
template <class Text>
void describe_settings(Text& out, const OwnRate& own) {
  own.describe(out);
}

/// With the number of epochs where the curve depends on it.
template <class Text>
void describe_schedule(Text& out, const LearningRateSchedule& schedule, int epochs) {
  const auto& [curve, warm_up_epochs] = schedule;
  std::visit([&out](const auto& s) { describe_settings(out, s); }, curve);
  const auto* own = std::get_if<OwnRate>(&curve);
  if (own != nullptr ? own->of_all_epochs() : std::holds_alternative<CosineRate>(curve)) out.setting("epochs", epochs);
  out.setting("warm_up_epochs", warm_up_epochs);
}

[[nodiscard]] inline double curve_value(const CosineRate& rate, const StepPosition& at) noexcept {
  const double share = static_cast<double>(at.step) / static_cast<double>(std::max<std::uint64_t>(at.steps, 1));
  return rate.final_scale + (1.0 - rate.final_scale) * 0.5 * (1.0 + std::cos(pi * share));
}
[[nodiscard]] inline double curve_value(const StepRate& rate, const StepPosition& at) noexcept {
  const std::uint64_t drops = at.step / (at.steps_per_epoch * static_cast<std::uint64_t>(rate.epochs));
  return std::pow(rate.factor, static_cast<double>(drops));
}
template <std::same_as<OwnRate> Own>
[[nodiscard]] double curve_value(const Own& curve, const StepPosition& at) {
  const double scale = curve(at);
  if (scale >= 0.0 && std::isfinite(scale)) return scale;
  throw ValueError(text("qmtl: fit: schedule: '", description(curve), "' at step ", at.step, " of ", at.steps,
                        ", expected a finite number from 0, got ", scale));
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
  } else if (const auto* own = std::get_if<OwnRate>(&schedule.curve)) {
    own->validate();
  }
}

}  // namespace detail

/// The multiplier of the learning rate at a step. Throws ValueError if an OwnRate makes it negative or not finite.
template <
    std::same_as<StepPosition> Position = StepPosition>  // a template, so that who does not train does not compile it
[[nodiscard]] double rate_scale(const LearningRateSchedule& schedule, Position at) {
  const auto warm_up =
      static_cast<std::uint64_t>(std::round(schedule.warm_up_epochs * static_cast<double>(at.steps_per_epoch)));
  if (at.step < warm_up) return static_cast<double>(at.step + 1) / static_cast<double>(warm_up);
  at.step -= warm_up;
  at.steps -= std::min(warm_up, at.steps);
  if (const auto* cosine = std::get_if<CosineRate>(&schedule.curve)) return detail::curve_value(*cosine, at);
  if (const auto* step = std::get_if<StepRate>(&schedule.curve)) return detail::curve_value(*step, at);
  if (const auto* own = std::get_if<OwnRate>(&schedule.curve)) return detail::curve_value(*own, at);
  return 1.0;
}

}  // namespace qmtl::inline QMTL_ABI
