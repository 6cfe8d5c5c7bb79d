#pragma once
// SPDX-License-Identifier: Apache-2.0
// First-order optimizers: settings as plain aggregates, state apart from them and open to checkpoints.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/eigen.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/moved_from.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/core/settings_text.hpp"
#include "qmtl/optimize/own_optimizer.hpp"

namespace qmtl::inline QMTL_ABI {

/// Gradient descent: v <- momentum v + g, p <- p - learning_rate v; with nesterov p <- p - learning_rate (g + momentum
/// v) (Sutskever et al. 2013, in the form without a look-ahead point; v starts at zero, so the first step is g).
struct Sgd {
  double learning_rate = 1e-2;
  double momentum = 0.0;
  bool nesterov = false;
};

/// Adam with bias-corrected moments (Kingma and Ba 2015, algorithm 1).
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// Adam with decoupled weight decay: p shrinks by learning_rate * weight_decay * p besides Adam's step, and the decay
/// stays out of the moments (Loshchilov and Hutter 2019, algorithm 2, its schedule multiplier being learning_rate).
struct AdamW {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
};

/// Which optimizer, and its settings; OwnOptimizer is any type that satisfies OwnOptimizerSettings.
using OptimizerSettings = std::variant<Sgd, Adam, AdamW, OwnOptimizer>;

namespace detail {

/// Throws ValueError, naming the setting, unless low <= value < high; NaN fails.
inline void require_setting(std::string_view name, double value, double low, double high) {
  if (value >= low && value < high) return;
  throw ValueError(text("qmtl: optimizer: ", name, ", expected a number in [", low, ", ", high, "), got ", value));
}

inline constexpr double no_limit = std::numeric_limits<double>::infinity();

// Each setting for a checkpoint's identity: a new one that is forgotten here does not compile. Templates, so that
// whoever does not train does not compile them.

template <class Text>
void describe_settings(Text& out, const Sgd& s) {
  const auto& [learning_rate, momentum, nesterov] = s;
  out.word("sgd");
  out.setting("learning_rate", learning_rate);
  out.setting("momentum", momentum);
  out.setting("nesterov", nesterov);
}
template <class Text>
void describe_settings(Text& out, const Adam& s) {
  const auto& [learning_rate, beta1, beta2, epsilon] = s;
  out.word("adam");
  out.setting("learning_rate", learning_rate);
  out.setting("beta1", beta1);
  out.setting("beta2", beta2);
  out.setting("epsilon", epsilon);
}
template <class Text>
void describe_settings(Text& out, const AdamW& s) {
  const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = s;
  out.word("adamw");
  out.setting("learning_rate", learning_rate);
  out.setting("beta1", beta1);
  out.setting("beta2", beta2);
  out.setting("epsilon", epsilon);
  out.setting("weight_decay", weight_decay);
}
template <class Text>
void describe_settings(Text& out, const OwnOptimizer& own) {
  own.describe(out);
}

/// The learning rate of any settings.
template <class Settings>
[[nodiscard]] double learning_rate_of(const Settings& settings) {
  return std::visit(
      [](const auto& s) -> double {
        if constexpr (requires { s.learning_rate(); }) {
          return s.learning_rate();
        } else {
          return s.learning_rate;
        }
      },
      settings);
}

}  // namespace detail

/// Throws ValueError, naming the setting, where one is impossible: a negative, infinite or NaN rate or decay, an
/// epsilon that is not positive, a momentum or beta outside [0, 1), nesterov without momentum.
inline void validate(const OptimizerSettings& settings) {
  const auto check_adam = [](const auto& adam) {
    detail::require_setting("learning_rate", adam.learning_rate, 0.0, detail::no_limit);
    detail::require_setting("beta1", adam.beta1, 0.0, 1.0);
    detail::require_setting("beta2", adam.beta2, 0.0, 1.0);
    detail::require_setting("epsilon", adam.epsilon, std::numeric_limits<double>::min(), detail::no_limit);
  };
  if (const auto* sgd = std::get_if<Sgd>(&settings)) {
    detail::require_setting("learning_rate", sgd->learning_rate, 0.0, detail::no_limit);
    detail::require_setting("momentum", sgd->momentum, 0.0, 1.0);
    if (sgd->nesterov && sgd->momentum == 0.0) {
      throw ValueError("qmtl: optimizer: nesterov, expected a momentum above 0 with it, got 0");
    }
  } else if (const auto* adam = std::get_if<Adam>(&settings)) {
    check_adam(*adam);
  } else if (const auto* adamw = std::get_if<AdamW>(&settings)) {
    check_adam(*adamw);
    detail::require_setting("weight_decay", adamw->weight_decay, 0.0, detail::no_limit);
  } else if (const auto* own = std::get_if<OwnOptimizer>(&settings)) {
    detail::require_setting("learning_rate", own->learning_rate(), 0.0, detail::no_limit);
    own->validate();
  }
}

/// One optimizer run over a fixed number of parameters. One that has been moved from throws LogicError.
template <qmtl::Scalar S>
class Optimizer {
 public:
  /// Allocates all the state there will be. Throws ValueError for impossible settings.
  Optimizer(OptimizerSettings settings, std::size_t size) : settings_(std::move(settings)), size_(size) {
    validate(settings_);
    learning_rate_ = detail::learning_rate_of(settings_);
    if (const auto* own = std::get_if<OwnOptimizer>(&settings_)) {
      own_ = own->start<S>(size);
      return;
    }
    const auto* sgd = std::get_if<Sgd>(&settings_);
    const bool first = sgd == nullptr || sgd->momentum > 0.0;
    first_.assign(first ? size : 0, S(0));
    second_.assign(sgd == nullptr ? size : 0, S(0));
  }

