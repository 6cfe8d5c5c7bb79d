#pragma once
// SPDX-License-Identifier: Apache-2.0
// Random parameters of a circuit type: what every diagnostic of a circuit averages over.

#include <span>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/gradient/gradient.hpp"
#include "qmtl/head/encoding.hpp"

namespace qmtl::inline QMTL_ABI {

/// Features and weights of a circuit type, in radians and without squashing: each draw takes all weights uniformly from
/// [-pi, pi), and the features as well unless they are given. Throws ShapeError unless none or all features are given.
template <CircuitType C>
class RandomAngles {
  static_assert(!PreparesState<C>,
                "qmtl: a diagnosed circuit must start from |0...0>: amplitude and basis encoding do not");

 public:
  explicit RandomAngles(Parameters<double> features = {})
      : draws_features_(features.empty()),
        features_(features.begin(), features.end()),
        weights_(static_cast<std::size_t>(weights_of<C>)) {
    if (draws_features_) features_.resize(static_cast<std::size_t>(features_of<C>));
    detail::require_size("diagnostics: number of features", features_.size(), features_of<C>);
  }

  /// Draws the features, unless they are given, and then the weights.
  void draw(Rng& rng) {
    if (draws_features_) draw(rng, features_);
    draw(rng, weights_);
  }

  [[nodiscard]] std::span<const double> features() const noexcept { return features_; }
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }

  /// The state that the circuit makes of |0...0>. Cost M * 2^N.
  [[nodiscard]] auto state() const { return run(C::circuit, features_, weights_); }

 private:
  static void draw(Rng& rng, std::vector<double>& angles) {
    for (double& angle : angles) angle = rng.uniform(-pi, pi);
  }

  bool draws_features_;
  std::vector<double> features_, weights_;
};

namespace detail {

/// Throws ValueError unless a setting is at least `least`.
inline void require_at_least(const char* what, int least, int actual) {
  if (actual < least) throw ValueError(text("qmtl: ", what, ", expected at least ", least, ", got ", actual));
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
