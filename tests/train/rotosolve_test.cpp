// SPDX-License-Identifier: Apache-2.0
// Rotosolve finds the exact minimum along each angle, never lets the loss rise, and trains what Adam trains.

#include "qmtl/train/rotosolve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace rotosolve_test {

using namespace qmtl;
using namespace qmtl::test;

TEST_CASE("the closed form is the minimum of a sinusoid, as the numerical search finds it") {
  Rng rng(Seed{1});
  for (int i = 0; i < 200; ++i) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal();
    const auto f = [&](double w) {
      return detail::LinePoint{a + b * std::cos(w) + c * std::sin(w), c * std::cos(w) - b * std::sin(w)};
    };
    const auto [angle, value] = rotosolve_minimum(a, b, c);
    CHECK(f(angle).loss == Approx(value).margin(1e-15));
    CHECK(std::abs(f(angle).slope) < 1e-14);
    const auto found = detail::minimise_periodic(f, 2 * pi, 4 + i % 20);
    CHECK(std::abs(std::remainder(found.at - angle, 2 * pi)) < 1e-9);
    CHECK(found.loss == Approx(value).margin(1e-14));
  }
}

TEST_CASE("closed minima at the axes, and of constants") {
  CHECK(rotosolve_minimum(1.0, 2.0, 0.0).angle == Approx(pi));
  CHECK(rotosolve_minimum(1.0, -2.0, 0.0).angle == Approx(0.0));
  CHECK(rotosolve_minimum(1.0, 0.0, 2.0).angle == Approx(-pi / 2));
  CHECK(rotosolve_minimum(1.0, 0.0, -2.0).angle == Approx(pi / 2));
  CHECK(rotosolve_minimum(1.0, 3.0, 4.0).value == Approx(-4.0));
  CHECK(rotosolve_minimum(1.5, 0.0, 0.0).angle == 0.0);
  CHECK(rotosolve_minimum(1.5, -0.0, -0.0).value == 1.5);
  CHECK(message_of<ValueError>([] { (void)rotosolve_minimum(0.0, std::nan(""), 1.0); }) ==
        "qmtl: rotosolve_minimum: a coefficient, expected a finite number, got nan");
}

/// Weights used twice, scaled, in controlled rotations, and all of that at once.
struct Mixed {
  static constexpr auto circuit = make_circuit<2>(
      gate::ry(0, weight(0)), gate::ry(1, weight(0)), gate::crx(0, 1, weight(1)), gate::rz(0, -1.5 * weight(2)),
      gate::ry(1, 0.5 * weight(3) + 0.2), gate::cry(1, 0, weight(4)), gate::rxx(0, 1, weight(4)),
      gate::u(0, weight(5), weight(6), weight(7)), gate::cp(0, 1, weight(5)), gate::ry(0, 0.0 * weight(8)),
      gate::ry(1, weight(9)), gate::rx(1, 1.5 * weight(9)));
};
struct Irrational {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, weight(0)), gate::rx(0, pi* weight(0)));
};
struct TooMany {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, weight(0)), gate::rx(0, 32.0 * weight(0)));
};

TEST_CASE("the harmonics of an angle follow from its uses") {
  const auto h = detail::harmonics<Mixed>;
  const auto is = [&h](std::size_t j, double frequency, int degree) {
    CAPTURE(j, h[j].frequency, h[j].degree);
    CHECK(h[j].frequency == Approx(frequency));
    CHECK(h[j].degree == degree);
  };
  is(0, 1.0, 2);
  is(1, 0.5, 2);
  is(2, 1.5, 1);
  is(3, 0.5, 1);
  is(4, 0.5, 4);
  is(5, 1.0, 2);
  is(6, 1.0, 1);
  is(7, 1.0, 1);
  is(8, 1.0, 0);
  is(9, 0.5, 5);
  for (const auto& one : detail::harmonics<RotationBlock<3, Layers<2>>>)
    CHECK((one.frequency == 1.0 && one.degree == 1));
  CHECK(detail::has_harmonics<Mixed>);
  CHECK_FALSE(detail::has_harmonics<Irrational>);
  CHECK_FALSE(detail::has_harmonics<TooMany>);
}

