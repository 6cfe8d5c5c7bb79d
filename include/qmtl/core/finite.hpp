#pragma once
// SPDX-License-Identifier: Apache-2.0
// The check that a batch of inputs holds finite numbers only, or NaN where a value may be missing.

#include <cmath>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a NaN among inputs means: an error, or a value that is missing.
enum class MissingInputs { refused, allowed };

namespace detail {

/// Throws ValueError at the first input that is neither finite nor, where that is allowed, missing.
template <Scalar S>
void require_finite_inputs(const BatchIn<S>& inputs, MissingInputs missing = MissingInputs::refused) {
  if (inputs.allFinite()) return;
  for (Eigen::Index row = 0; row < inputs.cols(); ++row) {
    for (Eigen::Index feature = 0; feature < inputs.rows(); ++feature) {
      if (std::isfinite(inputs(feature, row))) continue;
      if (missing == MissingInputs::allowed && std::isnan(inputs(feature, row))) continue;
      throw ValueError(text("qmtl: inputs: row ", row, ", feature ", feature, ": expected a finite number, got ",
                            inputs(feature, row)));
    }
  }
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
