#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a gate's angle comes from: a constant, a feature, a weight, a product of two features, or a feature times a
// weight.

#include <cstdint>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

enum class AngleSource : std::uint8_t { constant, feature, weight, feature_product, weighted_feature };

/// The highest index of a feature or a weight: one more is still an int.
inline constexpr int max_parameter_index = 1 << 30;

/// In the place of the weight that a weighted feature may have added to it.
inline constexpr int no_phase = -1;

namespace detail {
/// The index of a feature or a weight. Throws CircuitError for one that cannot be.
[[nodiscard]] constexpr int parameter_index(long long i) {
  if (i < 0) throw CircuitError(text("qmtl: a feature or weight index must not be negative, got ", i));
  if (i > max_parameter_index) {
    throw CircuitError(text("qmtl: a feature or weight index must be at most ", max_parameter_index, ", got ", i));
  }
  return static_cast<int>(i);
}
}  // namespace detail

/// An angle in radians that is known once features x and weights w are:
///   constant         offset
///   feature          scale * x[index] + offset
///   weight           scale * w[index] + offset
///   feature_product  scale * (x[index] + shift) * (x[second] + second_shift) + offset
///   weighted_feature scale * (w[third] + (w[index] + shift) * x[second]) + offset, without w[third] if that is
///   no_phase
/// Written as arithmetic: `0.5 * weight(3) + pi`, `2.0 * (pi - feature(0)) * (pi - feature(1))`,
/// `weight(1) + weight(0) * feature(2)`.
/// A plain double converts to a constant angle.
struct Angle {
  AngleSource source = AngleSource::constant;
  int index = 0;
  int second = 0;
  int third = 0;
  double scale = 0.0;
  double offset = 0.0;
  double shift = 0.0;
  double second_shift = 0.0;

  constexpr Angle() = default;
  // A literal angle is the most common argument of a gate, so this conversion is implicit.
  constexpr Angle(double constant) : offset(constant) {}  // NOLINT(google-explicit-constructor)
  constexpr Angle(AngleSource from, int i) : source(from), index(detail::parameter_index(i)), scale(1.0) {}

  friend constexpr bool operator==(const Angle&, const Angle&) = default;
};

/// The angle x[i] of feature i.
[[nodiscard]] constexpr Angle feature(int i) { return {AngleSource::feature, detail::parameter_index(i)}; }

/// The angle w[j] of trainable weight j; several gates may use the same weight, each with its own scale.
[[nodiscard]] constexpr Angle weight(int j) { return {AngleSource::weight, detail::parameter_index(j)}; }

/// The angle w[phase] + (w[frequency] + start) * x[i] of feature i, whose frequency and phase are trained
/// (Perez-Salinas et al. 2020). With `start` the frequency is near a fixed one while its weight is near zero.
[[nodiscard]] constexpr Angle trainable_feature(int phase, int frequency, int i, double start = 0.0) {
  Angle angle(AngleSource::weighted_feature, frequency);
  angle.second = detail::parameter_index(i);
  angle.third = detail::parameter_index(phase);
  angle.shift = start;
  return angle;
}

[[nodiscard]] constexpr Angle operator*(double factor, Angle angle) {
  angle.scale *= factor;
  angle.offset *= factor;
  return angle;
}
[[nodiscard]] constexpr Angle operator*(Angle angle, double factor) { return factor * angle; }
[[nodiscard]] constexpr Angle operator/(Angle angle, double divisor) { return (1.0 / divisor) * angle; }
[[nodiscard]] constexpr Angle operator-(Angle angle) { return -1.0 * angle; }
[[nodiscard]] constexpr Angle operator+(Angle angle, double constant) {
  angle.offset += constant;
  return angle;
}
[[nodiscard]] constexpr Angle operator+(double constant, Angle angle) { return angle + constant; }
[[nodiscard]] constexpr Angle operator-(Angle angle, double constant) { return angle + (-constant); }
[[nodiscard]] constexpr Angle operator-(double constant, Angle angle) { return -angle + constant; }

/// A weight and a weight times a feature, with the same factor: `weight(1) + weight(0) * feature(2)`; one of the angles
/// may be a constant. No gate has an angle with other sums of two sources, but rotations about one axis add up.
/// Throws CircuitError.
[[nodiscard]] constexpr Angle operator+(const Angle& a, const Angle& b) {
  if (a.source == AngleSource::constant) return b + a.offset;
  if (b.source == AngleSource::constant) return a + b.offset;
  const auto& phase = a.source == AngleSource::weight ? a : b;
  Angle sum = a.source == AngleSource::weight ? b : a;
  if (phase.source != AngleSource::weight || sum.source != AngleSource::weighted_feature || sum.third != no_phase) {
    throw CircuitError("qmtl: an angle must have one source: write a gate for each term of a sum");
  }
  if (phase.scale != sum.scale) {
    throw CircuitError("qmtl: a weight and the product that it is added to must have the same factor");
  }
  sum.third = phase.index;
  sum.offset += phase.offset;
  return sum;
}
[[nodiscard]] constexpr Angle operator-(const Angle& a, const Angle& b) { return a + -b; }

namespace detail {
/// The product of an affine function of a weight and a multiple of a feature.
[[nodiscard]] constexpr Angle weighted_feature(const Angle& frequency, const Angle& x) {
  if (x.offset != 0.0) {
    throw CircuitError("qmtl: a weight must be multiplied by a feature without an offset");
  }
  Angle product(AngleSource::weighted_feature, frequency.index);
  product.second = x.index;
  product.third = no_phase;
  product.scale = frequency.scale * x.scale;
  product.shift = frequency.offset / frequency.scale;
  return product;
}
}  // namespace detail

/// The product of two affine functions of a feature, of an affine function of a weight and a multiple of a feature, or
/// of any angle and a constant. Throws CircuitError for other products, and for a scale of zero.
[[nodiscard]] constexpr Angle operator*(const Angle& a, const Angle& b) {
  if (a.source == AngleSource::constant) return a.offset * b;
  if (b.source == AngleSource::constant) return b.offset * a;
  const bool scaled = a.scale != 0.0 && b.scale != 0.0;
  if (scaled && a.source == AngleSource::weight && b.source == AngleSource::feature) {
    return detail::weighted_feature(a, b);
  }
  if (scaled && a.source == AngleSource::feature && b.source == AngleSource::weight) {
    return detail::weighted_feature(b, a);
  }
  if (!scaled || a.source != AngleSource::feature || b.source != AngleSource::feature) {
    throw CircuitError("qmtl: a product of angles must be of two features or a weight and a feature of non-zero scale");
  }
  Angle product(AngleSource::feature_product, a.index);
  product.second = b.index;
  product.scale = a.scale * b.scale;
  product.shift = a.offset / a.scale;
  product.second_shift = b.offset / b.scale;
  return product;
}

/// Calls visit(index) with the index of each feature that an angle, const or not, is made of.
template <class A, class Visit>
constexpr void for_each_feature(A& angle, Visit&& visit) {
  switch (angle.source) {
    case AngleSource::feature: visit(angle.index); return;
    case AngleSource::feature_product: visit(angle.index), visit(angle.second); return;
    case AngleSource::weighted_feature: visit(angle.second); return;
    case AngleSource::constant:
    case AngleSource::weight: return;
  }
}

/// The same with each weight.
template <class A, class Visit>
constexpr void for_each_weight(A& angle, Visit&& visit) {
  if (angle.source == AngleSource::weight || angle.source == AngleSource::weighted_feature) visit(angle.index);
  if (angle.source == AngleSource::weighted_feature && angle.third != no_phase) visit(angle.third);
}

namespace detail {
/// The weight that is added to a weighted feature, or 0.
template <Scalar S>
[[nodiscard]] constexpr S phase_of(const Angle& angle, const S* w) noexcept {
  return angle.third == no_phase ? S(0) : w[angle.third];
}
}  // namespace detail

/// The angle in radians for features `x` and weights `w`; a pointer that the angle does not use may be null.
template <Scalar S>
[[nodiscard]] constexpr S evaluate(const Angle& angle, const S* x, const S* w) noexcept {
  const auto scale = static_cast<S>(angle.scale);
  const auto offset = static_cast<S>(angle.offset);
  switch (angle.source) {
    case AngleSource::constant: return offset;
    case AngleSource::feature: return scale * x[angle.index] + offset;
    case AngleSource::weight: return scale * w[angle.index] + offset;
    case AngleSource::feature_product:
      return scale * (x[angle.index] + static_cast<S>(angle.shift)) *
                 (x[angle.second] + static_cast<S>(angle.second_shift)) +
             offset;
    case AngleSource::weighted_feature:
      return scale * (detail::phase_of(angle, w) + (w[angle.index] + static_cast<S>(angle.shift)) * x[angle.second]) +
             offset;
  }
  return offset;
}

/// The chain rule: adds `derivative` = dL/d(angle) to the gradients of the features and weights behind the angle.
/// Null gradient pointers are skipped.
template <Scalar S>
constexpr void accumulate(const Angle& angle, S derivative, const S* x, const S* w, S* grad_x, S* grad_w) noexcept {
  const S scaled = static_cast<S>(angle.scale) * derivative;
  switch (angle.source) {
    case AngleSource::constant: return;
    case AngleSource::feature:
      if (grad_x != nullptr) grad_x[angle.index] += scaled;
      return;
    case AngleSource::weight:
      if (grad_w != nullptr) grad_w[angle.index] += scaled;
      return;
    case AngleSource::feature_product:
      if (grad_x == nullptr) return;
      grad_x[angle.index] += scaled * (x[angle.second] + static_cast<S>(angle.second_shift));
      grad_x[angle.second] += scaled * (x[angle.index] + static_cast<S>(angle.shift));
      return;
    case AngleSource::weighted_feature:
      if (grad_x != nullptr) grad_x[angle.second] += scaled * (w[angle.index] + static_cast<S>(angle.shift));
      if (grad_w == nullptr) return;
      grad_w[angle.index] += scaled * x[angle.second];
      if (angle.third != no_phase) grad_w[angle.third] += scaled;
      return;
  }
}

}  // namespace qmtl::inline QMTL_ABI
