#pragma once
// SPDX-License-Identifier: Apache-2.0
// From standard errors of expectation values to those of logits.

#include <array>
#include <cmath>
#include <cstddef>

#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Standard errors of a readout's expectation values become those of its logits, in place and to first order. Errors of
/// different outputs count as independent.
template <Readout R, Scalar S>
void propagate_errors(const S* expectations, const S* scale, S* errors) {
  using Numbers = std::array<S, static_cast<std::size_t>(R::outputs)>;
  Numbers of_logits{};
  for (std::size_t o = 0; o < of_logits.size(); ++o) {
    Numbers unit{}, slopes{};
    std::array<S, 1> of_scale{};
    unit[o] = S(1);
    R::backward(expectations, scale, unit.data(), slopes.data(), of_scale.data());
    S variance = 0;
    for (std::size_t i = 0; i < slopes.size(); ++i) variance += slopes[i] * slopes[i] * errors[i] * errors[i];
    of_logits[o] = std::sqrt(variance);
  }
  for (std::size_t o = 0; o < of_logits.size(); ++o) errors[o] = of_logits[o];
}

}  // namespace qmtl::inline QMTL_ABI::detail
