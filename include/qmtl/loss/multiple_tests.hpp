#pragma once
// SPDX-License-Identifier: Apache-2.0
// Several tests of significance at once.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// p values adjusted for their number by Holm's step-down method (Holm 1979): those at most alpha are significant with
/// a probability of at most alpha that any of them is so by chance, however the tests depend on each other. In the
/// order of `p_values`, none below its own nor above 1. One that is NaN, of a test that could not be done, stays NaN
/// and does not count, as R's p.adjust has it. Throws ValueError unless each other one is from 0 to 1.
[[nodiscard]] inline std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (std::isnan(p_values[i])) continue;
    order.push_back(i);
    if (p_values[i] >= 0.0 && p_values[i] <= 1.0) continue;
    throw ValueError(detail::text("qmtl: holm_adjusted: p value ", i, ", expected 0 to 1, got ", p_values[i]));
  }
  std::sort(order.begin(), order.end(), [p_values](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.begin(), p_values.end());
  double largest = 0.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    out[order[i]] = largest;
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