  /// Moves the parameters one step along the gradient of the loss. No allocation; O(size). Throws ShapeError,
  /// ValueError for a rate that is negative or not finite, and what `require_gradient` throws: then nothing has moved.
  /// What an OwnOptimizer throws leaves the parameters as it left them, and is no step.
  void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) {
    moved_from_.check("optimizer");
    detail::require_setting("learning_rate", size.rate, 0.0, detail::no_limit);
    detail::require_size("optimizer: number of parameters", parameters.size(), size_);
    require_gradient(gradient);
    std::visit([&](const auto& settings) { update(settings, size, parameters, gradient); }, settings_);
    ++steps_;
  }
  /// With the learning rate of the settings.
  void step(std::span<S> parameters, std::span<const S> gradient) { step({learning_rate_}, parameters, gradient); }

  /// Throws ShapeError, and NumericalError for a gradient that is not finite; with Adam also if the square of a number
  /// is beyond S (from 1.4e154 on in double, 1.9e19 in float), since it would not move that parameter, nor ever again.
  void require_gradient(std::span<const S> gradient) const {
    detail::require_size("optimizer: size of the gradient", gradient.size(), size_);
    if (size_ == 0) return;
    const ConstArray g = array(gradient, 0, size_);
    const S largest = second_.empty() ? g.abs().template maxCoeff<Eigen::PropagateNaN>()
                                      : g.square().template maxCoeff<Eigen::PropagateNaN>();
    const bool possible = largest <= std::numeric_limits<S>::max();
    if (!possible) fail_gradient(gradient);
  }

  [[nodiscard]] const OptimizerSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// That of the settings.
  [[nodiscard]] double learning_rate() const noexcept { return learning_rate_; }

  /// Steps done so far.
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// Adam's first moment, or the velocity of Sgd with momentum (empty without).
  [[nodiscard]] std::span<const S> first_moment() const noexcept { return first_; }
  /// Adam's second moment; empty for Sgd.
  [[nodiscard]] std::span<const S> second_moment() const noexcept { return second_; }

  /// Writes all state to an archive, or reads it from one: then throws FileError unless the steps are in `steps`.
  template <class Archive>
  void archive(Archive& archive, const std::string& name, ArchiveRange steps) {
    archive.value(steps_, name + ": steps", steps);
    if (own_) return archive.block(name, [this](Archive& a) { own_->archive(a); });
    archive.numbers(first_, name + ": first moment");
    archive.numbers(second_, name + ": second moment", {.low = 0.0});
  }

  /// Continues the library's own optimizers from saved state. Throws ShapeError where a moment is not of the size that
  /// these settings need, ValueError for a first moment that is not finite or a second one that is negative or not
  /// finite.
  void restore(std::uint64_t steps, std::span<const S> first, std::span<const S> second) {
    detail::require_size("optimizer: size of the first moment", first.size(), first_.size());
    detail::require_size("optimizer: size of the second moment", second.size(), second_.size());
    require_moments("first", first, std::numeric_limits<S>::lowest());
    require_moments("second", second, S(0));
    steps_ = steps;
    first_.assign(first.begin(), first.end());
    second_.assign(second.begin(), second.end());
  }

 private:
  static constexpr std::size_t block = 256;
  using Array = Eigen::Map<Eigen::Array<S, Eigen::Dynamic, 1>>;
  using ConstArray = Eigen::Map<const Eigen::Array<S, Eigen::Dynamic, 1>>;
  using Move = Eigen::Array<S, Eigen::Dynamic, 1, Eigen::ColMajor, block, 1>;  // on the stack, aligned
  using State = std::vector<S, Eigen::aligned_allocator<S>>;

