#pragma once
// SPDX-License-Identifier: Apache-2.0
// Elementwise activations of the MLP, each computing its value and its slope in one pass.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <numbers>
#include <span>
#include <string_view>
#include <type_traits>

#include "qmtl/core/eigen.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// How the weights of a layer are drawn; biases start at zero.
enum class Initialisation {
  xavier_uniform,  ///< U(-a, a), a = sqrt(6 / (fan_in + fan_out)): Glorot and Bengio 2010, eq. 16
  he_normal,       ///< N(0, 2 / fan_in): He et al. 2015, eq. 10
};

/// An activation: a name, the initialisation that suits it, and `apply(values, slopes)`, which replaces each value
/// a by f(a) and writes f'(a), for float and for double. NaN must stay NaN, so that a diverged run is seen.
template <class A>
concept Activation = requires(std::span<float> narrow, std::span<double> wide) {
  { A::name } -> std::convertible_to<std::string_view>;
  { A::initialisation } -> std::convertible_to<Initialisation>;
  A::apply(narrow, narrow);
  A::apply(wide, wide);
};

namespace detail {

/// A span as an Eigen array, for vectorised elementwise work.
template <class S>
[[nodiscard]] auto as_array(std::span<S> values) noexcept {
  using Array = Eigen::Array<std::remove_const_t<S>, Eigen::Dynamic, 1>;
  using Mapped = std::conditional_t<std::is_const_v<S>, const Array, Array>;
  return Eigen::Map<Mapped>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace detail

/// tanh(a).
struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr Initialisation initialisation = Initialisation::xavier_uniform;

  template <Scalar S>
  static void apply(std::span<S> values, std::span<S> slopes) noexcept {
    auto value = detail::as_array(values);
    value = value.tanh();
    detail::as_array(slopes) = S(1) - value.square();
  }
};

/// max(a, 0), with slope 0 at 0.
struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr Initialisation initialisation = Initialisation::he_normal;

  template <Scalar S>
  static void apply(std::span<S> values, std::span<S> slopes) noexcept {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool off = values[i] <= S(0);  // false for NaN, which passes through
      slopes[i] = off ? S(0) : S(1);
      values[i] = off ? S(0) : values[i];
    }
  }
};

/// a * Phi(a), Phi the normal distribution function: the exact erf form, not the tanh approximation
/// (Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2).
struct Gelu {
  static constexpr std::string_view name = "gelu";
  static constexpr Initialisation initialisation = Initialisation::he_normal;

  template <Scalar S>
  static void apply(std::span<S> values, std::span<S> slopes) noexcept {
    constexpr S inverse_sqrt2 = S(1) / std::numbers::sqrt2_v<S>;
    constexpr S inverse_sqrt2pi = inverse_sqrt2 * std::numbers::inv_sqrtpi_v<S>;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const S a = values[i];
      const S phi = S(0.5) * std::erfc(-a * inverse_sqrt2);  // erfc keeps the digits of the lower tail
      slopes[i] = phi + a * inverse_sqrt2pi * std::exp(S(-0.5) * a * a);
      values[i] = a * phi;
    }
  }
};

}  // namespace qmtl::inline QMTL_ABI
