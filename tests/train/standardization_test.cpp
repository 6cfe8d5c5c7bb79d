// SPDX-License-Identifier: Apache-2.0
// What a training makes of inputs and real targets: units do not matter, a trained model goes on with what it has, and
// encodings whose inputs mean something get them as they are.

#include "qmtl/train/standardization.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/backbone/rms_normalized.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "qmtl/train/fit.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace standardization_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class Readout = Regression<>>
using Size = Task<"size", RotationBlock<2>, Window<0, 2>, Readout>;
using Yes = Task<"yes", RotationBlock<2>, Window<0, 2>, Binary>;

template <class S>
using QuantumOf = QmtlModel<BasicMlp<S, Tanh, 2, 4, 2>, AngleEncoding<2>, Size<>, Yes>;
using Quantum = QuantumOf<double>;
using Narrow = QuantumOf<float>;
using Cached = QmtlModel<Frozen<2>, AngleEncoding<2>, Size<>>;
using LinearOne = LinearModel<Frozen<2>, Size<>, Yes>;

/// Two features, a size about `centre` +- `spread` that follows from them, and whether it is above its mean.
template <class S = double>
Dataset<S> sizes(double centre, double spread, Eigen::Index rows = 80, std::uint64_t seed = 1) {
  Dataset<S> data{Batch<S>(2, rows), Batch<S>(2, rows), {}};
  Rng rng(Seed{seed});
  for (Eigen::Index i = 0; i < rows; ++i) {
    const double a = rng.normal(), b = rng.normal(), size = 0.8 * a - 0.4 * b + 0.2 * rng.normal();
    data.inputs.col(i) << static_cast<S>(5.0 + 3.0 * a), static_cast<S>(b);
    data.labels.col(i) << static_cast<S>(centre + spread * size), static_cast<S>(size > 0.0);
  }
  return data;
}

const FitOptions short_fit{.epochs = 40, .batch_size = 20, .optimizer = Adam{.learning_rate = 0.05}};

template <class Model>
std::vector<double> weights_of(const Model& model) {
  std::vector<double> out;
  for (const auto p : model.backbone().parameters()) out.push_back(static_cast<double>(p));
  for (const auto p : model.head_weights()) out.push_back(static_cast<double>(p));
  return out;
}

TEMPLATE_TEST_CASE("targets of 350 +- 100 are learnt, and judged in their own units", "", Quantum, Narrow, LinearOne) {
  using S = typename TestType::Scalar;
  const auto train = sizes<S>(350, 100), test = sizes<S>(350, 100, 60, 2);
  TestType model{Seed{1}};
  const auto report = fit(model, train, test, short_fit);
  const TaskMetrics size = evaluate(model, test)[0];
  CHECK(size.r2 > 0.7);
  CHECK(size.rmse < 60.0);
  CHECK(size.mae < size.rmse);
  const double spread = model.target_scaler()[0].spread;
  CHECK(spread > 60.0);
  CHECK(spread < 140.0);
  CHECK(size.loss == Approx(size.rmse * size.rmse / spread / spread).epsilon(1e-4));
  CHECK(report.history.back().validation_loss == Approx(size.loss + evaluate(model, test)[1].loss).epsilon(1e-6));
  CHECK(report.history.back().train_loss < 1.5);  // no task drowns the other

  const auto predictions = model.predict(test.inputs);
  const double error = (predictions.row(0) - test.labels.row(0)).template cast<double>().norm() / std::sqrt(60.0);
  CHECK(error == Approx(size.rmse).epsilon(1e-4));
  Batch<S> raw(2, 60);
  model.forward(test.inputs, raw);
  CHECK(raw.row(0).cwiseAbs().maxCoeff() < S(6));
  CHECK(raw.row(1) == predictions.row(1));
}

TEMPLATE_TEST_CASE("a training does not depend on the unit of its targets", "", Quantum, LinearOne) {
  const auto data = sizes(350, 100);
  TestType model{Seed{1}};
  fit(model, data, short_fit);
  for (const int exponent : {-1000, 900}) {
    auto scaled = data;
    scaled.labels.row(0) *= std::ldexp(1.0, exponent);
    TestType other{Seed{1}};
    fit(other, scaled, short_fit);
    CHECK(weights_of(other) == weights_of(model));
    CHECK(evaluate(other, scaled)[0].rmse == Approx(std::ldexp(evaluate(model, data)[0].rmse, exponent)));
    CHECK(evaluate(other, scaled)[0].r2 == Approx(evaluate(model, data)[0].r2));
  }
}

