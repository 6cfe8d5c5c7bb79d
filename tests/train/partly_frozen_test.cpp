// SPDX-License-Identifier: Apache-2.0
// Trainings that go on with a trained model, whole or in part, and what their records tell.

#include "qmtl/train/partly_frozen.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "qmtl/model/save.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace partly_frozen_test {

using namespace qmtl;
using namespace qmtl::test;

using Values = std::vector<double>;

Values backbone_of(const TinyModel& model) {
  return {model.backbone().parameters().begin(), model.backbone().parameters().end()};
}
Values head_of(const TinyModel& model) { return {model.head_weights().begin(), model.head_weights().end()}; }

/// A model that has been trained, and new rows to go on with.
TinyModel trained() {
  TinyModel model{Seed{3}};
  fit(model, tiny_data(11), {.epochs = 2, .optimizer = Adam{.learning_rate = 0.05}});
  return model;
}
Dataset<double> new_rows(Eigen::Index rows = 13) {
  Dataset<double> data = tiny_data(rows);
  data.inputs.array() += 3.0;
  return data;
}

TEST_CASE("of a frozen part no bit changes, and the other one learns as beside a learning rate of 0") {
  const std::size_t which = GENERATE(range(std::size_t{0}, tiny_cases));
  const auto part = GENERATE(TrainedPart::head, TrainedPart::backbone);
  const auto train = new_rows(), validation = tiny_data(9);
  FitOptions options = tiny_options(which), at_rest = options;
  options.train = part;
  (part == TrainedPart::head ? at_rest.backbone_learning_rate_scale : at_rest.head_learning_rate_scale) = 0.0;
  const TinyModel before = trained();
  TinyModel frozen = before, resting = before;
  const auto outcome = tiny_outcome(frozen, fit(frozen, train, validation, options));
  const auto expected = tiny_outcome(resting, fit(resting, train, validation, at_rest));
  REQUIRE(outcome.size() == expected.size());
  const bool rounds = options.conflicts == GradientConflicts::pcgrad;  // a frozen backbone has no conflicts to solve
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    CHECK((outcome[i] == expected[i] || (rounds && std::abs(outcome[i] - expected[i]) < 1e-13)));
  }
  CHECK((backbone_of(frozen) == backbone_of(before)) == (part == TrainedPart::head));
  CHECK((head_of(frozen) == head_of(before)) == (part == TrainedPart::backbone));
}

TEST_CASE("a training of a part goes on from its checkpoint, which knows what is frozen") {
  const std::size_t which = GENERATE(range(std::size_t{0}, tiny_cases));
  const auto part = GENERATE(TrainedPart::head, TrainedPart::backbone);
  const TempDir dir;
  const auto train = new_rows(), validation = tiny_data(9);
  FitOptions options = tiny_options(which);
  options.train = part;
  const TinyModel before = trained();
  TinyModel whole = before, interrupted = before, resumed = before;
  const auto expected = tiny_outcome(whole, fit(whole, train, validation, options));
  options.checkpoint = Checkpointing{.path = dir / "training", .every_steps = 1};
  options.callbacks = {[](const EpochRecord& record) -> bool {
    throw std::runtime_error("interrupted in epoch " + std::to_string(record.epoch));
  }};
  CHECK_THROWS_AS(fit(interrupted, train, validation, options), std::runtime_error);
  options.callbacks.clear();
  CHECK(tiny_outcome(resumed, fit(resumed, train, validation, options)) == expected);

  const auto refused = [&](TinyModel model) {
    return message_of<FileError>([&] { fit(model, train, validation, options); });
  };
  const bool head = part == TrainedPart::head;
  TinyModel other = before;
  (head ? other.backbone().parameters() : other.head_weights())[0] += 1e-9;
  CHECK(refused(other).find(head ? "frozen backbone, hash " : "frozen head, hash ") != std::string::npos);
  options.train = TrainedPart::all;
  CHECK_FALSE(refused(before).empty());
}

