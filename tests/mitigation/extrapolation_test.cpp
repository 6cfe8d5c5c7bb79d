// SPDX-License-Identifier: Apache-2.0
// Extrapolation to no noise: exact for the functions that are fitted, and standard errors against many seeds.

#include "qmtl/mitigation/extrapolation.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace extrapolation_test {

using namespace qmtl;
using Points = std::vector<NoisyValue>;

template <class F>
Points points_of(std::initializer_list<double> factors, const F& f, double error = 0.0) {
  Points out;
  for (const double x : factors) out.push_back({x, f(x), error});
  return out;
}

/// Values around exact ones, drawn with their standard errors.
Points noisy(Rng& rng, Points points) {
  for (auto& p : points) p.value += p.standard_error * rng.normal();
  return points;
}

/// Mean deviation and mean square of (estimate - exact) / standard error.
template <class Fit>
std::pair<double, double> calibration(const Points& exact, double value, const Fit& fit) {
  Rng rng(Seed{11});
  constexpr int repeats = 1000;
  double bias = 0.0, squares = 0.0;
  for (int i = 0; i < repeats; ++i) {
    const Estimate e = fit(noisy(rng, exact));
    const double pull = (e.value - value) / e.standard_error;
    bias += pull / repeats;
    squares += pull * pull / repeats;
  }
  return {bias, squares};
}

TEST_CASE("extrapolation by polynomials is exact for polynomials", "[mitigation]") {
  const auto cubic = [](double x) { return 0.7 - 0.2 * x + 0.05 * x * x - 0.01 * x * x * x; };
  CHECK(polynomial_extrapolation(points_of({1, 1.5, 2, 3, 4.5}, cubic), 3).value == Approx(0.7).epsilon(1e-12));
  CHECK(richardson_extrapolation(points_of({1, 2, 3, 5}, cubic)).value == Approx(0.7).epsilon(1e-12));
  const auto line = [](double x) { return 0.9 - 0.1 * x; };
  CHECK(linear_extrapolation(points_of({1, 3, 5}, line)).value == Approx(0.9).epsilon(1e-13));
  CHECK(linear_extrapolation(points_of({1, 3, 5}, line)).standard_error == 0.0);
}

TEST_CASE("Richardson extrapolation is the polynomial through all points, with its published coefficients",
          "[mitigation]") {
  // Factors 1 and 3: 3/2, -1/2; factors 1, 3 and 5: 15/8, -10/8, 3/8.
  const Estimate two = richardson_extrapolation(Points{{1, 0.8, 0.01}, {3, 0.5, 0.02}});
  CHECK(two.value == Approx(1.5 * 0.8 - 0.5 * 0.5).epsilon(1e-14));
  CHECK(two.standard_error == Approx(std::hypot(1.5 * 0.01, 0.5 * 0.02)).epsilon(1e-14));
  const Points three{{1, 0.8, 0.01}, {3, 0.5, 0.02}, {5, 0.4, 0.03}};
  const Estimate richardson = richardson_extrapolation(three), polynomial = polynomial_extrapolation(three, 2);
  CHECK(richardson.value == Approx((15 * 0.8 - 10 * 0.5 + 3 * 0.4) / 8).epsilon(1e-14));
  CHECK(polynomial.value == Approx(richardson.value).epsilon(1e-12));
  CHECK(polynomial.standard_error == Approx(richardson.standard_error).epsilon(1e-12));
}

TEST_CASE("exponential extrapolation is exact for exponentials", "[mitigation]") {
  for (const double rate : {0.02, 0.3, 2.0}) {
    for (const double asymptote : {0.0, 0.25}) {
      const auto decay = [=](double x) { return asymptote - 0.8 * std::exp(-rate * x); };
      const auto points = points_of({1, 2, 3, 5}, decay);
      CHECK(exponential_extrapolation(points, asymptote).value == Approx(asymptote - 0.8).epsilon(1e-7));
      CHECK(exponential_extrapolation(points, std::nullopt).value == Approx(asymptote - 0.8).epsilon(1e-6));
    }
  }
  const auto none = [](double) { return 0.0; };
  CHECK(exponential_extrapolation(points_of({1, 3}, none)).value == 0.0);
}

TEST_CASE("values that do not decay have no exponential, and those that do not change are their own", "[mitigation]") {
  const auto half = [](double) { return 0.5; };
  CHECK(exponential_extrapolation(points_of({1, 3, 5}, half)).value == Approx(0.5).epsilon(1e-14));
  const Estimate mean = exponential_extrapolation(Points{{1, 0.49, 0.02}, {3, 0.51, 0.02}});  // one and a half errors
  CHECK(mean.value == Approx(0.5).epsilon(1e-14));
  CHECK(mean.standard_error == Approx(0.02 * std::sqrt(2.5)).epsilon(1e-12));
  const auto message = [](const Points& points) {
    return test::message_of<NumericalError>([&] { static_cast<void>(exponential_extrapolation(points)); });
  };
  CHECK(message({{1, 0.5}, {3, 0.6}, {5, 0.8}}).find("move away from it") != std::string::npos);
  CHECK(message({{1, -0.5}, {3, -0.6}, {5, -0.8}}).find("move away from it") != std::string::npos);
  CHECK(message({{1, 0.1}, {3, 0.0}, {5, 0.0}}).find("smaller factors") != std::string::npos);
}

