#pragma once
// SPDX-License-Identifier: Apache-2.0
// Mean and deviation over repeated runs.

#include <cmath>
#include <limits>
#include <span>

#include "qmtl/core/config.hpp"
#include "qmtl/core/moments.hpp"

namespace qmtl::inline QMTL_ABI {

/// Mean and sample standard deviation (divisor n - 1; 0 for a single value). NaN values are left out.
struct MeanDeviation {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
  std::size_t count = 0;
};

/// Summarises values, as one metric over several seeds. NaN where no value is defined, or one is infinite.
[[nodiscard]] inline MeanDeviation summarize(std::span<const double> values) noexcept {
  const detail::Moments moments = detail::moments_of(values);
  MeanDeviation out;
  out.count = moments.count;
  if (out.count == 0) return out;
  const auto n = static_cast<double>(out.count);
  out.mean = moments.mean;
  out.deviation = out.count > 1 ? moments.deviation * std::sqrt(n / (n - 1.0)) : 0.0;
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
