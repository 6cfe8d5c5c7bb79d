#pragma once
// SPDX-License-Identifier: Apache-2.0
// Minima of functions of one variable whose slope is known.

#include <cmath>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A function's value and derivative.
struct LinePoint {
  double loss = 0.0;
  double slope = 0.0;
};

struct LineMinimum {
  double at = 0.0;
  double loss = 0.0;
};

/// A minimum of f(x) between `start` and `start + step`, where f falls at the start towards the step's end: the end
/// itself if f still falls there and has not risen in between, as far as the two values tell. Steps of regula falsi on
/// the slope (Illinois) with bisections in between, to 1e-10 of the step.
template <class F>
[[nodiscard]] LineMinimum descend(F&& f, double start, const LinePoint& at_start, double step) {
  const auto point = [&](double t) {  // f along the step, t in [0, 1]
    const LinePoint p = f(start + t * step);
    return LinePoint{p.loss, p.slope * step};
  };
  double low = 0.0, high = 1.0;
  LinePoint at_low{at_start.loss, at_start.slope * step}, at_high = point(high);
  if (at_high.loss < at_low.loss && at_high.slope <= 0.0) return {start + step, at_high.loss};
  double low_slope = at_low.slope, high_slope = at_high.slope;  // as regula falsi weighs them
  int side = 0;                                                 // which end was replaced the last time
  for (int i = 0; i < 100 && high - low > 1e-10; ++i) {
    const bool bracketed = low_slope < 0.0 && high_slope > 0.0;
    double t = (low + high) / 2;
    if (bracketed && i % 3 != 0) t = (low * high_slope - high * low_slope) / (high_slope - low_slope);
    if (!(t > low && t < high)) break;  // as close as rounding allows
    const LinePoint p = point(t);
    // Once the slope changes its sign between the ends it alone decides: values differ by rounding only near a minimum.
    const bool beyond = p.slope >= 0.0 || (!(at_high.slope > 0.0) && p.loss >= at_low.loss);
    (beyond ? high : low) = t;
    (beyond ? at_high : at_low) = p;
    low_slope = beyond && side > 0 ? low_slope / 2 : at_low.slope;
    high_slope = !beyond && side < 0 ? high_slope / 2 : at_high.slope;
    side = beyond ? 1 : -1;
    if (p.slope == 0.0) break;
  }
  const bool nearer_high = std::abs(at_high.slope) < std::abs(at_low.slope);
  return {start + (nearer_high ? high : low) * step, nearer_high ? at_high.loss : at_low.loss};
}

/// The least of f's minima next to `points` equally spaced values of a period, from 0 on; 0 unless f is lower there by
/// more than `rounding` times its value: where f is flat its rounding errors must not choose.
template <class F>
[[nodiscard]] LineMinimum minimise_periodic(F&& f, double period, int points, double rounding = 0.0) {
  const double spacing = period / points;
  const LinePoint here = f(0.0);
  LinePoint lowest = here;
  int best = 0;
  for (int m = 1; m < points; ++m) {
    const LinePoint p = f(m * spacing);
    if (p.loss < lowest.loss) {
      lowest = p;
      best = m;
    }
  }
  LineMinimum found{best * spacing, lowest.loss};
  if (lowest.slope != 0.0) {
    const LineMinimum near = descend(f, found.at, lowest, lowest.slope < 0.0 ? spacing : -spacing);
    if (near.loss < found.loss) found = near;
  }
  return here.loss - found.loss > rounding * std::abs(here.loss) ? found : LineMinimum{0.0, here.loss};
}

}  // namespace qmtl::inline QMTL_ABI::detail
