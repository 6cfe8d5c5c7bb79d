// SPDX-License-Identifier: Apache-2.0
// Training from encoded data gives what training from the inputs gives, and refuses data of another model.

#include "qmtl/train/encoded_dataset.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/train/fit.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace encoded_dataset_test {

using namespace qmtl;
using namespace qmtl::test;

template <class E, class S = double>
using FrozenModel = QmtlModel<Frozen<E::features, S>, E, First, Second, Third>;

using Lanes = FrozenModel<AngleEncoding<5, Axis::Y, CxRing, Layers<2>>>;
using ComplexLanes = FrozenModel<AngleEncoding<5, Axis::X, CxRing, Layers<2>>>;
using Tiles = FrozenModel<AngleEncoding<13, Axis::Y, CxRing, Layers<2>>>;
using Cones = FrozenModel<AngleEncoding<16, Axis::Y, CzRing, Layers<1>>>;
using Floats = FrozenModel<AngleEncoding<5>, float>;
static_assert(Cones::HeadType::uses_light_cones && !Tiles::HeadType::uses_light_cones);

/// The generated tasks on as many features as a model has inputs.
template <class Model, class S = typename Model::Scalar>
Parts<S> parts_for(Eigen::Index rows) {
  const auto tasks = make_related_tasks<S>({.rows = rows, .features = Model::features, .seed = Seed{4}});
  Rng rng(Seed{4});
  const auto indices = split(rows, {0.6, 0.2, 0.2}, rng);
  return {tasks.data.select(indices.train), tasks.data.select(indices.validation), tasks.data.select(indices.test)};
}

constexpr std::size_t never = 0;

/// Everything that a training leaves behind, as numbers.
template <class Model>
std::vector<double> course(const Model& model, const FitReport& report) {
  std::vector<double> out = parameters_of(model);
  out.push_back(report.best_epoch);
  for (const auto& record : report.history) {
    out.insert(out.end(), {record.train_loss, record.validation_loss});
    out.insert(out.end(), record.task_losses.begin(), record.task_losses.end());
    for (const auto& task : record.validation) out.insert(out.end(), {task.loss, task.accuracy, task.auc});
  }
  return out;
}

double difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b[i]);
    if (!(d <= worst)) worst = std::isnan(a[i]) && std::isnan(b[i]) ? worst : d;
  }
  return worst;
}

FitOptions options_of(std::size_t bytes) {
  return {.epochs = 8,
          .batch_size = 13,  // ragged in lanes, and at the end
          .optimizer = Sgd{.learning_rate = 0.3},
          .seed = Seed{5},
          .encoded_dataset_bytes = bytes,
          .early_stopping = EarlyStopping{.patience = 3}};
}

TEMPLATE_TEST_CASE("a frozen model learns from encoded rows what it learns without", "", Lanes, ComplexLanes, Tiles,
                   Cones, Floats) {
  using S = typename TestType::Scalar;
  const auto parts = parts_for<TestType>(100);
  const double tolerance = sizeof(S) == 8 ? 1e-10 : 2e-3;
  TestType plain{Seed{1}}, cached = plain, encoded = plain;
  const auto expected = course(plain, fit(plain, parts.train, parts.validation, options_of(never)));
  CHECK(difference(course(cached, fit(cached, parts.train, parts.validation, options_of(1 << 30))), expected) <
        tolerance);
  CHECK((cached.predict(parts.test.inputs) - plain.predict(parts.test.inputs)).cwiseAbs().maxCoeff() <
        static_cast<S>(tolerance));

  encoded.set_standardizer(plain.standardizer());
  const auto train = encode_dataset(encoded, parts.train);
  const auto validation = encode_dataset(encoded, parts.validation);
  CHECK(difference(course(encoded, fit(encoded, train, validation, options_of(1))), expected) < tolerance);
}

