// SPDX-License-Identifier: Apache-2.0
// ROC and precision-recall curves against scikit-learn's documentation, with ties, weights and absent classes.

#include "qmtl/loss/curves.hpp"

#include <cmath>
#include <limits>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace curves_test {

using namespace qmtl;
using qmtl::test::message_of;
using Classes = std::vector<int>;
using Numbers = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
Approx close(double value) { return Approx(value).epsilon(1e-12); }

template <class Point>
Numbers column(const std::vector<Point>& curve, double Point::*value) {
  Numbers out;
  for (const Point& point : curve) out.push_back(point.*value);
  return out;
}

/// Labels and scores without a pattern, with many ties.
struct Sample {
  Classes truth;
  Numbers scores, weights;
};
Sample sample(std::uint64_t seed, int rows) {
  Rng rng(Seed{seed});
  Sample out;
  for (int i = 0; i < rows; ++i) {
    out.truth.push_back(static_cast<int>(rng.below(2)));
    out.scores.push_back(0.1 * static_cast<double>(rng.below(9)));
    out.weights.push_back(static_cast<double>(rng.below(4)));
  }
  return out;
}

TEST_CASE("the ROC curve of scikit-learn's documentation of roc_curve") {
  // y = [1, 1, 2, 2], scores = [0.1, 0.4, 0.35, 0.8], pos_label=2.
  const auto curve = roc_curve(Classes{0, 0, 1, 1}, Numbers{0.1, 0.4, 0.35, 0.8});
  CHECK(column(curve, &RocPoint::false_positive_rate) == Numbers{0, 0, 0.5, 0.5, 1});
  CHECK(column(curve, &RocPoint::true_positive_rate) == Numbers{0, 0.5, 0.5, 1, 1});
  CHECK(column(curve, &RocPoint::threshold) == Numbers{infinity, 0.8, 0.4, 0.35, 0.1});
}

TEST_CASE("points on a straight line between others are left out by choice") {
  const Classes truth{1, 1, 1, 0, 0, 0};
  const Numbers scores{6, 5, 4, 3, 2, 1};
  const auto corners = roc_curve(truth, scores);
  CHECK(column(corners, &RocPoint::threshold) == Numbers{infinity, 6, 4, 1});  // as scikit-learn 1.5 has them
  CHECK(column(corners, &RocPoint::true_positive_rate) == Numbers{0, 1.0 / 3, 1, 1});
  CHECK(roc_curve(truth, scores, {}, RocPoints::all).size() == 7);
}

TEST_CASE("the area under the ROC curve is that of the ranks, and with weights that of repeated rows") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Sample of = sample(seed, 40);
    std::vector<ScoredRow> ranks;
    Sample repeated;
    for (std::size_t i = 0; i < of.truth.size(); ++i) {
      ranks.push_back({of.scores[i], of.truth[i] == 1});
      for (double k = 0; k < of.weights[i]; ++k) {
        repeated.truth.push_back(of.truth[i]);
        repeated.scores.push_back(of.scores[i]);
      }
    }
    CHECK(roc_auc(of.truth, of.scores) == close(roc_auc(ranks)));
    CHECK(roc_auc(of.truth, of.scores, of.weights) == close(roc_auc(repeated.truth, repeated.scores)));
    CHECK(average_precision(of.truth, of.scores, of.weights) ==
          close(average_precision(repeated.truth, repeated.scores)));
  }
  CHECK(roc_auc(Classes{0, 0, 1, 1}, Numbers{0.1, 0.4, 0.35, 0.8}) == 0.75);  // documentation of roc_auc_score
}

TEST_CASE("the curve of scikit-learn's documentation of precision_recall_curve") {
  const auto curve = precision_recall_curve(Classes{0, 0, 1, 1}, Numbers{0.1, 0.4, 0.35, 0.8});
  CHECK(column(curve, &PrecisionRecallPoint::precision) == Numbers{0.5, 2.0 / 3, 0.5, 1, 1});
  CHECK(column(curve, &PrecisionRecallPoint::recall) == Numbers{1, 1, 0.5, 0.5, 0});
  CHECK(column(curve, &PrecisionRecallPoint::threshold) == Numbers{0.1, 0.35, 0.4, 0.8, infinity});
}

TEST_CASE("the average precision of scikit-learn's documentation of average_precision_score") {
  CHECK(average_precision(Classes{0, 0, 1, 1}, Numbers{0.1, 0.4, 0.35, 0.8}) == close(0.5 * 1.0 + 0.5 * 2.0 / 3));
  // Its multi-class example, printed as 0.77: ties are between rows of the class and others. Class 0: 1/2 + 1/2 2/3,
  // classes 1 and 2: 1/2 + 1/2 2/4 each.
  Batch<double> scores(3, 6);
  scores << 0.7, 0.4, 0.1, 0.2, 0.4, 0.1, 0.2, 0.3, 0.8, 0.3, 0.4, 0.2, 0.1, 0.3, 0.1, 0.5, 0.2, 0.7;
  CHECK(average_precision(Classes{0, 0, 1, 1, 2, 2}, scores) == close((5.0 / 6 + 0.75 + 0.75) / 3));
}

