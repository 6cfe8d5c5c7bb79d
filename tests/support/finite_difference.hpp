#pragma once
// SPDX-License-Identifier: Apache-2.0
// Derivatives by central differences, the method that knows nothing about circuits.

#include <span>
#include <vector>

namespace qmtl::test {

/// The fourth-order central difference (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / (12 h) of a function of one variable:
/// for functions whose derivatives are of order 1, an error of about h^4/30 + epsilon/h, 1e-12 or so with h = 1e-3.
template <class F>
[[nodiscard]] double central_difference(F&& f, double at, double h = 1e-3) {
  return (8.0 * (f(at + h) - f(at - h)) - (f(at + 2 * h) - f(at - 2 * h))) / (12.0 * h);
}

/// The gradient of f(span of doubles) at `point`, one central difference a component.
template <class F>
[[nodiscard]] std::vector<double> difference_gradient(F&& f, std::span<const double> point, double h = 1e-3) {
  std::vector<double> x(point.begin(), point.end());
  std::vector<double> gradient;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    const auto along = [&](double value) {
      x[i] = value;
      return f(std::span<const double>(x));
    };
    gradient.push_back(central_difference(along, at, h));
    x[i] = at;
  }
  return gradient;
}

}  // namespace qmtl::test
