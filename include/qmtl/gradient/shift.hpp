#pragma once
// SPDX-License-Identifier: Apache-2.0
// Parameter-shift rules: gradients from evaluations of the same circuit at shifted angles.

#include <numbers>
#include <span>
#include <type_traits>

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
[[nodiscard]] double shift_derivative(bool four_terms, Evaluate&& evaluate) {
  const double single = evaluate(pi / 2) - evaluate(-pi / 2);
  if (!four_terms) return single / 2;
  constexpr double root2 = std::numbers::sqrt2;
  const double triple = evaluate(3 * pi / 2) - evaluate(-3 * pi / 2);
  return ((root2 + 1) * single - (root2 - 1) * triple) / (4 * root2);
}

template <class Evaluate>
[[nodiscard]] double shift_derivative(Gate gate, Evaluate&& evaluate, int angle = 0) {
  return shift_derivative(needs_four_term_shift(gate, angle), evaluate);
}

/// Which kinds of parameters a gradient is wanted for: a circuit evaluation is saved where it is not.
template <Scalar S>
[[nodiscard]] bool wanted(const Angle& angle, const S* grad_x, const S* grad_w) noexcept {
  if (angle.scale == 0.0) return false;
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
/// computed. Cost: 2 evaluations an occurrence, 4 for controlled rotations. Nothing is checked: the circuit must be
/// valid, and what it uses of x, w and the gradients must be there.
template <Scalar S, class Evaluate>
requires std::is_invocable_r_v<double, Evaluate&, const AngleShift&>
void parameter_shift(CircuitView circuit, const S* x, const S* w, S* grad_x, S* grad_w, Evaluate&& evaluate) {
  for (std::size_t i = 0; i < circuit.size(); ++i) {
    const Operation* op = circuit.gate(circuit.operations[i]);
    if (op == nullptr) continue;  // a matrix has no angles
    const bool controlled = circuit.controlled(circuit.operations[i]) != nullptr;
    for (int a = 0; a < info(op->gate).angles; ++a) {
      const auto index = static_cast<std::size_t>(a);
      const Angle& angle = op->angles[index];
      if (!detail::wanted(angle, grad_x, grad_w)) continue;
      const auto& four_terms = controlled ? info(op->gate).controlled_four_terms : info(op->gate).four_terms;
      const double derivative = detail::shift_derivative(four_terms[index], [&](double delta) {
        return static_cast<double>(evaluate(AngleShift{i, a, delta}));
      });
      accumulate(angle, static_cast<S>(derivative), x, w, grad_x, grad_w);
    }
  }
}
template <Scalar S, class Evaluate>
requires std::is_invocable_r_v<double, Evaluate&, const AngleShift&>
void parameter_shift(std::span<const Operation> ops, const S* x, const S* w, S* grad_x, S* grad_w,
                     Evaluate&& evaluate) {
  parameter_shift(CircuitView(1, ops), x, w, grad_x, grad_w, evaluate);
}

}  // namespace qmtl::inline QMTL_ABI
