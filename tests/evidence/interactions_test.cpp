// SPDX-License-Identifier: Apache-2.0
// Tests of tasks whose truth is an interaction: seeded, balanced, with a known best answer, and not for linear models.

#include "evidence/interactions.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "qmtl/core/error.hpp"
#include "support/catch.hpp"

namespace interactions_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

/// Of scores for labels of 0 and 1, by counting pairs; ties do not happen.
double auc(const Eigen::RowVectorXd& scores, const Eigen::RowVectorXd& labels) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(scores.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Eigen::Index>(i);
  std::ranges::sort(order, [&](auto a, auto b) { return scores[a] < scores[b]; });
  double pairs = 0.0, negatives = 0.0, positives = 0.0;
  for (const Eigen::Index row : order) {
    (labels[row] > 0.5 ? positives : negatives) += 1.0;
    if (labels[row] > 0.5) pairs += negatives;
  }
  return pairs / (negatives * positives);
}

/// AUC on the second half of the rows of a linear model: along the covariance of features and label in the first half,
/// which for independent features of variance 1 is what least squares finds.
double linear_auc(const Dataset<double>& data, Eigen::Index task) {
  const Eigen::Index half = data.rows() / 2;
  const Eigen::RowVectorXd centred = data.labels.row(task).head(half).array() - data.labels.row(task).head(half).mean();
  const Eigen::RowVectorXd weights = centred * data.inputs.leftCols(half).transpose();
  return auc(weights * data.inputs.rightCols(half), data.labels.row(task).tail(half));
}

TEST_CASE("the same seed gives the same tasks, another one others, and more rows the same first rows",
          "[evidence][interactions]") {
  const auto a = make_interaction_tasks({.rows = 40, .seed = Seed{3}});
  const auto b = make_interaction_tasks({.rows = 70, .seed = Seed{3}});
  const auto c = make_interaction_tasks({.rows = 40, .seed = Seed{4}});
  CHECK(a.data.inputs == b.data.inputs.leftCols(40));
  CHECK(a.data.labels == b.data.labels.leftCols(40));
  CHECK(a.factors == b.factors);
  CHECK(a.data.inputs != c.data.inputs);
}

TEST_CASE("classes are balanced, and scores have mean 0 and variance 1", "[evidence][interactions]") {
  for (const int order : {1, 2, 3}) {
    for (const double share : {1.0, 0.5}) {
      for (const Factors factors : {Factors::values, Factors::signs}) {
        const Eigen::Index rows = 20000;
        const auto tasks =
            make_interaction_tasks({.rows = rows, .order = order, .share = share, .factors = factors, .flipped = 0.1});
        for (Eigen::Index t = 0; t < 2; ++t) {
          CHECK(tasks.data.labels.row(t).mean() == Approx(0.5).margin(0.02));
          CHECK(tasks.scores.row(t).mean() == Approx(0.0).margin(0.04));
          if (order == 1 && share < 1.0) continue;  // a feature and a direction that contains it are correlated
          CHECK(tasks.scores.row(t).squaredNorm() / static_cast<double>(rows) == Approx(1.0).epsilon(0.15));
        }
      }
    }
  }
}

TEST_CASE("the truth orders rows as well as flipped labels allow", "[evidence][interactions]") {
  for (const double flipped : {0.0, 0.1, 0.3}) {
    const auto tasks = make_interaction_tasks({.rows = 20000, .order = 3, .flipped = flipped});
    CHECK(auc(tasks.scores.row(0), tasks.data.labels.row(0)) == Approx(1.0 - flipped).margin(0.015));
  }
}

TEST_CASE("with a steepness labels are drawn by the logistic function of the score", "[evidence][interactions]") {
  const auto tasks = make_interaction_tasks({.rows = 40000, .factors = Factors::signs, .steepness = 1.5});
  double positive = 0.0, of = 0.0;
  for (Eigen::Index row = 0; row < 40000; ++row) {
    if (tasks.scores(0, row) < 0.0) continue;
    of += 1.0;
    positive += tasks.data.labels(0, row);
  }
  CHECK(positive / of == Approx(1.0 / (1.0 + std::exp(-1.5))).margin(0.015));
}

TEST_CASE("a linear model is at chance where the truth is a product", "[evidence][interactions]") {
  for (const int order : {2, 3}) {
    const auto tasks = make_interaction_tasks({.rows = 20000, .order = order});
    CHECK(linear_auc(tasks.data, 0) == Approx(0.5).margin(0.02));
  }
  CHECK(linear_auc(make_interaction_tasks({.rows = 4000, .order = 1}).data, 0) > 0.99);
  CHECK(linear_auc(make_interaction_tasks({.rows = 4000, .share = 0.0}).data, 0) > 0.99);
  const double mixed = linear_auc(make_interaction_tasks({.rows = 20000, .share = 0.5}).data, 0);
  CHECK(mixed > 0.65);
  CHECK(mixed < 0.95);
}

TEST_CASE("a task with features of its own depends on no others", "[evidence][interactions]") {
  const auto tasks =
      make_interaction_tasks({.tasks = 3, .rows = 10, .features = 9, .order = 3, .task_features = TaskFeatures::own});
  CHECK(tasks.factors == std::vector<std::vector<int>>{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}});
}

TEST_CASE("impossible interaction tasks are refused", "[evidence][interactions]") {
  CHECK_THROWS_AS(make_interaction_tasks({.features = 2, .order = 3}), ShapeError);
  CHECK_THROWS_AS(make_interaction_tasks({.features = 5, .order = 3, .task_features = TaskFeatures::own}), ShapeError);
  CHECK_THROWS_AS(make_interaction_tasks({.rows = 0}), ShapeError);
  CHECK_THROWS_AS(make_interaction_tasks({.tasks = 0}), ShapeError);
  CHECK_THROWS_AS(make_interaction_tasks({.share = 1.5}), ValueError);
  CHECK_THROWS_AS(make_interaction_tasks({.flipped = 0.6}), ValueError);
  CHECK_THROWS_AS(make_interaction_tasks({.steepness = -1.0}), ValueError);
}

}  // namespace interactions_test