template <class... Tasks>
using Model = QmtlModel<Frozen<5>, AngleEncoding<5, Axis::X, CxRing, Layers<2>>, Tasks...>;

/// The generated tasks, those of them that are asked for.
template <class S = double>
Dataset<S> rows_for(Eigen::Index rows, std::vector<int> tasks = {0, 1, 2}) {
  auto data = make_related_tasks<S>({.rows = rows, .features = 5, .missing = 0.3, .seed = Seed{4}}).data;
  Batch<S> labels(static_cast<Eigen::Index>(tasks.size()), rows);
  for (std::size_t t = 0; t < tasks.size(); ++t) labels.row(static_cast<Eigen::Index>(t)) = data.labels.row(tasks[t]);
  data.labels = labels;
  data.task_names.clear();
  return data;
}

template <class Model>
std::vector<double> losses_of(Model& model, const Dataset<typename Model::Scalar>& data) {
  std::vector<double> losses;
  for (const auto& task : evaluate(model, data)) losses.push_back(task.labelled > 0 ? task.loss : 0.0);
  return losses;
}

template <class Model>
double loss_of(Model& model, const Dataset<typename Model::Scalar>& data) {
  double total = 0.0;
  for (const double loss : losses_of(model, data)) total += loss;
  return total;
}

using MixedTask = Task<"mixed", Mixed, Qubits<3, 1>, Classes<2>>;
using States = Task<"states", StronglyEntanglingBlock<2>, Qubits<0, 4>, Classes<3, BasisStates>>;
using Scaled = Task<"scaled", RotationBlock<2, Layers<2>>, Window<2, 2>, BinaryReadout<TrainableScale<3>>>;

TEST_CASE("expectation values of an angle of one rotation are sinusoids, those of others have its harmonics") {
  Model<MixedTask, States, Scaled> model{Seed{1}};
  using H = decltype(model)::HeadType;
  const auto encoded = encode_dataset(model, rows_for(7));
  Rng rng(Seed{5});
  std::vector<double> w(H::parameters);
  for (auto& value : w) value = rng.normal();
  Batch<double> logits(H::outputs, 7);
  const auto values = [&](std::size_t j, double at) {
    auto moved = w;
    moved[j] = at;
    model.head().forward_encoded(encoded.data().inputs, moved, logits);
    return Batch<double>(model.head().expectations());
  };
  for (const std::size_t j : {10U, 11U, 15U, 16U, 18U, 23U}) {  // of States and Scaled
    const auto zero = values(j, 0.0), plus = values(j, pi / 2), minus = values(j, -pi / 2);
    const Batch<double> a = (plus + minus) / 2, b = zero - a, c = (plus - minus) / 2;
    for (const double at : {0.3, 1.9, -2.8, 40.0}) {
      CHECK((values(j, at) - (a + std::cos(at) * b + std::sin(at) * c)).cwiseAbs().maxCoeff() < 1e-13);
    }
  }
  for (std::size_t j = 0; j < 10; ++j) {
    const auto& h = detail::harmonics<Mixed>[j];
    detail::TaskLine<MixedTask> line{LabelRow<double>(encoded.data().labels.row(0))};
    line.begin(h);
    for (std::size_t m = 0; m < h.points(); ++m) {
      const double part = static_cast<double>(m) / static_cast<double>(h.points());
      line.sample(m, values(j, w[j] + part * h.period()).topRows(2));
    }
    line.transform();
    for (const double step : {0.0, 0.7, -2.1, 5.0}) {
      auto moved = model;
      std::copy(w.begin(), w.end(), moved.head_weights().begin());
      moved.head_weights()[j] += step;
      CHECK(line(step).loss == Approx(losses_of(moved, rows_for(7))[0]).epsilon(1e-12));
      const double slope = (line(step + 1e-5).loss - line(step - 1e-5).loss) / 2e-5;
      CHECK(line(step).slope == Approx(slope).margin(1e-8));
    }
  }
}

