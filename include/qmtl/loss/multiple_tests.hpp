#pragma once
// SPDX-License-Identifier: Apache-2.0
// Several tests of significance at once.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// p values adjusted for their number by Holm's step-down method (Holm 1979): those at most alpha are significant with
/// a probability of at most alpha that any of them is so by chance, however the tests depend on each other. In the
/// order of `p_values`, none below its own nor above 1. Throws ValueError unless each is from 0 to 1.
[[nodiscard]] inline std::vector<double> holm_adjusted(std::span<const double> p_values) {
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i] >= 0.0 && p_values[i] <= 1.0) continue;
    throw ValueError(detail::text("qmtl: holm_adjusted: p value ", i, ", expected 0 to 1, got ", p_values[i]));
  }
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [p_values](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    out[order[i]] = largest;
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
