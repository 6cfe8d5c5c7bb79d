// SPDX-License-Identifier: Apache-2.0
// Heads by parameter shift on executors: exact ones against the adjoint method, sampled ones against their own errors.

#include "qmtl/engine/shift_backend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::test;

static_assert(HeadBackend<ShiftBackend<double>, double> && splits_batches<ShiftBackend<double>>);
static_assert(!splits_batches<ShiftBackend<double, Sampled>>);
static_assert(VjpExecutor<Adjoint> && !VjpExecutor<Sampled>);

/// A head of random gates on 6 qubits: three tasks, windows that overlap, weights of encoding and blocks. Output o is Z
/// of the window's qubit o.
struct RandomHead {
  static constexpr int qubits = 6, features = 3, encoding_weights = 4, block_weights = 3;
  std::vector<Operation> encoding;
  std::vector<std::vector<Operation>> blocks;
  HeadProgram<double> program;
  int parameters = encoding_weights;

  RandomHead(Rng& rng, int gates)
      : encoding(random_operations(rng, qubits, gates, false, {features, encoding_weights})) {
    encoding.push_back(gate::ry(1, trainable_feature(0, 1, 2)));  // whatever else was drawn
    encoding.push_back(gate::crx(1, 0, feature(0) * feature(1)));
    program.encoding = encoding;
    program.qubits = qubits;
    program.features = features;
    program.encoding_weights = encoding_weights;
    for (const std::vector<int>& window : {std::vector<int>{2, 0}, {1}, {5, 1, 3}}) {
      const auto width = static_cast<int>(window.size());
      blocks.push_back(random_operations(rng, width, 5, false, {0, block_weights}));
      blocks.back().push_back(gate::ry(0, weight(block_weights - 1)));
      EngineTask<double> task;
      task.window = window;
      task.eigenvalues.resize(1 << width, width);
      for (int o = 0; o < width; ++o) {
        for (Index a = 0; a < dimension(width); ++a) {
          task.eigenvalues(static_cast<Eigen::Index>(a), o) = parity_sign(a, qubit_mask(o));
        }
      }
      task.first_output = program.outputs;
      task.first_parameter = parameters;
      program.outputs += width;
      parameters += block_weights;
      program.tasks.push_back(std::move(task));
    }
    for (std::size_t t = 0; t < blocks.size(); ++t) program.tasks[t].block = blocks[t];
  }
  RandomHead(const RandomHead&) = delete;
};

struct Step {
  Batch<double> expectations, angle_gradients;
  Eigen::VectorXd gradient;
};

struct Inputs {
  Batch<double> angles, cotangents;
  std::vector<double> weights;

  Inputs(Rng& rng, const RandomHead& head, int batch)
      : angles(head.features, batch),
        cotangents(head.program.outputs, batch),
        weights(random_numbers(rng, head.parameters)) {
    for (double& a : angles.reshaped()) a = rng.uniform(-2, 2);
    for (double& c : cotangents.reshaped()) c = rng.uniform(-1, 1);
  }
};

/// Gradients start at 1, and are added to.
template <class Backend>
Step step(Backend& backend, const Inputs& in) {
  Step out{Batch<double>(in.cotangents.rows(), in.cotangents.cols()), Batch<double>(in.angles.rows(), in.angles.cols()),
           Eigen::VectorXd::Ones(static_cast<Eigen::Index>(in.weights.size()))};
  backend.forward(in.angles, in.weights, out.expectations);
  const std::span<double> gradient(out.gradient.data(), in.weights.size());
  backend.backward(in.angles, in.weights, in.cotangents, gradient, out.angle_gradients);
  const Eigen::VectorXd with_features = out.gradient;
  out.gradient.setOnes();
  Batch<double> unwanted;
  backend.backward(in.angles, in.weights, in.cotangents, gradient, unwanted);
  CHECK((out.gradient - with_features).norm() < 1e-12);
  return out;
}

/// The same by states and the adjoint method, sample by sample and task by task.
Step by_adjoint(const RandomHead& head, const Inputs& in) {
  Step out{Batch<double>(in.cotangents.rows(), in.cotangents.cols()),
           Batch<double>::Zero(in.angles.rows(), in.angles.cols()),
           Eigen::VectorXd::Ones(static_cast<Eigen::Index>(in.weights.size()))};
  for (const auto& task : head.program.tasks) {
    std::vector<Operation> ops = head.encoding;
    for (const auto& op : task.block) ops.push_back(shift_weights(relabel(op, task.window), task.first_parameter));
    std::vector<PauliSum> z;
    for (const int q : task.window) z.push_back(pauli_z(q));
    const CircuitView circuit(head.qubits, ops);
    for (Eigen::Index b = 0; b < in.angles.cols(); ++b) {
      const std::vector<double> x(in.angles.col(b).begin(), in.angles.col(b).end());
      const auto state = run(circuit, x, in.weights);
      const Eigen::VectorXd c = in.cotangents.col(b).segment(task.first_output, task.outputs());
      for (int o = 0; o < task.outputs(); ++o) {
        out.expectations(task.first_output + o, b) = expectation(state, z[static_cast<std::size_t>(o)]);
      }
      const auto vjp = adjoint_vjp<double>(circuit, x, in.weights, z, std::span(c.data(), z.size()));
      out.angle_gradients.col(b) += vjp.features;
      out.gradient += vjp.weights;
    }
  }
  return out;
}

