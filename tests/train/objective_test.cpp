// SPDX-License-Identifier: Apache-2.0
// The objective: sums of mean losses, gradients of whole models against differences, metrics of a data set.

#include "qmtl/train/objective.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/train/evaluate.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/throws.hpp"

namespace objective_test {

using namespace qmtl;
using qmtl::test::message_of;

using Yes = Task<"yes", RotationBlock<2>, Window<0, 2>, Binary>;
using Level = Task<"level", RotationBlock<2>, Window<1, 2>, Classes<3, BasisStates>>;
using Size = Task<"size", RotationBlock<1>, Window<2, 1>, Regression<TrainableScale<2>>>;
using Quantum = QmtlModel<Mlp<4, 5, 3>, AngleEncoding<3>, Yes, Level, Size>;
using Linear = LinearModel<Mlp<4, 5, 3>, Yes, Level, Size>;

const double missing = std::nan("");

/// Seven rows of four features; each task lacks some labels.
Dataset<double> small_data() {
  Dataset<double> data{Batch<double>(4, 7), Batch<double>(3, 7), {}};
  Rng rng(Seed{3});
  for (double& value : data.inputs.reshaped()) value = rng.normal();
  data.labels << 1, 0, -1, 1, 1, missing, 0,  //
      2, -1, 0, 1, -7, 2, 1,                  //
      0.5, missing, -1.5, missing, 2.0, 0.0, missing;
  return data;
}

/// Mean of -log sigmoid(+-y), of -log softmax(y)_label and of squared errors over the labelled rows, summed.
std::vector<double> textbook_losses(const Eigen::MatrixXd& logits, const Eigen::MatrixXd& labels) {
  std::vector<double> sums(3), counts(3);
  const auto add = [&](std::size_t t, double loss) {
    sums[t] += loss;
    counts[t] += 1.0;
  };
  for (Eigen::Index i = 0; i < labels.cols(); ++i) {
    if (labels(0, i) >= 0) add(0, std::log1p(std::exp((labels(0, i) == 1.0 ? -1 : 1) * logits(0, i))));
    if (labels(1, i) >= 0) {
      const Eigen::Vector3d y = logits.col(i).segment<3>(1);
      add(1, std::log(y.array().exp().sum()) - y[static_cast<Eigen::Index>(labels(1, i))]);
    }
    if (!std::isnan(labels(2, i))) add(2, std::pow(logits(4, i) - labels(2, i), 2));
  }
  for (std::size_t t = 0; t < 3; ++t) sums[t] = counts[t] > 0 ? sums[t] / counts[t] : 0.0;
  return sums;
}
double textbook_loss(const Eigen::MatrixXd& logits, const Eigen::MatrixXd& labels) {
  const auto losses = textbook_losses(logits, labels);
  return losses[0] + losses[1] + losses[2];
}

TEMPLATE_TEST_CASE("loss and gradients of a whole model are those of textbook formulas and differences", "", Quantum,
                   Linear) {
  TestType model{Seed{5}};
  const auto data = small_data();
  Standardizer<double> standardizer;
  standardizer.fit(data.inputs);
  model.set_standardizer(standardizer);
  Objective objective(model);
  const double total = objective.evaluate(data.inputs, data.labels);
  const auto losses = textbook_losses(model.predict(data.inputs), data.labels);
  CHECK(total == Approx(losses[0] + losses[1] + losses[2]).epsilon(1e-12));
  const std::vector<std::size_t> labelled{5, 5, 4};
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(objective.task_losses()[t].loss == Approx(losses[t]).epsilon(1e-12));
    CHECK(objective.task_losses()[t].labelled == labelled[t]);
  }
  const std::vector<double> backbone(objective.backbone_gradient().begin(), objective.backbone_gradient().end());
  const std::vector<double> head(objective.head_gradient().begin(), objective.head_gradient().end());
  const auto check = [&](std::span<double> parameters, const std::vector<double>& gradient) {
    REQUIRE(gradient.size() == parameters.size());
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      const double kept = parameters[j];
      const double expected = test::central_difference(
          [&](double value) {
            parameters[j] = value;
            return textbook_loss(model.predict(data.inputs), data.labels);
          },
          kept);
      parameters[j] = kept;
      CHECK(gradient[j] == Approx(expected).epsilon(0).margin(1e-8));
    }
  };
  check(model.backbone().parameters(), backbone);
  check(model.head_weights(), head);
}

