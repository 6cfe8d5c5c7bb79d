// SPDX-License-Identifier: Apache-2.0
// fit_natural makes steps of the damped natural gradient, which do not depend on how a block is parametrised.

#include "qmtl/train/natural_gradient.hpp"

#include <Eigen/LU>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace natural_gradient_test {

using namespace qmtl;
using namespace qmtl::test;

using Scaled = Task<"first", RotationBlock<2>, Qubits<2, 0>, BinaryReadout<TrainableScale<3>>>;
template <class S>
using ModelOf = QmtlModel<Frozen<5, S>, AngleEncoding<5, Axis::Y, CxRing, Layers<2>>, Scaled, Second, Third>;
using Model = ModelOf<double>;

template <class S = double>
Dataset<S> rows_for(Eigen::Index rows) {
  return make_related_tasks<S>({.rows = rows, .features = 5, .missing = 0.4, .seed = Seed{4}}).data;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

/// Weights of a block after a full-batch step, from the metric of the rows with a label and a general solver.
template <int T>
void expect_step(Model before, const Model& after, const EncodedDataset<double>& encoded,
                 const NaturalGradientOptions& options) {
  using TaskType = std::tuple_element_t<T, Model::HeadType::TaskList>;
  const auto& data = encoded.data();
  std::vector<Eigen::Index> labelled;
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    if (data.labels(T, row) >= 0) labelled.push_back(row);
  }
  Objective objective(before);
  objective.evaluate_encoded(data.inputs, data.labels);
  Eigen::MatrixXd g =
      metric_tensor<T>(before.head(), before.head_weights(), encoded.select(labelled).data().inputs, options.metric);
  g.diagonal().array() += options.damping;
  const auto first = static_cast<std::size_t>(detail::first_parameter<Model::HeadType>(T));
  const Eigen::VectorXd gradient =
      Eigen::Map<const Eigen::VectorXd>(objective.head_gradient().data() + first, TaskType::weights);
  const Eigen::VectorXd direction = g.fullPivLu().solve(gradient);
  for (std::size_t j = 0; j < static_cast<std::size_t>(TaskType::weights); ++j) {
    const double expected =
        before.head_weights()[first + j] - options.learning_rate * direction[static_cast<Eigen::Index>(j)];
    CHECK(after.head_weights()[first + j] == Approx(expected).margin(1e-12));
  }
  if constexpr (TaskType::Readout::parameters > 0) {
    const auto scale = first + static_cast<std::size_t>(TaskType::weights);
    CHECK(after.head_weights()[scale] ==
          Approx(before.head_weights()[scale] - options.learning_rate * objective.head_gradient()[scale]));
  }
}

TEST_CASE("a step solves with the damped metric of the labelled rows, and moves scales along the gradient") {
  for (const auto metric :
       {MetricApproximation::none, MetricApproximation::block_diagonal, MetricApproximation::diagonal}) {
    const NaturalGradientOptions options{
        .learning_rate = 0.3, .damping = 0.02, .epochs = 1, .batch_size = 1000, .metric = metric};
    Model model{Seed{1}};
    for (auto& w : model.head_weights()) w += 0.5;
    const Model before = model;
    const auto encoded = encode_dataset(model, rows_for(60));
    fit_natural(model, encoded, options);
    expect_step<0>(before, model, encoded, options);
    expect_step<1>(before, model, encoded, options);
    expect_step<2>(before, model, encoded, options);
  }
}

/// A block of RY, each angle being Factor times its weight.
template <int Factor>
struct Rescaled {
  static constexpr auto circuit =
      make_circuit<2>(gate::ry(0, Factor* weight(0)), gate::ry(1, Factor* weight(1)), gate::cx(0, 1),
                      gate::ry(0, Factor* weight(2)), gate::ry(1, Factor* weight(3)));
};
template <int Factor>
using RescaledModel = QmtlModel<Frozen<5>, AngleEncoding<5>, Task<"t", Rescaled<Factor>, Window<1, 2>, Classes<2>>>;

