#pragma once
// SPDX-License-Identifier: Apache-2.0
// The adjoint method: all derivatives of one expectation value in a single reverse sweep (Jones and Gacon 2020).

#include <complex>
#include <span>

#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Goes back over one operation, controlled or not.
template <Scalar S, class Op>
void sweep_operation(const Op& op, const S* x, const S* w, std::complex<S>* psi, std::complex<S>* lambda, Index size,
                     S* grad_x, S* grad_w) noexcept {
  const Operation& base = gate_of(op);
  for_each_part(op, true, [&](const auto& part) {
    if (part.parametric()) {
      const Angle& source = base.angles[static_cast<std::size_t>(part.angle)];
      if (source.source != AngleSource::constant) {
        const S derivative = static_cast<S>(part.sign) * generator_product(part, lambda, psi, size);
        accumulate(source, derivative, x, w, grad_x, grad_w);
      }
    }
    S angle = angle_of(part, base, x, w);
    const auto back = adjoint(part, angle);
    apply(back, angle, psi, size);
    apply(back, angle, lambda, size);
  });
}

/// Walks a circuit backwards from |psi> = U|start> and |lambda> = H|psi>, undoing every gate on both, and adds
/// d<psi|H|psi>/dx and /dw to the gradients (null: not wanted). Afterwards psi is the start and lambda = U^dagger H
/// U|start>, so that sweeps can be continued through an earlier circuit. Cost: 2 gates and, where an angle is not
/// constant, one inner product an operation.
template <Scalar S>
void adjoint_sweep(const CircuitView& circuit, const S* x, const S* w, std::complex<S>* psi, std::complex<S>* lambda,
                   Index size, S* grad_x, S* grad_w) noexcept {
  for (std::size_t i = circuit.size(); i-- > 0;) {
    const Operation& op = circuit.operations[i];
    if (const auto* by_matrix = circuit.by_matrix(op)) {
      for (auto* state : {psi, lambda}) apply_unitary(circuit, *by_matrix, true, state, size);
    } else if (const auto* controlled = circuit.controlled(op)) {
      sweep_operation(*controlled, x, w, psi, lambda, size, grad_x, grad_w);
    } else {
      sweep_operation(op, x, w, psi, lambda, size, grad_x, grad_w);
    }
  }
}
template <Scalar S>
void adjoint_sweep(std::span<const Operation> ops, const S* x, const S* w, std::complex<S>* psi,
                   std::complex<S>* lambda, Index size, S* grad_x, S* grad_w) noexcept {
  adjoint_sweep(CircuitView(1, ops), x, w, psi, lambda, size, grad_x, grad_w);
}

}  // namespace qmtl::inline QMTL_ABI::detail
