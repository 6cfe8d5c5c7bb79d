#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Euclidean norm of numbers whose squares may be beyond the finite ones.

#include <algorithm>
#include <cmath>
#include <span>

#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The Euclidean norm, in double, without overflow of the squares.
template <Scalar S>
[[nodiscard]] double norm_of(std::span<const S> values) noexcept {
  double largest = 0.0;
  for (const S value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  if (!(largest > 0.0) || std::isinf(largest)) return largest;
  double sum = 0.0;
  for (const S value : values) sum += (static_cast<double>(value) / largest) * (static_cast<double>(value) / largest);
  return largest * std::sqrt(sum);
}

}  // namespace qmtl::inline QMTL_ABI::detail