  /// Subtracts `move(start, count)` from the parameters, block by block. A move is computed in aligned memory before it
  /// is subtracted, so that a step has the same bits wherever the parameters lie, and while its state is in cache.
  template <class MoveOf>
  void descend(std::span<S> parameters, MoveOf move) {
    for (std::size_t start = 0; start < size_; start += block) {
      const std::size_t count = std::min(block, size_ - start);
      const Move moved = move(start, count);
      Array(parameters.data() + start, moved.size()) -= moved;
    }
  }

  [[nodiscard]] static Array array(State& state, std::size_t start, std::size_t count) noexcept {
    return Array(state.data() + start, static_cast<Eigen::Index>(count));
  }
  [[nodiscard]] static ConstArray array(std::span<const S> values, std::size_t start, std::size_t count) noexcept {
    return ConstArray(values.data() + start, static_cast<Eigen::Index>(count));
  }

  void update(const Sgd& sgd, StepSize size, std::span<S> parameters, std::span<const S> gradient) noexcept {
    const auto rate = static_cast<S>(size.rate);
    const auto momentum = static_cast<S>(sgd.momentum);
    descend(parameters, [&](std::size_t start, std::size_t count) -> Move {
      const ConstArray g = array(gradient, start, count);
      if (first_.empty()) return rate * g;
      Array velocity = array(first_, start, count);
      velocity = momentum * velocity + g;
      if (sgd.nesterov) return rate * (g + momentum * velocity);
      return rate * velocity;
    });
  }

  void update(const AdamW& adamw, StepSize size, std::span<S> parameters, std::span<const S> gradient) noexcept {
    const auto keep = static_cast<S>(1.0 - size.rate * (adamw.weight_decay * size.decay_scale));
    Array(parameters.data(), static_cast<Eigen::Index>(size_)) *= keep;
    update(Adam{0.0, adamw.beta1, adamw.beta2, adamw.epsilon}, size, parameters, gradient);
  }

  void update(const Adam& adam, StepSize size, std::span<S> parameters, std::span<const S> gradient) noexcept {
    const auto steps = static_cast<double>(steps_ + 1);
    const auto beta1 = static_cast<S>(adam.beta1);
    const auto beta2 = static_cast<S>(adam.beta2);
    const auto fresh1 = static_cast<S>(1.0 - adam.beta1);
    const auto fresh2 = static_cast<S>(1.0 - adam.beta2);
    const auto rate = static_cast<S>(size.rate / (1.0 - std::pow(adam.beta1, steps)));
    const auto inverse_root = static_cast<S>(1.0 / std::sqrt(1.0 - std::pow(adam.beta2, steps)));
    const auto epsilon = std::max(static_cast<S>(adam.epsilon), std::numeric_limits<S>::min());
    descend(parameters, [&](std::size_t start, std::size_t count) -> Move {
      const ConstArray g = array(gradient, start, count);
      Array m = array(first_, start, count);
      Array v = array(second_, start, count);
      m = beta1 * m + fresh1 * g;
      v = beta2 * v + fresh2 * g.square();
      return rate * m / (v.sqrt() * inverse_root + epsilon);
    });
  }

  void update(const OwnOptimizer&, StepSize size, std::span<S> parameters, std::span<const S> gradient) {
    own_->step(size, parameters, gradient);
  }

  [[noreturn]] void fail_gradient(std::span<const S> gradient) const {
    std::size_t i = 0;
    while (second_.empty() ? std::isfinite(gradient[i]) : std::isfinite(gradient[i] * gradient[i])) ++i;
    if (second_.empty() || !std::isfinite(gradient[i])) {
      throw NumericalError(
          detail::text("qmtl: optimizer: gradient of parameter ", i, ", expected a finite number, got ", gradient[i]));
    }
    throw NumericalError(detail::text("qmtl: optimizer: Adam's second moment of parameter ", i,
                                      " is not finite, with a gradient of ", gradient[i]));
  }

  static void require_moments(const char* which, std::span<const S> moments, S low) {
    for (std::size_t i = 0; i < moments.size(); ++i) {
      if (moments[i] >= low && std::isfinite(moments[i])) continue;
      throw ValueError(detail::text("qmtl: optimizer: ", which, " moment of parameter ", i,
                                    ", expected a finite number", low == S(0) ? " from 0" : "", ", got ", moments[i]));
    }
  }

  detail::MovedFrom moved_from_;
  OptimizerSettings settings_;
  double learning_rate_ = 0.0;
  std::size_t size_ = 0;
  std::uint64_t steps_ = 0;
  State first_;
  State second_;
  std::unique_ptr<detail::OptimizerState<S>> own_;  // of an OwnOptimizer
};

}  // namespace qmtl::inline QMTL_ABI
