#pragma once
// SPDX-License-Identifier: Apache-2.0
// From standard errors of expectation values to those of logits.

#include <array>
#include <cmath>
#include <cstddef>

#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Sets the standard errors of a readout's logits, to first order in those of its expectation values. Errors of
/// different observables count as independent, which is an approximation where they are read from the same shots, as
/// the commuting terms of TrainableWeights: their covariances are left out.
template <Readout R, Scalar S>
void propagate_errors(const S* expectations, const S* parameters, const S* errors, S* of_logits) {
  std::array<S, static_cast<std::size_t>(R::outputs)> unit{};
  std::array<S, static_cast<std::size_t>(observable_count<R>)> slopes{};
  std::array<S, static_cast<std::size_t>(R::parameters) + 1> of_parameters{};
  for (std::size_t o = 0; o < unit.size(); ++o) {
    unit.fill(S(0));
    unit[o] = S(1);
    R::backward(expectations, parameters, unit.data(), slopes.data(), of_parameters.data());
    S variance = 0;
    for (std::size_t i = 0; i < slopes.size(); ++i) variance += slopes[i] * slopes[i] * errors[i] * errors[i];
    of_logits[o] = std::sqrt(variance);
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