/// One angle of many uses.
struct OneShared {
  static constexpr auto circuit =
      make_circuit<2>(gate::ry(0, weight(0)), gate::crx(0, 1, weight(0)), gate::ry(1, -0.5 * weight(0)));
};

TEST_CASE("one sweep trains a block of one angle to the best loss there is") {
  const auto best_of = [](auto model, const auto& data, double period) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 4000; ++i) {
      model.head_weights()[0] = period * i / 4000.0;
      best = std::min(best, loss_of(model, data));
    }
    return best;
  };
  const auto check = [&](auto model, double period) {
    const auto data = rows_for(50, {0});
    const double best = best_of(model, data, period);
    const auto report = rotosolve(model, encode_dataset(model, data), {.sweeps = 1});
    CHECK(report.losses.at(1) == Approx(loss_of(model, data)).epsilon(1e-13));
    CHECK(report.losses[1] <= best);
    CHECK(report.losses[1] > best - 1e-5);  // what a grid of 4000 may miss
    CHECK(std::abs(model.head_weights()[0]) <= period / 2);
    for (const double step : {1e-3, -1e-3}) {
      auto moved = model;
      moved.head_weights()[0] += step;
      CHECK(loss_of(moved, data) > report.losses[1]);
    }
  };
  check(Model<Task<"t", HardwareEfficientBlock<1>, Window<1, 1>, Binary>>{Seed{1}}, 2 * pi);
  check(Model<Task<"t", OneShared, Window<1, 2>, BinaryReadout<FixedScale<4>, 1>>>{Seed{1}}, 4 * pi);
}

/// What one sweep over the angles of a model must leave: no angle from which the loss could be lowered, at the end.
template <class Model>
void require_minimum_along_angles(Model& model, const Dataset<double>& data, std::size_t angles) {
  const double loss = loss_of(model, data);
  for (std::size_t j = 0; j < angles; ++j) {
    auto moved = model;
    for (int i = 1; i < 60; ++i) {
      moved.head_weights()[j] = model.head_weights()[j] + 4 * pi * i / 60.0;
      CHECK(loss_of(moved, data) > loss - 1e-9);
    }
  }
}

TEST_CASE("when it has converged no single angle can lower the loss, whatever its harmonics") {
  Model<MixedTask> model{Seed{1}};
  const auto data = rows_for(40, {0});
  const auto report = rotosolve(model, encode_dataset(model, data), {.sweeps = 2000, .tolerance = 1e-13});
  CHECK(report.converged);
  require_minimum_along_angles(model, data, 10);
}

template <class Report>
void require_monotone(const Report& report, std::size_t tasks) {
  REQUIRE(report.losses.size() >= 2);
  REQUIRE(report.losses.size() == report.task_losses.size());
  for (std::size_t i = 1; i < report.losses.size(); ++i) {
    CHECK(report.losses[i] <= report.losses[i - 1]);
    for (std::size_t t = 0; t < tasks; ++t) CHECK(report.task_losses[i][t] <= report.task_losses[i - 1][t]);
  }
  CHECK(report.losses.back() < report.losses.front());
}

TEST_CASE("the loss never rises, of any task, and is the one that evaluate finds") {
  Model<MixedTask, States, Scaled> model{Seed{2}};
  const auto data = rows_for(60);
  const auto start = losses_of(model, data);
  const auto report = rotosolve(model, encode_dataset(model, data), {.sweeps = 12, .tolerance = 0.0});
  require_monotone(report, 3);
  const auto end = losses_of(model, data);
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(report.task_losses.front()[t] == Approx(start[t]).epsilon(1e-12));
    CHECK(report.task_losses.back()[t] == Approx(end[t]).epsilon(1e-12));
  }
}