TEST_CASE("encoded rows keep their sample weights") {
  auto parts = parts_for<Lanes>(100);
  for (Eigen::Index row = 0; row < parts.train.rows(); ++row)
    parts.train.sample_weights.push_back(static_cast<double>(1 + row % 5));
  FitOptions options = options_of(never);
  options.early_stopping.reset();
  options.class_weights.balanced = true;
  Lanes plain{Seed{1}}, cached = plain, encoded = plain;
  const auto expected = course(plain, fit(plain, parts.train, options));
  options.encoded_dataset_bytes = 1 << 30;
  CHECK(difference(course(cached, fit(cached, parts.train, options)), expected) < 1e-10);
  encoded.set_standardizer(plain.standardizer());
  CHECK(difference(course(encoded, fit(encoded, encode_dataset(encoded, parts.train), options)), expected) < 1e-10);
  parts.train.sample_weights.clear();
  Lanes equal{Seed{1}};
  CHECK(difference(course(equal, fit(equal, parts.train, options)), expected) > 1e-3);
}

TEST_CASE("training on two threads from encoded rows gives the same bits every time") {
  const auto parts = parts_for<Tiles>(100);
  const auto train = [&](int threads) {
    Tiles model{Seed{1}};
    if (threads > 1) model.head().set_execution(Threads{threads});
    return course(model, fit(model, parts.train, parts.validation, options_of(1 << 30)));
  };
  const auto two = train(2);
  CHECK(train(2) == two);
  CHECK(difference(two, train(1)) < 1e-10);
}

/// A backbone without parameters that counts the rows it sees.
struct Counting {
  using Scalar = double;
  static constexpr int output_size = 5;
  [[nodiscard]] int input_size() const { return 5; }
  [[nodiscard]] std::span<double> parameters() { return {}; }
  [[nodiscard]] std::span<const double> parameters() const { return {}; }
  void initialise(Rng&) {}
  void forward(const BatchIn<double>& x, BatchOut<double> z) {
    rows += x.cols();
    z = factor * x;
  }
  void backward(const BatchIn<double>&, const BatchIn<double>&, std::span<double>) {}

  Eigen::Index rows = 0;
  double factor = 1.0;
};
using Counted = QmtlModel<Counting, AngleEncoding<5>, First, Second, Third>;

TEST_CASE("rows are encoded once if what they take is allowed, else in every epoch") {
  const auto parts = parts_for<Counted>(100);
  const auto rows_seen = [&](FitOptions options) {
    Counted model{Seed{1}};
    fit(model, parts.train, parts.validation, options);
    return model.backbone().rows;
  };
  const Eigen::Index rows = parts.train.rows() + parts.validation.rows();
  const auto bytes =
      static_cast<std::size_t>(rows) * (36 + 10) * sizeof(double);  // Second's window, First's or Third's
  CHECK(rows_seen({.epochs = 6}) == rows);
  CHECK(rows_seen({.epochs = 6, .encoded_dataset_bytes = bytes}) == rows);
  CHECK(rows_seen({.epochs = 6, .encoded_dataset_bytes = bytes - 1}) == 6 * rows);
  CHECK(rows_seen({.epochs = 6, .encoded_dataset_bytes = never}) == 6 * rows);
  CHECK(rows_seen({.epochs = 0}) == 0);
}

TEST_CASE("rows are encoded once for a frozen backbone with parameters too") {
  using Trainable = QmtlModel<Mlp<5, 5>, AngleEncoding<5>, First, Second, Third>;
  const auto parts = parts_for<Trainable>(100);
  FitOptions options = options_of(never);
  options.train = TrainedPart::head;
  Trainable plain{Seed{1}}, cached = plain;
  const auto backbone = std::vector<double>(plain.backbone().parameters().begin(), plain.backbone().parameters().end());
  const auto expected = course(plain, fit(plain, parts.train, parts.validation, options));
  options.encoded_dataset_bytes = 1 << 30;
  CHECK(difference(course(cached, fit(cached, parts.train, parts.validation, options)), expected) < 1e-10);
  CHECK(std::ranges::equal(cached.backbone().parameters(), backbone));
}

