// SPDX-License-Identifier: Apache-2.0
// Tests of what is said about differences of AUC: against the library's bootstrap and its test of DeLong, and these two
// against each other.

#include "evidence/significance.hpp"

#include <cmath>

#include "qmtl/loss/delong.hpp"
#include "support/catch.hpp"

namespace significance_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

/// Three tasks over the same rows, the last of three classes; of each some labels are missing.
PairedTasks make_truth(std::size_t rows) {
  PairedTasks out{{.classes = 2}, {.classes = 2}, {.classes = 3}};
  Rng rng(Seed{1});
  for (std::size_t i = 0; i < rows; ++i) {
    out[0].truth.push_back(i % 9 == 0 ? -1 : rng.below(3) == 0 ? 1 : 0);
    out[1].truth.push_back(i % 5 == 0 ? -1 : static_cast<int>(rng.below(2)));
    out[2].truth.push_back(i % 7 == 0 ? -1 : static_cast<int>(rng.below(3)));
  }
  return out;
}

/// Scores that know the truth as well as `signal` says, with the same errors of rows for every head, and errors of
/// seeds.
HeadOutcome make_head(const PairedTasks& truth, double signal, std::size_t seeds, std::uint64_t seed) {
  HeadOutcome out;
  Rng of_rows(Seed{2}), of_seeds(Seed{seed});
  out.auc.assign(seeds, 0.0);
  for (const PairedScores& task : truth) {
    const std::size_t columns = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
    std::vector<double> common(task.truth.size() * columns);
    for (double& value : common) value = of_rows.normal();
    auto& scores = out.scores.emplace_back();
    auto& aucs = out.task_auc.emplace_back();
    for (std::size_t s = 0; s < seeds; ++s) {
      auto& own = scores.emplace_back(common);
      for (std::size_t i = 0; i < own.size(); ++i) {
        const int label = task.truth[i / columns];
        const bool right = columns == 1 ? label == 1 : label == static_cast<int>(i % columns);
        own[i] += (right ? signal : 0.0) + 0.4 * of_seeds.normal();
      }
      const std::vector<PairedScores> opposite{
          {task.classes, task.truth, {own}, {std::vector<double>(own.size(), 0.0)}}};
      aucs.push_back(0.5 + paired_bootstrap(std::vector<PairedTasks>{opposite}, {.resamples = 1}).estimate);
      out.auc[s] += aucs.back() / static_cast<double>(truth.size());
    }
  }
  return out;
}

struct Heads {
  PairedTasks truth = make_truth(400);
  HeadOutcome first = make_head(truth, 1.0, 6, 3), second = make_head(truth, 0.8, 6, 4);
  BootstrapOptions options{.resamples = 2000};
  Judgement of_first = judge(truth, first, options), of_second = judge(truth, second, options);

  PairedTasks paired() const {
    PairedTasks out = truth;
    for (std::size_t t = 0; t < out.size(); ++t) {
      out[t].first = first.scores[t];
      out[t].second = second.scores[t];
    }
    return out;
  }
};

TEST_CASE("heads judged apart have the difference that paired_bootstrap gives the pair", "[evidence][significance]") {
  const Heads heads;
  const auto expected = paired_bootstrap(std::vector<PairedTasks>{heads.paired()}, heads.options);
  const auto difference = bootstrap_difference(heads.of_first, heads.of_second, expected.estimate);
  REQUIRE(difference.resampled.size() == expected.resampled.size());
  for (std::size_t i = 0; i < expected.resampled.size(); ++i) {
    CHECK(difference.resampled[i] == Approx(expected.resampled[i]).margin(1e-12));
  }
  CHECK(difference.low == Approx(expected.low));
  CHECK(difference.high == Approx(expected.high));
  CHECK(difference.standard_error == Approx(expected.standard_error));
  CHECK(difference.p() == Approx(expected.p()));
}

TEST_CASE("one training of two classes is tested as compare_aucs does", "[evidence][significance]") {
  const PairedTasks truth = make_truth(300);
  const HeadOutcome first = make_head(truth, 1.0, 1, 3), second = make_head(truth, 0.8, 1, 4);
  const auto of_first = judge(truth, first, {.resamples = 1}), of_second = judge(truth, second, {.resamples = 1});
  for (const std::size_t t : {0u, 1u}) {
    const AucTest expected = compare_aucs(truth[t].truth, first.scores[t][0], second.scores[t][0]);
    const DeLongDifference difference = task_difference(truth, first, of_first, second, of_second, t);
    CHECK(difference.value == Approx(expected.difference));
    CHECK(difference.row_error == Approx(expected.difference_error));
    CHECK(difference.seed_error == 0.0);
    CHECK(difference.p == Approx(expected.p));
  }
}

TEST_CASE("DeLong's errors and the bootstrap's agree, for tasks and their mean, for rows, and rows and seeds",
          "[evidence][significance]") {
  const Heads heads;
  const auto bootstrapped = [&](const PairedTasks& tasks, bool trainings) {
    return paired_bootstrap(std::vector<PairedTasks>{tasks}, {.resamples = 2000, .trainings = trainings});
  };
  const auto check = [&](const PairedTasks& tasks, const DeLongDifference& difference) {
    const auto rows = bootstrapped(tasks, false), both = bootstrapped(tasks, true);
    CHECK(difference.value == Approx(rows.estimate));
    CHECK(difference.row_error == Approx(rows.standard_error).epsilon(0.08));
    CHECK(difference.error() == Approx(both.standard_error).epsilon(0.12));  // 6 trainings: their part 0.91 of it
    CHECK(difference.p == Approx(both.p()).margin(0.03));
  };
  const PairedTasks tasks = heads.paired();
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    check({tasks[t]}, task_difference(heads.truth, heads.first, heads.of_first, heads.second, heads.of_second, t));
  }
  check(tasks, mean_difference(heads.truth, heads.first, heads.of_first, heads.second, heads.of_second));
}

TEST_CASE("a head does not differ from itself, and a task of one class has no AUC to compare",
          "[evidence][significance]") {
  PairedTasks truth = make_truth(60);
  const HeadOutcome head = make_head(truth, 1.0, 2, 3);
  const Judgement of_head = judge(truth, head, {.resamples = 10});
  CHECK(task_difference(truth, head, of_head, head, of_head, 2).p == 1.0);
  CHECK(mean_difference(truth, head, of_head, head, of_head).p == 1.0);
  CHECK(bootstrap_difference(of_head, of_head, 0.0).high == 0.0);
  for (int& label : truth[0].truth) label = 0;
  const Judgement of_one_class = judge(truth, head, {.resamples = 10});
  CHECK(std::isnan(task_difference(truth, head, of_one_class, head, of_one_class, 0).p));
}

}  // namespace significance_test
