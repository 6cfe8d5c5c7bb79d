#pragma once
// SPDX-License-Identifier: Apache-2.0
// Task weightings of users' own: what a type must have to be one, and the value that FitOptions holds it by.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "qmtl/core/settings_text.hpp"
#include "qmtl/optimize/weighting/weighting_step.hpp"

namespace qmtl::inline QMTL_ABI {

/// The weights in the course of one training: `values()`, one a task, by reference or as a view of what is kept, and
/// `archive`, which writes or reads all state, the same numbers in both directions. What else it has is called:
/// `after_step(const WeightingStep&)`, `after_epoch(mean losses by task)`; `range()`, an ArchiveRange, says where every
/// weight lies in the course of any training, without it from 0.
template <class R>
concept WeightingRun = std::move_constructible<R> &&
    requires(R& run, const R& constant, ArchiveWriter& out, ArchiveReader& in) {
  { constant.values() } -> std::convertible_to<std::span<const double>>;
  requires std::is_lvalue_reference_v<decltype(constant.values())> ||
      std::ranges::enable_borrowed_range<std::remove_cv_t<decltype(constant.values())>>;
  run.archive(out);
  run.archive(in);
};

/// Settings of a weighting: `describe(text)`, and `start(kinds)`, which makes the weights for tasks with these labels.
/// `static constexpr bool needs_norms = true` asks for the norms of the tasks' gradients, at the cost of a backward of
/// the head for each. A `validate(tasks)`, if there is one, throws ValueError for impossible settings.
template <class W>
concept OwnWeightingSettings = DescribedSettings<W> && requires(const W& settings, std::span<const LabelKind> kinds) {
  { settings.start(kinds) } -> WeightingRun;
};

namespace detail {

/// Settings that are meant for OwnWeightingSettings, so that those that are not can be told why.
template <class W>
concept StartsWeighting = DescribedSettings<W> && requires(const W& settings, std::span<const LabelKind> kinds) {
  settings.start(kinds).values();
};

/// A WeightingRun whatever its type.
class WeightingState {
 public:
  virtual ~WeightingState() = default;
  [[nodiscard]] virtual std::span<const double> values() const = 0;
  virtual void after_step(const WeightingStep& step) = 0;
  virtual void after_epoch(std::span<const double> losses) = 0;
  [[nodiscard]] virtual ArchiveRange range() const = 0;
  virtual void archive(ArchiveWriter& archive) = 0;
  virtual void archive(ArchiveReader& archive) = 0;
};

template <WeightingRun R>
class WeightingStateOf final : public WeightingState {
 public:
  explicit WeightingStateOf(R run) : run_(std::move(run)) {}
  [[nodiscard]] std::span<const double> values() const override { return run_.values(); }
  void after_step(const WeightingStep& step) override {
    if constexpr (requires { run_.after_step(step); }) {
      run_.after_step(step);
    } else {
      static_assert(
          !requires { &R::after_step; }, "qmtl: a weighting's after_step must take a const WeightingStep&");
    }
  }
  void after_epoch(std::span<const double> losses) override {
    if constexpr (requires { run_.after_epoch(losses); }) {
      run_.after_epoch(losses);
    } else {
      static_assert(
          !requires { &R::after_epoch; }, "qmtl: a weighting's after_epoch must take a std::span<const double>");
    }
  }
  [[nodiscard]] ArchiveRange range() const override {
    if constexpr (requires(const R& run) { run.range(); }) {
      return run_.range();
    } else {
      static_assert(
          !requires { &R::range; }, "qmtl: a weighting's range() must be const and without arguments");
      return {.low = 0.0};
    }
  }
  void archive(ArchiveWriter& archive) override { run_.archive(archive); }
  void archive(ArchiveReader& archive) override { run_.archive(archive); }

 private:
  R run_;
};

}  // namespace detail

/// A weighting of another type than the library's, as a value: `FitOptions{.weighting = Halving{}}`.
class OwnWeighting {
 public:
  template <class W>
  requires(!std::same_as<W, OwnWeighting> && detail::StartsWeighting<W>)
      OwnWeighting(W settings)  // NOLINT(google-explicit-constructor)
      : settings_(std::make_shared<const SettingsOf<W>>(std::move(settings))) {}

