#pragma once
// SPDX-License-Identifier: Apache-2.0
// The variance of a circuit's gradient over random parameters: small numbers are barren plateaus.

#include <cmath>
#include <span>
#include <vector>

#include "qmtl/diagnostics/random_angles.hpp"
#include "qmtl/gradient/dynamic_gradient.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::inline QMTL_ABI {

/// Settings of gradient_variance.
struct GradientVarianceOptions {
  int draws = 1000;                    ///< at least 2
  std::span<const double> features{};  ///< angles of the features; empty: drawn like the weights
};

/// Mean and variance of a derivative over random parameters, each with its standard error.
struct GradientMoments {
  double mean = 0.0;
  double mean_error = 0.0;
  double variance = 0.0;
  double variance_error = 0.0;
};

/// The moments of dF/dw_j of each weight, and their averages over all weights. The errors of the averages allow for
/// the derivatives of one draw depending on each other.
struct GradientVariance {
  std::vector<GradientMoments> by_weight;
  GradientMoments overall;
};

namespace detail {

/// Moments averaged over columns (weights) of samples in rows (draws). Var = mean square deviation * n / (n - 1).
template <class Matrix>
[[nodiscard]] GradientMoments gradient_moments(const Matrix& samples) {
  const auto root = std::sqrt(static_cast<double>(samples.rows()));
  const Eigen::VectorXd means = samples.rowwise().mean();
  const Eigen::VectorXd squares = (samples.rowwise() - samples.colwise().mean()).array().square().rowwise().mean() *
                                  (root * root / (root * root - 1.0));
  const auto over = [](const Eigen::VectorXd& values) {
    return summarize(std::span(values.data(), static_cast<std::size_t>(values.size())));
  };
  const MeanDeviation mean = over(means), variance = over(squares);
  return {mean.mean, mean.deviation / root, variance.mean, variance.deviation / root};
}

/// The moments over draws of gradient(angles), which has an entry a weight.
template <class Angles, class Gradient>
[[nodiscard]] GradientVariance gradient_variance_of(Angles angles, Rng& rng, int draws, const Gradient& gradient) {
  require_at_least("gradient_variance: draws", 2, draws);
  ColMajorMatrix<double> gradients(draws, static_cast<Eigen::Index>(angles.weights().size()));
  for (Eigen::Index draw = 0; draw < gradients.rows(); ++draw) {
    angles.draw(rng);
    gradients.row(draw) = gradient(angles);
  }
  GradientVariance out;
  for (Eigen::Index j = 0; j < gradients.cols(); ++j) {
    out.by_weight.push_back(gradient_moments(gradients.middleCols(j, 1)));
  }
  out.overall = gradient_moments(gradients);
  return out;
}

}  // namespace detail

/// Mean and variance of dF/dw_j, F = <observable> in the state that C::circuit makes of |0...0>, over angles drawn
/// uniformly from [-pi, pi). Where the variance falls exponentially with the number of qubits, training from random
/// parameters needs exponentially many shots (McClean et al. 2018, Nat. Commun. 9, 4812); it does so for observables on
/// all qubits at any depth, and for those on a few qubits only in deep circuits (Cerezo et al. 2021, Nat. Commun. 12,
/// 1791). Gradients are exact. Cost: draws * (one adjoint sweep, about three runs of the circuit). Throws ValueError
/// for fewer than two draws, ShapeError for wrong features or an observable outside the circuit.
template <CircuitType C>
[[nodiscard]] GradientVariance gradient_variance(const PauliSum& observable, Rng& rng,
                                                 const GradientVarianceOptions& options = {}) {
  static_assert(weights_of<C> > 0, "qmtl: a circuit must have weights to have a gradient variance");
  const double one = 1.0;
  return detail::gradient_variance_of(RandomAngles<C>(options.features), rng, options.draws, [&](const auto& angles) {
    return adjoint_vjp<C>(angles.features(), angles.weights(), std::span(&observable, 1), std::span(&one, 1)).weights;
  });
}
/// The same of a circuit of run-time size. Throws CircuitError for one that is not valid or has no weights.
[[nodiscard]] inline GradientVariance gradient_variance(CircuitView circuit, const PauliSum& observable, Rng& rng,
                                                        const GradientVarianceOptions& options = {}) {
  validate(circuit);
  if (weight_count(circuit) == 0) {
    throw CircuitError("qmtl: gradient_variance: a circuit must have weights to have a gradient variance");
  }
  const double one = 1.0;
  const auto gradient = [&](const DynamicRandomAngles& angles) {
    return adjoint_vjp(circuit, angles.features(), angles.weights(), std::span(&observable, 1), std::span(&one, 1))
        .weights;
  };
  return detail::gradient_variance_of(DynamicRandomAngles(circuit, options.features), rng, options.draws, gradient);
}

}  // namespace qmtl::inline QMTL_ABI
