#pragma once
// SPDX-License-Identifier: Apache-2.0
// Extrapolation of values measured at several strengths of noise to none: polynomials, Richardson, exponentials.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/estimate.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/mitigation/richardson.hpp"

namespace qmtl::inline QMTL_ABI {

/// What was measured with the noise multiplied by a factor. Standard errors are of all points or of none (0): points
/// count with the inverse of their squares, else alike. Errors of different points are to be independent: points by
/// random numbers need seeds of their own.
struct NoisyValue {
  double factor = 1.0;
  double value = 0.0;
  double standard_error = 0.0;
};

namespace detail {

/// The points of a fit, divided by their standard errors.
struct FitPoints {
  Eigen::VectorXd factors, weights, scaled;
  bool has_errors = false;
};

/// Throws ShapeError for fewer points than there are unknowns, ValueError for numbers that are not finite, factors
/// that are negative, fewer different ones than unknowns, or standard errors of some points only.
[[nodiscard]] inline FitPoints fit_points(std::string_view where, std::span<const NoisyValue> points,
                                          std::size_t unknowns) {
  const auto size = static_cast<Eigen::Index>(points.size());
  FitPoints out{Eigen::VectorXd(size), Eigen::VectorXd(size), Eigen::VectorXd(size)};
  std::size_t different = 0, with_errors = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& [factor, value, error] = points[i];
    if (!(factor >= 0.0 && error >= 0.0 && std::isfinite(factor + error) && std::isfinite(value))) {
      throw ValueError(text("qmtl: ", where, ": point ", i, ", expected finite numbers, factor and error not negative,",
                            " got ", factor, ", ", value, ", ", error));
    }
    const bool known = std::any_of(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&points, i](const NoisyValue& p) { return p.factor == points[i].factor; });
    different += known ? 0 : 1;
    with_errors += error > 0.0 ? 1 : 0;
  }
  if (different < unknowns) {
    throw ShapeError(
        text("qmtl: ", where, ": points of different factors, expected at least ", unknowns, ", got ", different));
  }
  if (with_errors != 0 && with_errors != points.size()) {
    throw ValueError(text("qmtl: ", where, ": standard errors, expected of all ", points.size(),
                          " points or none, got ", with_errors));
  }
  out.has_errors = with_errors != 0;
  for (Eigen::Index i = 0; i < size; ++i) {
    const auto& point = points[static_cast<std::size_t>(i)];
    out.factors[i] = point.factor;
    out.weights[i] = out.has_errors ? 1 / point.standard_error : 1.0;
    out.scaled[i] = out.weights[i] * point.value;
  }
  return out;
}

/// How much each scaled value counts in the combination `slopes` of the unknowns of a least-squares fit.
[[nodiscard]] inline Eigen::VectorXd shares(const FitPoints& points, const ColMajorMatrix<double>& columns,
                                            const Eigen::VectorXd& slopes) {
  const ColMajorMatrix<double> scaled = points.weights.asDiagonal() * columns;
  return scaled.completeOrthogonalDecomposition().pseudoInverse().transpose() * slopes;
}

}  // namespace detail

/// The value at factor 0 of the polynomial of a degree by weighted least squares. It is linear in the values, and so is
/// its standard error exact. Throws ShapeError for fewer than degree + 1 different factors, ValueError for a degree
/// below 0, numbers that are not finite, or standard errors of some points only.
[[nodiscard]] inline Estimate polynomial_extrapolation(std::span<const NoisyValue> points, int degree) {
  if (degree < 0) {
    throw ValueError(detail::text("qmtl: polynomial_extrapolation: degree, expected 0 or more, got ", degree));
  }
  const auto p = detail::fit_points("polynomial_extrapolation", points, static_cast<std::size_t>(degree) + 1);
  ColMajorMatrix<double> powers(p.factors.size(), degree + 1);
  powers.col(0).setOnes();
  for (int k = 1; k <= degree; ++k) powers.col(k) = powers.col(k - 1).cwiseProduct(p.factors);
  const auto shares = detail::shares(p, powers, Eigen::VectorXd::Unit(degree + 1, 0));
  return {shares.dot(p.scaled), p.has_errors ? shares.norm() : 0.0};
}

/// The straight line by weighted least squares. Throws as polynomial_extrapolation.
[[nodiscard]] inline Estimate linear_extrapolation(std::span<const NoisyValue> points) {
  return polynomial_extrapolation(points, 1);
}

