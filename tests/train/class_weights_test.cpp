// SPDX-License-Identifier: Apache-2.0
// Weights of rows and classes: a weight is so many copies of a row, and nothing else.

#include "qmtl/train/class_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace class_weights_test {

using namespace qmtl;
using namespace qmtl::test;

const double nan = std::numeric_limits<double>::quiet_NaN();

using Row = Eigen::Matrix<double, 1, Eigen::Dynamic, Eigen::RowMajor>;

double difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    worst = std::abs(a[i] - b[i]) <= worst ? worst : std::abs(a[i] - b[i]);
  }
  return worst;
}

std::vector<double> trained(const Dataset<double>& data, const FitOptions& options) {
  TinyModel model{Seed{3}};
  const FitReport report = fit(model, data, options);
  return tiny_outcome(model, report);
}

/// All rows in every step, and nothing that looks at rows beside the loss.
FitOptions full_batch(std::size_t which = 1) {
  FitOptions options = tiny_options(which);
  options.early_stopping.reset();
  options.batch_size = 1000;
  options.standardize = options.standardize_targets = false;
  return options;
}

TEST_CASE("balanced class weights are those of scikit-learn's documentation") {
  const Row labels = (Row(6) << 1, 1, 1, 1, 0, 0).finished();  // compute_class_weight: 1.5, 0.75
  CHECK(balanced_class_weights<double>(labels, LabelKind{2}) == std::vector<double>{1.5, 0.75});
  const Row missing = (Row(8) << 1, -1, 1, 1, nan, 1, 0, 0).finished();
  CHECK(balanced_class_weights<double>(missing, LabelKind{2}) == std::vector<double>{1.5, 0.75});
  const std::vector<double> counts{2, 9, 1, 0, 9, 1, 1, 1};
  CHECK(balanced_class_weights<double>(missing, LabelKind{2}, counts) == std::vector<double>{1.5, 0.75});
  CHECK(balanced_class_weights<double>(labels, LabelKind{4}) == std::vector<double>{0.75, 0.375, 0.0, 0.0});
  CHECK(balanced_class_weights<double>(labels, LabelKind{0}).empty());
  CHECK(balanced_class_weights<double>(Row(0), LabelKind{2}) == std::vector<double>{0.0, 0.0});
  CHECK_THROWS_AS(balanced_class_weights<double>(labels, LabelKind{2}, std::vector<double>{1.0}), ShapeError);
  CHECK_THROWS_AS(balanced_class_weights<double>(Row(labels.array() + 1.0), LabelKind{2}), ValueError);
  CHECK(balanced_class_weights<double>(labels, LabelKind{2}, std::vector<double>(6, 0x1p1023)) ==
        std::vector<double>{1.5, 0.75});
  for (const double impossible : {nan, -1.0}) {
    CHECK_THROWS_AS(
        balanced_class_weights<double>(labels, LabelKind{2}, std::vector{1.0, 1.0, impossible, 1.0, 1.0, 1.0}),
        ValueError);
  }
}

TEST_CASE("gradients of a weighted loss are its differences") {
  TinyModel model{Seed{3}};
  auto data = tiny_data(9);
  for (int i = 0; i < 9; ++i) data.sample_weights.push_back(i % 3);
  const ClassWeights classes{.balanced = true, .tasks = {{"colour", {1.0, 0.5, 7.0}}}};
  Objective<double> objective(model);
  const auto weights = detail::row_weights<double>(classes, objective.tasks(), data);
  (void)objective.evaluate(data.inputs, data.labels, weights);
  const auto check = [&](std::span<double> parameters, std::span<const double> gradient) {
    const std::vector<double> at(parameters.begin(), parameters.end());
    const auto expected = difference_gradient(
        [&](std::span<const double> x) {
          std::copy(x.begin(), x.end(), parameters.begin());
          return Objective<double>(model).forward(data.inputs, data.labels, weights);
        },
        at);
    std::copy(at.begin(), at.end(), parameters.begin());
    CHECK(difference({gradient.begin(), gradient.end()}, expected) < 1e-9);
  };
  check(model.backbone().parameters(), std::as_const(objective).backbone_gradient());
  check(model.head_weights(), std::as_const(objective).head_gradient());
}