TEST_CASE("evaluating again starts from zero gradients, whatever the batch before") {
  Quantum model{Seed{5}};
  const auto data = small_data();
  Objective objective(model), fresh(model);
  objective.evaluate(data.inputs, data.labels);
  objective.evaluate(data.inputs.leftCols(2), data.labels.leftCols(2));
  fresh.evaluate(data.inputs.leftCols(2), data.labels.leftCols(2));
  CHECK(std::ranges::equal(objective.head_gradient(), fresh.head_gradient()));
  CHECK(std::ranges::equal(objective.backbone_gradient(), fresh.backbone_gradient()));
}

TEST_CASE("a task without labels in the batch has no loss and no gradient of its block") {
  Quantum model{Seed{5}};
  auto data = small_data();
  data.labels.row(1).setConstant(-1);
  Objective objective(model);
  const double total = objective.evaluate(data.inputs, data.labels);
  CHECK(objective.task_losses()[1].loss == 0.0);
  CHECK(objective.task_losses()[1].labelled == 0);
  CHECK(total == objective.task_losses()[0].loss + objective.task_losses()[2].loss);
  const auto block = objective.head_gradient().subspan(4, 4);
  CHECK(std::ranges::all_of(block, [](double g) { return g == 0.0; }));
  CHECK(objective.head_gradient()[0] != 0.0);
  CHECK(objective.head_gradient()[8] != 0.0);
}

TEST_CASE("what labels must be follows from the tasks") {
  const Quantum model{Seed{1}};
  CHECK(label_kinds(model) == std::vector<LabelKind>{{2}, {3}, {0}});
}

TEST_CASE("an objective refuses labels that do not fit") {
  Quantum model{Seed{1}};
  auto data = small_data();
  Objective objective(model);
  CHECK(message_of<ShapeError>([&] { objective.evaluate(data.inputs, data.labels.topRows(2)); }) ==
        "qmtl: objective: rows of the labels (tasks) must be 3, got 2");
  CHECK(message_of<ShapeError>([&] { objective.evaluate(data.inputs, data.labels.leftCols(6)); }) ==
        "qmtl: objective: columns of the labels must be 7, got 6");
  CHECK_THROWS_AS(objective.evaluate(data.inputs.topRows(3), data.labels), ShapeError);
  data.labels(1, 4) = 3;
  CHECK_THROWS_AS(objective.evaluate(data.inputs, data.labels), ValueError);
}

TEST_CASE("majority classes are the most frequent labels, -1 where there is none") {
  const Quantum model{Seed{1}};
  auto data = small_data();
  CHECK(majority_classes(model, data) == std::vector{1, 1, -1});
  data.labels.row(0).setConstant(-1);
  data.labels(1, 1) = 2;
  CHECK(majority_classes(model, data) == std::vector{-1, 2, -1});
  data.labels(0, 0) = 4;
  CHECK_THROWS_AS(majority_classes(model, data), ValueError);
}

/// Logits are z itself: y_0 = (z_0), y_1 = (z_1, z_2, z_3), y_2 = (z_4).
using Bare = LinearModel<Frozen<5>, Yes, Level, Size>;
Bare pass_through() {
  Bare model{Seed{1}};
  const auto w = model.head_weights();
  std::ranges::fill(w, 0.0);
  w[0] = 1.0;                             // task yes: W is 1 x 5, b
  w[6 + 3] = w[6 + 7] = w[6 + 11] = 1.0;  // task level: W is 3 x 5, column by column
  w[24 + 4] = 1.0;                        // task size
  return model;
}

TEST_CASE("evaluate judges every task of a data set by hand-made logits") {
  auto model = pass_through();
  Dataset<double> data{Batch<double>(5, 4), Batch<double>(3, 4), {}};
  data.inputs << 2.0, -1.0, 3.0, -0.5,  // yes: predicts 1 0 1 0
      5.0, 0.0, 0.0, 0.0,               // level: predicts 0 1 2 1
      0.0, 5.0, 0.0, 9.0,               //
      0.0, 0.0, 5.0, 0.0,               //
      1.0, 2.0, 3.0, 4.0;               // size
  data.labels << 1, 0, 0, -1,           //
      0, 1, 2, 2,                       //
      1.0, 2.0, 3.0, 6.0;
  const auto metrics = evaluate(model, data, std::vector{0, 2, -1});
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0].name == "yes");
  CHECK(metrics[0].labelled == 3);
  CHECK(metrics[0].accuracy == Approx(2.0 / 3));
  CHECK(metrics[0].majority == Approx(2.0 / 3));
  CHECK(metrics[0].auc == Approx(0.5));  // of two pairs one is in order
  CHECK(metrics[1].accuracy == Approx(0.75));
  CHECK(metrics[1].majority == Approx(0.5));
  CHECK(metrics[2].classes == 0);
  CHECK(metrics[2].loss == Approx(1.0));  // (4 - 6)^2 / 4
  CHECK(metrics[2].r2 == Approx(1 - 4.0 / 14));
  CHECK(std::isnan(evaluate(model, data)[0].majority));

  data.task_names = {"yes", "level", "size"};
  CHECK(evaluate(model, data)[1].name == "level");
}