/// The polynomial through all points, of different factors (Richardson 1911; Temme, Bravyi and Gambetta 2017): the sum
/// of value_i prod_j factor_j / (factor_j - factor_i). Exact for polynomials below as many powers as points, with a
/// standard error that grows fast with them. Throws as polynomial_extrapolation.
[[nodiscard]] inline Estimate richardson_extrapolation(std::span<const NoisyValue> points) {
  static_cast<void>(detail::fit_points("richardson_extrapolation", points, std::max<std::size_t>(points.size(), 1)));
  std::vector<double> factors;
  for (const auto& point : points) factors.push_back(point.factor);
  const auto shares = detail::richardson_shares(factors);
  Estimate out;
  double variance = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    out.value += shares[i] * points[i].value;
    variance += std::pow(shares[i] * points[i].standard_error, 2);
  }
  out.standard_error = std::sqrt(variance);
  return out;
}

namespace detail {

/// a + b exp(-rate (factor - smallest factor)) by weighted least squares: for a rate, a and b follow from a linear fit.
class ExponentialFit {
 public:
  ExponentialFit(const FitPoints& points, std::optional<double> asymptote)
      : points_(&points),
        asymptote_(asymptote),
        first_(points.factors.minCoeff()),
        beyond_(points.factors.array() - first_) {}

  /// The value at factor 0 with its standard error to first order. Throws NumericalError where no rate fits, or any
  /// large one does.
  [[nodiscard]] Estimate at_zero() {
    const auto rate = best_rate();
    if (!rate) return constant();
    static_cast<void>(misfit(*rate));
    ColMajorMatrix<double> columns(decay_.size(), asymptote_ ? 2 : 3);
    columns.col(0) = decay_;
    columns.col(1) = -b_ * beyond_.cwiseProduct(decay_);  // by the rate
    const double growth = std::exp(*rate * first_);
    Eigen::VectorXd slopes(columns.cols());
    slopes.head(2) << growth, b_ * first_ * growth;
    if (!asymptote_) {
      columns.col(2).setOnes();
      slopes[2] = 1.0;
    }
    return {a_ + b_ * growth, points_->has_errors ? shares(*points_, columns, slopes).norm() : 0.0};
  }

 private:
  /// The sum of squares that is left with a rate; sets a, b and the decays.
  double misfit(double rate) {
    const auto& w = points_->weights;
    decay_ = (-rate * beyond_).array().exp();
    const Eigen::VectorXd u = w.cwiseProduct(decay_);
    if (asymptote_) {
      a_ = *asymptote_;
      b_ = u.dot(points_->scaled - a_ * w) / u.squaredNorm();
    } else {
      const double ww = w.squaredNorm();
      const Eigen::VectorXd centred = u - (u.dot(w) / ww) * w;
      b_ = centred.dot(points_->scaled) / centred.squaredNorm();
      a_ = w.dot(points_->scaled - b_ * u) / ww;
    }
    return (points_->scaled - a_ * w - b_ * u).squaredNorm();
  }

  /// The best rate: the best of a grid, and then by golden sections between its neighbours. None for values that do not
  /// decay towards a known asymptote.
  [[nodiscard]] std::optional<double> best_rate() {
    const double range = beyond_.maxCoeff();
    const double low = std::log((asymptote_ ? 1e-6 : 1e-3) / range), high = std::log(100.0 / range);
    constexpr int grid = 200;
    const double step = (high - low) / grid;
    int best = 0;
    double least = misfit(std::exp(low));
    for (int k = 1; k <= grid; ++k) {
      const double here = misfit(std::exp(low + k * step));
      if (!(here < least)) continue;
      least = here;
      best = k;
    }
    const bool decays = best != 0 || !asymptote_;
    const double rate = std::exp(decays ? golden_section(low + (best - 1) * step, low + (best + 1) * step) : low);
    require_limit(rate, misfit(std::exp(high)) - misfit(rate), misfit(rate));
    return decays ? std::optional(rate) : std::nullopt;
  }

