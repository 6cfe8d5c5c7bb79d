// SPDX-License-Identifier: Apache-2.0
// Task weights: fixed points and formulas of the papers, and that a training uses them.

#include "qmtl/optimize/weighting.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace weighting_test {

using namespace qmtl;
using namespace qmtl::test;

using Weights = std::vector<double>;
const std::vector<LabelKind> two_binary{{2}, {2}};

Weights values(const TaskWeights<>& weights) { return {weights.values().begin(), weights.values().end()}; }

TEST_CASE("weights are uniform unless something else is asked for") {
  TaskWeights weights(FitOptions{}.weighting, Adam{}, two_binary);
  CHECK(weights.uniform());
  weights.after_step(std::vector<TaskLoss>{{3.0, 1}, {1.0, 1}}, {}, 1.0);
  weights.after_epoch(Weights{3.0, 1.0});
  CHECK(values(weights) == Weights{1.0, 1.0});
}

TEST_CASE("with fixed weights a step follows the weighted sum of the tasks' own gradients") {
  const auto data = related_parts(100).train;
  const Weights weights{0.5, 0.0, 3.0};
  Quantum<> model{Seed{6}}, trained = model;
  const auto before = parameters_of(model);
  Weights gradient(before.size(), 0.0);
  for (std::size_t t = 0; t < 3; ++t) {  // a task's own gradient: no other task has a label
    auto own = data.labels;
    for (std::size_t other = 0; other < 3; ++other) {
      if (other != t) own.row(static_cast<Eigen::Index>(other)).setConstant(-1);
    }
    Objective objective(model);
    objective.evaluate(data.inputs, own);
    std::size_t j = 0;
    for (const double g : objective.backbone_gradient()) gradient[j++] += weights[t] * g;
    for (const double g : objective.head_gradient()) gradient[j++] += weights[t] * g;
  }
  const auto report = fit(trained, data,
                          {.epochs = 1,
                           .batch_size = 1000,
                           .optimizer = Sgd{.learning_rate = 0.1},
                           .standardize = false,
                           .weighting = FixedWeights{weights}});
  const auto after = parameters_of(trained);
  for (std::size_t j = 0; j < before.size(); ++j) {
    CHECK(before[j] - after[j] == Approx(0.1 * gradient[j]).epsilon(0).margin(1e-13));
  }
  CHECK(report.history[0].task_weights == weights);
  double unweighted = 0.0;
  for (const double loss : report.history[0].task_losses) unweighted += loss;
  CHECK(report.history[0].train_loss == Approx(unweighted).epsilon(1e-14));
}

TEST_CASE("fixed weights of one are uniform weights") {
  const auto data = related_parts(80).train;
  Quantum<> uniform{Seed{6}}, fixed{Seed{6}};
  fit(uniform, data, {.epochs = 2});
  fit(fixed, data, {.epochs = 2, .weighting = FixedWeights{{1.0, 1.0, 1.0}}});
  CHECK(parameters_of(fixed) == parameters_of(uniform));
}

// Kendall, Gal and Cipolla 2018: exp(-s) L + s/2 is least at exp(s) = 2 L, exp(-s) L / 2 + s/2 at exp(s) = L, the
// maximum-likelihood variance of a Gaussian with mean squared error L.
TEST_CASE("uncertainty weights of constant losses end where each task adds one half") {
  const std::vector<TaskLoss> losses{{0.7, 5}, {3.0, 5}, {0.02, 5}};
  TaskWeights weights(UncertaintyWeights{}, Adam{.learning_rate = 0.02}, {{2}, {0}, {0}});
  CHECK(values(weights) == Weights{1.0, 0.5, 0.5});
  for (int i = 0; i < 2000; ++i) weights.after_step(losses, {}, 1.0);
  CHECK(std::exp(weights.log_variances()[0]) == Approx(2 * 0.7).epsilon(1e-6));
  CHECK(std::exp(weights.log_variances()[1]) == Approx(3.0).epsilon(1e-6));
  CHECK(std::exp(weights.log_variances()[2]) == Approx(0.02).epsilon(1e-6));
  for (std::size_t t = 0; t < 3; ++t) CHECK(values(weights)[t] * losses[t].loss == Approx(0.5).epsilon(1e-6));
}