TEST_CASE("several classes are judged one against the rest, two by the second") {
  Batch<double> two(2, 4);
  two << 0.9, 0.6, 0.65, 0.2, 0.1, 0.4, 0.35, 0.8;
  const Classes truth{0, 0, 1, 1};
  CHECK(roc_auc(truth, two) == 0.75);
  CHECK(average_precision(truth, two) == close(5.0 / 6));
  Batch<double> three(3, 4);
  three << 0.8, 0.1, 0.3, 0.3, 0.1, 0.8, 0.3, 0.4, 0.1, 0.1, 0.4, 0.3;
  // Class 0 and 1 are ordered without a mistake among rows with a label; class 2 never occurs and is left out.
  CHECK(roc_auc(Classes{0, 1, -1, 1}, three) == 1.0);
  CHECK_THROWS_AS(roc_auc(Classes{0, 1, 3, 1}, three), ValueError);
  CHECK_THROWS_AS(roc_auc(Classes{0, 1}, three), ShapeError);
}

TEST_CASE("without a class a rate is not defined, and without rows a curve is empty") {
  const auto positive = roc_curve(Classes{1, 1}, Numbers{1, 2});
  CHECK(std::isnan(positive[1].false_positive_rate));
  CHECK(positive[1].true_positive_rate == 0.5);
  CHECK(std::isnan(roc_curve(Classes{0, 0}, Numbers{1, 2})[0].true_positive_rate));
  const auto negative = precision_recall_curve(Classes{0, 0}, Numbers{1, 2});
  CHECK(negative.size() == 3);
  CHECK(negative[0].precision == 0.0);
  CHECK(std::isnan(negative[0].recall));
  CHECK(std::isnan(average_precision(Classes{0, 0}, Numbers{1, 2})));
  CHECK(std::isnan(roc_auc(Classes{0, 0}, Numbers{1, 2})));
  CHECK(std::isnan(roc_auc(Classes{-1, 1}, Numbers{1, 2})));
  CHECK(roc_curve(Classes{-1}, Numbers{1}).empty());
  CHECK(precision_recall_curve(Classes{}, Numbers{}).empty());
  CHECK(std::isnan(average_precision(Classes{}, Numbers{})));
  CHECK(roc_auc(Classes{0, 1, 1}, Numbers{7, 7, 7}) == 0.5);
}

TEST_CASE("scores of rows with a label must be finite") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([&] {
          (void)roc_auc(Classes{0, 1}, Numbers{1, nan});
        }) == "qmtl: ROC AUC: score of row 1, expected a finite number, got nan");
  CHECK(roc_auc(Classes{0, -1, 1}, Numbers{1, nan, 2}) == 1.0);
  CHECK_THROWS_AS(roc_curve(Classes{0, 1}, Numbers{1, infinity}), ValueError);
  CHECK_THROWS_AS(roc_curve(Classes{0, 2}, Numbers{1, 2}), ValueError);
  CHECK_THROWS_AS(precision_recall_curve(Classes{0, 1}, Numbers{1}), ShapeError);
  CHECK_THROWS_AS(average_precision(Classes{0, 1}, Numbers{1, 2}, Numbers{1, -2}), ValueError);
}

TEST_CASE("weights of any size give the same figures, and those that are all 0 leave nothing to judge") {
  const Sample of = sample(3, 40);
  const double auc = roc_auc(of.truth, of.scores, of.weights);
  const double precision = average_precision(of.truth, of.scores, of.weights);
  for (const double size : {1e300, 1e-200, 5e-308}) {
    Numbers weights = of.weights;
    for (double& weight : weights) weight *= size;
    CHECK(roc_auc(of.truth, of.scores, weights) == close(auc));
    CHECK(average_precision(of.truth, of.scores, weights) == close(precision));
    CHECK(roc_curve(of.truth, of.scores, weights).back().true_positive_rate == close(1));
  }
  Classes truth = of.truth;
  Numbers weights = of.weights, scores = of.scores;
  truth.push_back(-1), scores.push_back(0.5), weights.push_back(1e308);  // of a row without a label
  CHECK(roc_auc(truth, scores, weights) == auc);
  const Numbers none(of.truth.size(), 0.0);
  CHECK(std::isnan(roc_auc(of.truth, of.scores, none)));
  CHECK(std::isnan(average_precision(of.truth, of.scores, none)));
  CHECK(roc_curve(of.truth, of.scores, none).empty());
  CHECK(precision_recall_curve(of.truth, of.scores, none).empty());
}

}  // namespace curves_test