  /// Throws NumericalError where the misfit of the largest rate is above the least by less than two standard errors (of
  /// the points or, if they have none, of what the fit leaves): any larger one is as good, and the value at factor 0
  /// has no limit.
  void require_limit(double rate, double rise, double least) const {
    if (first_ == 0.0) return;  // which is measured there
    const auto unknowns = static_cast<Eigen::Index>(asymptote_ ? 2 : 3);
    const auto freedom = static_cast<double>(std::max<Eigen::Index>(1, beyond_.size() - unknowns));
    const double rounding = std::numeric_limits<double>::epsilon() * points_->scaled.norm();
    const double variance = points_->has_errors ? 1.0 : std::max(least / freedom, rounding * rounding);
    if (!(rise < 4 * variance) && std::isfinite(std::exp(rate * first_))) return;
    throw NumericalError(text("qmtl: exponential_extrapolation: values, expected some of the signal at more than the ",
                              "smallest factor, by two standard errors, got a rate of decay without an upper limit: ",
                              "points of smaller factors or errors are needed"));
  }

  /// The mean of values that do not change, with the standard error of the straight line, as a decay may be too slow to
  /// be seen. Throws NumericalError for those that move away from the asymptote, by more
  /// than three standard errors if they have any.
  [[nodiscard]] Estimate constant() const {
    ColMajorMatrix<double> columns(points_->factors.size(), 2);
    columns.col(0).setOnes();
    columns.col(1) = points_->factors;
    const auto of_slope = shares(*points_, columns, Eigen::Vector2d::Unit(1));
    const auto of_mean = shares(*points_, columns.leftCols(1), Eigen::VectorXd::Ones(1));
    const auto of_line = shares(*points_, columns, Eigen::Vector2d::Unit(0));
    const double slope = of_slope.dot(points_->scaled), mean = of_mean.dot(points_->scaled);
    const double above = mean - *asymptote_;
    const double range = beyond_.maxCoeff();
    const double allowed = points_->has_errors ? 3 * of_slope.norm() : 1e-9 * std::abs(above) / range;
    if (slope * above > 0.0 && std::abs(slope) > allowed) {
      throw NumericalError(text("qmtl: exponential_extrapolation: values, expected to decay towards the asymptote ",
                                *asymptote_, ", got some that move away from it by ", std::abs(slope),
                                " a factor: give another asymptote, or std::nullopt to fit it"));
    }
    return {mean, points_->has_errors ? of_line.norm() : 0.0};
  }

  [[nodiscard]] double golden_section(double low, double high) {
    constexpr double ratio = 0.61803398874989484820;
    double left = high - ratio * (high - low), right = low + ratio * (high - low);
    double at_left = misfit(std::exp(left)), at_right = misfit(std::exp(right));
    for (int k = 0; k < 60; ++k) {
      if (at_left < at_right) {
        high = right;
        right = left;
        at_right = at_left;
        left = high - ratio * (high - low);
        at_left = misfit(std::exp(left));
      } else {
        low = left;
        left = right;
        at_left = at_right;
        right = low + ratio * (high - low);
        at_right = misfit(std::exp(right));
      }
    }
    return (low + high) / 2;
  }

  const FitPoints* points_;
  std::optional<double> asymptote_;
  double first_;            ///< the smallest factor
  Eigen::VectorXd beyond_;  ///< the factors less it
  double a_ = 0.0, b_ = 0.0;
  Eigen::VectorXd decay_;
};

}  // namespace detail

/// The value at factor 0 of a + b exp(-c factor) by weighted least squares, c from 0 to 100 divided by the range of the
/// factors: what stochastic noise does to an expectation value. The asymptote a, of infinite noise, is often known (0
/// for a Pauli string under depolarizing noise, but not under relaxation, which takes <Z> towards 1); else it is
/// fitted, from three points on. The standard error is to first order in those of the points. Throws ShapeError for
/// fewer than 2 (3) different factors, ValueError as polynomial_extrapolation, or for an asymptote that is not finite,
/// and NumericalError for values that move away from the asymptote, or that have reached it, to two standard errors, at
/// all factors but the smallest: then the value at factor 0 has no limit.
[[nodiscard]] inline Estimate exponential_extrapolation(std::span<const NoisyValue> points,
                                                        std::optional<double> asymptote = 0.0) {
  if (asymptote && !std::isfinite(*asymptote)) {
    throw ValueError(
        detail::text("qmtl: exponential_extrapolation: asymptote, expected a finite number, got ", *asymptote));
  }
  const auto p = detail::fit_points("exponential_extrapolation", points, asymptote ? 2 : 3);
  return detail::ExponentialFit(p, asymptote).at_zero();
}

}  // namespace qmtl::inline QMTL_ABI
