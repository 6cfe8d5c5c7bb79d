// SPDX-License-Identifier: Apache-2.0
// Heads under noise by Pauli coordinates, against density matrices and parameter shift.

#include "qmtl/engine/noisy_backend.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>
#include <vector>

#include "qmtl/engine/parallel_backend.hpp"
#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "qmtl/noise/noisy_executor.hpp"
#include "support/catch.hpp"
#include "support/golden_head.hpp"
#include "support/random_head.hpp"
#include "support/throws.hpp"

namespace noisy_backend_test {

using namespace qmtl;
using test::Inputs;
using test::RandomHead;
using test::Step;

/// Mixtures of Paulis, damping, what is neither, noise of neighbours and of waiting, misread qubits.
NoiseModel rich_noise() {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(0.01))
      .after({.width = 1}, amplitude_damping(0.05))
      .after({.width = 2}, depolarizing(0.03, 2))
      .after({.gate = Gate::H}, over_rotation(pauli_x(0), 0.2))
      .after({.width = 2, .qubits = {1, 0}}, zz_crosstalk(0.01, 3.0), {0, 4})
      .at_preparation(bit_flip(0.02))
      .before_measurement(phase_damping(0.1))
      .before_measurement(generalised_amplitude_damping(0.2, 0.3), {2})
      .while_idle({.t1 = 90.0, .t2 = 70.0, .excited = 0.1})
      .couple({0, 3, 0.01})
      .couple({2, 4, -0.02});
  model.set_duration({.width = 1}, 1.0).set_duration({.width = 2}, 4.0);
  model.set_readout_error({.p_1_given_0 = 0.015, .p_0_given_1 = 0.03}).set_readout_error({.p_1_given_0 = 0.1}, {5});
  return model;
}

/// The same everywhere, and no noise of waiting: a cut-out of a register has the noise of the whole.
NoiseModel damping() {
  NoiseModel model = test::golden::device();
  model.after({.width = 1}, thermal_relaxation({.t1 = 50.0, .t2 = 70.0, .excited = 0.1}, 1.0));
  model.after({.width = 2}, amplitude_damping(0.02));
  return model;
}

double difference(const Step& a, const Step& b) {
  return std::max({(a.expectations - b.expectations).cwiseAbs().maxCoeff(),
                   (a.angle_gradients - b.angle_gradients).cwiseAbs().maxCoeff(),
                   (a.gradient - b.gradient).cwiseAbs().maxCoeff()});
}

/// A head on a ring with a CZ between neighbours, and a task that reads Z of two of them.
struct RingHead {
  std::vector<Operation> encoding, block{gate::ry(0, weight(0)), gate::cx(0, 1), gate::rx(1, weight(1))};
  HeadProgram<double> program;

  /// `used` qubits in a row of a register: those beyond have neither gates nor features.
  RingHead(int qubits, int used, int first) {
    for (int layer = 0; layer < 2; ++layer) {
      for (int q = 0; q < used; ++q) encoding.push_back(gate::ry(q, feature(q)));
      for (int q = 0; q + 1 < used; ++q) encoding.push_back(gate::cz(q, q + 1));
    }
    program.encoding = encoding;
    program.qubits = qubits;
    program.features = used;
    program.outputs = 2;
    EngineTask<double> task;
    task.block = block;
    task.window = {first, first + 1};
    task.eigenvalues.resize(4, 2);
    task.eigenvalues << 1, 1, -1, 1, 1, -1, -1, -1;
    program.tasks.push_back(std::move(task));
  }
  RingHead(const RingHead&) = delete;
};

/// A step of a backend of a ring's head on random inputs, the same for all backends.
template <class Backend>
Step ring_step(Backend& backend, const HeadProgram<double>& program, int batch) {
  Rng rng(Seed{6});
  const std::vector<double> weights{0.4, -0.7};
  Batch<double> x(program.features, batch), c(program.outputs, batch);
  for (double& v : x.reshaped()) v = rng.uniform(-2, 2);
  for (double& v : c.reshaped()) v = rng.uniform(-1, 1);
  Step step{Batch<double>(program.outputs, batch), Batch<double>(program.features, batch), Eigen::VectorXd::Zero(2)};
  backend.forward(x, weights, step.expectations);
  backend.backward(x, weights, c, {step.gradient.data(), 2}, step.angle_gradients);
  return step;
}

