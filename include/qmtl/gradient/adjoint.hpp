#pragma once
// SPDX-License-Identifier: Apache-2.0
// The adjoint method: all derivatives of one expectation value in a single reverse sweep (Jones and Gacon 2020).

#include <complex>
#include <span>

#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Walks a circuit backwards from |psi> = U|start> and |lambda> = H|psi>, undoing every gate on both, and adds
/// d<psi|H|psi>/dx and /dw to the gradients (null: not wanted). Afterwards psi is the start and lambda = U^dagger H
/// U|start>, so that sweeps can be continued through an earlier circuit. Cost: 2 gates and, where an angle is not
/// constant, one inner product an operation.
template <Scalar S>
void adjoint_sweep(std::span<const Operation> ops, const S* x, const S* w, std::complex<S>* psi,
                   std::complex<S>* lambda, Index size, S* grad_x, S* grad_w) noexcept {
  for (std::size_t i = ops.size(); i-- > 0;) {
    const Operation& op = ops[i];
    const Expansion parts = expand(op);
    for (int k = parts.count; k-- > 0;) {
      const Elementary& part = parts.parts[static_cast<std::size_t>(k)];
      if (part.parametric()) {
        const Angle& source = op.angles[static_cast<std::size_t>(part.angle)];
        if (source.source != AngleSource::constant) {
          const S derivative = static_cast<S>(part.sign) * generator_product(part, lambda, psi, size);
          accumulate(source, derivative, x, w, grad_x, grad_w);
        }
      }
      S angle = angle_of(part, op, x, w);
      const Elementary back = adjoint(part, angle);
      apply(back, angle, psi, size);
      apply(back, angle, lambda, size);
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
