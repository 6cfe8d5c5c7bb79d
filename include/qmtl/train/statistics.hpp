#pragma once
// SPDX-License-Identifier: Apache-2.0
// Mean and deviation over repeated runs.

#include <cmath>
#include <limits>
#include <span>

namespace qmtl {

/// Mean and sample standard deviation (divisor n - 1; 0 for a single value). NaN values are left out.
struct MeanDeviation {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
  std::size_t count = 0;
};

/// Summarises values, as one metric over several seeds. NaN mean where no value is defined.
[[nodiscard]] inline MeanDeviation summarize(std::span<const double> values) noexcept {
  MeanDeviation out;
  double sum = 0.0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++out.count;
  }
  if (out.count == 0) return out;
  out.mean = sum / static_cast<double>(out.count);
  double squares = 0.0;
  for (const double value : values) {
    if (!std::isnan(value)) squares += (value - out.mean) * (value - out.mean);
  }
  out.deviation = out.count > 1 ? std::sqrt(squares / static_cast<double>(out.count - 1)) : 0.0;
  return out;
}

}  // namespace qmtl
