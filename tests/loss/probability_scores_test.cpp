// SPDX-License-Identifier: Apache-2.0
// Log loss, Brier score and calibration against scikit-learn's documentation and by hand.

#include "qmtl/loss/probability_scores.hpp"

#include <cmath>
#include <limits>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace probability_scores_test {

using namespace qmtl;
using qmtl::test::message_of;
using Classes = std::vector<int>;
using Numbers = std::vector<double>;

Approx close(double value) { return Approx(value).epsilon(1e-12); }

TEST_CASE("the log loss of scikit-learn's documentation of log_loss") {
  // ["spam", "ham", "ham", "spam"], columns in the order ham, spam: 0.21616...
  Batch<double> probabilities(2, 4);
  probabilities << 0.1, 0.9, 0.8, 0.35, 0.9, 0.1, 0.2, 0.65;
  const Classes truth{1, 0, 0, 1};
  const double expected = -(std::log(0.9) + std::log(0.9) + std::log(0.8) + std::log(0.65)) / 4;
  CHECK(expected == Approx(0.21616187468057912).epsilon(1e-14));
  CHECK(log_loss(truth, probabilities) == close(expected));
  CHECK(log_loss(truth, Numbers{0.9, 0.1, 0.2, 0.65}) == close(expected));
  CHECK(log_loss(truth, probabilities, Numbers{1, 0, 3, 0}) == close(-(std::log(0.9) + 3 * std::log(0.8)) / 4));
  CHECK(log_loss(Classes{1, -1, 0, -1}, probabilities) == close(-(std::log(0.9) + std::log(0.8)) / 2));
}

TEST_CASE("a sure mistake costs 36 nats, and a sure hit next to nothing") {
  const double most = -std::log(std::numeric_limits<double>::epsilon());  // scikit-learn clips there, too
  CHECK(most == Approx(36.04).margin(0.01));
  CHECK(log_loss(Classes{1, 0}, Numbers{0, 1}) == close(most));
  CHECK(log_loss(Classes{1, 0}, Numbers{1, 0}) < 1e-15);
  Batch<double> sure(3, 1);
  sure << 1, 0, 0;
  CHECK(log_loss(Classes{2}, sure) == close(most));
}

TEST_CASE("the Brier scores of scikit-learn's documentation of brier_score_loss") {
  CHECK(brier_score(Classes{0, 1, 1, 0}, Numbers{0.1, 0.9, 0.8, 0.3}) == close(0.0375));
  Batch<double> three(3, 3);  // eggs, ham, spam: 0.146...
  three << 0.8, 0.2, 0.2, 0.1, 0.7, 0.2, 0.1, 0.1, 0.6;
  CHECK(brier_score(Classes{0, 1, 2}, three) == close(0.44 / 3));
  Batch<double> two(2, 4);
  two << 0.9, 0.1, 0.2, 0.7, 0.1, 0.9, 0.8, 0.3;
  CHECK(brier_score(Classes{0, 1, 1, 0}, two) == close(0.0375));
  CHECK(brier_score(Classes{0, -1, 1, 0}, two, Numbers{2, 5, 1, 0}) == close((2 * 0.01 + 0.04) / 3));
}

TEST_CASE("the bins of scikit-learn's documentation of calibration_curve") {
  // n_bins=3: prob_true [0, 0.5, 1], prob_pred [0.2, 0.525, 0.85].
  const Classes truth{0, 0, 0, 0, 1, 1, 1, 1, 1};
  const Numbers probabilities{0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0};
  const auto bins = calibration_bins(truth, probabilities, 3);
  REQUIRE(bins.size() == 3);
  const Numbers predicted{0.2, 0.525, 0.85}, observed{0.0, 0.5, 1.0};
  const std::vector<std::size_t> rows{3, 2, 4};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(bins[i].mean_probability == close(predicted[i]));
    CHECK(bins[i].positive_rate == close(observed[i]));
    CHECK(bins[i].rows == rows[i]);
    CHECK(bins[i].low == close(static_cast<double>(i) / 3));
  }
  CHECK(expected_calibration_error(bins) == close((3 * 0.2 + 2 * 0.025 + 4 * 0.15) / 9));
}

TEST_CASE(
    "bins of quantiles have equally many rows; an edge belongs to the bin below it, and empty bins are left out") {
  const Classes truth{0, 1, 0, 1, 1, 1};
  const auto bins = calibration_bins(truth, Numbers{0.01, 0.02, 0.03, 0.04, 0.5, 1.0}, 3, BinEdges::quantile);
  REQUIRE(bins.size() == 3);
  for (const auto& bin : bins) CHECK(bin.rows == 2);
  CHECK(bins[0].low == 0.01);
  CHECK(bins[0].high == close(0.02 + 2.0 / 3 * 0.01));  // numpy.percentile at 5/3 of ranks 0 to 5
  CHECK(bins[2].high == 1.0);
  CHECK(calibration_bins(truth, Numbers(6, 0.25), 5, BinEdges::quantile).size() == 1);

  const auto edges = calibration_bins(Classes{0, 0, 1, 1}, Numbers{0.0, 0.5, 0.75, 1.0}, 4);
  REQUIRE(edges.size() == 4);
  for (const auto& bin : edges) CHECK(bin.rows == 1);
  CHECK(edges[1].low == 0.25);  // (0.25, 0.5] has 0.5
}