TEST_CASE("the weighted loss of a task is sum w l / sum w over its labelled rows") {
  TinyModel model{Seed{3}};
  auto data = tiny_data(9);
  data.sample_weights = {1e300, 2e300, 3e300, 0, 5e300, 6e300, 7e300, 8e300, 9e300};
  Objective<double> objective(model);
  const auto weights = detail::row_weights<double>({}, objective.tasks(), data);
  (void)objective.forward(data.inputs, data.labels, weights);
  const std::vector<TaskLoss> weighted(objective.task_losses().begin(), objective.task_losses().end());
  for (std::size_t t = 0; t < 3; ++t) {
    double sum = 0.0, all = 0.0;
    for (Eigen::Index row = 0; row < 9; ++row) {
      (void)objective.forward(data.inputs.col(row), data.labels.col(row));
      if (objective.task_losses()[t].labelled == 0) continue;
      const double weight = data.sample_weights[static_cast<std::size_t>(row)] / 1e300;
      sum += weight * objective.task_losses()[t].loss;
      all += weight;
    }
    CHECK(std::abs(weighted[t].loss - sum / all) < 1e-14);
  }
}

TEST_CASE("a row of weight w trains as w copies of it") {
  const std::size_t which =
      GENERATE(as<std::size_t>{}, 0, 1, 2);  // GradNorm goes by norms over rows, of which copies are more
  const bool balanced = GENERATE(false, true);
  const auto data = tiny_data(11);
  auto weighted = data;
  std::vector<Eigen::Index> copies;
  for (Eigen::Index row = 0; row < 11; ++row) {
    const Eigen::Index weight = row % 4;  // and none at all of weight 0
    weighted.sample_weights.push_back(static_cast<double>(weight));
    copies.insert(copies.end(), static_cast<std::size_t>(weight), row);
  }
  FitOptions options = full_batch(which);
  options.class_weights.balanced = balanced;
  INFO("options " << which);
  CHECK(difference(trained(weighted, options), trained(data.select(copies), options)) < 1e-11);
  CHECK(difference(trained(weighted, options), trained(data, options)) > 1e-4);
}

TEST_CASE("class weights are the sample weights of the classes' rows, and their size does not matter") {
  const std::size_t which = GENERATE(range(std::size_t{0}, tiny_cases));
  auto data = tiny_data(11);
  data.labels.row(0).setConstant(-1.0);
  data.labels.row(2).setConstant(nan);  // colour alone
  FitOptions options = tiny_options(which);
  options.early_stopping.reset();
  auto weighted = data;
  const std::vector<double> colours{1.0, 5.0, 0.25};
  for (Eigen::Index row = 0; row < 11; ++row) {
    weighted.sample_weights.push_back(3.0 * colours[static_cast<std::size_t>(data.labels(1, row))]);
  }
  FitOptions by_class = options;
  by_class.class_weights.tasks = {{"colour", colours}};
  CHECK(difference(trained(data, by_class), trained(weighted, options)) < 1e-12);
  by_class.class_weights = {.balanced = true};
  const auto balanced = trained(data, by_class);
  const Row labels = data.labels.row(1);
  by_class.class_weights = {.tasks = {{"colour", balanced_class_weights<double>(labels, LabelKind{3})}}};
  CHECK(difference(trained(data, by_class), balanced) == 0.0);
}

TEST_CASE("equal weights train with the bits of none") {
  const std::size_t which = GENERATE(range(std::size_t{0}, tiny_cases));
  const auto data = tiny_data(11);
  FitOptions options = tiny_options(which);
  options.early_stopping.reset();
  const auto plain = trained(data, options);
  auto equal = data;
  equal.sample_weights.assign(11, 0.7);
  CHECK(difference(trained(equal, options), plain) == 0.0);
  options.class_weights.tasks = {{"colour", {3.0, 3.0, 3.0}}, {"kind", {1.0, 1.0}}};
  CHECK(difference(trained(data, options), plain) == 0.0);
}

