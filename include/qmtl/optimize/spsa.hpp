#pragma once
// SPDX-License-Identifier: Apache-2.0
// SPSA: minimises what can only be evaluated, with noise, as a loss from shots: two evaluations a step, whatever the
// number of parameters. Not in qmtl.hpp.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// Gains of step k = 0, 1, ...: gain / (stability + k + 1)^gain_decay, and the distance of the evaluations
/// perturbation / (k + 1)^perturbation_decay. The decays are those that Spall recommends for few steps; 1 and 1/6 are
/// the fastest in the limit. The perturbation should be about the deviation of the objective's noise.
struct SpsaOptions {
  int steps = 100;
  double gain = 0.2;
  double stability = 10.0;  ///< about a tenth of the steps
  double gain_decay = 0.602;
  double perturbation = 0.1;
  double perturbation_decay = 0.101;
  int directions = 1;  ///< random directions a step, over which the gradient is averaged
  Seed seed{1};
};

/// The course of a minimisation.
struct SpsaReport {
  std::vector<double> values;   ///< the mean of each step's evaluations
  std::size_t evaluations = 0;  ///< two a direction and step
};

/// What spsa minimises: a number for the parameters.
template <class F, class S>
concept SpsaObjective = requires(F& objective, std::span<const S> parameters) {
  { objective(parameters) } -> std::convertible_to<double>;
};

namespace detail {

/// Throws ValueError, naming the option, unless they are possible.
inline void validate(const SpsaOptions& options) {
  const auto require = [](bool possible, const char* name, const char* expected, auto value) {
    if (!possible) throw ValueError(text("qmtl: spsa: ", name, ", expected ", expected, ", got ", value));
  };
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  const auto from_zero = [](double value) { return std::isfinite(value) && value >= 0.0; };
  require(options.steps >= 0, "steps", "at least 0", options.steps);
  require(options.directions >= 1, "directions", "at least 1", options.directions);
  require(positive(options.gain), "gain", "a positive number", options.gain);
  require(positive(options.perturbation), "perturbation", "a positive number", options.perturbation);
  require(from_zero(options.stability), "stability", "a finite number from 0", options.stability);
  require(from_zero(options.gain_decay), "gain decay", "a finite number from 0", options.gain_decay);
  require(from_zero(options.perturbation_decay), "perturbation decay", "a finite number from 0",
          options.perturbation_decay);
}

/// The objective along one random direction of signs, on both sides; adds to the gradient. Returns the mean.
template <Scalar S, class Objective>
double add_direction(std::span<const S> parameters, Objective& objective, double distance, Rng& rng,
                     std::span<double> gradient) {
  std::vector<double> signs(parameters.size());
  for (auto& sign : signs) sign = rng() >> 63 != 0 ? 1.0 : -1.0;
  const auto value_at = [&](double step) {
    std::vector<S> probe(parameters.begin(), parameters.end());
    for (std::size_t j = 0; j < probe.size(); ++j) probe[j] += static_cast<S>(step * signs[j]);
    const double value = static_cast<double>(objective(std::span<const S>(probe)));
    if (!std::isfinite(value)) throw NumericalError(text("qmtl: spsa: the objective, expected a number, got ", value));
    return value;
  };
  const double above = value_at(distance), below = value_at(-distance);
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += (above - below) / (2 * distance) * signs[j];
  return (above + below) / 2;
}

/// Step number k. Returns the mean of its evaluations.
template <Scalar S, class Objective>
double spsa_step(std::span<S> parameters, Objective& objective, const SpsaOptions& options, int k, Rng& rng) {
  const double rate = options.gain / std::pow(options.stability + k + 1, options.gain_decay);
  const double distance = options.perturbation / std::pow(k + 1, options.perturbation_decay);
  std::vector<double> gradient(parameters.size());
  double sum = 0.0;
  for (int d = 0; d < options.directions; ++d) {
    sum += add_direction<S>(parameters, objective, distance, rng, gradient);
  }
  for (std::size_t j = 0; j < parameters.size(); ++j) {
    parameters[j] -= static_cast<S>(rate * gradient[j] / options.directions);
  }
  return sum / options.directions;
}

}  // namespace detail

/// Minimises objective(parameters), in place, by simultaneous perturbation stochastic approximation (Spall 1992, IEEE
/// Trans. Autom. Control 37, 332; gains by Spall 1998): all parameters are moved at once by a distance along random
/// signs and against them, and the difference is an estimate of the gradient. Same seed and objective, same course. The
/// objective may write to the parameters, as where they are a model's own.
/// Throws ValueError for impossible options, NumericalError for a value that is not finite; after an exception, also
/// one of the objective's, the parameters are those of the last whole step.
template <Scalar S, SpsaObjective<S> Objective>
SpsaReport spsa(std::span<S> parameters, Objective&& objective, const SpsaOptions& options = {}) {
  detail::validate(options);
  Rng rng(options.seed);
  SpsaReport report;
  std::vector<S> current(parameters.begin(), parameters.end());  // the objective may write to the parameters
  try {
    for (int k = 0; k < options.steps; ++k) {
      report.values.push_back(detail::spsa_step<S>(current, objective, options, k, rng));
      report.evaluations += 2 * static_cast<std::size_t>(options.directions);
    }
  } catch (...) {
    std::copy(current.begin(), current.end(), parameters.begin());
    throw;
  }
  std::copy(current.begin(), current.end(), parameters.begin());
  return report;
}

}  // namespace qmtl::inline QMTL_ABI
