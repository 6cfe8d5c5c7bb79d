#pragma once
// SPDX-License-Identifier: Apache-2.0
// Curves of any number of points as some hundred that look the same.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// A point of a plot. One that is not finite is not drawn, and a curve is interrupted there.
struct PlotPoint {
  double x = 0.0, y = 0.0;

  friend constexpr bool operator==(const PlotPoint&, const PlotPoint&) = default;
};

namespace detail {

/// Of the points that follow one another within a column of this width: the first, the lowest, the highest and the last
/// (M4: Jugel et al., VLDB 2014). With columns as wide as a pixel the drawn line is the same.
[[nodiscard]] inline std::vector<PlotPoint> thin_columns(std::span<const PlotPoint> points, double width) {
  const auto column = [width](const PlotPoint& p) { return std::floor(p.x / width); };
  std::vector<PlotPoint> out;
  for (std::size_t first = 0, next = 0; first < points.size(); first = next) {
    std::size_t lowest = first, highest = first;
    for (next = first; next < points.size() && column(points[next]) == column(points[first]); ++next) {
      if (points[next].y < points[lowest].y) lowest = next;
      if (points[next].y > points[highest].y) highest = next;
    }
    std::size_t kept[] = {first, std::min(lowest, highest), std::max(lowest, highest), next - 1};
    for (std::size_t k = 0; k < 4; ++k) {
      if (k == 0 || kept[k] != kept[k - 1]) out.push_back(points[kept[k]]);
    }
  }
  return out;
}

/// How far a point is from the straight line from one point to another.
[[nodiscard]] inline double distance_to_segment(PlotPoint p, PlotPoint from, PlotPoint to) noexcept {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double squared = dx * dx + dy * dy;
  const double along = squared > 0.0 ? ((p.x - from.x) * dx + (p.y - from.y) * dy) / squared : 0.0;
  const double t = std::clamp(along, 0.0, 1.0);
  return std::hypot(p.x - from.x - t * dx, p.y - from.y - t * dy);
}

/// Leaves out points that are within `tolerance` of the line through those that stay (Douglas and Peucker 1973).
[[nodiscard]] inline std::vector<PlotPoint> thin_straight(std::span<const PlotPoint> points, double tolerance) {
  if (points.size() < 3) return {points.begin(), points.end()};
  std::vector<char> kept(points.size(), 0);
  kept.front() = kept.back() = 1;
  std::vector<std::pair<std::size_t, std::size_t>> open{{0, points.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    double farthest = tolerance;
    std::size_t at = first;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double distance = distance_to_segment(points[i], points[first], points[last]);
      if (distance > farthest) {
        farthest = distance;
        at = i;
      }
    }
    if (at == first) continue;
    kept[at] = 1;
    open.emplace_back(first, at);
    open.emplace_back(at, last);
  }
  std::vector<PlotPoint> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (kept[i] != 0) out.push_back(points[i]);
  }
  return out;
}

/// At most about `most` of a curve's finite points, given in pixels: columns of a pixel, or of as many as it takes,
/// keep what is extreme in them and what they begin and end with, and a point within a quarter of a pixel of a straight
/// line is left out. O(n) for n points: leaving out, which takes the square of their number at worst, is for curves of
/// which columns leave at most 8 * most.
[[nodiscard]] inline std::vector<PlotPoint> thin_curve(std::span<const PlotPoint> points, std::size_t most = 900) {
  constexpr double tolerance = 0.25;
  constexpr double widest = 1024.0;  // pixels of a column: a curve that runs to and fro is left as it is then
  const std::size_t longest = 8 * most;
  std::vector<PlotPoint> out(points.begin(), points.end());
  for (double width = 1.0; width <= widest; width *= 2.0) {
    if (points.size() > most) out = thin_columns(points, width);
    if (out.size() <= longest) out = thin_straight(out, tolerance);
    if (out.size() <= most) break;
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