TEST_CASE("unfreezing goes on where the frozen training ended") {
  const auto train = new_rows();
  TinyModel gradual = trained(), whole = gradual;
  fit(gradual, train, {.epochs = 2, .train = TrainedPart::head});
  const auto backbone = backbone_of(gradual);
  const auto scale = gradual.standardizer();
  const double before = evaluate(gradual, train)[1].loss;
  fit(gradual, train, {.epochs = 3, .optimizer = Adam{.learning_rate = 0.01}, .backbone_learning_rate_scale = 0.1});
  CHECK(backbone_of(gradual) != backbone);
  CHECK(std::ranges::equal(gradual.standardizer().mean(), scale.mean()));
  CHECK(evaluate(gradual, train)[1].loss < before);
}

TEST_CASE("a loaded model goes on as the one that was saved, with its statistics of inputs and targets") {
  const TempDir dir;
  TinyModel model = trained(), loaded{Seed{99}};
  save_model(model, dir / "model");
  load_model(loaded, dir / "model");
  const auto mean = Values(model.standardizer().mean().begin(), model.standardizer().mean().end());
  const auto train = new_rows();
  const FitOptions options{.epochs = 3, .optimizer = Adam{.learning_rate = 0.02}};
  const auto expected = tiny_outcome(model, fit(model, train, train, options));
  CHECK(tiny_outcome(loaded, fit(loaded, train, train, options)) == expected);
  CHECK(std::ranges::equal(loaded.standardizer().mean(), mean));
  CHECK(loaded.target_scaler()[2].centre == model.target_scaler()[2].centre);
  CHECK(backbone_of(loaded) != backbone_of(trained()));
}

TEST_CASE("a finished training goes on to more epochs on its schedule") {
  const TempDir dir;
  const auto data = tiny_data(11);
  FitOptions options{.epochs = 6, .batch_size = 4, .schedule = {.curve = StepRate{.epochs = 2}, .warm_up_epochs = 1.5}};
  TinyModel whole{Seed{3}}, part{Seed{3}}, more{Seed{3}};
  const auto rates = [](const FitReport& report) {
    Values out;
    for (const EpochRecord& record : report.history) out.push_back(record.head_learning_rate);
    return out;
  };
  const auto expected = fit(whole, data, options);
  options.checkpoint = Checkpointing{.path = dir / "training"};
  options.epochs = 3;
  CHECK(fit(part, data, options).history.size() == 3);
  options.epochs = 6;
  const auto report = fit(more, data, options);
  CHECK(backbone_of(more) == backbone_of(whole));
  CHECK(head_of(more) == head_of(whole));
  CHECK(rates(report) == rates(expected));
}

TEST_CASE("backbone and head have learning rates and optimizers of their own, which records tell") {
  const auto data = tiny_data(11);
  const FitOptions scaled{.epochs = 4,
                          .optimizer = Sgd{.learning_rate = 0.5},
                          .backbone_learning_rate_scale = 0.25,
                          .head_learning_rate_scale = 0.5,
                          .schedule = {.curve = StepRate{.epochs = 2, .factor = 0.5}}};
  FitOptions own = scaled;
  own.optimizer = Sgd{.learning_rate = 0.125};
  own.head_optimizer = Sgd{.learning_rate = 0.25};
  own.backbone_learning_rate_scale = own.head_learning_rate_scale = 1.0;
  TinyModel one{Seed{3}}, two{Seed{3}}, three{Seed{3}};
  const auto report = fit(one, data, scaled);
  fit(two, data, own);
  CHECK(backbone_of(one) == backbone_of(two));
  CHECK(head_of(one) == head_of(two));
  CHECK(report.history[1].backbone_learning_rate == 0.125);
  CHECK(report.history[2].backbone_learning_rate == 0.0625);
  CHECK(report.history[3].head_learning_rate == 0.125);
  own.head_optimizer = Adam{.learning_rate = 0.01};
  own.train = TrainedPart::head;
  const auto frozen = fit(three, data, own);
  CHECK(frozen.history[0].backbone_learning_rate == 0.0);
  CHECK(frozen.history[0].head_learning_rate == 0.01);
  CHECK(message_of<ValueError>([&] {
          fit(three, data, {.head_optimizer = Sgd{.learning_rate = -1.0}});
        }).find("learning_rate") != std::string::npos);
  CHECK(message_of<ValueError>([&] { fit(three, data, {.backbone_learning_rate_scale = -1.0}); }) ==
        "qmtl: fit: backbone_learning_rate_scale must be finite and not negative, got -1");
}

