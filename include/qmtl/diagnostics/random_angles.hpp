#pragma once
// SPDX-License-Identifier: Apache-2.0
// Random parameters of a circuit: what every diagnostic of a circuit averages over.

#include <cmath>
#include <span>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/gradient/gradient.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/state/dynamic_state.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Throws ValueError unless a setting is at least `least`.
inline void require_at_least(const char* what, int least, int actual) {
  if (actual < least) throw ValueError(text("qmtl: ", what, ", expected at least ", least, ", got ", actual));
}

/// Features and weights in radians and without squashing: each draw takes all weights uniformly from [-pi, pi), and the
/// features as well unless they are given.
class RandomParameters {
 public:
  RandomParameters(int features, int weights, std::span<const double> given)
      : draws_features_(given.empty()),
        features_(given.begin(), given.end()),
        weights_(static_cast<std::size_t>(weights)) {
    if (draws_features_) features_.resize(static_cast<std::size_t>(features));
    require_size("diagnostics: number of features", features_.size(), features);
    for (std::size_t i = 0; i < features_.size(); ++i) {
      if (std::isfinite(features_[i])) continue;
      throw ValueError(text("qmtl: diagnostics: feature ", i, ", expected a finite number, got ", features_[i]));
    }
  }

  /// Draws the features, unless they are given, and then the weights.
  void draw(Rng& rng) {
    if (draws_features_) draw(rng, features_);
    draw(rng, weights_);
  }

  [[nodiscard]] std::span<const double> features() const noexcept { return features_; }
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }

 private:
  static void draw(Rng& rng, std::vector<double>& angles) {
    for (double& angle : angles) angle = rng.uniform(-pi, pi);
  }

  bool draws_features_;
  std::vector<double> features_, weights_;
};

}  // namespace detail

/// Random features and weights of a circuit type. Throws ShapeError unless none or all features are given, ValueError
/// for one that is not finite.
template <CircuitType C>
class RandomAngles : public detail::RandomParameters {
  static_assert(!PreparesState<C>,
                "qmtl: a diagnosed circuit must start from |0...0>: amplitude and basis encoding do not");

 public:
  explicit RandomAngles(Parameters<double> features = {}) : RandomParameters(features_of<C>, weights_of<C>, features) {}

  [[nodiscard]] static constexpr int qubits() noexcept { return decltype(C::circuit)::qubits; }

  /// The state that the circuit makes of |0...0>. Cost M * 2^N.
  [[nodiscard]] auto state() const { return run(C::circuit, features(), weights()); }
};

/// The same of a circuit of run-time size, which must outlive this object. Throws CircuitError for one that is not
/// valid.
class DynamicRandomAngles : public detail::RandomParameters {
 public:
  explicit DynamicRandomAngles(CircuitView circuit QMTL_LIFETIME_BOUND, Parameters<double> features = {})
      : RandomParameters(feature_count(valid(circuit)), weight_count(circuit), features), circuit_(circuit) {}

  [[nodiscard]] int qubits() const noexcept { return circuit_.qubits; }
  [[nodiscard]] DynamicStateVector<> state() const { return run(circuit_, features(), weights()); }

 private:
  [[nodiscard]] static const CircuitView& valid(const CircuitView& circuit) {
    validate(circuit);
    return circuit;
  }

  CircuitView circuit_;
};

}  // namespace qmtl::inline QMTL_ABI
