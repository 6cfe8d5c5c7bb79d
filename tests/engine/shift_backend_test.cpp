// SPDX-License-Identifier: Apache-2.0
// Heads by parameter shift on executors: exact ones against the adjoint method, sampled ones against their own errors.

#include "qmtl/engine/shift_backend.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/engine/parallel_backend.hpp"
#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/random_head.hpp"
#include "support/throws.hpp"

namespace shift_backend_test {

using namespace qmtl;
using namespace qmtl::test;

static_assert(HeadBackend<ShiftBackend<double>, double> && splits_batches<ShiftBackend<double>>);
static_assert(!splits_batches<ShiftBackend<double, Sampled>>);
static_assert(VjpExecutor<Adjoint> && !VjpExecutor<Sampled>);

TEST_CASE("the ideal executor agrees with the adjoint method on random heads, on light cones and without") {
  Rng rng(Seed{11});
  for (const int gates : {5, 12, 30}) {
    const RandomHead head(rng, gates);
    const Inputs in(rng, head, 3);
    const Step expected = by_adjoint(head, in);
    ShiftBackend<double> cones(head.program), whole(head.program, IdealExecutor<>(), false);
    check_close(step(cones, in), expected, 1e-12);
    check_close(step(whole, in), expected, 1e-12);
    Batch<double> errors = Batch<double>::Ones(1, 3);
    cones.standard_errors(in.cotangents, errors);
    CHECK(errors.isZero(0.0));
  }
}

TEST_CASE("an exact executor's own gradients stand in for shifts") {
  Rng rng(Seed{12});
  const RandomHead head(rng, 20);
  const Inputs in(rng, head, 3);
  Adjoint adjoint;
  ShiftBackend<double, Adjoint> backend(head.program, adjoint);
  check_close(step(backend, in), by_adjoint(head, in), 1e-12);
  CHECK((adjoint.calls->probabilities == 1 && adjoint.calls->vjp == 2));
}

/// Ideal values and gradients, all scaled by a number that it has drawn: not exact, and consistent.
struct Drifted {
  double drift = Rng(Seed{1}).uniform(0.5, 0.9);
  Adjoint ideal{};

  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) {
    std::vector<Estimates> out;
    const auto tables = ideal.probabilities(jobs);
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      out.push_back({drift * (jobs[j].eigenvalues.transpose() * tables[j]),
                     Batch<double>::Constant(jobs[j].observables(), jobs[j].runs(), 0.2)});
    }
    return out;
  }
  [[nodiscard]] std::vector<Batch<double>> vjp(std::span<const CircuitJob> jobs,
                                               std::span<const Batch<double>> cotangents) const {
    auto out = ideal.vjp(jobs, cotangents);
    for (auto& gradients : out) gradients *= drift;
    return out;
  }
};

TEST_CASE("an executor that is not exact may have the gradients of its own estimates") {
  static_assert(VjpExecutor<Drifted> && !exact_executor<Drifted>);
  Rng rng(Seed{20});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 3);
  const Drifted drifted;
  ShiftBackend<double, Drifted> backend(head.program, drifted);
  Step expected = by_adjoint(head, in);
  expected.expectations *= drifted.drift;
  expected.angle_gradients *= drifted.drift;
  expected.gradient.array() = 1.0 + drifted.drift * (expected.gradient.array() - 1.0);  // they start at 1
  check_close(step(backend, in), expected, 1e-12);
  CHECK((drifted.ideal.calls->probabilities == 1 && drifted.ideal.calls->vjp == 2));
}

/// The ideal executor; counts runs.
struct Counting {
  std::shared_ptr<Eigen::Index> runs = std::make_shared<Eigen::Index>(0);
  IdealExecutor<> ideal{};

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    for (const auto& job : jobs) *runs += job.runs();
    return ideal.probabilities(jobs);
  }
};

TEST_CASE("gradients of one task after another need the runs of all together, and no more") {
  Rng rng(Seed{21});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  const Counting counting;
  const Adjoint adjoint;
  ShiftBackend<double, Counting> shifting(head.program, counting);
  ShiftBackend<double, Adjoint> sweeping(head.program, adjoint);
  const auto gradient_of = [&](auto& backend, const Batch<double>& cotangents) {
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(in.weights.size()));
    Batch<double> dx(head.features, 2);
    backend.backward(in.angles, in.weights, cotangents, std::span(gradient.data(), in.weights.size()), dx);
    return gradient;
  };
  const Eigen::VectorXd together = gradient_of(shifting, in.cotangents);
  const Eigen::Index runs = std::exchange(*counting.runs, 0);
  Eigen::VectorXd shifted = Eigen::VectorXd::Zero(together.size()), swept = shifted;
  for (const auto& task : head.program.tasks) {
    Batch<double> of_task = Batch<double>::Zero(head.program.outputs, 2);
    of_task.middleRows(task.first_output, task.outputs()) = in.cotangents.middleRows(task.first_output, task.outputs());
    shifted += gradient_of(shifting, of_task);
    swept += gradient_of(sweeping, of_task);
  }
  CHECK((shifted - together).norm() < 1e-12);
  CHECK((swept - together).norm() < 1e-12);
  CHECK(*counting.runs == runs);
  const Batch<double> none = Batch<double>::Zero(head.program.outputs, 2);
  CHECK((gradient_of(shifting, none).isZero(0.0) && gradient_of(sweeping, none).isZero(0.0)));
  CHECK((*counting.runs == runs && adjoint.calls->vjp == 3));
}

/// Outcomes are those of the ideal circuit with this weight, else any. Knows how often it and its copies are called.
struct Mixed {
  static constexpr bool exact = true;
  double weight = 1.0;
  std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);
  IdealExecutor<> ideal{};

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    ++*calls;
    auto out = ideal.probabilities(jobs);
    for (auto& table : out) table.array() = weight * table.array() + (1 - weight) / static_cast<double>(table.rows());
    return out;
  }
};

TEST_CASE("threads have copies of an exact executor, as do copies of the backend") {
  Rng rng(Seed{24});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 3);
  const Mixed mixed{.weight = 0.5};
  using Backend = detail::ParallelBackend<double, ShiftBackend<double, Mixed>>;
  Backend one{ShiftBackend<double, Mixed>(head.program, mixed)}, three = one;
  three.set_execution(Threads{3});
  Backend copy = three;
  CHECK((three.executor().weight == 0.5 && copy.executor().calls == mixed.calls));
  Step expected = by_adjoint(head, in);
  expected.expectations *= 0.5;
  expected.angle_gradients *= 0.5;
  expected.gradient.array() = 1.0 + 0.5 * (expected.gradient.array() - 1.0);  // they start at 1
  for (Backend* backend : {&one, &three, &copy}) {
    *mixed.calls = 0;
    check_close(step(*backend, in), expected, 1e-12);
    CHECK(*mixed.calls == (backend == &one ? 3 : 9));  // forward, and backward twice
  }
}

/// Squares of the standard errors of each output of the last forward of one sample, and then of a combination.
template <class Backend>
Eigen::ArrayXd variances(const Backend& backend, const Batch<double>& combination) {
  const Eigen::Index outputs = combination.rows();
  Eigen::ArrayXd out(outputs + 1);
  for (Eigen::Index o = 0; o <= outputs; ++o) {
    Batch<double> slopes = combination, error(1, 1);
    if (o < outputs) slopes = Eigen::VectorXd::Unit(outputs, o);
    backend.standard_errors(slopes, error);
    out[o] = error(0, 0) * error(0, 0);
  }
  return out;
}

TEST_CASE("sampled values and gradients are unbiased, and their standard errors are their deviations") {
  Rng rng(Seed{13});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 1);
  const Step expected = by_adjoint(head, in);
  constexpr int repeats = 1000;
  ShiftBackend<double, Sampled> backend(head.program, Sampled(40, Seed{5}));
  const Eigen::Index outputs = head.program.outputs, weights = expected.gradient.size();
  Eigen::ArrayXd value_sum = Eigen::ArrayXd::Zero(outputs + 1), value_squares = value_sum, error_squares = value_sum;
  Eigen::ArrayXd gradient_sum = Eigen::ArrayXd::Zero(weights), gradient_squares = gradient_sum;
  Batch<double> values(outputs, 1), dx(head.features, 1);
  const auto with_combination = [&](const Batch<double>& of_outputs) {
    return (Eigen::ArrayXd(outputs + 1) << of_outputs.array(), in.cotangents.col(0).dot(of_outputs.col(0))).finished();
  };
  for (int i = 0; i < repeats; ++i) {
    backend.forward(in.angles, in.weights, values);
    error_squares += variances(backend, in.cotangents);
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(weights);
    backend.backward(in.angles, in.weights, in.cotangents, std::span(gradient.data(), in.weights.size()), dx);
    value_sum += with_combination(values);
    value_squares += with_combination(values).square();
    gradient_sum += gradient.array();
    gradient_squares += gradient.array().square();
  }
  const Eigen::ArrayXd mean = value_sum / repeats, variance = value_squares / repeats - mean.square();
  const Eigen::ArrayXd slope = gradient_sum / repeats, scatter = gradient_squares / repeats - slope.square();
  const Eigen::ArrayXd exact = with_combination(expected.expectations);
  for (Eigen::Index o = 0; o <= outputs; ++o) {
    CHECK(std::abs(mean[o] - exact[o]) <= 5 * std::sqrt(variance[o] / repeats) + 1e-12);
    // A variance of 1000 values is good to 5 %.
    CHECK(error_squares[o] / repeats == Approx(variance[o]).epsilon(0.25).margin(2.0 / 40 / 40));
  }
  for (Eigen::Index j = 0; j < weights; ++j) {
    CHECK(std::abs(slope[j] - (expected.gradient[j] - 1.0)) <= 5 * std::sqrt(scatter[j] / repeats) + 1e-12);
  }
}

TEST_CASE("a sampled step depends on the executor's seed, and on nothing else") {
  Rng rng(Seed{14});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 4);
  const auto gradient_of = [&](Seed seed, int threads) {
    ShiftBackend<double, Sampled> backend(head.program, Sampled(10, seed));
    if (threads > 0) backend.set_execution(Threads{threads});
    Batch<double> values(head.program.outputs, 4), dx(head.features, 4);
    std::vector<double> gradient(in.weights.size());
    backend.forward(in.angles, in.weights, values);
    backend.backward(in.angles, in.weights, in.cotangents, gradient, dx);
    return gradient;
  };
  CHECK(gradient_of(Seed{1}, 0) == gradient_of(Seed{1}, 3));
  CHECK(gradient_of(Seed{1}, 0) != gradient_of(Seed{2}, 0));
}

TEST_CASE("an executor that draws random numbers can be given another seed") {
  Rng rng(Seed{22});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 4);
  ShiftBackend<double, Sampled> backend(head.program, Sampled(10, Seed{1}));
  const auto values = [&] {
    Batch<double> out(head.program.outputs, 4);
    backend.forward(in.angles, in.weights, out);
    return out;
  };
  const Batch<double> first = values();
  CHECK(values() != first);
  backend.reseed(Seed{1});
  CHECK(values() == first);
  backend.reseed(Seed{2});
  CHECK(values() != first);
  ShiftBackend<double> ideal(head.program);
  CHECK_NOTHROW(ideal.reseed(Seed{3}));  // it draws none
  ShiftBackend<double, Counting> unknown(head.program);
  CHECK_THROWS_AS(unknown.reseed(Seed{3}), LogicError);
}

TEST_CASE("a training that has diverged is not the executor's fault") {
  Rng rng(Seed{23});
  const RandomHead head(rng, 12);
  Inputs in(rng, head, 2);
  const Counting counting;
  ShiftBackend<double, Counting> backend(head.program, counting);
  Batch<double> values(head.program.outputs, 2);
  const auto message = [&] {
    return message_of<NumericalError>([&] { backend.forward(in.angles, in.weights, values); });
  };
  in.angles(2, 1) = std::numeric_limits<double>::infinity();
  CHECK(message() == "qmtl: ShiftBackend: sample 1, angle 2, expected a finite number, got inf");
  in.weights[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK(message() == "qmtl: ShiftBackend: weight 3, expected a finite number, got nan");
  CHECK(*counting.runs == 0);
}

TEST_CASE("a call has all tasks and as many samples as fit in memory") {
  Rng rng(Seed{15});
  const RandomHead head(rng, 12);
  std::size_t calls = 0, runs = 0, numbers = 0;
  ShiftBackend<double, Scripted> backend(head.program, {[&](std::span<const CircuitJob> jobs) {
                                           std::size_t of_call = 0;
                                           for (const auto& job : jobs) {
                                             runs += static_cast<std::size_t>(job.runs());
                                             of_call += static_cast<std::size_t>(job.parameters.size());
                                           }
                                           numbers = std::max(numbers, of_call);
                                           ++calls;
                                           return uniform(jobs);
                                         }});
  const auto runs_of_backward = [&](int batch) {
    const Inputs in(rng, head, batch);
    Batch<double> values(head.program.outputs, batch), dx(head.features, batch);
    std::vector<double> gradient(in.weights.size());
    backend.forward(in.angles, in.weights, values);
    CHECK(values.isZero(1e-12));
    calls = runs = 0;
    backend.backward(in.angles, in.weights, in.cotangents, gradient, dx);
    return runs;
  };
  const std::size_t one = runs_of_backward(1);
  CHECK(calls == 1);
  CHECK(runs_of_backward(20'000) == 20'000 * one);
  CHECK(calls > 1);
  CHECK(numbers < std::size_t{1} << 22);
}

TEST_CASE("batches of another head are refused") {
  Rng rng(Seed{19});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  ShiftBackend<double> backend(head.program);
  Batch<double> values(head.program.outputs, 2), few(head.program.outputs - 1, 2), dx(head.features, 2);
  const std::span<const double> w = in.weights;
  const auto message = [](auto&& call) { return message_of<ShapeError>(call); };
  CHECK(message([&] { backend.forward(in.angles, w, few); }) ==
        "qmtl: ShiftBackend: rows of expectation values (outputs) must be 6, got 5");
  CHECK(message([&] { backend.forward(Batch<double>::Zero(4, 2).eval(), w, values); }) ==
        "qmtl: ShiftBackend: rows of angles (features) must be 3, got 4");
  CHECK(message([&] { backend.forward(in.angles, w.first(12), values); }) ==
        "qmtl: ShiftBackend: number of weights, expected at least 13, got 12");
  backend.forward(in.angles, w, values);
  std::vector<double> gradient(w.size() - 1);
  CHECK(message([&] { backend.backward(in.angles, w, in.cotangents, gradient, dx); }) ==
        "qmtl: ShiftBackend: number of gradients must be 13, got 12");
  CHECK_THROWS_AS(backend.backward(in.angles, w, few, gradient, dx), ShapeError);
}

}  // namespace shift_backend_test
