#pragma once
// SPDX-License-Identifier: Apache-2.0
// A number that is known by statistics.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// A value and the standard deviation of its statistical error.
struct Estimate {
  double value = 0.0;
  double standard_error = 0.0;
};

namespace detail {

/// Mean and standard error of independent samples, one after another (Welford 1962).
class RunningMean {
 public:
  void add(double sample) noexcept {
    ++count_;
    const double deviation = sample - mean_;
    mean_ += deviation / static_cast<double>(count_);
    squares_ += deviation * (sample - mean_);
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// The standard error of one sample is not known: it is 0.
  [[nodiscard]] Estimate estimate() const noexcept {
    const auto n = static_cast<double>(count_);
    return {mean_, count_ < 2 ? 0.0 : std::sqrt(std::max(0.0, squares_ / (n - 1) / n))};
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0.0, squares_ = 0.0;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