TEST_CASE("calibration counts labelled rows by weight") {
  const auto bins =
      calibration_bins(Classes{0, 1, -1, 1}, Numbers{0.2, 0.4, 0.3, 0.9}, 2, BinEdges::uniform, Numbers{1, 3, 100, 0});
  REQUIRE(bins.size() == 1);
  CHECK(bins[0].rows == 2);
  CHECK(bins[0].weight == 4.0);
  CHECK(bins[0].mean_probability == close(1.4 / 4));
  CHECK(bins[0].positive_rate == 0.75);
  CHECK(calibration_bins(Classes{-1}, Numbers{0.5}).empty());
  CHECK(std::isnan(expected_calibration_error({})));
}

TEST_CASE("labels drawn from the probabilities are calibrated, those of squared probabilities are not") {
  Rng rng(Seed{6});
  Classes truth;
  Numbers right, wrong;
  for (int i = 0; i < 20000; ++i) {
    right.push_back(rng.uniform());
    wrong.push_back(right.back() * right.back());
    truth.push_back(rng.uniform() < right.back() ? 1 : 0);
  }
  CHECK(expected_calibration_error(calibration_bins(truth, right)) < 0.015);
  CHECK(expected_calibration_error(calibration_bins(truth, wrong)) == Approx(1.0 / 6).margin(0.01));  // E[p - p^2]
}

TEST_CASE("the confidence of several classes is that of the most probable one") {
  Batch<double> probabilities(3, 4);
  probabilities << 0.7, 0.1, 0.2, 0.4, 0.2, 0.8, 0.2, 0.3, 0.1, 0.1, 0.6, 0.3;
  const auto bins = confidence_bins(Classes{0, 1, 1, -1}, probabilities, 2);
  REQUIRE(bins.size() == 1);
  CHECK(bins[0].rows == 3);
  CHECK(bins[0].mean_probability == close(0.7));
  CHECK(bins[0].positive_rate == close(2.0 / 3));
}

TEST_CASE("what is no probability is refused by name, as logits are") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([] {
          (void)brier_score(Classes{0, 1}, Numbers{0.5, 1.5});
        }) == "qmtl: Brier score: probability of row 1, expected a number from 0 to 1, got 1.5");
  CHECK_THROWS_AS(log_loss(Classes{0, 1}, Numbers{0.5, nan}), ValueError);
  CHECK_THROWS_AS(calibration_bins(Classes{0}, Numbers{-0.1}), ValueError);
  CHECK_THROWS_AS(calibration_bins(Classes{0}, Numbers{0.1}, 0), ValueError);
  CHECK_THROWS_AS(log_loss(Classes{0, 1}, Numbers{0.5}), ShapeError);
  const Batch<double> half = Batch<double>::Constant(3, 1, 0.5);
  CHECK(message_of<ValueError>([&] { (void)log_loss(Classes{0}, half); }) ==
        "qmtl: log loss: probabilities of row 0, expected a sum of 1, got 1.5");
  CHECK_THROWS_AS(log_loss(Classes{0, 1}, half), ShapeError);
  CHECK_THROWS_AS(log_loss(Classes{0}, Batch<double>(Batch<double>::Constant(1, 1, 1.0))), ShapeError);
  CHECK(std::isnan(log_loss(Classes{-1}, half)));
  CHECK(std::isnan(brier_score(Classes{}, Numbers{})));
}

TEST_CASE("scores are the same with weights of any size, and NaN where all are 0") {
  const Classes truth{1, 0, 1};
  const Numbers probabilities{0.9, 0.4, 0.6};
  const double loss = log_loss(truth, probabilities, Numbers{1, 1, 1});
  const double brier = brier_score(truth, probabilities, Numbers{1, 1, 1});
  for (const double size : {1e308, 1e-200, 5e-308}) {
    const Numbers weights(3, size);
    CHECK(log_loss(truth, probabilities, weights) == close(loss));
    CHECK(brier_score(truth, probabilities, weights) == close(brier));
    CHECK(expected_calibration_error(calibration_bins(truth, probabilities, 2, BinEdges::uniform, weights)) ==
          close(expected_calibration_error(calibration_bins(truth, probabilities, 2))));
  }
  const Numbers none(3, 0.0);
  CHECK(std::isnan(log_loss(truth, probabilities, none)));
  CHECK(std::isnan(brier_score(truth, probabilities, none)));
  CHECK(calibration_bins(truth, probabilities, 2, BinEdges::uniform, none).empty());
}

}  // namespace probability_scores_test
