// SPDX-License-Identifier: Apache-2.0
// What a model says of its tasks is what the losses mean by its logits, and what evaluate counts.

#include "qmtl/train/predict.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/train/evaluate.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace predict_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::tiny_data;
using qmtl::test::TinyModel;

/// Two inputs become the logits of a binary task, of two classes with a logit each and of a real target.
using Heads = LinearModel<Frozen<2>, Task<"two", RotationBlock<1>, Window<0, 1>, Binary>,
                          Task<"pair", RotationBlock<2>, Window<0, 2>, Classes<2>>,
                          Task<"size", RotationBlock<1>, Window<1, 1>, Regression<>>>;

TinyModel tiny() {
  TinyModel model{Seed{3}};
  for (double& weight : model.head_weights()) weight *= 3.0;
  model.set_target_scaler(TargetScaler<double>(std::vector{0.0, 0.0, 350.0}, std::vector{0.0, 0.0, 100.0}));
  return model;
}

TEST_CASE("probabilities are sigmoid and softmax of the logits, values are in the target's units") {
  TinyModel model = tiny();
  const Batch<double> inputs = tiny_data(40).inputs;
  const Batch<double> logits = model.predict(inputs);
  const auto probabilities = predict_probabilities(model, inputs);
  const auto values = predict_values(model, inputs);
  REQUIRE((probabilities.size() == 3 && values.size() == 3));
  REQUIRE((probabilities[0].rows() == 2 && probabilities[1].rows() == 3 && probabilities[2].rows() == 0));
  REQUIRE((values[0].rows() == 0 && values[1].rows() == 0 && values[2].rows() == 1 && values[2].cols() == 40));
  CHECK(values[2] == logits.row(4));
  for (Eigen::Index i = 0; i < inputs.cols(); ++i) {
    CHECK(std::abs(probabilities[0](1, i) - 1.0 / (1.0 + std::exp(-logits(0, i)))) < 1e-15);
    CHECK(std::abs(probabilities[0].col(i).sum() - 1.0) < 1e-15);
    const Eigen::Vector3d exponentials = logits.col(i).segment(1, 3).array().exp();
    CHECK((probabilities[1].col(i) - exponentials / exponentials.sum()).cwiseAbs().maxCoeff() < 1e-15);
  }
}

TEST_CASE("of probabilities near zero no digits are lost") {
  Heads model{Seed{1}};
  for (double& weight : model.head_weights()) weight = 0.0;
  model.head_weights()[0] = 1.0;
  REQUIRE(model.predict(Batch<double>::Constant(2, 1, 40.0))(0, 0) == 40.0);
  const auto probabilities = predict_probabilities(model, Batch<double>::Constant(2, 1, 40.0));
  CHECK(std::abs(probabilities[0](0, 0) / std::exp(-40.0) - 1.0) < 1e-15);
  CHECK(probabilities[0](1, 0) == 1.0);
}

TEST_CASE("basis states are predicted with their measured probabilities, in float as well") {
  using Measured = QmtlModel<Frozen<2, float>, AngleEncoding<2>,
                             Task<"state", RotationBlock<2>, Window<0, 2>, Classes<3, BasisStates>>>;
  const Measured model{Seed{1}};
  const Batch<float> inputs = Batch<float>::Random(2, 5);
  const auto probabilities = predict_probabilities(model, inputs);
  REQUIRE((probabilities.size() == 1 && probabilities[0].rows() == 3));
  const Batch<float> logits = model.predict(inputs);  // logarithms of the probabilities
  for (Eigen::Index i = 0; i < 5; ++i) {
    const Eigen::Vector3d measured = logits.col(i).cast<double>().array().exp();
    CHECK((probabilities[0].col(i) - measured / measured.sum()).cwiseAbs().maxCoeff() < 1e-6);
  }
}

TEST_CASE("classes are those that evaluate counts") {
  TinyModel model = tiny();
  auto data = tiny_data(60);
  const auto classes = predict_classes(model, data.inputs);
  REQUIRE(classes[2].empty());
  for (std::size_t t = 0; t < 2; ++t) {
    for (std::size_t i = 0; i < 60; ++i) {
      data.labels(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(i)) = classes[t][i];
    }
    const std::vector<int>& of_task = classes[t];
    CHECK(std::accumulate(of_task.begin(), of_task.end(), 0) > 0);
  }
  const auto metrics = evaluate(model, data);
  CHECK((metrics[0].accuracy == 1.0 && metrics[1].accuracy == 1.0));
}

TEST_CASE("class 1 is predicted where its probability reaches the threshold, of one logit and of two") {
  const Heads model{Seed{4}};
  const Batch<double> inputs = Batch<double>::Random(2, 50);
  const auto probabilities = predict_probabilities(model, inputs);
  for (const std::size_t t : {0u, 1u}) {
    const double threshold = probabilities[t](1, 7);  // reached by row 7
    std::vector<double> thresholds(3, no_threshold);
    thresholds[t] = threshold;
    const auto classes = predict_classes(model, inputs, thresholds);
    int ones = 0;
    for (Eigen::Index i = 0; i < 50; ++i) {
      ones += classes[t][static_cast<std::size_t>(i)];
      if (std::abs(probabilities[t](1, i) - threshold) > 1e-15) {
        CHECK(classes[t][static_cast<std::size_t>(i)] == (probabilities[t](1, i) > threshold ? 1 : 0));
      }
    }
    CHECK((ones > 0 && ones < 50));
    if (t == 0) CHECK(classes[t][7] == 1);
    CHECK(classes[1 - t] == predict_classes(model, inputs)[1 - t]);
  }
  const double last = 1.0;
  CHECK(predict_classes(model, inputs, {0.0, last, no_threshold})[0] == std::vector<int>(50, 1));
}

TEST_CASE("a task is found by its name, and no row is a prediction too") {
  const TinyModel model = tiny();
  CHECK(task_index(model, "colour") == 1);
  CHECK(message_of<ValueError>([&] { (void)task_index(model, "color"); }) ==
        "qmtl: task_index: no task 'color', expected one of 'kind', 'colour', 'size'");
  const Batch<double> none(2, 0);
  CHECK(predict_probabilities(model, none)[1].cols() == 0);
  CHECK(predict_classes(model, none)[0].empty());
  CHECK(predict_values(model, none)[2].cols() == 0);
}

TEST_CASE("inputs and thresholds that do not fit are refused, naming the task") {
  TinyModel model = tiny();
  const Batch<double> inputs = tiny_data(4).inputs;
  (void)message_of<ShapeError>([&] { (void)predict_classes(model, Batch<double>::Zero(3, 4)); });
  CHECK(message_of<ShapeError>([&] { (void)predict_classes(model, inputs, {0.5}); }) ==
        "qmtl: predict_classes: number of thresholds, as of tasks, must be 3, got 1");
  CHECK(message_of<ValueError>([&] {
          (void)predict_classes(model, inputs, {0.5, 0.5, no_threshold});
        }) == "qmtl: predict_classes: task 'colour' has 3 classes: expected no threshold (NaN), got 0.5");
  CHECK(message_of<ValueError>([&] {
          (void)predict_classes(model, inputs, {-0.5, no_threshold, no_threshold});
        }) == "qmtl: predict_classes: task 'kind': threshold, expected a number from 0 on, or NaN for none, got -0.5");
  model.head_weights()[1] = std::numeric_limits<double>::infinity();
  CHECK(message_of<NumericalError>([&] {
          (void)predict_probabilities(model, inputs);
        }).starts_with("qmtl: predict: task 'kind', row "));
}

}  // namespace predict_test
