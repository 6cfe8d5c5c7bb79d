// SPDX-License-Identifier: Apache-2.0
// Errors of real targets against scikit-learn's documentation, with missing targets, weights and numbers of any size.

#include "qmtl/loss/regression_metrics.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace regression_metrics_test {

using namespace qmtl;
using qmtl::test::message_of;
using Numbers = std::vector<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
Approx close(double value) { return Approx(value).epsilon(1e-12); }

TEST_CASE("the example that scikit-learn documents its regression metrics with") {
  // y_true = [3, -0.5, 2, 7], y_pred = [2.5, 0.0, 2, 8].
  const auto figures = regression_metrics(Numbers{3, -0.5, 2, 7}, Numbers{2.5, 0, 2, 8});
  CHECK(figures.rows == 4);
  CHECK(figures.r2 == close(1 - 1.5 / 29.1875));                                   // r2_score: 0.948...
  CHECK(figures.rmse == close(std::sqrt(0.375)));                                  // root_mean_squared_error: 0.612...
  CHECK(figures.mae == close(0.5));                                                // mean_absolute_error: 0.5
  CHECK(figures.median_absolute_error == close(0.5));                              // median_absolute_error: 0.5
  CHECK(figures.explained_variance == close(1 - (0.375 - 0.0625) * 4 / 29.1875));  // explained_variance_score: 0.957...
  CHECK(regression_metrics(Numbers{1, 2, 3}, Numbers{3, 2, 1}).r2 == close(-3));   // documentation of r2_score: -3.0
  CHECK(regression_metrics(Numbers{1, 2, 3}, Numbers{2, 2, 2}).r2 == close(0).margin(1e-12));
}

TEST_CASE("a target that is missing does not count, and a weight counts as so many rows") {
  const Numbers truth{3, nan, -0.5, 2, 7}, predicted{2.5, 100, 0, 2, 8};
  CHECK(regression_metrics(truth, predicted).r2 == close(1 - 1.5 / 29.1875));
  const auto weighed = regression_metrics(truth, predicted, Numbers{2, 9, 1, 3, 0});
  const auto repeated = regression_metrics(Numbers{3, 3, -0.5, 2, 2, 2}, Numbers{2.5, 2.5, 0, 2, 2, 2});
  CHECK(weighed.rows == 3);
  CHECK(weighed.r2 == close(repeated.r2));
  CHECK(weighed.rmse == close(repeated.rmse));
  CHECK(weighed.mae == close(repeated.mae));
  CHECK(weighed.median_absolute_error == close(repeated.median_absolute_error));
  CHECK(weighed.median_absolute_error == close(0.25));  // half of the weight has error 0, half 0.5
  CHECK(weighed.explained_variance == close(repeated.explained_variance));
}

TEST_CASE("figures that are not defined are NaN") {
  const auto none = regression_metrics(Numbers{nan}, Numbers{1});
  CHECK(none.rows == 0);
  for (const double value : {none.r2, none.rmse, none.mae, none.median_absolute_error, none.explained_variance}) {
    CHECK(std::isnan(value));
  }
  const auto constant = regression_metrics(Numbers{0.1, 0.1, 0.1}, Numbers{0.1, 0.2, 0.3});
  CHECK(std::isnan(constant.r2));
  CHECK(std::isnan(constant.explained_variance));
  CHECK(constant.mae == close(0.1));
  CHECK(regression_metrics(Numbers{0, 0}, Numbers{0, 0}).rmse == 0.0);
}

TEST_CASE("units change nothing but the units") {
  for (const double unit : {1e-200, 1e200}) {
    const auto figures = regression_metrics(Numbers{3 * unit, -0.5 * unit, 2 * unit, 7 * unit},
                                            Numbers{2.5 * unit, 0, 2 * unit, 8 * unit});
    CHECK(figures.r2 == close(1 - 1.5 / 29.1875));
    CHECK(figures.rmse / unit == close(std::sqrt(0.375)));
    CHECK(figures.mae / unit == close(0.5));
  }
}

TEST_CASE("infinite numbers and unequal numbers of rows are refused") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(regression_metrics(Numbers{infinity}, Numbers{1}), ValueError);
  CHECK(message_of<ValueError>([&] {
          (void)regression_metrics(Numbers{1, 2}, Numbers{1, nan});
        }) == "qmtl: regression metrics: prediction of row 1, expected a finite number, got nan");
  CHECK_THROWS_AS(regression_metrics(Numbers{1, 2}, Numbers{1}), ShapeError);
  CHECK_THROWS_AS(regression_metrics(Numbers{1}, Numbers{1}, Numbers{1, 1}), ShapeError);
  CHECK_THROWS_AS(regression_metrics(Numbers{1}, Numbers{1}, Numbers{nan}), ValueError);
}

TEST_CASE("equal weights of any size change nothing") {
  for (const std::size_t n : {6u, 8u, 10u, 100u}) {
    Numbers truth, predicted;
    for (std::size_t i = 0; i < n; ++i) {
      truth.push_back(static_cast<double>((7 * i) % 5));
      predicted.push_back(truth.back() + static_cast<double>(i * i));
    }
    const auto expected = regression_metrics(truth, predicted);
    for (const double weight : {0.1, 0.7, 1.0 / 3.0, 1e308, 1e-200}) {
      const auto figures = regression_metrics(truth, predicted, Numbers(n, weight));
      CHECK(figures.median_absolute_error == expected.median_absolute_error);
      CHECK(figures.mae == close(expected.mae));
      CHECK(figures.rmse == close(expected.rmse));
      CHECK(figures.r2 == close(expected.r2));
    }
  }
  CHECK(regression_metrics(Numbers{1, 2}, Numbers{1, 3}, Numbers{0, 0}).rows == 0);
}

}  // namespace regression_metrics_test
