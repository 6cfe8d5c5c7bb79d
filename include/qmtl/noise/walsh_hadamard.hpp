#pragma once
// SPDX-License-Identifier: Apache-2.0
// From outcomes to products of Z and back.

#include <cstddef>
#include <span>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// values[z] = sum_a (-1)^(a z) values[a], a z being the parity of the bits that both have. Of probabilities these are
/// expectation values of products of Z; twice is 2^k times the identity. Cost k 2^k.
inline void walsh_hadamard(std::span<double> values) noexcept {
  for (std::size_t bit = 1; bit < values.size(); bit *= 2) {
    for (std::size_t a = 0; a < values.size(); ++a) {
      if ((a & bit) != 0) continue;
      const double sum = values[a] + values[a | bit];
      values[a | bit] = values[a] - values[a | bit];
      values[a] = sum;
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
