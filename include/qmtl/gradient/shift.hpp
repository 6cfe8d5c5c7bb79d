#pragma once
// SPDX-License-Identifier: Apache-2.0
// Parameter-shift rules: gradients from evaluations of the same circuit at shifted angles.

#include <numbers>
#include <span>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// One angle of one operation, shifted by `delta` radians: the circuit that a shift rule evaluates.
struct AngleShift {
  std::size_t operation = 0;
  int angle = 0;
  double delta = 0.0;
};

/// A copy of an operation with one of its angles moved by `delta` radians. Throws CircuitError for an angle that no
/// gate has.
[[nodiscard]] constexpr Operation shifted(Operation op, int angle, double delta) {
  detail::check_angle(angle);
  op.angles[static_cast<std::size_t>(angle)].offset += delta;
  return op;
}

namespace detail {

/// dF/d(angle) of one occurrence, from evaluations F(delta) of the expectation value at that occurrence's shifts.
/// Two terms where the generator has two eigenvalues a distance 1 apart (Mitarai et al. 2018, Schuld et al. 2019);
/// four terms for controlled rotations, whose expectation values hold the frequencies 1/2 and 1
/// (Anselmetti et al. 2021, eq. 12; Wierichs et al. 2022).
template <class Evaluate>
[[nodiscard]] double shift_derivative(Gate gate, Evaluate&& evaluate, int angle = 0) {
  const double single = evaluate(pi / 2) - evaluate(-pi / 2);
  if (!needs_four_term_shift(gate, angle)) return single / 2;
  constexpr double root2 = std::numbers::sqrt2;
  const double triple = evaluate(3 * pi / 2) - evaluate(-3 * pi / 2);
  return ((root2 + 1) * single - (root2 - 1) * triple) / (4 * root2);
}

/// Which kinds of parameters a gradient is wanted for: a circuit evaluation is saved where it is not.
template <Scalar S>
[[nodiscard]] bool wanted(const Angle& angle, const S* grad_x, const S* grad_w) noexcept {
  switch (angle.source) {
    case AngleSource::constant: break;
    case AngleSource::weight: return grad_w != nullptr;
    case AngleSource::feature:
    case AngleSource::feature_product: return grad_x != nullptr;
    case AngleSource::weighted_feature: return grad_x != nullptr || grad_w != nullptr;
  }
  return false;
}

}  // namespace detail

/// Adds dF/dx and dF/dw to the gradients by parameter shift, occurrence by occurrence, so that shared weights and
/// re-uploaded features come out right. `evaluate(shift)` returns F, a fixed linear combination of expectation values,
/// of the circuit with one angle shifted: exactly, from shots, under noise, or on a device. A null gradient is not
/// computed. Cost: 2 evaluations an occurrence, 4 for controlled rotations.
template <Scalar S, class Evaluate>
requires std::is_invocable_r_v<double, Evaluate&, const AngleShift&>
void parameter_shift(std::span<const Operation> ops, const S* x, const S* w, S* grad_x, S* grad_w,
                     Evaluate&& evaluate) {
  for (std::size_t i = 0; i < ops.size(); ++i) {
    for (int a = 0; a < info(ops[i].gate).angles; ++a) {
      const Angle& angle = ops[i].angles[static_cast<std::size_t>(a)];
      if (!detail::wanted(angle, grad_x, grad_w)) continue;
      const double derivative = detail::shift_derivative(
          ops[i].gate,
          [&](double delta) {
            return static_cast<double>(evaluate(AngleShift{i, a, delta}));
          },
          a);
      accumulate(angle, static_cast<S>(derivative), x, w, grad_x, grad_w);
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI
