#pragma once
// SPDX-License-Identifier: Apache-2.0
// Student's t test of paired differences.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::benchmark::paper {

/// Two-sided probability P(|T| >= |t|) of Student's distribution with `degrees` degrees of freedom: the finite series
/// of Abramowitz and Stegun, 26.7.3 and 26.7.4.
[[nodiscard]] inline double student_two_sided(double t, int degrees) {
  const double theta = std::atan(std::abs(t) / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(theta);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1.0;
  double sum = degrees == 1 ? 0.0 : term;
  for (int k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  const double inside = odd ? 2.0 / pi * (theta + std::sin(theta) * sum) : std::sin(theta) * sum;
  return std::max(0.0, 1.0 - inside);  // of a large t nothing but rounding is left
}

struct PairedTest {
  MeanDeviation difference;  ///< of first - second
  double t = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();  ///< two-sided; NaN for fewer than two pairs
};

/// Whether the mean of first - second differs from zero. Throws ShapeError unless both have as many values.
[[nodiscard]] inline PairedTest paired_test(std::span<const double> first, std::span<const double> second) {
  detail::require_size("paired test: second values, as first,", second.size(), first.size());
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(first[i] - second[i]);
  PairedTest out{summarize(differences)};
  const auto count = out.difference.count;
  if (count < 2) return out;
  if (out.difference.deviation == 0.0) {
    out.t =
        out.difference.mean == 0.0 ? 0.0 : std::copysign(std::numeric_limits<double>::infinity(), out.difference.mean);
    out.p = out.difference.mean == 0.0 ? 1.0 : 0.0;
    return out;
  }
  out.t = out.difference.mean / (out.difference.deviation / std::sqrt(static_cast<double>(count)));
  out.p = student_two_sided(out.t, static_cast<int>(count) - 1);
  return out;
}

}  // namespace qmtl::benchmark::paper