void check_same(const Step& got, const Step& expected) {
  CHECK((got.expectations - expected.expectations).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((got.angle_gradients - expected.angle_gradients).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((got.gradient - expected.gradient).norm() < 1e-12 * expected.gradient.norm());
}

TEST_CASE("a noisy step is that of density matrices and parameter shift") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Rng rng(Seed{seed});
    const RandomHead head(rng, 14);
    const Inputs in(rng, head, 5);
    const NoiseModel noise = rich_noise();
    NoisyBackend<double> backend(head.program, noise, {0, 1, 2, 3, 5, 4});
    ShiftBackend<double, NoisyExecutor> reference(head.program, NoisyExecutor(noise, {0, 1, 2, 3, 5, 4}));
    CAPTURE(seed, backend.coordinates());
    CHECK(difference(test::step(backend, in), test::step(reference, in)) < 1e-12);
  }
}

TEST_CASE("the golden step under noise has independent values, and none without noise changes it") {
  namespace golden = test::golden;
  const golden::GoldenHead head(Gate::CX);
  golden::check_noisy(golden::golden_step(NoisyBackend<double>(head.program, golden::device())));
  const auto ideal = golden::golden_step(NoisyBackend<double>(head.program, NoiseModel()));
  for (int b = 0; b < golden::batch; ++b) {
    for (int q = 0; q < golden::n; ++q) {
      CHECK(ideal.y(q, b) == Approx(golden::y[static_cast<std::size_t>(4 * b + q)]).margin(1e-14));
    }
  }
}

TEST_CASE("results do not depend on the size of a batch, on memory or on earlier calls") {
  Rng rng(Seed{4});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2 * pack_width<double> + 3);
  NoisyBackend<double> backend(head.program, rich_noise());
  const Step whole = test::step(backend, in);
  HeadProgram<double> forgetful = head.program;
  forgetful.kept_bytes = 0;
  NoisyBackend<double> without_memory(forgetful, rich_noise());
  CHECK(difference(whole, test::step(without_memory, in)) == 0.0);

  Batch<double> one(in.cotangents.rows(), 1), dx(in.angles.rows(), 1);
  std::vector<double> gradient(in.weights.size()), of_weights(in.weights.size());
  for (Eigen::Index b = 0; b < in.angles.cols(); ++b) {
    const Batch<double> x = in.angles.col(b), c = in.cotangents.col(b);
    backend.forward(x, in.weights, one);
    CHECK((one - whole.expectations.col(b)).cwiseAbs().maxCoeff() < 1e-15);
    backend.backward(x, in.weights, c, gradient, dx);
    CHECK((dx - whole.angle_gradients.col(b)).cwiseAbs().maxCoeff() < 1e-14);
    backend.backward(x, in.weights, c, of_weights, {nullptr, 0, 0});  // once more, without those of features
  }
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    CHECK(gradient[j] + 1 == Approx(whole.gradient[static_cast<Eigen::Index>(j)]).margin(1e-13));
    CHECK(of_weights[j] == Approx(gradient[j]).margin(1e-13));
  }
}