TEST_CASE("a row of weight 0 counts nothing, however large its loss") {
  TinyModel model{Seed{3}};
  auto data = tiny_data(4);
  data.labels(2, 1) = 1e300;
  Objective<double> objective(model);
  const std::vector<double> weights{1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1};
  CHECK(std::isfinite(objective.evaluate(data.inputs, data.labels, weights)));
  CHECK(objective.logit_gradients().col(1).isZero(0.0));
  CHECK_THROWS_AS(objective.forward(data.inputs, data.labels, std::vector<double>(4, 1.0)), ShapeError);
}

TEST_CASE("weights that fit nothing are refused by name, before the model has changed") {
  const auto data = tiny_data(9);
  const auto refused = [](const Dataset<double>& rows, const ClassWeights& classes) {
    TinyModel model{Seed{3}};
    const auto before = tiny_outcome(model, {});
    const auto message = message_of<ValueError>([&] { fit(model, rows, {.class_weights = classes}); });
    CHECK(tiny_outcome(model, {}) == before);
    return message;
  };
  CHECK(refused(data, {.tasks = {{"color", {1, 1, 1}}}}) ==
        "qmtl: fit: class weights: task, expected one of the model's, got 'color'");
  CHECK(refused(data, {.tasks = {{"colour", {1, 1, 1}}, {"colour", {1, 1, 1}}}}) ==
        "qmtl: fit: class weights: task, expected each once, got 'colour'");
  CHECK(refused(data, {.tasks = {{"colour", {1, 1}}}}) ==
        "qmtl: fit: class weights of task 'colour', expected 3, one a class, got 2");
  CHECK(refused(data, {.tasks = {{"size", {}}}}) ==
        "qmtl: fit: class weights of task 'size', expected a task of classes, got one with real-valued labels");
  CHECK(refused(data, {.tasks = {{"kind", {1, -1}}}}) ==
        "qmtl: fit: class weights of task 'kind', class 1: expected a finite number from 0, got -1");
  CHECK(refused(data, {.tasks = {{"kind", {nan, 1}}}}).find("class 0: expected a finite number from 0, got nan") !=
        std::string::npos);
  CHECK(refused(data, {.tasks = {{"kind", {0, 0}}}}) ==
        "qmtl: fit: weights of task 'kind', expected one above 0 of a labelled row, got 0");
  auto weighted = data;
  weighted.sample_weights.assign(9, 1e200);
  CHECK(refused(weighted, {.tasks = {{"kind", {1e200, 1}}}}) ==
        "qmtl: fit: weights of task 'kind', expected finite numbers, got inf");
  weighted.sample_weights[4] = -1.0;
  CHECK(refused(weighted, {}) == "qmtl: dataset: sample weight of row 4, expected a finite number from 0, got -1");
  weighted.sample_weights.pop_back();
  TinyModel model{Seed{3}};
  CHECK(message_of<ShapeError>([&] { fit(model, weighted); }) ==
        "qmtl: dataset: number of sample weights must be 9, got 8");
}

TEST_CASE("a training with other weights is another training") {
  const TempDir dir;
  auto data = tiny_data(9);
  data.sample_weights.assign(9, 1.0);
  FitOptions options{.epochs = 2,
                     .class_weights = {.balanced = true, .tasks = {{"colour", {1.0, 2.0, 0.5}}}},
                     .checkpoint = Checkpointing{.path = dir / "training"}};
  const auto whole = trained(data, options);
  CHECK(difference(trained(data, options), whole) == 0.0);
  auto other = data;
  other.sample_weights[3] = 2.0;
  CHECK(message_of<FileError>([&] { (void)trained(other, options); }).find("\"training data ") != std::string::npos);
  options.class_weights = {};
  CHECK(message_of<FileError>([&] { (void)trained(data, options); })
            .find("\"class_weights balanced, task 'colour', weight 1, weight 2, weight 0.5\", expected "
                  "\"class_weights equal\"") != std::string::npos);
}

}  // namespace class_weights_test