/// All figures of a record that a checkpoint holds.
Values figures(const EpochRecord& record) {
  Values out{record.train_loss, record.backbone_learning_rate, record.head_learning_rate};
  for (const auto* tasks : {&record.training, &record.validation}) {
    for (const TaskMetrics& task : *tasks) {
      for (const double figure : {task.loss, task.accuracy, task.majority, task.macro_f1, task.auc, task.rmse, task.r2})
        out.push_back(std::isnan(figure) ? -1.0 : figure);
    }
  }
  return out;
}

TEST_CASE("a callback reads metrics of training and validation rows, and stops at one") {
  const bool weighted = GENERATE(false, true);
  const TempDir dir;
  auto train = tiny_data(12), validation = tiny_data(9);
  for (int i = 0; i < 12; ++i) train.sample_weights.push_back(1 + i % 3);
  for (int i = 0; i < 9; ++i) validation.sample_weights.push_back(1 + i % 4);
  TinyModel model{Seed{3}};
  const auto majorities = majority_classes(model, train);
  std::vector<Values> seen;
  FitOptions options{.epochs = 50, .training_metrics = true, .weighted_metrics = weighted};
  options.callbacks = {[&](const EpochRecord& record) {
    EpochRecord judged = record;
    judged.training = weighted ? evaluate_weighted(model, train, majorities) : evaluate(model, train, majorities);
    judged.validation =
        weighted ? evaluate_weighted(model, validation, majorities) : evaluate(model, validation, majorities);
    CHECK(figures(judged) == figures(record));
    seen.push_back(figures(record));
    return record.training[2].rmse > 0.0 && record.epoch < 4;
  }};
  options.checkpoint = Checkpointing{.path = dir / "training"};
  const auto report = fit(model, train, validation, options);
  REQUIRE(report.history.size() == 4);
  options.callbacks.clear();
  TinyModel again{Seed{3}};
  const auto history = fit(again, train, validation, options).history;  // from the checkpoint
  REQUIRE(history.size() == 4);
  for (std::size_t e = 0; e < 4; ++e) CHECK(figures(history[e]) == seen[e]);
  if (!weighted) return;
  validation.sample_weights.assign(9, 0.0);
  options.checkpoint.reset();
  CHECK(message_of<ValueError>([&] {
          fit(again, train, validation, options);
        }).starts_with("qmtl: metrics of task 'kind': sample weights, expected one above 0"));
}

TEST_CASE("a training goes on whose validation rows are told apart for certain, by weights that round") {
  Rng rng(Seed{4});
  const FitOptions still{
      .epochs = 1, .optimizer = Sgd{.learning_rate = 1e-12}, .standardize = false, .weighted_metrics = true};
  for (int repeat = 0; repeat < 20; ++repeat) {
    const TempDir dir;
    TinyModel model{Seed{3}}, again{Seed{3}};
    auto validation = tiny_data(40);
    for (double& x : validation.inputs.reshaped()) x = rng.uniform(-1.0, 1.0);
    const Batch<double> scores = model.predict(validation.inputs);
    for (Eigen::Index row = 0; row < 40; ++row) {
      validation.labels(0, row) = scores(0, row) > scores.row(0).mean() ? 1 : 0;
      validation.sample_weights.push_back(0.1 + rng.uniform(0.0, 1.0));
    }
    FitOptions options = still;
    options.checkpoint = Checkpointing{.path = dir / "training"};
    const auto first = fit(model, tiny_data(8), validation, options);
    CHECK(first.history[0].validation[0].auc == Approx(1.0));
    options.epochs = 2;
    CHECK(fit(again, tiny_data(8), validation, options).history.size() == 2);
  }
}

}  // namespace partly_frozen_test