  [[nodiscard]] bool needs_norms() const { return settings_->needs_norms(); }
  /// Throws ValueError for impossible settings.
  void validate(std::size_t tasks) const { settings_->validate(tasks); }
  void describe(SettingsText& text) const { settings_->describe(text); }
  [[nodiscard]] std::unique_ptr<detail::WeightingState> start(std::span<const LabelKind> kinds) const {
    return settings_->start(kinds);
  }

 private:
  struct Settings {
    virtual ~Settings() = default;
    [[nodiscard]] virtual bool needs_norms() const = 0;
    virtual void validate(std::size_t tasks) const = 0;
    virtual void describe(SettingsText& text) const = 0;
    [[nodiscard]] virtual std::unique_ptr<detail::WeightingState> start(std::span<const LabelKind> kinds) const = 0;
  };

  template <class W>
  struct SettingsOf final : Settings {
    static_assert(OwnWeightingSettings<W>,
                  "qmtl: start(kinds) of a weighting must make a WeightingRun: with `archive` for writing and reading, "
                  "and `values()` that returns a reference or a std::span, not a copy");

    explicit SettingsOf(W s) : own(std::move(s)) {}
    [[nodiscard]] bool needs_norms() const override {
      if constexpr (requires { W::needs_norms; }) {
        return W::needs_norms;
      } else {
        return false;
      }
    }
    void validate([[maybe_unused]] std::size_t tasks) const override {
      if constexpr (requires { own.validate(tasks); }) {
        own.validate(tasks);
      } else {
        static_assert(
            !requires { &W::validate; }, "qmtl: a weighting's validate must be const and take a std::size_t");
      }
    }
    void describe(SettingsText& text) const override { own.describe(text); }
    [[nodiscard]] std::unique_ptr<detail::WeightingState> start(std::span<const LabelKind> kinds) const override {
      return std::make_unique<detail::WeightingStateOf<decltype(own.start(kinds))>>(own.start(kinds));
    }

    W own;
  };

  std::shared_ptr<const Settings> settings_;
};

namespace detail {

inline void validate_weighting(const OwnWeighting& own, std::size_t tasks) { own.validate(tasks); }

template <class Text>
void describe_settings(Text& out, const OwnWeighting& own) {
  own.describe(out);
}

/// The weights of an OwnWeighting, held to what it says of them.
template <std::same_as<double> Weight>
class OwnWeightingRun {
 public:
  /// Throws ShapeError and ValueError for weights that are not what they must be, as do the other functions; FileError
  /// for such weights of a file.
  OwnWeightingRun(const OwnWeighting& settings, std::span<const LabelKind> kinds)
      : settings_(settings), state_(settings.start(kinds)), tasks_(kinds.size()) {
    check();
  }

  [[nodiscard]] std::span<const Weight> values() const { return state_->values(); }
  [[nodiscard]] ArchiveRange range() const { return state_->range(); }

  void after_step(const WeightingStep& step) {
    state_->after_step(step);
    check();
  }
  void after_epoch(std::span<const double> losses) {
    state_->after_epoch(losses);
    check();
  }

  template <class Archive>
  void archive(Archive& archive, std::uint64_t) {
    archive.block("state of the task weights", [this](Archive& a) { state_->archive(a); });
    if constexpr (Archive::reading) {
      const std::span<const double> weights = values();
      const ArchiveRange range = state_->range();
      archive.require(weights.size() == tasks_, "task weights, expected ", tasks_, ", got ", weights.size());
      for (std::size_t t = 0; t < tasks_; ++t) {
        archive.require(range.holds(weights[t]), "weight of task ", t, ", expected a number in [", range.low, ", ",
                        range.high, "], got ", weights[t]);
      }
    }
  }

 private:
  void check() const {
    const std::span<const double> weights = values();
    require_size("weighting: number of weights", weights.size(), tasks_);
    const ArchiveRange range = state_->range();
    for (std::size_t t = 0; t < tasks_; ++t) {
      if (range.holds(weights[t])) continue;
      throw ValueError(text("qmtl: weighting: '", description(settings_), "', weight of task ", t,
                            ", expected a number in [", range.low, ", ", range.high, "], got ", weights[t]));
    }
  }

  OwnWeighting settings_;
  std::unique_ptr<WeightingState> state_;
  std::size_t tasks_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