TEST_CASE("a step of log-variances is gradient descent on the published objective, at the scheduled rate") {
  const std::vector<TaskLoss> losses{{0.7, 5}, {3.0, 5}, {9.0, 0}};
  TaskWeights weights(UncertaintyWeights{.learning_rate_scale = 2.0}, Sgd{.learning_rate = 0.1}, {{3}, {0}, {0}});
  weights.after_step(losses, {}, 0.5);
  CHECK(weights.log_variances()[0] == Approx(0.1 * (0.7 - 0.5)).epsilon(1e-14));
  CHECK(weights.log_variances()[1] == Approx(0.1 * (0.5 * 3.0 - 0.5)).epsilon(1e-14));
  CHECK(weights.log_variances()[2] == 0.0);  // no label, nothing learnt
  CHECK(values(weights)[1] == Approx(0.5 * std::exp(-0.1)).epsilon(1e-14));
}

/// Losses of three tasks, of which only some have labels in a batch: the first two, the first and the third, or the
/// third alone.
std::vector<TaskLoss> losses_of_batch(int batch) {
  const std::size_t first = batch % 3 < 2 ? 4 : 0, second = batch % 3 == 0 ? 4 : 0, third = batch % 3 > 0 ? 4 : 0;
  return {{first > 0 ? 0.7 : 0.0, first}, {second > 0 ? 3.0 : 0.0, second}, {third > 0 ? 0.02 : 0.0, third}};
}

TEST_CASE("log-variances of tasks without a label in a batch stay, whatever the optimizer's momentum") {
  for (const OptimizerSettings& optimizer : {OptimizerSettings(Adam{.learning_rate = 0.02}),
                                             OptimizerSettings(Sgd{.learning_rate = 0.02, .momentum = 0.9})}) {
    TaskWeights weights(UncertaintyWeights{}, optimizer, {{2}, {0}, {3}});
    for (int i = 0; i < 60; ++i) {
      const auto losses = losses_of_batch(i);
      const Weights before(weights.log_variances().begin(), weights.log_variances().end());
      weights.after_step(losses, {}, 1.0);
      for (std::size_t t = 0; t < 3; ++t) CHECK((weights.log_variances()[t] == before[t]) == (losses[t].labelled == 0));
    }
  }
}

TEST_CASE("weight decay spares log-variances") {
  TaskWeights weights(UncertaintyWeights{}, AdamW{.learning_rate = 0.02, .weight_decay = 5.0}, {{0}});
  for (int i = 0; i < 2000; ++i) weights.after_step(std::vector<TaskLoss>{{7.0, 1}}, {}, 1.0);
  CHECK(std::exp(weights.log_variances()[0]) == Approx(7.0).epsilon(1e-6));
}