TEST_CASE("rows that have been encoded are trained on and judged in the same units") {
  auto data = sizes(350, 100);
  data.labels = data.labels.topRows(1).eval();
  Cached plain{Seed{1}}, encoded{Seed{1}};
  FitOptions options = short_fit;
  options.epochs = 3;
  fit(plain, data, options);
  encoded.set_standardizer(plain.standardizer());
  const auto entries = encode_dataset(encoded, data);
  fit(encoded, entries, options);
  CHECK(weights_of(encoded) == weights_of(plain));
  CHECK(encoded.target_scaler()[0].centre == plain.target_scaler()[0].centre);
  CHECK(evaluate(encoded, entries)[0].rmse == Approx(evaluate(plain, data)[0].rmse));
}

TEST_CASE("constant targets, one label and none are trained on without an accident") {
  for (const int labelled : {80, 1, 0}) {
    auto data = sizes(350, 100);
    data.labels.row(0).setConstant(std::nan(""));
    data.labels.row(0).head(labelled).setConstant(350.0);
    LinearOne model{Seed{1}};
    fit(model, data, short_fit);
    const TaskMetrics size = evaluate(model, data)[0];
    CHECK(size.labelled == static_cast<std::size_t>(labelled));
    CHECK(std::isnan(size.r2));
    if (labelled == 0) continue;
    CHECK(size.rmse < 2.0);
    CHECK(model.target_scaler()[0].restore(0.0) == 350.0);
  }
}

TEST_CASE("targets that are left as they are must be within the readout's reach") {
  FitOptions raw = short_fit;
  raw.epochs = 1;
  raw.standardize_targets = false;
  Quantum model{Seed{1}};
  auto data = sizes(0.0, 1.0);
  data.labels(0, 11) = 4.5;
  const auto before = weights_of(model);
  const std::string message = message_of<ValueError>([&] { fit(model, data, raw); });
  CHECK(message.starts_with(
      "qmtl: fit: target of task 'size', row 11: expected -4 to 4, which is as far as its readout reaches, got 4.5; "));
  CHECK(message.find("standardize_targets") != std::string::npos);
  CHECK(weights_of(model) == before);
  CHECK(model.standardizer().empty());
  data.labels(0, 11) = 3.5;
  fit(model, data, raw);
  CHECK(model.target_scaler().empty());
  data.labels(0, 11) = 4.5;
  LinearOne linear{Seed{1}};  // has no bound
  fit(linear, data, raw);
  CHECK(linear.target_scaler().empty());
}

TEST_CASE("the values of a layer have no target, and no scale is learnt for them") {
  using Layer = Task<"layer", RotationBlock<2>, Window<0, 2>, Expectations<1>>;
  auto data = sizes(0.0, 0.1);
  data.labels = data.labels.topRows(1).eval();
  LinearModel<Frozen<2>, Layer> model{Seed{1}};
  fit(model, data, short_fit);
  CHECK(model.target_scaler().empty());
}

TEST_CASE("on other data a trained model goes on with its own statistics, unless they are to be learnt anew") {
  const auto first = sizes(350, 100), second = sizes(400, 20, 40, 3);
  const FitOptions resting{.epochs = 1, .optimizer = Sgd{.learning_rate = 0.0}};
  LinearOne model{Seed{1}};
  fit(model, first, short_fit);
  const auto before = model.predict(second.inputs);
  fit(model, second, resting);
  CHECK(model.predict(second.inputs) == before);

  FitOptions anew = resting;
  anew.standardize = Standardization::anew;
  anew.standardize_targets = Standardization::anew;
  fit(model, second, anew);
  Standardizer<double> expected;
  expected.fit(second.inputs);
  CHECK(std::ranges::equal(model.standardizer().mean(), expected.mean()));
  CHECK(model.target_scaler()[0].centre == Approx(second.labels.row(0).mean()));
}

TEST_CASE("what a trained quantum model cannot reach on other data is an error that says what to do") {
  Quantum model{Seed{1}};
  FitOptions options = short_fit;
  options.epochs = 1;
  auto data = sizes(350, 100);
  fit(model, data, options);
  data.labels(0, 5) = 5000.0;
  CHECK(message_of<ValueError>([&] { fit(model, data, options); }).find("row 5: expected ") != std::string::npos);
  options.standardize_targets = Standardization::anew;
  fit(model, data, options);
  CHECK(std::abs(model.target_scaler()[0].standardize(5000.0)) <= 4.0);
}