TEST_CASE("what lies outside a window's causal cone does not matter under noise either") {
  Rng rng(Seed{5});
  const NoiseModel noise = damping();
  const RingHead narrow(8, 8, 3), wide(150, 150, 93);
  const auto weights = std::vector<double>{0.4, -0.7};
  Batch<double> x(150, 2), c(2, 2), y(2, 2), y_wide(2, 2), dx(8, 2), dx_wide(150, 2);
  for (double& v : x.reshaped()) v = rng.uniform(-2, 2);
  for (double& v : c.reshaped()) v = rng.uniform(-1, 1);
  const Batch<double> near = x.middleRows(90, 8);
  std::vector<double> gradient(2), gradient_wide(2);
  ShiftBackend<double, NoisyExecutor> reference(narrow.program, NoisyExecutor(noise));
  reference.forward(near, weights, y);
  reference.backward(near, weights, c, gradient, dx);
  NoisyBackend<double> backend(wide.program, noise);
  backend.forward(x, weights, y_wide);
  backend.backward(x, weights, c, gradient_wide, dx_wide);
  CHECK((y - y_wide).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((dx - dx_wide.middleRows(90, 8)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK(dx_wide.cwiseAbs().sum() == Approx(dx.cwiseAbs().sum()).epsilon(1e-12));
  for (std::size_t j = 0; j < 2; ++j) CHECK(gradient_wide[j] == Approx(gradient[j]).epsilon(1e-12));
  CHECK(backend.coordinates() < 1000);
}

TEST_CASE("observables that are not diagonal are read in their bases, whose gates are noisy too") {
  const RingHead ring(5, 5, 2);
  using R = ExpectationsOf<Observables<"0.7 Z0 Z1 + 0.3 X0", "Y1 + Z0">>;
  HeadProgram<double> program = ring.program;
  auto& task = program.tasks.front();
  task.eigenvalues = Batch<double>::Zero(4, 2);
  for (const auto& term : R::terms) task.terms.push_back(term);
  task.bases = measurement_bases<R>(2);
  REQUIRE(task.bases.size() > 1);
  NoisyBackend<double> backend(program, rich_noise());
  ShiftBackend<double, NoisyExecutor> reference(program, NoisyExecutor(rich_noise()));
  check_same(ring_step(backend, program, 1), ring_step(reference, program, 1));
}

TEST_CASE("more outputs than lanes, and threads") {
  constexpr int outputs = pack_width<double> + 2, batch = 3 * pack_width<double> + 1;
  const RingHead ring(5, 5, 2);
  HeadProgram<double> program = ring.program;
  Rng rng(Seed{6});
  program.outputs = outputs;
  auto& eigenvalues = program.tasks.front().eigenvalues;
  eigenvalues.resize(4, outputs);
  for (double& e : eigenvalues.reshaped()) e = rng.uniform(-1, 1);
  detail::ParallelBackend<double, NoisyBackend<double>> threads(NoisyBackend<double>(program, damping()));
  threads.set_execution(Threads{3});
  ShiftBackend<double, NoisyExecutor> reference(program, NoisyExecutor(damping()));
  check_same(ring_step(threads, program, batch), ring_step(reference, program, batch));
}

TEST_CASE("operators that were rounded cost no more coordinates than exact ones") {
  const auto rounded = [](const QuantumChannel& channel, double unit) {
    std::vector<OperationMatrix> kraus(channel.kraus().begin(), channel.kraus().end());
    for (auto& k : kraus) {
      k = k.unaryExpr([unit](std::complex<double> e) {
        return std::complex<double>(std::round(e.real() / unit) * unit, std::round(e.imag() / unit) * unit);
      });
    }
    return QuantumChannel(kraus);
  };
  const auto coordinates = [](const QuantumChannel& channel) {
    const RingHead ring(6, 6, 2);
    NoiseModel model;
    model.after({.width = 2}, channel);
    return NoisyBackend<double>(ring.program, model).coordinates();
  };
  const auto noise = compose(depolarizing(0.03, 2), tensor(amplitude_damping(0.1), amplitude_damping(0.2)));
  CHECK(coordinates(rounded(depolarizing(0.03, 2), 1e-11)) == coordinates(depolarizing(0.03, 2)));
  CHECK(coordinates(rounded(noise, 1e-11)) == coordinates(noise));
}

TEST_CASE("float is as near as its rounding") {
  namespace golden = test::golden;
  const golden::GoldenHead head(Gate::CZ);
  const auto exact = golden::golden_step(NoisyBackend<double>(head.program, golden::device()));
  HeadProgram<float> program;
  program.encoding = head.program.encoding;
  program.qubits = program.features = program.outputs = golden::n;
  for (const auto& task : head.program.tasks) {
    program.tasks.push_back(
        {task.block, task.window, task.eigenvalues.cast<float>(), task.first_output, task.first_parameter, false});
  }
  const auto step = golden::golden_step<float>(NoisyBackend<float>(program, golden::device()));
  CHECK((step.y.cast<double>() - exact.y).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((step.dx.cast<double>() - exact.dx).cwiseAbs().maxCoeff() < 2e-6);
  for (std::size_t j = 0; j < exact.dtheta.size(); ++j) {
    CHECK(static_cast<double>(step.dtheta[j]) == Approx(exact.dtheta[j]).margin(2e-6));
  }
}

TEST_CASE("a head that does not fit is refused by name") {
  const test::golden::GoldenHead head(Gate::CX);
  const auto message = [&](const std::vector<int>& qubits) {
    return test::message_of<ShapeError>([&] { NoisyBackend<double>(head.program, NoiseModel(), qubits); });
  };
  CHECK(message({0, 1}).find("at most 2") != std::string::npos);
  CHECK_THROWS_AS(NoisyBackend<double>(head.program, NoiseModel(), {0, 1, 2, 2}), CircuitError);
  HeadProgram<double> prepared = head.program;
  prepared.prepare = [](const double*, std::complex<double>*) {};
  CHECK_THROWS_AS(NoisyBackend<double>(prepared, NoiseModel()), LogicError);
  NoisyBackend<double> backend(head.program, NoiseModel());
  Batch<double> x(3, 1), y(4, 1);
  const std::vector<double> weights(16), few(3);
  CHECK_THROWS_AS(backend.forward(x, weights, y), ShapeError);
  CHECK_THROWS_AS(backend.forward(y, few, y), ShapeError);
}

}  // namespace noisy_backend_test