TEST_CASE("natural steps do not depend on the units of the weights, plain ones do") {
  auto data = rows_for(50);
  data.labels = data.labels.row(0).eval();
  data.task_names.clear();
  const std::vector<double> angles{0.3, -0.8, 0.5, 1.1};
  const auto angles_after = [&](auto model, const auto& train, double factor) {
    for (std::size_t j = 0; j < 4; ++j) model.head_weights()[j] = angles[j] / factor;
    train(model, encode_dataset(model, data));
    std::vector<double> after;
    for (const double w : model.head_weights()) after.push_back(factor * w);
    return after;
  };
  const auto natural = [](auto& model, const auto& encoded) {
    fit_natural(model, encoded, {.learning_rate = 0.2, .damping = 1e-10, .epochs = 5, .batch_size = 16});
  };
  const auto plain = [](auto& model, const auto& encoded) {
    fit(model, encoded, {.epochs = 5, .batch_size = 16, .optimizer = Sgd{.learning_rate = 0.2}});
  };
  const RescaledModel<1> once{Seed{1}};
  const RescaledModel<2> twice{Seed{1}};
  CHECK(distance(angles_after(once, natural, 1.0), angles) > 0.1);
  CHECK(distance(angles_after(once, natural, 1.0), angles_after(twice, natural, 2.0)) < 1e-6);
  CHECK(distance(angles_after(once, plain, 1.0), angles_after(twice, plain, 2.0)) > 0.05);
}

TEST_CASE("rows without a task's label change nothing of the task") {
  Model model{Seed{2}}, with_more = model;
  const auto data = rows_for(40);
  auto more = rows_for(55);
  more.labels.rightCols(15).setConstant(-1.0);
  const NaturalGradientOptions options{.epochs = 3, .batch_size = 100};
  fit_natural(model, encode_dataset(model, data), options);
  const auto report = fit_natural(with_more, encode_dataset(with_more, more), options);
  CHECK(distance(parameters_of(model), parameters_of(with_more)) < 1e-11);
  auto unlabelled = data;
  unlabelled.labels.row(1).setConstant(-1.0);
  Model untouched{Seed{2}};
  fit_natural(untouched, encode_dataset(untouched, unlabelled), options);
  const Model fresh{Seed{2}};
  for (std::size_t j = 5; j < 11; ++j) CHECK(untouched.head_weights()[j] == fresh.head_weights()[j]);
  CHECK(untouched.head_weights()[11] != fresh.head_weights()[11]);
}

template <class Model>
double training_loss(Model& model, const Dataset<typename Model::Scalar>& data) {
  double total = 0.0;
  for (const auto& task : evaluate(model, data)) total += task.loss;
  return total;
}

TEMPLATE_TEST_CASE("related tasks are learnt about as well as with Adam, in fewer epochs", "", double, float) {
  const auto data = make_related_tasks<TestType>({.rows = 400, .features = 5, .seed = Seed{4}}).data;
  ModelOf<TestType> natural{Seed{3}}, adam = natural;
  const double start = training_loss(natural, data);
  const auto report = fit_natural(natural, encode_dataset(natural, data), {.learning_rate = 0.1, .epochs = 20});
  fit(adam, data, {.epochs = 60, .optimizer = Adam{.learning_rate = 0.03}, .standardize = false});
  const double reached = training_loss(natural, data), expected = training_loss(adam, data);
  CAPTURE(start, reached, expected);
  CHECK(reached < start - 0.3);
  CHECK(reached < expected + 0.05);
  REQUIRE(report.history.size() == 20);
  CHECK(report.best_epoch == 20);
  CHECK(report.history.back().last);
  CHECK(report.history.back().train_loss < report.history.front().train_loss);
  CHECK(report.history.back().task_losses.size() == 3);
}