void check_close(const Step& got, const Step& expected, double tolerance) {
  CHECK(max_difference(got.expectations, expected.expectations) < tolerance);
  CHECK(max_difference(got.angle_gradients, expected.angle_gradients) < tolerance);
  CHECK(max_difference(got.gradient, expected.gradient) < tolerance);
}

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

/// All outcomes alike.
std::vector<Batch<double>> uniform(std::span<const CircuitJob> jobs) {
  std::vector<Batch<double>> out;
  for (const auto& job : jobs) {
    out.push_back(Batch<double>::Constant(job.outcomes(), job.runs(), 1.0 / static_cast<double>(job.outcomes())));
  }
  return out;
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

TEST_CASE("answers of a wrong size or that cannot be true are errors that say so") {
  Rng rng(Seed{16});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2);
  const auto message = [&]<class E>(std::type_identity<E>, auto&& spoil) {
    ShiftBackend<double, Scripted> backend(head.program, {[&](std::span<const CircuitJob> jobs) {
                                             auto answer = uniform(jobs);
                                             spoil(answer);
                                             return answer;
                                           }});
    return message_of<E>([&] { backend.forward(in.angles, in.weights, values); });
  };
  using Answer = std::vector<Batch<double>>;
  constexpr std::type_identity<ShapeError> shape;
  constexpr std::type_identity<ValueError> value;
  CHECK(message(shape, [](Answer& a) { a.pop_back(); }) == "qmtl: executor: results of its jobs must be 3, got 2");
  CHECK(message(shape, [](Answer& a) { a[2].conservativeResize(7, 2); }) ==
        "qmtl: executor: outcome probabilities of job 2, expected 8 x 2, got 7 x 2");
  CHECK(message(value, [](Answer& a) { a[1](0, 1) = std::numeric_limits<double>::quiet_NaN(); }) ==
        "qmtl: executor: outcome probabilities of job 1, run 1, expected finite numbers, got nan");
  CHECK(message(value, [](Answer& a) { a[1](0, 1) = 0.25; }) ==
        "qmtl: executor: outcome probabilities of job 1, run 1, expected none below 0 and a sum of 1, got a least one "
        "of 0.25 and a sum of 0.75");
  CHECK(message(value, [](Answer& a) { a[1].col(0) << -0.5, 1.5; }).find("a least one of -0.5") != std::string::npos);
}

/// An executor that gives estimates, for what it is asked; with one error for all, which may be that of all at once.
struct Estimating {
  double error = 0.25;
  bool together = false;
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) const {
    std::vector<Estimates> out;
    for (const auto& job : jobs) {
      out.push_back({Batch<double>::Constant(job.observables(), job.runs(), 0.5),
                     Batch<double>::Constant(job.observables(), job.runs(), error)});
      if (!together) continue;
      out.back().covariances.assign(
          static_cast<std::size_t>(job.runs()),
          ColMajorMatrix<double>::Constant(job.observables(), job.observables(), error * error));
    }
    return out;
  }
};

TEST_CASE("an executor may give estimates and their errors, which are looked at too") {
  Rng rng(Seed{17});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2), errors(1, 2);
  const Batch<double> ones = Batch<double>::Ones(head.program.outputs, 2);
  ShiftBackend<double, Estimating> backend(head.program, {});
  backend.forward(in.angles, in.weights, values);
  backend.standard_errors(ones, errors);
  CHECK((values.array() == 0.5).all());
  CHECK(errors(0, 1) == Approx(0.25 * std::sqrt(2 + 1 + 3)));  // outputs of three tasks
  backend.executor().together = true;
  backend.forward(in.angles, in.weights, values);
  backend.standard_errors(ones, errors);
  CHECK(errors(0, 1) == Approx(0.25 * std::sqrt(4 + 1 + 9)));
  backend.executor().error = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: covariances of job 0, run 0, expected 2 x 2 finite numbers, none below 0 on the diagonal, got "
        "2 x 2");
  backend.executor().together = false;
  backend.executor().error = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: standard errors of job 0, run 0, expected finite numbers, got inf");
  backend.executor().error = -0.25;
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: standard errors of job 0, run 0, expected none below 0, got -0.25");
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

TEST_CASE("without shots there are no frequencies, and without angles nothing to shift") {
  Rng rng(Seed{18});
  RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2);
  struct NoShots : Scripted {
    [[nodiscard]] int shots() const { return 0; }
  };
  ShiftBackend<double, NoShots> backend(head.program, {{uniform}});
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: shots, expected a positive number, got 0");
  head.program.prepare = [](const double*, std::complex<double>*) {};
  CHECK_THROWS_AS(ShiftBackend<double>(head.program), LogicError);
}

}  // namespace