TEST_CASE("a task that had no label before learns its scale when it has some") {
  auto unlabelled = sizes(350, 100);
  unlabelled.labels.row(0).setConstant(std::nan(""));
  LinearOne model{Seed{1}};
  fit(model, unlabelled, short_fit);
  fit(model, sizes(350, 100), short_fit);
  CHECK(evaluate(model, sizes(350, 100))[0].r2 > 0.7);
}

TEST_CASE("an interrupted training of real targets ends with the same bits") {
  const test::TempDir dir;
  const auto data = sizes(350, 100), validation = sizes(350, 100, 30, 2);
  LinearOne straight{Seed{1}}, resumed{Seed{1}}, again{Seed{1}};
  FitOptions options = short_fit;
  options.epochs = 6;
  options.early_stopping = EarlyStopping{.metric = StoppingMetric::rmse};
  const auto expected = fit(straight, data, validation, options);
  options.checkpoint = Checkpointing{.path = dir / "run"};
  FitOptions interrupted = options;
  interrupted.callbacks = {[](const EpochRecord& record) -> bool {
    if (record.epoch == 3) throw std::runtime_error("interrupted");
    return true;
  }};
  CHECK_THROWS_AS(fit(resumed, data, validation, interrupted), std::runtime_error);
  const auto report = fit(again, data, validation, options);
  CHECK(weights_of(again) == weights_of(straight));
  CHECK(again.predict(data.inputs) == straight.predict(data.inputs));
  CHECK(report.best_epoch == expected.best_epoch);
  CHECK(report.history[1].validation[0].mae == expected.history[1].validation[0].mae);
}

TEST_CASE("early stopping by an error is of one task, since two have no common unit") {
  using Other = Task<"other", RotationBlock<2>, Window<0, 2>, Regression<>>;
  LinearModel<Frozen<2>, Size<>, Other> model{Seed{1}};
  const auto data = sizes(350, 100);
  FitOptions options{.epochs = 20, .optimizer = Sgd{.learning_rate = 0.0}};
  options.early_stopping = EarlyStopping{.patience = 2, .metric = StoppingMetric::mae};
  CHECK(message_of<ValueError>([&] { fit(model, data, data, options); }) ==
        "qmtl: fit: early stopping: task, expected the name of one task, since the mae of 2 tasks have no common unit, "
        "got none");
  options.early_stopping->task = "other";
  CHECK(fit(model, data, data, options).history.size() == 3);  // the first is the best
}

// Encodings whose inputs mean something.

/// Three bits, each mostly 1; the label is the first.
Dataset<double> common_ones() {
  Dataset<double> data{Batch<double>(3, 120), Batch<double>(1, 120), {}};
  Rng rng(Seed{5});
  for (Eigen::Index i = 0; i < 120; ++i) {
    for (int q = 0; q < 3; ++q) data.inputs(q, i) = rng.uniform(0.0, 1.0) < 0.8 ? 1.0 : 0.0;
    data.labels(0, i) = data.inputs(0, i);
  }
  return data;
}

TEST_CASE("bits reach a basis encoding as they are, unless a backbone changes them") {
  using Bit = Task<"bit", RotationBlock<3>, Window<0, 3>, Binary>;
  const auto data = common_ones();
  QmtlModel<Frozen<3>, BasisEncoding<3>, Bit> model{Seed{1}};
  FitOptions options = short_fit;
  fit(model, data, options);
  CHECK(model.standardizer().empty());
  CHECK(evaluate(model, data)[0].auc > 0.95);
  for (const auto choice : {Standardization::on, Standardization::anew}) {
    options.standardize = choice;
    CHECK(message_of<ValueError>([&] {
            fit(model, data, options);
          }).starts_with("qmtl: fit: standardize, expected automatic or off where the backbone passes inputs on"));
  }
}

struct OwnAngles {
  static constexpr int features = 2;
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)));
  static constexpr bool standardizable = false;
};
template <class B, class E>
inline constexpr bool standardized = detail::standardizable_inputs<B, QuantumHead<double, E, Yes>>;
static_assert(!standardized<Frozen<2>, OwnAngles> && standardized<Mlp<5, 2>, OwnAngles>);
static_assert(!standardized<RmsNormalized<Frozen<2>>, OwnAngles> && standardized<Frozen<2>, AngleEncoding<2>>);
static_assert(!standardized<Frozen<2>, WithSquash<AngleEncoding<2>, NoSquash>>);
static_assert(!standardized<Frozen<4>, AmplitudeEncoding<2>> && standardized<Linear<3, 4>, AmplitudeEncoding<2>>);

}  // namespace standardization_test
