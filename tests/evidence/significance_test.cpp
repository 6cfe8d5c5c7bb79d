// SPDX-License-Identifier: Apache-2.0
// Tests of what is said about differences of AUC: against the library's bootstrap and its test of DeLong, and these two
// against each other.

#include "evidence/significance.hpp"

#include <cmath>
#include <limits>

#include "evidence/made_up_heads.hpp"
#include "qmtl/loss/delong.hpp"
#include "support/catch.hpp"

namespace significance_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;
using namespace qmtl::test;

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
  constexpr double many = std::numeric_limits<double>::infinity();
  const double estimate = difference.estimate, error = difference.standard_error;
  CHECK(two_sided_p(estimate, error, many) == Approx(expected.p()).margin(0.03));
  for (const double margin : {0.0, 0.01, 0.05}) {
    CHECK(inferior_p(estimate, error, many, margin) == Approx(expected.p_inferior(margin)).margin(0.03));
  }
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
    CHECK(two_sided_p(difference.value, difference.error(), 1e9) == Approx(both.p()).margin(0.03));
  };
  const PairedTasks tasks = heads.paired();
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    check({tasks[t]}, task_difference(heads.truth, heads.first, heads.of_first, heads.second, heads.of_second, t));
  }
  check(tasks, mean_difference(heads.truth, heads.first, heads.of_first, heads.second, heads.of_second));
}

TEST_CASE("few trainings make p values larger, by Student's distribution", "[evidence][significance]") {
  // Student's quantiles: 2.262 with 9 degrees of freedom, 12.706 with one, two-sided 5 %; 1.833 one-sided with 9
  CHECK(two_sided_p(2.262, 1.0, 9.0) == Approx(0.05).margin(1e-4));
  CHECK(two_sided_p(-1.2706, 0.1, 1.4) == Approx(0.05).margin(1e-4));
  CHECK(inferior_p(0.833, 1.0, 9.0, 1.0) == Approx(0.05).margin(1e-4));
  CHECK(inferior_p(-2.833, 1.0, 9.0, 1.0) == Approx(0.95).margin(1e-4));
  CHECK(two_sided_p(1.96, 1.0, 1e6) == Approx(0.05).margin(1e-4));
  CHECK(two_sided_p(0.0, 0.0, 9.0) == 1.0);
  CHECK(std::isnan(two_sided_p(0.1, 0.0, 9.0)));
  CHECK(inferior_p(0.0, 0.0, 9.0, 0.01) == 0.0);
  CHECK(inferior_p(-0.02, 0.0, 9.0, 0.01) == 1.0);
  CHECK(student_quantile(0.95, 9.0) == Approx(2.262).epsilon(1e-3));
  CHECK(student_quantile(0.95, 1.0) == Approx(12.706).epsilon(1e-3));
  CHECK(student_quantile(0.95, std::numeric_limits<double>::infinity()) == Approx(1.960).epsilon(1e-3));
  const DeLongDifference of_seeds{.value = 0.1, .row_error = 0.0, .seed_error = 0.02, .trainings = 10},
      of_both{.value = 0.1, .row_error = 0.02, .seed_error = 0.02, .trainings = 10},
      of_rows{.value = 0.1, .row_error = 0.02, .seed_error = 0.0, .trainings = 10};
  CHECK(of_seeds.degrees() == Approx(9.0));
  CHECK(of_both.degrees() == Approx(36.0));  // Satterthwaite: (a + b)^2 / (b^2 / 9) with a = b
  CHECK(std::isinf(of_rows.degrees()));
}

/// Knows nothing: noise of its own, the same for all of its trainings.
HeadOutcome make_noise(const PairedTasks& truth, std::uint64_t seed) {
  constexpr std::size_t trainings = 4;
  HeadOutcome out = make_head(truth, 0.0, trainings, seed);
  out.auc.assign(trainings, 0.0);
  Rng rng(Seed{seed});
  for (std::size_t t = 0; t < truth.size(); ++t) {
    std::vector<double> noise(truth[t].truth.size());
    for (double& value : noise) value = rng.normal();
    const std::vector<double> constant(noise.size(), 0.0);  // an AUC of 0.5
    const std::vector<PairedScores> opposite{{2, truth[t].truth, {noise}, {constant}}};
    const double auc = 0.5 + paired_bootstrap(std::vector<PairedTasks>{opposite}, {.resamples = 1}).estimate;
    out.scores[t].assign(trainings, noise);
    out.task_auc[t].assign(trainings, auc);
    for (double& mean : out.auc) mean += auc / static_cast<double>(truth.size());
  }
  return out;
}

DeLongDifference noise_difference(const PairedTasks& truth, std::uint64_t seed) {
  const HeadOutcome first = make_noise(truth, seed), second = make_noise(truth, seed + 1);
  return mean_difference(truth, first, judge(truth, first, {.resamples = 1}), second,
                         judge(truth, second, {.resamples = 1}));
}

/// How often heads that know nothing differ by the mean at 5 %, of two tasks of which one has so many rows of a class.
int false_finds(std::size_t positives, int trials) {
  int out = 0;
  for (int trial = 0; trial < trials; ++trial) {
    PairedTasks truth = make_truth(200);
    truth.pop_back();
    for (std::size_t row = 0; row < 200; ++row) truth[1].truth[row] = row < positives ? 1 : 0;
    out += noise_difference(truth, static_cast<std::uint64_t>(1000 + 2 * trial)).p <= 0.05 ? 1 : 0;
  }
  return out;
}

TEST_CASE("few rows of a class make nothing significant", "[evidence][significance]") {
  constexpr int trials = 400, most = 36;  // 20 expected; the deviation is 4.4
  CHECK(false_finds(100, trials) <= most);
  for (const std::size_t positives : {1u, 2u, 4u}) {
    CAPTURE(positives);
    CHECK(false_finds(positives, trials) <= most);
  }
}

TEST_CASE("rare classes vary as the task's others do at least, or as placements can", "[evidence][significance]") {
  PairedTasks truth = make_truth(60);
  truth.resize(1);
  for (std::size_t row = 0; row < 60; ++row) truth[0].truth[row] = row == 7 ? 1 : 0;
  const DeLongDifference one = noise_difference(truth, 1);
  CHECK(one.rare_error > 0.0);
  // the only row of its class as each of the 59 others, which have 1 / sqrt(59) of its error
  CHECK(one.row_error == Approx(one.rare_error * std::sqrt(1.0 + 1.0 / 59.0)).epsilon(0.02));
  for (std::size_t row = 0; row < 60; ++row) truth[0].truth[row] = row == 7 ? 1 : row == 9 ? 0 : -1;
  CHECK(noise_difference(truth, 1).row_error == Approx(1.0));  // two placements of a variance of 1/4, for each row
  for (std::size_t row = 0; row < 60; ++row) truth[0].truth[row] = row % 2 == 0 ? 1 : 0;
  CHECK(noise_difference(truth, 1).rare_error == 0.0);
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