TEST_CASE("metrics of encoded rows are those of the rows") {
  const auto parts = parts_for<Lanes>(100);
  Lanes model{Seed{2}};
  fit(model, parts.train, {.epochs = 2});
  const auto majorities = majority_classes(model, parts.train);
  const auto expected = evaluate(model, parts.test, majorities);
  const auto metrics = evaluate(model, encode_dataset(model, parts.test), majorities);
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(metrics[t].name == expected[t].name);
    CHECK(metrics[t].loss == Approx(expected[t].loss).epsilon(1e-12));
    CHECK(metrics[t].auc == expected[t].auc);
    CHECK(metrics[t].majority == expected[t].majority);
  }
}

TEST_CASE("rows of encoded data are chosen as those of the data") {
  const auto data = parts_for<Lanes>(100).train;
  Lanes model{Seed{2}};
  const auto encoded = encode_dataset(model, data);
  CHECK(encoded.rows() == data.rows());
  CHECK(encoded.bytes() == static_cast<std::size_t>(60 * 46) * sizeof(double));
  CHECK(encoded.data().labels == data.labels);
  CHECK(encoded.data().task_names == data.task_names);
  const std::vector<Eigen::Index> chosen{7, 3, 3, 59};
  const auto part = encoded.select(chosen);
  const auto direct = encode_dataset(model, data.select(chosen));
  CHECK(part.data().inputs == direct.data().inputs);
  CHECK(part.data().labels == direct.data().labels);
  CHECK_NOTHROW(fit(model, part, {.epochs = 1}));
  CHECK_THROWS_AS(encoded.select(std::vector<Eigen::Index>{60}), ShapeError);
}

TEST_CASE("encoded rows serve other blocks on the same windows") {
  using Other = Task<"other", IdentityBlock<3>, Window<1, 3>, BinaryReadout<TrainableScale<2>>>;
  using A = QmtlModel<Frozen<5>, AngleEncoding<5>, Second>;
  using B = QmtlModel<Frozen<5>, AngleEncoding<5>, Other>;
  auto data = parts_for<A>(50).train;
  data.labels = data.labels.row(0).eval();
  data.task_names.clear();
  A first{Seed{1}};
  B cached{Seed{1}}, plain{Seed{1}};
  fit(cached, encode_dataset(first, data), {.epochs = 3});
  fit(plain, data, {.epochs = 3, .standardize = false});
  CHECK(difference(parameters_of(cached), parameters_of(plain)) < 1e-12);
}

TEST_CASE("data encoded by a model that makes something else of the rows is refused") {
  const auto data = parts_for<Counted>(60).train;
  Counted model{Seed{1}};
  const auto encoded = encode_dataset(model, data);
  CHECK_NOTHROW(fit(model, encoded, {.epochs = 1}));

  const std::string start =
      "qmtl: encoded data: the model's standardizer, backbone, encoding and windows must make the same of a row";
  const auto refused = [&](auto& other) {
    return message_of<ValueError>([&] { fit(other, encoded, {.epochs = 1}); }).substr(0, start.size());
  };
  Counted standardized = model, scaled = model;
  Standardizer<double> standardizer;
  standardizer.fit(data.inputs);
  standardized.set_standardizer(standardizer);
  scaled.backbone().factor = 1.5;
  QmtlModel<Counting, AngleEncoding<5, Axis::Y, CzRing, Layers<2>>, First, Second, Third> deeper{Seed{1}};
  CHECK(refused(standardized) == start);
  CHECK(refused(scaled) == start);
  CHECK(refused(deeper) == start);
  CHECK(message_of<ValueError>([&] { (void)evaluate(scaled, encoded); }).substr(0, start.size()) == start);
  CHECK(message_of<ValueError>([&] { fit(scaled, encoded, encoded); }).substr(0, start.size()) == start);

  QmtlModel<Counting, AngleEncoding<5>, First> fewer{Seed{1}};
  CHECK(message_of<ShapeError>([&] { fit(fewer, encoded); }) ==
        "qmtl: encoded data: numbers of a row must be 10, got 46");
  auto swapped = data;
  swapped.task_names = {"first", "third", "second"};
  const auto names = [&](auto run) { return message_of<ValueError>(run).substr(0, 71); };
  const std::string expected = "qmtl: dataset: name of task 1, expected the model's 'second', got 'thir";
  CHECK(names([&] { (void)encode_dataset(model, swapped); }) == expected);
  CHECK(names([&] { fit(model, swapped, {.epochs = 1}); }) == expected);
  CHECK(names([&] { fit(model, data, swapped, {.epochs = 1}); }) == expected);
  using Renamed = Task<"renamed", RotationBlock<2>, Window<0, 2>, Classes<2>>;
  QmtlModel<Counting, AngleEncoding<5>, Renamed, Second> two_tasks{Seed{1}};
  QmtlModel<Counting, AngleEncoding<5>, Renamed, Second, Third> renamed{Seed{1}};
  CHECK(message_of<ValueError>([&] { fit(renamed, encoded); }).find("expected the model's 'renamed', got 'first'") !=
        std::string::npos);
  CHECK(message_of<ShapeError>([&] { fit(two_tasks, encoded); }) == "qmtl: dataset: number of tasks must be 2, got 3");
}

