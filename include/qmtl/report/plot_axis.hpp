#pragma once
// SPDX-License-Identifier: Apache-2.0
// The range of a plot's axis and its ticks: multiples of 1, 2 or 5 times a power of ten.

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// An axis of a plot.
struct PlotAxis {
  std::string label{};
  std::optional<double> low{};   ///< where it begins; without, where the data do
  std::optional<double> high{};  ///< where it ends
  bool integers = false;         ///< whether only integers are marked, as of epochs
};

namespace detail {

/// A finite interval that is not empty.
struct PlotRange {
  double low = 0.0, high = 1.0;

  /// 0 at its beginning, 1 at its end.
  [[nodiscard]] double share(double value) const noexcept { return (value - low) / (high - low); }
};

/// What is drawn of a value: magnitudes beyond it would overflow in differences.
inline constexpr double largest_plotted = 1e300;

/// The range of an axis that holds what data reach, which may be nothing (low > high).
[[nodiscard]] inline PlotRange range_of(const PlotAxis& axis, PlotRange data) {
  constexpr double margin = 0.04;
  if (!(data.low <= data.high)) data = {axis.low.value_or(0.0), axis.high.value_or(axis.low.value_or(0.0) + 1.0)};
  data.low = std::clamp(data.low, -largest_plotted, largest_plotted);
  data.high = std::clamp(data.high, -largest_plotted, largest_plotted);
  const double size = std::max(std::abs(data.low), std::abs(data.high));
  const bool flat = data.high - data.low <= 1e-12 * size;
  const double around = axis.integers ? 0.5 : flat ? (size > 0.0 ? 0.05 * size : 0.5) : margin * (data.high - data.low);
  PlotRange range{axis.low.value_or(data.low - around), axis.high.value_or(data.high + around)};
  if (!(range.low < range.high)) range.high = range.low + std::max(1.0, 0.1 * std::abs(range.low));
  return range;
}

/// Where an axis is marked, and the texts there.
struct PlotTicks {
  std::vector<double> at;
  std::vector<std::string> labels;
};

/// A label that tells neighbours at this distance apart, without needless digits.
[[nodiscard]] inline std::string tick_label(double value, double step, double size) {
  const int exponent = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  if (size < 1e6 && exponent >= -4) return number_text(value, std::chars_format::fixed, std::max(0, -exponent));
  const int digits = static_cast<int>(std::ceil(std::log10(size / step))) + 1;
  return number_text(value, std::chars_format::general, std::clamp(digits, 1, 15));
}

/// About `count` ticks within the range.
[[nodiscard]] inline PlotTicks ticks_of(PlotRange range, int count, bool integers) {
  const double raw = (range.high - range.low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double mantissa = raw / power * (1.0 - 1e-9);
  double step = power * (mantissa <= 1.0 ? 1.0 : mantissa <= 2.0 ? 2.0 : mantissa <= 5.0 ? 5.0 : 10.0);
  if (integers) step = std::max(1.0, step);
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  const double slack = 1e-9 * step;
  PlotTicks out;
  for (double k = std::ceil((range.low - slack) / step); k * step <= range.high + slack && out.at.size() < 100;
       k += 1.0) {
    const double value = k == 0.0 ? 0.0 : k * step;
    out.at.push_back(value);
    out.labels.push_back(tick_label(value, step, size));
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
