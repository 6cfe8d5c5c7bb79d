// SPDX-License-Identifier: Apache-2.0
// How training ends: early stopping, callbacks, divergence; and what fit refuses before it begins.

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/train/fit.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace fit_stop_test {

using namespace qmtl;
using namespace qmtl::test;

/// A callback that keeps the parameters after every epoch, which must outlive it.
template <class Model>
Callback keep(const Model& model, std::vector<std::vector<double>>& courses) {
  return [&](const EpochRecord&) {
    courses.push_back(parameters_of(model));
    return true;
  };
}

/// Validation labels that contradict the training labels: the better the fit, the worse the validation loss.
Parts<double> contradictory() {
  auto parts = related_parts(150);
  parts.validation = parts.train;
  for (double& label : parts.validation.labels.reshaped()) label = label < 0 ? label : label == 1 ? 0 : 1;
  return parts;
}

TEST_CASE("early stopping ends after `patience` epochs without improvement and puts the best epoch's parameters back") {
  const auto parts = contradictory();
  Classical model{Seed{3}};
  std::vector<std::vector<double>> courses;
  const auto report = fit(model, parts.train, parts.validation,
                          {.epochs = 50,
                           .optimizer = Adam{.learning_rate = 0.05},
                           .early_stopping = EarlyStopping{.patience = 4},
                           .callbacks = {keep(model, courses)}});
  std::size_t best = 0;
  for (std::size_t e = 1; e < report.history.size(); ++e) {
    if (report.history[e].validation_loss < report.history[best].validation_loss) best = e;
  }
  CHECK(report.best_epoch == static_cast<int>(best) + 1);
  CHECK(report.history.size() == best + 1 + 4);
  CHECK(report.history.size() < 50);
  CHECK(parameters_of(model) == courses[best]);
  CHECK(parameters_of(model) != courses.back());
}

TEST_CASE("an improvement of less than min_delta is none") {
  const auto parts = related_parts(150);
  Classical model{Seed{3}};
  std::vector<std::vector<double>> courses;
  const auto report = fit(model, parts.train, parts.validation,
                          {.epochs = 50,
                           .early_stopping = EarlyStopping{.patience = 2, .min_delta = 1e6},
                           .callbacks = {keep(model, courses)}});
  CHECK(report.history.size() == 3);  // the first epoch improves on nothing at all
  CHECK(report.best_epoch == 1);
  CHECK(parameters_of(model) == courses[0]);
}

TEST_CASE("without early stopping the model keeps its last parameters") {
  const auto parts = contradictory();
  Classical model{Seed{3}};
  std::vector<std::vector<double>> courses;
  const auto report = fit(model, parts.train, parts.validation, {.epochs = 5, .callbacks = {keep(model, courses)}});
  CHECK(report.best_epoch == 5);
  CHECK(parameters_of(model) == courses.back());
}

TEST_CASE("early stopping that never stops puts the best epoch back at the end") {
  const auto parts = contradictory();
  Classical model{Seed{3}};
  std::vector<std::vector<double>> courses;
  const auto report = fit(model, parts.train, parts.validation,
                          {.epochs = 6,
                           .optimizer = Adam{.learning_rate = 0.05},
                           .early_stopping = EarlyStopping{.patience = 100},
                           .callbacks = {keep(model, courses)}});
  CHECK(report.history.size() == 6);
  REQUIRE(report.best_epoch < 6);
  CHECK(parameters_of(model) == courses[static_cast<std::size_t>(report.best_epoch) - 1]);
}

TEST_CASE("a callback that returns false stops after its epoch, and every callback sees every epoch") {
  const auto parts = related_parts(80);
  Classical model{Seed{1}};
  std::vector<int> seen;
  const auto report = fit(model, parts.train,
                          {.epochs = 10,
                           .callbacks = {[](const EpochRecord& record) { return record.epoch < 3; },
                                         [&seen](const EpochRecord& record) {
                                           seen.push_back(record.epoch);
                                           CHECK(record.validation.empty());
                                           CHECK(std::isnan(record.validation_loss));
                                           return true;
                                         }}});
  CHECK(report.history.size() == 3);
  CHECK(report.best_epoch == 3);
  CHECK(seen == std::vector{1, 2, 3});
}

TEST_CASE("no epochs leave the model as it is") {
  const auto parts = related_parts(80);
  Classical model{Seed{1}};
  const auto before = parameters_of(model);
  const auto logits = model.predict(parts.test.inputs);
  const auto report = fit(model, parts.train, parts.validation, {.epochs = 0});
  CHECK(report.history.empty());
  CHECK(report.best_epoch == 0);
  CHECK(parameters_of(model) == before);
  CHECK(model.predict(parts.test.inputs) == logits);
}

TEST_CASE("a loss that leaves the finite numbers ends the training, with task, epoch and batch") {
  const auto data = related_parts(100).train;  // 60 rows
  const auto diverge = [&data]<class Model>(Model model, FitOptions options) {
    return message_of<NumericalError>([&] { fit(model, data, options); });
  };
  const std::string advice = "; a smaller learning rate may help";
  const FitOptions one_batch{.epochs = 5, .batch_size = 60, .optimizer = Sgd{.learning_rate = 1e300}};
  CHECK(diverge(Classical{Seed{1}}, one_batch) ==
        "qmtl: fit: the loss of task first is not finite in epoch 2, batch 0" + advice);
  const FitOptions batches{.epochs = 5, .batch_size = 20, .optimizer = Sgd{.learning_rate = 1e300}};
  CHECK(diverge(Classical{Seed{1}}, batches) ==
        "qmtl: fit: the loss of task first is not finite in epoch 1, batch 1" + advice);
  const FitOptions narrow{.epochs = 5, .batch_size = 60, .optimizer = Adam{.learning_rate = 1e38}};
  const auto floats = related_parts<float>(100).train;
  Quantum<float> model{Seed{1}};
  CHECK_THROWS_AS(fit(model, floats, narrow), NumericalError);
}

TEST_CASE("one input that is too large is named, and its feature does not vanish without a word") {
  for (const double value : {1e200, -1.7e308}) {
    auto data = related_parts(100).train;
    data.inputs(3, 17) = value;
    LinearModel<Frozen<20>, First, Second, Third> model{Seed{1}};
    FitOptions options{.epochs = 3, .batch_size = 60, .optimizer = Sgd{}};
    CHECK(message_of<ValueError>([&] { fit(model, data, options); }).find("feature 3, row 17: ") != std::string::npos);
    options.standardize = false;
    const std::string raw = message_of<NumericalError>([&] { fit(model, data, options); });
    CHECK(raw.find("; feature 3 of row 17 is ") != std::string::npos);
    CHECK(raw.find("learning rate") == std::string::npos);
  }
}

TEST_CASE("gradients that Adam cannot square end the training, unless they are clipped") {
  const auto data = related_parts(100).train;
  Classical model{Seed{1}};
  FitOptions options{.epochs = 1, .batch_size = 60, .weighting = FixedWeights{{1e156, 1e156, 1e156}}};
  const auto message = message_of<NumericalError>([&] { fit(model, data, options); });
  CHECK(message.find("qmtl: fit: the step of the backbone (qmtl: optimizer: Adam's second moment of parameter ") == 0);
  CHECK(message.find(" is not finite in epoch 1, batch 0;") != std::string::npos);
  options.clipping = {.norm = 1.0};
  const auto before = parameters_of(model);
  fit(model, data, options);
  CHECK(parameters_of(model) != before);
}

TEST_CASE("parameters that the very last step made infinite do not pass for a result") {
  const auto data = related_parts(100).train;
  Classical model{Seed{1}};
  const FitOptions options{.epochs = 1, .batch_size = 60, .optimizer = Adam{.learning_rate = 1.7e308}};
  CHECK(
      message_of<NumericalError>([&] { fit(model, data, options); }) ==
      "qmtl: fit: a parameter of the head is not finite in epoch 1, its last batch; a smaller learning rate may help");
}

/// The message of fitting data that must be refused with an E, the model as it was.
template <class E>
std::string refused(const Parts<double>& data) {
  Classical model{Seed{1}};
  const auto before = parameters_of(model);
  const std::string message = message_of<E>([&] { fit(model, data.train, data.validation); });
  CHECK(parameters_of(model) == before);
  CHECK(model.standardizer().empty());
  return message;
}

TEST_CASE("data that does not fit is refused before anything is trained") {
  const auto right = related_parts(60);
  auto data = right;
  data.train.inputs(7, 5) = std::nan("");
  CHECK(refused<ValueError>(data).find("row 5, feature 7") != std::string::npos);
  data = right;
  data.train.inputs(0, 2) = std::numeric_limits<double>::infinity();
  CHECK(refused<ValueError>(data).find("row 2, feature 0") != std::string::npos);
  data = right;
  data.train.labels(1, 3) = 3;
  CHECK(refused<ValueError>(data).find("label of task 'second', row 3") != std::string::npos);
  data = right;
  data.train.labels = right.train.labels.topRows(2).eval();
  CHECK(refused<ShapeError>(data).find("number of tasks must be 3, got 2") != std::string::npos);
  data = right;
  data.train.inputs = right.train.inputs.topRows(19).eval();
  CHECK(refused<ShapeError>(data) == "qmtl: fit: features of the training inputs must be 20, got 19");
  data = right;
  data.train = right.train.select({});
  CHECK(refused<ShapeError>(data) == "qmtl: fit: the training data must have at least one row");
  data = right;
  data.validation.inputs(4, 1) = std::nan("");
  CHECK(refused<ValueError>(data).find("row 1, feature 4") != std::string::npos);
  data = right;
  data.validation.inputs = right.validation.inputs.topRows(3).eval();
  CHECK(refused<ShapeError>(data) == "qmtl: fit: features of the validation inputs must be 20, got 3");
}

TEST_CASE("impossible options are refused by name") {
  const auto parts = related_parts(40);
  Classical model{Seed{1}};
  const auto before = parameters_of(model);
  const auto refused_options = [&](const FitOptions& options) {
    return message_of<ValueError>([&] { fit(model, parts.train, parts.validation, options); });
  };
  const double nan = std::nan("");
  CHECK(refused_options({.epochs = -1}) == "qmtl: fit: epochs must not be negative, got -1");
  CHECK(refused_options({.batch_size = 0}) == "qmtl: fit: batch_size must be positive, got 0");
  CHECK(refused_options({.head_learning_rate_scale = -0.5}) ==
        "qmtl: fit: head_learning_rate_scale must be finite and not negative, got -0.5");
  CHECK(refused_options({.head_weight_decay_scale = -1.0}) ==
        "qmtl: fit: head_weight_decay_scale must be finite and not negative, got -1");
  CHECK(refused_options({.head_learning_rate_scale = HUGE_VAL}).find("head_learning_rate_scale") != std::string::npos);
  CHECK(refused_options({.early_stopping = EarlyStopping{.patience = 0}}) ==
        "qmtl: fit: patience must be positive, got 0");
  CHECK(refused_options({.early_stopping = EarlyStopping{.min_delta = -1.0}}) ==
        "qmtl: fit: min_delta must be finite and not negative, got -1");
  CHECK(refused_options({.early_stopping = EarlyStopping{.min_delta = nan}}).find("min_delta") != std::string::npos);
  CHECK(refused_options({.optimizer = Adam{.learning_rate = nan}}).find("learning_rate") != std::string::npos);
  CHECK(refused_options({.optimizer = Sgd{.momentum = 1.0}}).find("momentum") != std::string::npos);
  CHECK(message_of<ValueError>([&] { fit(model, parts.train, {.early_stopping = EarlyStopping{}}); }) ==
        "qmtl: fit: early stopping needs validation data with at least one label");
  CHECK(parameters_of(model) == before);
  CHECK(model.standardizer().empty());
}

}  // namespace fit_stop_test