TEST_CASE("the seed of a natural training decides its bits, and validation is that of evaluate") {
  const auto data = rows_for(80), validation = rows_for(30);
  const auto train = [&](Seed seed) {
    Model model{Seed{1}};
    fit_natural(model, encode_dataset(model, data), {.epochs = 2, .seed = seed});
    return parameters_of(model);
  };
  CHECK(train(Seed{1}) == train(Seed{1}));
  CHECK(train(Seed{1}) != train(Seed{2}));

  Model model{Seed{1}};
  int calls = 0;
  const auto report = fit_natural(model, encode_dataset(model, data), encode_dataset(model, validation),
                                  {.epochs = 9, .callbacks = {[&calls](const EpochRecord&) { return ++calls < 3; }}});
  CHECK(report.history.size() == 3);
  CHECK(report.history.back().validation_loss == Approx(training_loss(model, validation)));
  CHECK(report.history.back().validation[0].majority ==
        evaluate(model, validation, majority_classes(model, data))[0].majority);
}

TEST_CASE("a backbone that could be trained is left alone by natural steps") {
  const auto data = rows_for(40), validation = rows_for(15);
  QmtlModel<Mlp<5, 4>, AngleEncoding<4>, First, Second, Third> model{Seed{1}};
  const std::vector<double> backbone(model.backbone().parameters().begin(), model.backbone().parameters().end());
  const double start = training_loss(model, data);
  auto unvalidated = model;
  fit_natural(unvalidated, data, {.epochs = 5});
  const auto report = fit_natural(model, data, validation, {.epochs = 5});
  CHECK(parameters_of(model) == parameters_of(unvalidated));
  CHECK(report.history.back().validation_loss == Approx(training_loss(model, validation)));
  CHECK(std::equal(backbone.begin(), backbone.end(), model.backbone().parameters().begin()));
  CHECK(training_loss(model, data) < start);
}

TEST_CASE("options and data that natural training cannot use are named") {
  const auto data = rows_for(20);
  Model model{Seed{1}};
  const auto encoded = encode_dataset(model, data);
  const auto refused = [&](const NaturalGradientOptions& options) {
    return message_of<ValueError>([&] { fit_natural(model, encoded, options); });
  };
  const std::string where = "qmtl: natural gradient: ";
  CHECK(refused({.learning_rate = -1.0}) == where + "learning_rate, expected a finite number from 0, got -1");
  CHECK(refused({.learning_rate = std::numeric_limits<double>::quiet_NaN()}) ==
        where + "learning_rate, expected a finite number from 0, got nan");
  CHECK(refused({.damping = 0.0}) == where + "damping, expected a finite number above 0, got 0");
  CHECK(refused({.epochs = -1}) == where + "epochs, expected at least 0, got -1");
  CHECK(refused({.batch_size = 0}) == where + "batch_size, expected at least 1, got 0");
  CHECK(message_of<ShapeError>([&] { fit_natural(model, encoded.select({})); }) ==
        where + "rows of the training data, expected at least 1, got 0");
  QmtlModel<Frozen<5>, AngleEncoding<5>, First> other{Seed{1}};
  CHECK_THROWS_AS(fit_natural(other, encoded), ShapeError);
  CHECK(message_of<ShapeError>([&] { fit_natural(model, make_related_tasks({.rows = 9, .features = 3}).data); }) ==
        where + "features of the inputs must be 5, got 3");
  CHECK(message_of<ShapeError>([&] { fit_natural(model, data, make_related_tasks({.features = 3}).data); }) ==
        where + "validation: features of the inputs must be 5, got 3");

  auto weighted = data;
  weighted.sample_weights.assign(static_cast<std::size_t>(data.rows()), 1.0);
  CHECK(message_of<ValueError>([&] {
          fit_natural(model, weighted);
        }).starts_with(where + "sample weights, expected none, since every row counts the same, got "));

  CHECK(fit_natural(model, encoded, {.epochs = 0}).history.empty());
  model.head_weights()[6] = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<NumericalError>([&] { fit_natural(model, encoded); }) ==
        where + "the loss of task second is not finite in epoch 1, batch 0");
  const Model fresh{Seed{1}};  // the task in front has made its step, the one behind has not
  CHECK(model.head_weights()[0] != fresh.head_weights()[0]);
  for (std::size_t j = 5; j < model.head_weights().size(); ++j) {
    if (j != 6) CHECK(model.head_weights()[j] == fresh.head_weights()[j]);
  }
}

}  // namespace natural_gradient_test
