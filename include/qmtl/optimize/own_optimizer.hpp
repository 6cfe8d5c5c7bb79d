#pragma once
// SPDX-License-Identifier: Apache-2.0
// Optimizers of users' own: what a type must have to be one, and the value that FitOptions holds it by.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/core/settings_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// How far an optimizer goes in a step: `rate` is the learning rate of this step, schedule included; a weight decay
/// counts times `decay_scale`, which is 0 for parameters that are spared it, as angles are.
struct StepSize {
  double rate = 0.0;
  double decay_scale = 1.0;
};

/// The state of an optimizer over a fixed number of parameters of type S. `step` moves the parameters against the
/// gradient, whose numbers are finite; it may throw NumericalError. `archive` writes or reads all state, the same
/// numbers in both directions.
template <class R, class S>
concept OptimizerRun = std::move_constructible<R> &&
    requires(R& run, StepSize size, std::span<S> parameters, std::span<const S> gradient, ArchiveWriter& out,
             ArchiveReader& in) {
  run.step(size, parameters, gradient);
  run.archive(out);
  run.archive(in);
};

/// Settings of an optimizer: a number `learning_rate`, `describe(text)`, and `start<S>(n)`, which makes the state for n
/// parameters; for double always, since task weights may be trained by it, for float where models are. A `validate()`,
/// if there is one, throws ValueError for impossible settings.
template <class O>
concept OwnOptimizerSettings = DescribedSettings<O> && requires(const O& settings, std::size_t size) {
  { settings.learning_rate } -> std::convertible_to<double>;
  { settings.template start<double>(size) } -> OptimizerRun<double>;
};

namespace detail {

/// An OptimizerRun whatever its type.
template <Scalar S>
class OptimizerState {
 public:
  virtual ~OptimizerState() = default;
  virtual void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) = 0;
  virtual void archive(ArchiveWriter& archive) = 0;
  virtual void archive(ArchiveReader& archive) = 0;
};

template <Scalar S, OptimizerRun<S> R>
class OptimizerStateOf final : public OptimizerState<S> {
 public:
  explicit OptimizerStateOf(R run) : run_(std::move(run)) {}
  void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) override {
    run_.step(size, parameters, gradient);
  }
  void archive(ArchiveWriter& archive) override { run_.archive(archive); }
  void archive(ArchiveReader& archive) override { run_.archive(archive); }

 private:
  R run_;
};

}  // namespace detail

/// An optimizer of another type than the library's, as a value: `FitOptions{.optimizer = Lion{}}`.
class OwnOptimizer {
 public:
  template <class O>
  requires(!std::same_as<O, OwnOptimizer> && OwnOptimizerSettings<O>)
      OwnOptimizer(O settings)  // NOLINT(google-explicit-constructor)
      : settings_(std::make_shared<const SettingsOf<O>>(std::move(settings))) {}

  [[nodiscard]] double learning_rate() const { return settings_->learning_rate(); }
  /// Throws ValueError for impossible settings.
  void validate() const { settings_->validate(); }
  void describe(SettingsText& text) const { settings_->describe(text); }
  /// The state for so many parameters. Throws ValueError where the settings have none for S.
  template <Scalar S>
  [[nodiscard]] std::unique_ptr<detail::OptimizerState<S>> start(std::size_t size) const {
    return settings_->start(std::type_identity<S>{}, size);
  }

 private:
  template <Scalar S>
  using State = std::unique_ptr<detail::OptimizerState<S>>;

  struct Settings {
    virtual ~Settings() = default;
    [[nodiscard]] virtual double learning_rate() const = 0;
    virtual void validate() const = 0;
    virtual void describe(SettingsText& text) const = 0;
    [[nodiscard]] virtual State<float> start(std::type_identity<float>, std::size_t size) const = 0;
    [[nodiscard]] virtual State<double> start(std::type_identity<double>, std::size_t size) const = 0;
  };

  template <class O>
  struct SettingsOf final : Settings {
    explicit SettingsOf(O s) : own(std::move(s)) {}
    [[nodiscard]] double learning_rate() const override { return static_cast<double>(own.learning_rate); }
    void validate() const override {
      if constexpr (requires { own.validate(); }) {
        own.validate();
      } else {
        static_assert(
            !requires { &O::validate; }, "qmtl: an optimizer's validate() must be const and without arguments");
      }
    }
    void describe(SettingsText& text) const override { own.describe(text); }
    [[nodiscard]] State<float> start(std::type_identity<float>, std::size_t size) const override {
      return start_run<float>(size);
    }
    [[nodiscard]] State<double> start(std::type_identity<double>, std::size_t size) const override {
      return start_run<double>(size);
    }

    template <class S>
    State<S> start_run(std::size_t size) const {
      if constexpr (requires {
                      { own.template start<S>(size) } -> OptimizerRun<S>;
                    }) {
        using Run = decltype(own.template start<S>(size));
        return std::make_unique<detail::OptimizerStateOf<S, Run>>(own.template start<S>(size));
      } else {
        throw ValueError(detail::text("qmtl: optimizer: '", detail::description(own),
                                      "', expected a start<float> for a model of that precision, got none"));
      }
    }

    O own;
  };

  std::shared_ptr<const Settings> settings_;
};

}  // namespace qmtl::inline QMTL_ABI
