// SPDX-License-Identifier: Apache-2.0
// Tests of the paired bootstrap of AUCs over rows and trainings.

#include "qmtl/loss/paired_bootstrap.hpp"

#include <cmath>
#include <vector>

#include "qmtl/loss/delong.hpp"
#include "support/catch.hpp"

namespace paired_bootstrap_test {

using namespace qmtl;

/// Scores of `trainings` trainings of two models, whose noise has a part in common.
PairedScores make_scores(int rows, int trainings, double first, double second, std::uint64_t seed, int classes = 2) {
  Rng rng(Seed{seed});
  PairedScores out{.classes = classes};
  out.first.resize(static_cast<std::size_t>(trainings));
  out.second.resize(out.first.size());
  const int columns = classes == 2 ? 1 : classes;
  for (int row = 0; row < rows; ++row) {
    const int label = static_cast<int>(rng.below(static_cast<std::uint64_t>(classes)));
    out.truth.push_back(label);
    for (int c = 0; c < columns; ++c) {
      const double hit = classes == 2 ? label : (label == c ? 1.0 : 0.0);
      const double common = rng.normal();
      for (std::size_t r = 0; r < out.first.size(); ++r) {
        out.first[r].push_back(first * hit + common + 0.5 * rng.normal());
        out.second[r].push_back(second * hit + common + 0.5 * rng.normal());
      }
    }
  }
  return out;
}

double auc_of(const PairedScores& task, const std::vector<double>& scores, int positive, std::size_t column) {
  const std::size_t stride = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
  std::vector<ScoredRow> rows;
  for (std::size_t i = 0; i < task.truth.size(); ++i) {
    if (task.truth[i] >= 0) rows.push_back({scores[i * stride + column], task.truth[i] == positive});
  }
  return roc_auc(rows);
}

TEST_CASE("the estimate is the mean difference of AUCs over trainings, tasks and strata", "[loss][paired_bootstrap]") {
  PairedScores binary = make_scores(80, 2, 1.0, 0.5, 1), several = make_scores(80, 2, 0.7, 1.0, 2, 3);
  binary.truth[5] = -1;
  double expected = 0.0;
  for (std::size_t r = 0; r < 2; ++r) {
    expected += (auc_of(binary, binary.first[r], 1, 0) - auc_of(binary, binary.second[r], 1, 0)) / 4;
    for (int c = 0; c < 3; ++c) {
      const auto column = static_cast<std::size_t>(c);
      expected += (auc_of(several, several.first[r], c, column) - auc_of(several, several.second[r], c, column)) / 12;
    }
  }
  const std::vector<PairedTasks> strata{{binary, several}};
  CHECK(paired_bootstrap(strata, {.resamples = 1}).estimate == Approx(expected).epsilon(1e-12));
}

TEST_CASE("with rows alone drawn again the deviation is DeLong's", "[loss][paired_bootstrap]") {
  const PairedScores task = make_scores(400, 1, 1.0, 0.8, 3);
  const auto test = compare_aucs(task.truth, task.first[0], task.second[0]);
  const std::vector<PairedTasks> strata{{task}};
  const auto drawn = paired_bootstrap(strata, {.resamples = 4000, .trainings = false});
  CHECK(drawn.estimate == Approx(test.difference).epsilon(1e-12));
  CHECK(drawn.standard_error == Approx(test.difference_error).epsilon(0.05));
  CHECK(drawn.low == Approx(test.difference - 1.96 * test.difference_error).margin(0.1 * test.difference_error * 2));
  CHECK(drawn.p() == Approx(test.p).margin(0.02));
}

TEST_CASE("with trainings alone drawn again the deviation is that of their mean", "[loss][paired_bootstrap]") {
  const PairedScores task = make_scores(100, 6, 1.0, 0.8, 4);
  std::vector<double> differences;
  for (std::size_t r = 0; r < 6; ++r) {
    differences.push_back(auc_of(task, task.first[r], 1, 0) - auc_of(task, task.second[r], 1, 0));
  }
  const double of_mean = summarize(differences).deviation * std::sqrt(5.0 / 6.0) / std::sqrt(6.0);
  const std::vector<PairedTasks> strata{{task}};
  const auto drawn = paired_bootstrap(strata, {.resamples = 4000, .rows = false});
  CHECK(drawn.standard_error == Approx(of_mean).epsilon(0.05));
}

TEST_CASE("equal models do not differ, and a margin tells near from inferior", "[loss][paired_bootstrap]") {
  PairedScores task = make_scores(300, 3, 1.0, 1.0, 5);
  task.second = task.first;
  std::vector<PairedTasks> strata{{task}};
  const auto same = paired_bootstrap(strata, {.resamples = 200});
  CHECK(same.estimate == 0.0);
  CHECK(same.p() == 1.0);
  CHECK(same.p_inferior(0.01) == Approx(1.0 / 201.0));
  strata[0][0] = make_scores(300, 3, 0.2, 2.0, 6);
  const auto worse = paired_bootstrap(strata, {.resamples = 200});
  CHECK(worse.p_inferior(0.01) == 1.0);
  CHECK(worse.p() < 0.02);
  CHECK(worse.high < 0.0);
}

TEST_CASE("the number of threads changes nothing", "[loss][paired_bootstrap]") {
  const std::vector<PairedTasks> strata{{make_scores(60, 2, 1.0, 0.7, 7)}, {make_scores(30, 2, 1.0, 0.7, 8)}};
  const auto one = paired_bootstrap(strata, {.resamples = 101});
  const auto three = paired_bootstrap(strata, {.resamples = 101, .execution = Threads{3}});
  CHECK(one.resampled == three.resampled);
}

TEST_CASE("scores that do not belong together are refused", "[loss][paired_bootstrap]") {
  const PairedScores good = make_scores(10, 2, 1.0, 1.0, 9);
  const auto refused = [](const PairedScores& task) {
    const std::vector<PairedTasks> strata{{task}};
    return paired_bootstrap(strata, {.resamples = 2});
  };
  PairedScores fewer = good, nan = good, label = good, short_scores = good;
  fewer.second.pop_back();
  nan.first[1][3] = std::nan("");
  label.truth[0] = 2;
  short_scores.first[0].pop_back();
  CHECK_THROWS_AS(refused(fewer), ShapeError);
  CHECK_THROWS_AS(refused(nan), ValueError);
  CHECK_THROWS_AS(refused(label), ValueError);
  CHECK_THROWS_AS(refused(short_scores), ShapeError);
  CHECK_THROWS_AS(paired_bootstrap({}), ShapeError);
  CHECK_THROWS_AS(paired_bootstrap(std::vector<PairedTasks>{{good}}, {.resamples = 0}), ValueError);
}

}  // namespace paired_bootstrap_test