TEST_CASE("a loss of zero leaves an uncertainty weight finite, and one to come back from") {
  for (const OptimizerSettings& optimizer :
       {OptimizerSettings(Sgd{.learning_rate = 0.02}), OptimizerSettings(Sgd{.learning_rate = 0.02, .momentum = 0.9}),
        OptimizerSettings(Adam{.learning_rate = 0.02})}) {
    TaskWeights weights(UncertaintyWeights{}, optimizer, {{2}, {0}, {2}});
    const std::vector<TaskLoss> losses{{0.0, 4}, {0.0, 4}, {0.7, 4}};
    for (int i = 0; i < 200'000; ++i) weights.after_step(losses, {}, 1.0);
    CHECK(values(weights)[0] == Approx(1e6));
    CHECK(values(weights)[1] == Approx(0.5e6));
    CHECK(values(weights)[2] == Approx(1 / (2 * 0.7)).epsilon(1e-6));
    for (int i = 0; i < 200'000; ++i) weights.after_step(std::vector<TaskLoss>{{0.7, 4}, {0.7, 4}, {0.7, 4}}, {}, 1.0);
    for (const double w : weights.values()) CHECK(w == Approx(1 / (2 * 0.7)).epsilon(0.02));
  }
}

TEST_CASE("a huge loss leaves an uncertainty weight above zero") {
  TaskWeights weights(UncertaintyWeights{}, Sgd{.learning_rate = 0.1}, {{0}});
  weights.after_step(std::vector<TaskLoss>{{1e300, 4}}, {}, 1.0);
  CHECK(values(weights)[0] == Approx(0.5e-6));
}

TEST_CASE("loss ratios beyond the finite numbers leave weights finite") {
  const double tiny = 1e-310;
  for (const double temperature : {2.0, 1e-310}) {
    TaskWeights average(DynamicWeightAverage{.temperature = temperature}, Adam{}, {{2}, {2}, {2}});
    average.after_epoch(Weights{tiny, tiny, 1.0});
    average.after_epoch(Weights{1.0, 1.0, 1.0});  // ratios that overflow, twice
    CHECK(values(average)[0] == Approx(1.5));
    CHECK(values(average)[1] == Approx(1.5));
    CHECK(values(average)[2] == 0.0);
  }
  TaskWeights norms(GradNorm{.learning_rate = 0.01}, Adam{}, two_binary);
  norms.after_step(std::vector<TaskLoss>{{tiny, 4}, {1.0, 4}}, Weights{1.0, 1.0}, 1.0);
  const double before = values(norms)[0];
  norms.after_step(std::vector<TaskLoss>{{1.0, 4}, {1.0, 4}}, Weights{1.0, 1.0}, 1.0);
  CHECK(values(norms)[0] > before);  // the task that has fallen behind counts for more
}

TEST_CASE("dynamic weight averages are the published formula on the losses of the two epochs before") {
  TaskWeights weights(DynamicWeightAverage{.temperature = 2.0}, Adam{}, {{2}, {2}, {2}});
  CHECK(values(weights) == Weights{1.0, 1.0, 1.0});
  weights.after_epoch(Weights{2.0, 1.0, 0.0});
  CHECK(values(weights) == Weights{1.0, 1.0, 1.0});
  weights.after_epoch(Weights{1.0, 1.0, 0.0});  // ratios 1/2, 1, and 1 for a task without a loss
  const double sum = std::exp(0.25) + 2 * std::exp(0.5);
  CHECK(values(weights)[0] == Approx(3 * std::exp(0.25) / sum).epsilon(1e-14));
  CHECK(values(weights)[1] == Approx(3 * std::exp(0.5) / sum).epsilon(1e-14));
  CHECK(values(weights)[2] == values(weights)[1]);
  weights.after_epoch(Weights{1e4, 1.0, 0.0});  // a ratio whose exponential overflows
  CHECK(values(weights)[0] == Approx(3.0).epsilon(1e-14));
}

TEST_CASE("a training with dynamic weight averages has the weights of its recorded losses") {
  const auto data = related_parts(80).train;
  Classical model{Seed{6}};
  const auto report = fit(model, data, {.epochs = 5, .weighting = DynamicWeightAverage{.temperature = 0.5}});
  CHECK(report.history[0].task_weights == Weights{1.0, 1.0, 1.0});
  CHECK(report.history[1].task_weights == Weights{1.0, 1.0, 1.0});
  for (std::size_t e = 2; e < 5; ++e) {
    double sum = 0.0;
    Weights expected;
    for (std::size_t t = 0; t < 3; ++t) {
      expected.push_back(std::exp(report.history[e - 1].task_losses[t] / report.history[e - 2].task_losses[t] / 0.5));
      sum += expected[t];
    }
    for (std::size_t t = 0; t < 3; ++t) {
      CHECK(report.history[e].task_weights[t] == Approx(3 * expected[t] / sum).epsilon(1e-13));
      CHECK(report.history[e].task_weights[t] != 1.0);
    }
  }
}

// Tasks that train at the same pace: the fixed point is w_1 n_1 = w_2 n_2 with w_1 + w_2 = 2.
TEST_CASE("GradNorm makes the gradients of two tasks equal whose losses differ by a factor") {
  const double factor = 8.0;
  TaskWeights weights(GradNorm{.learning_rate = 1e-3}, Adam{}, two_binary);
  CHECK(weights.needs_norms());
  for (int i = 0; i < 5000; ++i) {
    weights.after_step(std::vector<TaskLoss>{{0.5, 4}, {0.5 * factor, 4}}, Weights{0.3, 0.3 * factor}, 1.0);
    CHECK(values(weights)[0] + values(weights)[1] == Approx(2.0).epsilon(1e-12));
  }
  CHECK(values(weights)[0] == Approx(2 * factor / (1 + factor)).margin(5e-3));  // 1.778
  CHECK(values(weights)[1] == Approx(2 / (1 + factor)).margin(5e-3));           // 0.222
}

// Ratios 1 and 1/4, their mean 5/8, r = 1.6 and 0.4: with alpha = 1 the targets 1.6 and 0.4 times the mean norm add up
// to two means, as the weights do, and can be met; with alpha = 0 the norms become equal, whatever the paces.
TEST_CASE("GradNorm gives a task that trains slowly a larger gradient, by the power alpha") {
  for (const double alpha : {0.0, 1.0}) {
    TaskWeights weights(GradNorm{.alpha = alpha, .learning_rate = 1e-3}, Adam{}, two_binary);
    weights.after_step(std::vector<TaskLoss>{{2.0, 4}, {4.0, 4}}, Weights{1.0, 1.0}, 1.0);
    for (int i = 0; i < 5000; ++i) {
      weights.after_step(std::vector<TaskLoss>{{2.0, 4}, {1.0, 4}}, Weights{1.0, 1.0}, 1.0);
    }
    CHECK(values(weights)[0] == Approx(alpha == 0.0 ? 1.0 : 1.6).margin(5e-3));
    CHECK(values(weights)[1] == Approx(alpha == 0.0 ? 1.0 : 0.4).margin(5e-3));
  }
}

TEST_CASE("GradNorm's weights stay at least 1e-6, and nothing moves without labels") {
  TaskWeights weights(GradNorm{.learning_rate = 0.5}, Adam{}, {{2}, {2}, {2}});
  const std::vector<TaskLoss> none{{0, 0}, {0, 0}, {0, 0}};
  weights.after_step(none, Weights{0, 0, 0}, 1.0);
  CHECK(values(weights) == Weights{1.0, 1.0, 1.0});
  double lowest = 1.0;
  for (int i = 0; i < 50; ++i) {
    weights.after_step(std::vector<TaskLoss>{{1.0, 4}, {1.0, 4}, {0.0, 0}}, Weights{1.0, 1e6, 0.0}, 1.0);
    CHECK(values(weights)[0] + values(weights)[1] == Approx(2.0).epsilon(1e-12));
    for (const double w : weights.values()) CHECK(w >= 1e-6);
    lowest = std::min(lowest, values(weights)[1]);
    CHECK(values(weights)[2] == 1.0);
  }
  CHECK(lowest == Approx(1e-6));
}

TEST_CASE("GradNorm leaves a task without a label in a batch its weight, and the others theirs together") {
  TaskWeights weights(GradNorm{.learning_rate = 0.05}, Adam{}, {{2}, {0}, {3}});
  for (int i = 0; i < 60; ++i) {
    const auto losses = losses_of_batch(i);
    Weights norms{0.3, 5.0, 0.8};
    for (std::size_t t = 0; t < 3; ++t) norms[t] *= losses[t].labelled > 0 ? 1.0 : 0.0;
    const Weights before = values(weights);
    weights.after_step(losses, norms, 1.0);
    const bool alone = i % 3 == 2;  // a labelled task by itself has nobody to share with
    for (std::size_t t = 0; t < 3; ++t) {
      if (losses[t].labelled == 0) CHECK(values(weights)[t] == before[t]);
      if (losses[t].labelled > 0 && alone) CHECK(values(weights)[t] == Approx(before[t]).epsilon(1e-12));
      if (losses[t].labelled > 0 && !alone) CHECK(values(weights)[t] != before[t]);
    }
    CHECK(std::accumulate(weights.values().begin(), weights.values().end(), 0.0) == Approx(3.0).epsilon(1e-12));
  }
}

/// |dL_t/dz| of a linear model's binary task, from W and the logits: |(sigmoid(y) - label) / B| times |w|.
double norm_by_hand(Classical& model, const Dataset<double>& data, int task, int first_parameter) {
  const auto logits = model.predict(data.inputs);
  const Eigen::Map<const Eigen::Vector4d> w(model.head_weights().data() + first_parameter);
  double square = 0.0;
  double count = 0.0;
  for (Eigen::Index i = 0; i < data.rows(); ++i) {
    if (data.labels(task, i) < 0) continue;
    const double row = 1.0 / (1.0 + std::exp(-logits(task == 0 ? 0 : 4, i))) - data.labels(task, i);
    square += row * row;
    count += 1.0;
  }
  return std::sqrt(square) / count * w.norm();
}

TEST_CASE("GradNorm in a training equalises the gradients with respect to the representation") {
  auto data = related_parts(100).train;
  data.labels.row(1).setConstant(-1);  // a task without labels keeps its weight
  Classical model{Seed{6}};
  for (double& w : model.head_weights().first(4)) w *= 5.0;
  const FitOptions still{.epochs = 1500,
                         .batch_size = 1000,
                         .optimizer = Sgd{.learning_rate = 0.0},
                         .standardize = false,
                         .weighting = GradNorm{.learning_rate = 2e-3}};
  const auto weights = fit(model, data, still).history.back().task_weights;
  const double first = weights[0] * norm_by_hand(model, data, 0, 0);
  const double third = weights[2] * norm_by_hand(model, data, 2, 5 + 15);
  CHECK(weights[0] < 0.5 * weights[2]);
  CHECK(weights[1] == 1.0);
  CHECK(first == Approx(third).epsilon(0.02));
}

TEST_CASE("impossible weightings are refused by name") {
  const auto data = related_parts(40).train;
  Classical model{Seed{1}};
  const auto refused = [&](const TaskWeighting& weighting) {
    return message_of<ValueError>([&] { fit(model, data, {.weighting = weighting}); });
  };
  CHECK(message_of<ShapeError>([&] {
          fit(model, data, {.weighting = FixedWeights{{1.0, 2.0}}});
        }) == "qmtl: weighting: number of fixed weights must be 3, got 2");
  CHECK(refused(FixedWeights{{1.0, -2.0, 1.0}}) ==
        "qmtl: weighting: a fixed weight, expected a finite number from 0, got -2");
  CHECK(refused(DynamicWeightAverage{.temperature = 0.0}) ==
        "qmtl: weighting: temperature, expected a finite number above 0, got 0");
  CHECK(refused(GradNorm{.alpha = std::nan("")}).find("alpha") != std::string::npos);
  CHECK(refused(GradNorm{.learning_rate = -1.0}).find("learning_rate") != std::string::npos);
  CHECK(refused(UncertaintyWeights{.learning_rate_scale = HUGE_VAL}).find("learning_rate_scale") != std::string::npos);
  using Bits = QmtlModel<Frozen<4>, BasisEncoding<4>, First>;
  Dataset<double> bits{Batch<double>::Zero(4, 4), Batch<double>::Zero(1, 4), {}};
  CHECK(message_of<ValueError>([&] {
          Bits without{Seed{1}};
          fit(without, bits, {.standardize = false, .weighting = GradNorm{}});
        }) == "qmtl: fit: GradNorm needs dL/dz, which an encoding without gradient does not have");
}

}  // namespace weighting_test