TEST_CASE("a signal that is lost at larger factors has no exponential, or an error that covers it", "[mitigation]") {
  const auto decay = [](double x) { return 0.5 * std::exp(-x); };
  const Points weak = points_of({1, 3, 5}, decay, 0.02);  // 0.18, 0.025 and 0.003
  Rng rng(Seed{1});
  int lost = 0;
  for (int draw = 0; draw < 400; ++draw) {
    for (const std::optional<double> asymptote : {std::optional(0.0), std::optional<double>()}) {
      try {
        const Estimate e = exponential_extrapolation(noisy(rng, weak), asymptote);
        CHECK(std::abs(e.value) < 2);
        CHECK(std::abs(e.value - 0.5) < 6 * e.standard_error);  // of first order: up to 5.7
      } catch (const NumericalError&) {
        ++lost;
      }
    }
  }
  CHECK(lost > 400);  // the second point is mostly within two standard errors of the asymptote
}

TEST_CASE("the exponential of lost signals is refused for each reason, and one measured at factor 0 is not",
          "[mitigation]") {
  const auto refused = [](const Points& points, std::optional<double> asymptote = 0.0) {
    return test::message_of<NumericalError>([&] {
             static_cast<void>(exponential_extrapolation(points, asymptote));
           }).find("without an upper limit") != std::string::npos;
  };
  CHECK(refused({{1, 0.1, 0.02}, {3, -0.02, 0.02}}));
  CHECK(refused({{1, 0.1}, {3, -0.01}, {5, 0.01}}));
  CHECK(refused({{1, 0.1, 0.02}, {3, 0.03, 0.02}}));  // one and a half errors
  CHECK(refused({{1, 0.5}, {3, 0.2}, {5, 0.22}}, std::nullopt));
  CHECK(refused({{1, 0.01, 0.02}, {3, 0.01, 0.02}}));  // no signal anywhere
  CHECK(exponential_extrapolation(Points{{1, 0.1, 0.02}, {3, 0.05, 0.02}}).value ==
        Approx(0.1 * std::sqrt(2.0)).epsilon(1e-7));
  const Estimate there = exponential_extrapolation(Points{{0, 0.5, 0.02}, {3, -0.01, 0.02}});
  CHECK(there.value == Approx(0.5).epsilon(1e-12));
  CHECK(there.standard_error == Approx(0.02).epsilon(1e-6));
  const auto close = [](double x) { return 0.5 * std::exp(-x); };  // of which large rates leave no number above 0
  CHECK(exponential_extrapolation(points_of({1, 1.02, 1.05}, close)).value == Approx(0.5).epsilon(1e-6));
}

TEST_CASE("points count with the inverse of their squared errors", "[mitigation]") {
  // Two measurements of the same line, of which one is a hundred times as exact.
  Points points{{1, 0.8, 0.001}, {3, 0.6, 0.001}, {1, 0.9, 0.1}, {3, 1.0, 0.1}};
  CHECK(linear_extrapolation(points).value == Approx(0.9).margin(1e-3));
  for (auto& p : points) p.standard_error = 0.0;
  CHECK(linear_extrapolation(points).value == Approx(0.875).epsilon(1e-12));
}

TEST_CASE("standard errors of extrapolated values are what many seeds show", "[mitigation]") {
  // 1000 squares have a deviation of 0.045 from their mean, and their mean one of 0.032.
  const auto decay = [](double x) { return 0.1 + 0.7 * std::exp(-0.25 * x); };
  const auto line = [](double x) { return 0.8 - 0.15 * x; };
  Points decaying = points_of({1, 2, 3, 5, 8}, decay, 0.002), linear = points_of({1, 2, 3, 5, 8}, line, 0.01);
  linear[3].standard_error = 0.05;
  const auto check = [](const std::pair<double, double>& pulls) {
    CHECK(std::abs(pulls.first) < 0.16);
    CHECK(pulls.second == Approx(1.0).margin(0.2));
  };
  check(calibration(linear, 0.8, [](const Points& p) { return linear_extrapolation(p); }));
  check(calibration(linear, 0.8, [](const Points& p) { return polynomial_extrapolation(p, 2); }));
  check(calibration(linear, 0.8, [](const Points& p) { return richardson_extrapolation(p); }));
  check(calibration(decaying, 0.8, [](const Points& p) { return exponential_extrapolation(p, 0.1); }));
  check(calibration(decaying, 0.8, [](const Points& p) { return exponential_extrapolation(p, std::nullopt); }));
}

TEST_CASE("points that do not fix a fit are an error that says so", "[mitigation]") {
  using test::message_of;
  const Points twice{{1, 0.5}, {1, 0.6}};
  CHECK(message_of<ShapeError>([&] { static_cast<void>(linear_extrapolation(twice)); }).find("at least 2, got 1") !=
        std::string::npos);
  CHECK(message_of<ShapeError>([&] { static_cast<void>(richardson_extrapolation(twice)); }).find("2, got 1") !=
        std::string::npos);
  CHECK(message_of<ShapeError>([] { static_cast<void>(richardson_extrapolation({})); }).find("1, got 0") !=
        std::string::npos);
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(exponential_extrapolation(Points{{1, 0.5}, {3, 0.4}}, std::nullopt));
        }).find("at least 3") != std::string::npos);
  CHECK(message_of<ValueError>([] {
          static_cast<void>(linear_extrapolation(Points{{1, 0.5, 0.1}, {3, 0.4}}));
        }).find("of all 2 points or none, got 1") != std::string::npos);
  CHECK(message_of<ValueError>([] {
          static_cast<void>(linear_extrapolation(Points{{1, 0.5}, {3, std::nan("")}}));
        }).find("point 1") != std::string::npos);
}

}  // namespace extrapolation_test
