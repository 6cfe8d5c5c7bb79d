#pragma once
// SPDX-License-Identifier: Apache-2.0
// Squashing: how unbounded representation values become rotation angles.

#include <cmath>
#include <concepts>
#include <string>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// angle = pi/(2R) * (1 + tanh z) radians, for an encoding that uses every feature R times: the sum of its angles runs
/// from 0 to pi and is pi/2 at z = 0, where the cosine that a readout sees is steepest and most nearly linear.
template <int Repetitions = 1>
struct CentredTanh {
  static_assert(Repetitions >= 1, "qmtl: CentredTanh must be given at least one repetition");
  template <Scalar S>
  [[nodiscard]] static S angle(S z) noexcept {
    return half_range<S> * (S(1) + std::tanh(z));
  }
  /// d(angle)/dz, from the angle itself.
  template <Scalar S>
  [[nodiscard]] static S derivative(S angle) noexcept {
    const S t = angle / half_range<S> - S(1);
    return half_range<S> * (S(1) - t * t);
  }
  [[nodiscard]] static std::string describe() { return detail::text("angles pi/", 2 * Repetitions, " (1 + tanh z)"); }

 private:
  template <Scalar S>
  static constexpr S half_range = static_cast<S>(pi / 2 / Repetitions);
};

/// angle = pi * tanh z radians: the whole circle, centred on zero. Usual in the literature, hard to train.
struct FullTanh {
  template <Scalar S>
  [[nodiscard]] static S angle(S z) noexcept {
    return static_cast<S>(pi) * std::tanh(z);
  }
  template <Scalar S>
  [[nodiscard]] static S derivative(S angle) noexcept {
    const S t = angle / static_cast<S>(pi);
    return static_cast<S>(pi) * (S(1) - t * t);
  }
  [[nodiscard]] static std::string describe() { return "angles pi tanh z"; }
};

/// angle = z: for features that are angles (radians) or amplitudes already.
struct NoSquash {
  template <Scalar S>
  [[nodiscard]] static S angle(S z) noexcept {
    return z;
  }
  template <Scalar S>
  [[nodiscard]] static S derivative(S) noexcept {
    return S(1);
  }
  [[nodiscard]] static std::string describe() { return "angles z"; }
};

/// A map from a representation value to an angle whose derivative follows from the angle.
template <class T>
concept Squash = requires(double value) {
  { T::angle(value) } -> std::same_as<double>;
  { T::derivative(value) } -> std::same_as<double>;
  { T::describe() } -> std::convertible_to<std::string>;
};

}  // namespace qmtl::inline QMTL_ABI