TEST_CASE("in single precision the loss does not rise either") {
  using Floats = QmtlModel<Frozen<5, float>, AngleEncoding<5>, First, States, Scaled>;
  Floats model{Seed{2}};
  const auto data = rows_for<float>(60);
  const auto report = rotosolve(model, data, {.sweeps = 15, .tolerance = 0.0});
  require_monotone(report, 3);
  CHECK(report.losses.back() == Approx(loss_of(model, data)).epsilon(1e-5));
}

TEST_CASE("one evaluation serves all tasks: a sweep takes three for each angle of the longest block") {
  Model<First, Second, Scaled> model{Seed{1}};
  const auto encoded = encode_dataset(model, rows_for(20));
  // Scaled's 8 angles are the most; then one for the scale, and one for the losses. One before the first sweep.
  CHECK(rotosolve(model, encoded, {.sweeps = 2, .tolerance = 0.0}).evaluations == 1 + 2 * (3 * 8 + 2));
  CHECK(rotosolve(model, encoded, {.sweeps = 2, .tolerance = 0.0, .scales = false}).evaluations == 1 + 2 * (3 * 8 + 1));
  const auto none = rotosolve(model, encoded, {.sweeps = 0});
  CHECK(none.losses.size() == 1);
  CHECK_FALSE(none.converged);
}

TEST_CASE("tasks are trained as each by itself, and rows without their label do not matter") {
  const auto data = rows_for(50);
  Model<First, Second, Third> model{Seed{1}};
  const Model<First, Second, Third> fresh = model;
  rotosolve(model, encode_dataset(model, data), {.sweeps = 3, .tolerance = 0.0});
  std::vector<Eigen::Index> labelled;
  for (Eigen::Index row = 0; row < 50; ++row) {
    if (data.labels(2, row) >= 0.0) labelled.push_back(row);
  }
  REQUIRE(labelled.size() < 50);
  Model<Third> alone{Seed{1}};
  const auto third = fresh.head_weights().last(4);
  std::copy(third.begin(), third.end(), alone.head_weights().begin());
  auto own = data.select(labelled);
  own.labels = own.labels.row(2).eval();
  rotosolve(alone, encode_dataset(alone, own), {.sweeps = 3, .tolerance = 0.0});
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(model.head_weights().last(4)[j] == Approx(alone.head_weights()[j]).margin(1e-6));
  }

  auto unlabelled = data;
  unlabelled.labels.row(1).setConstant(-1.0);
  Model<First, Second, Third> untouched = fresh;
  const auto report = rotosolve(untouched, encode_dataset(untouched, unlabelled), {.sweeps = 2});
  CHECK(report.task_losses.back()[1] == 0.0);
  for (std::size_t j = 4; j < 10; ++j) CHECK(untouched.head_weights()[j] == fresh.head_weights()[j]);
}

TEST_CASE("a scale steps to its minimum, the least-squares solution, and at most doubles in a sweep") {
  using Level = Task<"level", IdentityBlock<1>, Window<2, 1>, Regression<TrainableScale<1>>>;
  Model<Level> model{Seed{1}};
  auto data = rows_for(30, {0});
  const auto encoded = encode_dataset(model, data);
  Batch<double> logits(1, 30);
  model.forward_encoded(encoded.data().inputs, logits);
  const Batch<double> values = model.head().expectations();
  data.labels = 1.7 * values + 0.1 * Batch<double>::Random(1, 30);
  const double best = values.cwiseProduct(data.labels).sum() / values.squaredNorm();
  rotosolve(model, encode_dataset(model, data), {.sweeps = 1, .standardize_targets = false});
  CHECK(model.head_weights()[0] == Approx(best).epsilon(1e-9));
  for (const double factor : {8.0, -3.0}) {
    auto scaled = data;
    scaled.labels *= factor;
    Model<Level> other{Seed{1}};
    rotosolve(other, encode_dataset(other, scaled), {.sweeps = 1, .standardize_targets = false});
    CHECK(other.head_weights()[0] == Approx(factor > 0.0 ? 2.0 : 0.5));
    rotosolve(other, encode_dataset(other, scaled), {.sweeps = 50, .tolerance = 0.0, .standardize_targets = false});
    if (factor > 0.0) CHECK(other.head_weights()[0] == Approx(factor * best).epsilon(1e-7));
  }
  Model<Scaled> fixed{Seed{1}};
  rotosolve(fixed, encode_dataset(fixed, rows_for(30, {0})), {.sweeps = 2, .scales = false});
  CHECK(fixed.head_weights()[8] == 3.0);
}

TEST_CASE("related tasks are trained to the loss that Adam reaches, or a lower one") {
  const auto data = rows_for(400);
  Model<First, Second, Scaled> model{Seed{3}}, adam = model;
  const auto report = rotosolve(model, encode_dataset(model, data), {.sweeps = 5});
  fit(adam, data, {.epochs = 40, .optimizer = Adam{.learning_rate = 0.05}, .standardize = false});
  const double expected = loss_of(adam, data);
  CAPTURE(report.losses.front(), report.losses.back(), expected);
  CHECK(report.losses.back() < expected + 0.02);
  CHECK(report.losses.back() < report.losses.front() - 0.3);
}

TEST_CASE("rotosolve leaves a backbone that could be trained alone") {
  const auto data = rows_for(40);
  QmtlModel<Mlp<5, 4>, AngleEncoding<4>, First, Second, Third> model{Seed{1}};
  const std::vector<double> backbone(model.backbone().parameters().begin(), model.backbone().parameters().end());
  const auto report = rotosolve(model, data, {.sweeps = 2});
  CHECK(std::equal(backbone.begin(), backbone.end(), model.backbone().parameters().begin()));
  CHECK(report.losses.back() == Approx(loss_of(model, data)).epsilon(1e-12));
  CHECK(report.losses.back() < report.losses.front());
}

TEST_CASE("options and data that rotosolve cannot use are named") {
  const auto data = rows_for(20);
  Model<First, Second, Third> model{Seed{1}};
  const auto encoded = encode_dataset(model, data);
  const auto refused = [&](const RotosolveOptions& options) {
    return message_of<ValueError>([&] { rotosolve(model, encoded, options); });
  };
  const std::string where = "qmtl: rotosolve: ";
  CHECK(refused({.sweeps = -1}) == where + "sweeps, expected at least 0, got -1");
  CHECK(refused({.tolerance = -0.5}) == where + "tolerance, expected a finite number from 0, got -0.5");
  CHECK(refused({.tolerance = std::nan("")}) == where + "tolerance, expected a finite number from 0, got nan");
  CHECK(refused({.grid = 3}) == where + "grid, expected at least 4, got 3");
  CHECK(message_of<ShapeError>([&] { rotosolve(model, encoded.select({})); }) ==
        where + "rows of the data, expected at least 1, got 0");
  QmtlModel<Frozen<5>, AngleEncoding<5>, First> other{Seed{1}};
  CHECK_THROWS_AS(rotosolve(other, encoded), ShapeError);
  CHECK(message_of<ShapeError>([&] { rotosolve(model, make_related_tasks({.rows = 9, .features = 3}).data); }) ==
        where + "features of the inputs must be 5, got 3");
  auto weighted = data;
  weighted.sample_weights.assign(20, 1.0);
  CHECK(message_of<ValueError>([&] { rotosolve(model, weighted); }) ==
        where + "sample weights, expected none, since every row counts the same, got 20");
  model.head_weights()[6] = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<NumericalError>([&] { rotosolve(model, encoded); }) ==
        where + "the loss of task second, expected a finite number, got nan before the first sweep");
}

}  // namespace rotosolve_test
