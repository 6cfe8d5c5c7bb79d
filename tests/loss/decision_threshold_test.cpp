// SPDX-License-Identifier: Apache-2.0
// The best threshold is the best of all there are; decisions repeat what it promises.

#include "qmtl/loss/decision_threshold.hpp"

#include <cmath>
#include <limits>

#include "qmtl/core/rng.hpp"
#include "qmtl/loss/confusion.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace decision_threshold_test {

using namespace qmtl;
using qmtl::test::message_of;
using Classes = std::vector<int>;
using Numbers = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("a score from the threshold on is class 1") {
  CHECK(apply_threshold(Numbers{0.2, 0.5, 0.7}, 0.5) == Classes{0, 1, 1});
  CHECK(apply_threshold(Numbers{0.2, 1e300}, infinity) == Classes{0, 0});
  CHECK(apply_threshold({}, 0.5).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(apply_threshold(Numbers{0.2}, nan), ValueError);
  CHECK_THROWS_AS(apply_threshold(Numbers{nan}, 0.5), ValueError);
}

TEST_CASE("no threshold is better than the best, by any measure, and decisions by it have its value") {
  Rng rng(Seed{3});
  for (int trial = 0; trial < 20; ++trial) {
    Classes truth{0, 1};
    Numbers scores{0.5, 0.5};
    for (int i = 0; i < 40; ++i) {
      truth.push_back(rng.uniform() < 0.3 ? 1 : 0);
      scores.push_back(0.05 * static_cast<double>(rng.below(15)) + 0.1 * truth.back());
    }
    const auto by_f1 = best_threshold(truth, scores, F1Measure{});
    const auto by_recalls = best_threshold(truth, scores, BalancedAccuracyMeasure{});
    const DecisionCosts costs{.false_positive = 1, .false_negative = 3.5, .true_positive = -0.25};
    const auto by_costs = best_threshold(truth, scores, costs);
    const auto f1 = [&](double threshold) {
      return precision_recall(truth, apply_threshold(scores, threshold), 2).classes[1].f1;
    };
    const auto recalls = [&](double threshold) {
      return balanced_accuracy(truth, apply_threshold(scores, threshold), 2);
    };
    const auto gain = [&](double threshold) {
      const auto of = confusion_matrix(truth, apply_threshold(scores, threshold), 2);
      return -(of(0, 1) + 3.5 * of(1, 0) - 0.25 * of(1, 1)) / static_cast<double>(truth.size());
    };
    CHECK(by_f1.value == Approx(f1(by_f1.threshold)).epsilon(1e-12));
    CHECK(by_recalls.value == Approx(recalls(by_recalls.threshold)).epsilon(1e-12));
    CHECK(by_costs.value == Approx(gain(by_costs.threshold)).epsilon(1e-12));
    for (double threshold = -0.075; threshold < 1.0; threshold += 0.05) {
      CHECK(f1(threshold) <= by_f1.value + 1e-12);
      CHECK(recalls(threshold) <= by_recalls.value + 1e-12);
      CHECK(gain(threshold) <= by_costs.value + 1e-12);
    }
  }
}

TEST_CASE("a threshold lies halfway between scores; without an error for the worse it is at an end") {
  const Classes truth{0, 0, 1, 1};
  const Numbers scores{0.1, 0.2, 0.6, 0.9};
  const auto best = best_threshold(truth, scores, F1Measure{});
  CHECK(best.threshold == Approx(0.4));
  CHECK(best.value == 1.0);
  CHECK(best.outcomes.true_positives == 2.0);
  CHECK(best.outcomes.true_negatives == 2.0);
  CHECK(best_threshold(truth, scores, DecisionCosts{.false_negative = 0}).threshold == infinity);
  CHECK(best_threshold(truth, scores, DecisionCosts{.false_positive = 0, .true_negative = 1}).threshold == 0.1);
  // A miss costs as much as ten false alarms: better two of these than one of those.
  CHECK(best_threshold(Classes{1, 0, 0, 1}, scores, DecisionCosts{.false_negative = 10}).threshold == 0.1);
  CHECK(best_threshold(Classes{1, 0, 0, 1}, scores, DecisionCosts{.false_negative = 1.5}).threshold == Approx(0.75));
  const double next = std::nextafter(0.6, 1.0);
  const auto narrow = best_threshold(Classes{0, 1}, Numbers{0.6, next}, F1Measure{});
  CHECK(apply_threshold(Numbers{0.6, next}, narrow.threshold) == Classes{0, 1});
}

TEST_CASE("missing labels and weights count as everywhere, and a measure may be one's own") {
  const auto best =
      best_threshold(Classes{0, -1, 1, 0}, Numbers{1, 2, 3, 4}, BalancedAccuracyMeasure{}, Numbers{1, 1, 1, 0});
  CHECK(best.threshold == 2.0);
  CHECK(best.value == 1.0);
  const auto precise = [](const BinaryOutcomes& of) {  // NaN where nothing is taken for class 1
    return of.true_positives / (of.true_positives + of.false_positives);
  };
  CHECK(best_threshold(Classes{0, 1, 0, 1}, Numbers{1, 2, 3, 4}, precise).threshold == 3.5);
}

TEST_CASE("a threshold wants rows of both classes and a measure that is a number") {
  CHECK(message_of<ValueError>([] {
          (void)best_threshold(Classes{1, 1}, Numbers{1, 2}, F1Measure{});
        }) == "qmtl: best threshold: labels, expected rows of class 0 and of class 1");
  CHECK_THROWS_AS(best_threshold(Classes{-1, 0}, Numbers{1, 2}, F1Measure{}), ValueError);
  CHECK_THROWS_AS(best_threshold(Classes{}, Numbers{}, F1Measure{}), ValueError);
  CHECK_THROWS_AS(best_threshold(Classes{0, 1}, Numbers{1, 2},
                                 [](const BinaryOutcomes&) { return std::numeric_limits<double>::quiet_NaN(); }),
                  ValueError);
}

}  // namespace decision_threshold_test
