#pragma once
// SPDX-License-Identifier: Apache-2.0
// The weights of Richardson's extrapolation.

#include <span>
#include <vector>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// How much the value at each of different factors counts in that at 0 of the polynomial through all:
/// prod_j factor_j / (factor_j - factor_i).
[[nodiscard]] inline std::vector<double> richardson_shares(std::span<const double> factors) {
  std::vector<double> out;
  for (const double factor : factors) {
    double share = 1.0;
    for (const double other : factors) {
      if (other != factor) share *= other / (other - factor);
    }
    out.push_back(share);
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail
