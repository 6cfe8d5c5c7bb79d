// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules: their formulas step by step, and that backbone and head follow them.

#include "qmtl/optimize/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace schedule_test {

using namespace qmtl;
using namespace qmtl::test;

/// The multipliers of all steps of a training.
std::vector<double> scales(const LearningRateSchedule& schedule, std::uint64_t epochs, std::uint64_t steps_per_epoch) {
  std::vector<double> out;
  const std::uint64_t steps = epochs * steps_per_epoch;
  for (std::uint64_t k = 0; k < steps; ++k) out.push_back(rate_scale(schedule, {k, steps_per_epoch, steps}));
  return out;
}

TEST_CASE("a constant rate is exactly the optimizer's") {
  for (const double scale : scales({}, 3, 5)) CHECK(scale == 1.0);
}

TEST_CASE("a cosine falls from 1 along half a wave") {
  const auto cosine = scales({.curve = CosineRate{}}, 2, 4);
  CHECK(cosine[0] == 1.0);
  CHECK(cosine[2] == Approx(0.5 + std::sqrt(0.125)).epsilon(1e-14));  // (1 + cos(pi/4)) / 2
  CHECK(cosine[4] == Approx(0.5).epsilon(1e-14));
  CHECK(cosine[6] == Approx(0.5 - std::sqrt(0.125)).epsilon(1e-13));
  CHECK(std::is_sorted(cosine.rbegin(), cosine.rend()));
  const auto raised = scales({.curve = CosineRate{.final_scale = 0.2}}, 2, 4);
  for (std::size_t k = 0; k < 8; ++k) CHECK(raised[k] == Approx(0.2 + 0.8 * cosine[k]).epsilon(1e-14));
  CHECK(rate_scale({.curve = CosineRate{.final_scale = 0.2}}, {8, 4, 8}) == Approx(0.2).epsilon(1e-14));
}

TEST_CASE("a step rate drops by its factor after every so many epochs") {
  const std::vector<double> expected{1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25};
  CHECK(scales({.curve = StepRate{.epochs = 2, .factor = 0.5}}, 5, 2) == expected);
}

TEST_CASE("a warm-up rises linearly to 1, and the curve begins behind it") {
  const std::vector<double> expected{0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5, 0.25, 0.25};
  CHECK(scales({.curve = StepRate{.epochs = 1, .factor = 0.5}, .warm_up_epochs = 2}, 5, 2) == expected);
  const auto warm = scales({.curve = CosineRate{}, .warm_up_epochs = 0.75}, 3, 4);
  const auto cold = scales({.curve = CosineRate{}}, 1, 9);
  CHECK(warm[0] == Approx(1.0 / 3.0));
  CHECK(warm[2] == 1.0);
  for (std::size_t k = 0; k < 9; ++k) CHECK(warm[3 + k] == cold[k]);
}

TEST_CASE("gradient descent takes steps of the scheduled rates, in the backbone and in the head") {
  const auto data = related_parts(100).train;
  Quantum<> scheduled{Seed{6}}, by_hand = scheduled;
  fit(scheduled, data,
      {.epochs = 4,
       .batch_size = 1000,
       .optimizer = Sgd{.learning_rate = 0.3},
       .head_learning_rate_scale = 2.0,
       .standardize = false,
       .schedule = {.curve = StepRate{.epochs = 1, .factor = 0.5}, .warm_up_epochs = 2}});
  Objective objective(by_hand);
  for (const double scale : {0.5, 1.0, 1.0, 0.5}) {
    objective.evaluate(data.inputs, data.labels);
    for (std::size_t j = 0; j < by_hand.backbone_parameters(); ++j) {
      by_hand.backbone().parameters()[j] -= 0.3 * scale * objective.backbone_gradient()[j];
    }
    for (std::size_t j = 0; j < by_hand.head_weights().size(); ++j) {
      by_hand.head_weights()[j] -= 0.6 * scale * objective.head_gradient()[j];
    }
  }
  const auto a = parameters_of(scheduled);
  const auto b = parameters_of(by_hand);
  for (std::size_t j = 0; j < a.size(); ++j) CHECK(a[j] == Approx(b[j]).epsilon(0).margin(1e-12));
}

TEST_CASE("impossible schedules are refused by name") {
  const auto data = related_parts(40).train;
  Classical model{Seed{1}};
  const auto refused = [&](const LearningRateSchedule& schedule) {
    return message_of<ValueError>([&] { fit(model, data, {.epochs = 3, .schedule = schedule}); });
  };
  CHECK(refused({.warm_up_epochs = -1.0}) ==
        "qmtl: fit: schedule: warm_up_epochs, expected a number from 0 to the number of epochs, got -1");
  CHECK(refused({.warm_up_epochs = 4.0}).find("warm_up_epochs") != std::string::npos);
  CHECK(refused({.warm_up_epochs = std::nan("")}).find("warm_up_epochs") != std::string::npos);
  CHECK(refused({.curve = CosineRate{.final_scale = 1.5}}).find("final_scale") != std::string::npos);
  CHECK(refused({.curve = StepRate{.epochs = 0}}) ==
        "qmtl: fit: schedule: epochs of StepRate, expected at least 1, got 0");
  CHECK(refused({.curve = StepRate{.factor = 0.0}}).find("factor") != std::string::npos);
}

}  // namespace schedule_test
