#pragma once
// SPDX-License-Identifier: Apache-2.0
// Mean and deviation of numbers of any size, whether they vary by more than rounding, and whether they can be
// standardised.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The power of two that brings a positive number near 1: multiplying by it rounds nothing, and squares afterwards
/// neither overflow nor vanish.
[[nodiscard]] inline double unit_of(double largest) noexcept {
  return std::ldexp(1.0, -std::clamp(std::ilogb(largest), -1022, 1022));
}

/// Mean and population deviation (divisor n) of finite numbers; without any, all is 0.
struct Moments {
  std::size_t count = 0;
  double mean = 0.0;
  double deviation = 0.0;
  double largest = 0.0;  ///< magnitude

  /// Whether numbers stored as S vary by more than a few roundings of the largest of them, and by enough to be divided
  /// by the deviation.
  template <Scalar S>
  [[nodiscard]] bool varies() const noexcept {
    using Limits = std::numeric_limits<S>;
    constexpr double rounding = 4.0 * static_cast<double>(Limits::epsilon());
    return deviation > std::max(rounding * largest, 1.0 / static_cast<double>(Limits::max()));
  }
};

/// Calls visit(position, value) for every number that is not NaN.
template <class Values, class Visit>
void for_each_present(const Values& values, const Visit& visit) {
  for (decltype(values.size()) i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    if (!std::isnan(value)) visit(i, value);
  }
}

/// Moments of what is not NaN in a vector or span; three passes.
template <class Values>
[[nodiscard]] Moments moments_of(const Values& values) {
  Moments out;
  double first = 0.0;
  for_each_present(values, [&](auto, double value) {
    if (out.count++ == 0) first = value;
    out.largest = std::max(out.largest, std::abs(value));
  });
  if (out.largest == 0.0) return out;
  const double unit = unit_of(out.largest);
  const auto n = static_cast<double>(out.count);
  double shift = 0.0;  // from the first number: exactly zero where all are equal
  for_each_present(values, [&](auto, double value) { shift += (unit * value - unit * first) / n; });
  double variance = 0.0;
  for_each_present(values, [&](auto, double value) {
    const double centred = unit * value - unit * first - shift;
    variance += centred * centred / n;
  });
  out.mean = (unit * first + shift) / unit;
  out.deviation = std::sqrt(variance) / unit;
  return out;
}

/// How far the less distant quarter of the numbers lies from the median, halved since a difference may overflow; those
/// that are equal to the median, up to rounding in S, do not count. The range of that quarter is in `low` and `high`.
struct InnerSpread {
  double distance = 0.0, low = 0.0, high = 0.0;
};
template <Scalar S, class Values>
[[nodiscard]] InnerSpread inner_spread(const Values& values) {
  constexpr double rounding = 2.0 * static_cast<double>(std::numeric_limits<S>::epsilon());
  std::vector<double> numbers, distances;
  for_each_present(values, [&](auto, double value) { numbers.push_back(value); });
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  const double median = *middle;
  const auto distance = [median](double value) { return std::abs(0.5 * value - 0.5 * median); };
  for (const double value : numbers) {
    if (distance(value) > rounding * std::max(std::abs(value), std::abs(median))) distances.push_back(distance(value));
  }
  if (distances.empty()) return {0.0, median, median};
  const auto quarter = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 4);
  std::nth_element(distances.begin(), quarter, distances.end());
  InnerSpread out{*quarter, median, median};
  for (const double value : numbers) {
    if (distance(value) > out.distance) continue;
    out.low = std::min(out.low, value);
    out.high = std::max(out.high, value);
  }
  return out;
}

/// Throws ValueError, naming the row, where numbers that vary cannot be standardised in S: one is too large, or beyond
/// 1 / epsilon and so much larger than the others that they would all become equal. Below that, tiny numbers beside
/// ordinary ones are taken as they are: probabilities and the rounding noise of sparse features look like that. `where`
/// starts the message.
template <Scalar S, class Values>
void require_standardizable(const Values& values, const Moments& moments, std::string_view where) {
  constexpr double most = static_cast<double>(std::numeric_limits<S>::max());
  constexpr double epsilon = static_cast<double>(std::numeric_limits<S>::epsilon());
  decltype(values.size()) row = 0;
  double extreme = 0.0, furthest = -1.0;  // halved, since a difference may overflow
  for_each_present(values, [&](auto i, double value) {
    const double distance = std::abs(0.5 * value - 0.5 * moments.mean);
    if (!(distance > furthest)) return;
    row = i;
    extreme = value;
    furthest = distance;
  });
  if (furthest > 0.5 * most || moments.deviation * static_cast<double>(std::numeric_limits<S>::min()) > 1.0) {
    throw ValueError(text("qmtl: ", where, ", row ", row, ": expected a number that can be standardised, got ", extreme,
                          ", which is too large"));
  }
  if (2.0 * furthest <= 1.0 / epsilon) return;
  const InnerSpread inner = inner_spread<S>(values);
  if (inner.distance > 0.0 && inner.distance < 0.5 * epsilon * moments.deviation) {
    throw ValueError(text("qmtl: ", where, ", row ", row, ": expected a number of the size of the others (", inner.low,
                          " to ", inner.high, "), got ", extreme, ", beside which they vanish when standardised"));
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
