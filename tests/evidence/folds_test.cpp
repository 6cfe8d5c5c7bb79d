// SPDX-License-Identifier: Apache-2.0
// Tests of folds as one experiment.

#include "evidence/folds.hpp"

#include <cmath>

#include "evidence/made_up_heads.hpp"
#include "evidence/significance.hpp"
#include "support/catch.hpp"

namespace folds_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;
using namespace qmtl::test;

/// Two heads on so many rows.
Experiment make_fold(std::size_t rows, std::uint64_t seed) {
  const PairedTasks truth = make_truth(rows);
  Experiment out{.dataset = "made up", .heads = {}, .truth = truth, .task_names = {"a", "b", "c"}};
  out.heads = {make_head(truth, 1.0, 3, seed), make_head(truth, 0.7, 3, seed + 1)};
  out.heads[0].name = "quantum";
  out.heads[1].name = "linear";
  out.heads[1].settings_tried = 4;
  out.heads[1].diverged = 1;
  return out;
}

/// Of the first head less the second.
DeLongDifference difference(const Experiment& experiment, int task = -1) {
  const BootstrapOptions options{.resamples = 10};
  const HeadOutcome &first = experiment.heads[0], &second = experiment.heads[1];
  const Judgement of_first = judge(experiment.truth, first, options),
                  of_second = judge(experiment.truth, second, options);
  if (task < 0) return mean_difference(experiment.truth, first, of_first, second, of_second);
  return task_difference(experiment.truth, first, of_first, second, of_second, static_cast<std::size_t>(task));
}

TEST_CASE("AUCs of folds are averaged, and their rows are independent", "[evidence][folds]") {
  Experiment one = make_fold(200, 5), two = make_fold(320, 9);
  one.heads[1].width = 8;
  one.heads[1].head_parameters = 20;
  two.heads[1].width = 32;
  two.heads[1].head_parameters = 30;
  two.heads[1].setting.learning_rate *= 3.0;
  CHECK(combine_folds({one}).heads[0].scores == one.heads[0].scores);
  const Experiment both = combine_folds({one, two});
  REQUIRE(both.truth.size() == 6);
  CHECK(both.tasks() == 3);
  CHECK(both.truth[4].truth.size() == 520);
  CHECK(both.heads[1].settings_tried == 8);
  CHECK(both.heads[1].diverged == 2);
  CHECK(both.heads[1].width == HeadOutcome::differing);
  CHECK(both.heads[1].head_parameters == 30);
  CHECK(both.heads[1].settings_differ);
  CHECK_FALSE(both.heads[0].settings_differ);
  for (std::size_t h = 0; h < 2; ++h) {
    for (std::size_t s = 0; s < 3; ++s) {
      CHECK(both.heads[h].auc[s] == Approx((one.heads[h].auc[s] + two.heads[h].auc[s]) / 2));
      CHECK(both.heads[h].task_auc[2][s] == Approx((one.heads[h].task_auc[2][s] + two.heads[h].task_auc[2][s]) / 2));
    }
  }
  for (const int task : {-1, 0, 2}) {
    const DeLongDifference of_one = difference(one, task), of_two = difference(two, task);
    const DeLongDifference of_both = difference(both, task);
    CHECK(of_both.value == Approx((of_one.value + of_two.value) / 2));
    CHECK(of_both.row_error == Approx(std::hypot(of_one.row_error, of_two.row_error) / 2));
  }
}

TEST_CASE("the bootstrap over rows of all folds agrees with DeLong's error", "[evidence][folds]") {
  const Experiment both = combine_folds({make_fold(200, 5), make_fold(320, 9)});
  const BootstrapOptions options{.resamples = 2000, .trainings = false};
  const Judgement first = judge(both.truth, both.heads[0], options), second = judge(both.truth, both.heads[1], options);
  const auto found = bootstrap_difference(first, second, both.heads[0].mean_auc() - both.heads[1].mean_auc());
  CHECK(found.standard_error == Approx(difference(both).row_error).epsilon(0.1));
  CHECK(std::abs(found.estimate - summarize(found.resampled).mean) < 0.1 * found.standard_error);
}

TEST_CASE("folds of different experiments are refused", "[evidence][folds]") {
  const Experiment one = make_fold(100, 5);
  Experiment other = one;
  other.heads.pop_back();
  CHECK_THROWS_AS(combine_folds({one, other}), ShapeError);
  CHECK_THROWS_AS(combine_folds({}), ShapeError);
}

}  // namespace folds_test