TEST_CASE("a row of zeros, which every scale leaves as it is, does not hide another standardizer") {
  auto parts = parts_for<Lanes>(40);
  parts.train.inputs.col(0).setZero();
  Lanes model{Seed{1}};
  const auto encoded = encode_dataset(model, parts.train);
  const std::vector<double> zeros(5, 0.0), threes(5, 3.0);
  model.set_standardizer(Standardizer<double>(zeros, threes));
  CHECK_THROWS_AS(fit(model, encoded, {.epochs = 1}), ValueError);
  CHECK_THROWS_AS(evaluate(model, encoded), ValueError);
}

TEST_CASE("what cannot be encoded, or trained from it, is refused") {
  auto data = parts_for<Counted>(60).train;
  Counted model{Seed{1}};
  QmtlModel<Mlp<5, 5>, AngleEncoding<5>, First, Second, Third> trainable{Seed{1}};
  CHECK(message_of<ValueError>([&] { (void)encode_dataset(trainable, data); }) ==
        "qmtl: encode_dataset: the backbone must have no parameters to train, got 30");
  QmtlModel<Frozen<4>, AngleEncoding<4>, First, Second, Third> narrow{Seed{1}};
  CHECK(message_of<ShapeError>([&] { (void)encode_dataset(narrow, data); }) ==
        "qmtl: encode_dataset: features of the inputs must be 4, got 5");
  const auto encoded = encode_dataset(model, data);
  CHECK(message_of<ValueError>([&] { fit(trainable, encoded); }) ==
        "qmtl: fit: a model that is trained on encoded data must have a backbone without parameters, got 30");
  CHECK(message_of<ValueError>([&] { fit(model, encoded, {.early_stopping = EarlyStopping{}}); }) ==
        "qmtl: fit: early stopping needs validation data with at least one label");
  CHECK_THROWS_AS(fit(model, encoded, {.epochs = -1}), ValueError);
  CHECK(message_of<ShapeError>([&] { fit(model, encoded.select({})); }) ==
        "qmtl: fit: the training data must have at least one row");
  model.backbone().factor = std::numeric_limits<double>::quiet_NaN();
  const std::string not_finite = "qmtl: encode_dataset: row 0 is not finite behind the backbone";
  CHECK(message_of<NumericalError>([&] { (void)encode_dataset(model, data); }) == not_finite);
  CHECK(message_of<NumericalError>([&] { fit(model, data); }) == not_finite);
  data.labels(0, 3) = 9.0;
  CHECK_THROWS_AS(encode_dataset(model, data), ValueError);
}

}  // namespace encoded_dataset_test
