#pragma once
// SPDX-License-Identifier: Apache-2.0
// The check that a batch of inputs holds finite numbers only.

#include <cmath>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::detail {

/// Throws ValueError at the first input that is not finite.
template <Scalar S>
void require_finite_inputs(const BatchIn<S>& inputs) {
  if (inputs.allFinite()) return;
  for (Eigen::Index row = 0; row < inputs.cols(); ++row) {
    for (Eigen::Index feature = 0; feature < inputs.rows(); ++feature) {
      if (std::isfinite(inputs(feature, row))) continue;
      throw ValueError(text("qmtl: inputs: row ", row, ", feature ", feature, ": expected a finite number, got ",
                            inputs(feature, row)));
    }
  }
}

}  // namespace qmtl::detail