TEST_CASE("a const model is judged as the model itself") {
  Quantum model{Seed{5}};
  const auto data = small_data();
  const Quantum& shared = model;
  const auto expected = evaluate(model, data), metrics = evaluate(shared, data);
  REQUIRE(metrics.size() == expected.size());
  for (std::size_t t = 0; t < metrics.size(); ++t) CHECK(metrics[t].loss == expected[t].loss);
}

TEST_CASE("evaluate refuses data that does not fit and logits that are no numbers") {
  auto model = pass_through();
  Dataset<double> data{Batch<double>::Zero(5, 2), Batch<double>::Zero(3, 2), {}};
  CHECK(message_of<ShapeError>([&] {
          (void)evaluate(model, data, std::vector{0, 1});
        }) == "qmtl: evaluate: number of majority classes must be 3, got 2");
  data.task_names = {"only one"};
  CHECK_THROWS_AS(evaluate(model, data), ShapeError);
  const std::string advice =
      "; put the rows of labels and their names in the model's order, or clear task_names to go by position";
  const auto refused = [&] { return message_of<ValueError>([&] { (void)evaluate(model, data); }); };
  data.task_names = {"yes", "size", "level"};
  CHECK(refused() == "qmtl: dataset: name of task 1, expected the model's 'level', got 'size'" + advice);
  data.task_names = {"yes", "level", "yes"};
  CHECK(refused() == "qmtl: dataset: two tasks have the name 'yes', expected different names");
  CHECK(message_of<ValueError>([&] { validate<double>(data, label_kinds(model)); }) == refused());
  data.task_names.clear();
  model.head_weights()[0] = missing;
  CHECK_THROWS_AS(evaluate(model, data), NumericalError);
  data.inputs(1, 1) = missing;
  CHECK(message_of<ValueError>([&] { (void)evaluate(model, data); }).find("row 1, feature 1") != std::string::npos);
  data.inputs = Batch<double>::Zero(4, 2);
  CHECK_THROWS_AS(evaluate(model, data), ShapeError);
}

TEST_CASE("a backward belongs to the last pass through the model, and after any other one is an error") {
  const auto data = small_data();
  const Dataset<double> other{Batch<double>::Ones(4, 7), data.labels, {}};
  Linear model{Seed{4}};
  Objective first(model), second(model);
  const auto refused = [&](const auto& pass) {
    first.forward(data.inputs, data.labels);
    pass();
    return message_of<LogicError>([&] { first.backward(); })
        .starts_with("qmtl: objective: backward, expected the model");
  };
  CHECK(refused([&] { (void)model.predict(other.inputs); }));
  CHECK(refused([&] { (void)evaluate(model, other); }));
  CHECK(refused([&] { second.forward(other.inputs, other.labels); }));
  CHECK(refused([&] { (void)first.model().predict(other.inputs); }));
  CHECK_THROWS_AS(Objective(model).backward(), LogicError);
  first.forward(data.inputs, data.labels);
  (void)std::as_const(model).predict(other.inputs);  // a copy's
  first.backward();
  first.backward();
}

TEST_CASE("weights are those of one backward, and leave the losses' own gradients alone") {
  const auto data = small_data();
  Linear model{Seed{4}};
  Objective objective(model);
  objective.forward(data.inputs, data.labels);
  const Batch<double> own = objective.logit_gradients();
  const std::vector<double> weights{0.5, 3.0, 2.0};
  const auto gradient = [&](std::span<const double> w) {
    objective.backward(w);
    return std::vector<double>(objective.head_gradient().begin(), objective.head_gradient().end());
  };
  const auto plain = gradient({}), weighed = gradient(weights);
  CHECK(weighed == gradient(weights));
  CHECK(weighed != plain);
  CHECK(plain == gradient(std::vector{1.0, 1.0, 1.0}));
  CHECK(own == objective.logit_gradients());
  CHECK(message_of<ShapeError>([&] { objective.backward(std::vector{1.0}); }) ==
        "qmtl: objective: number of task weights must be 3, got 1");
}

}  // namespace objective_test
