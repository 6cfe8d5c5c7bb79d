// SPDX-License-Identifier: Apache-2.0
// Heads under noise: a step against independent values, no noise against the ideal executor, shots of noisy circuits.

#include "qmtl/noise/noisy_executor.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "head/golden_head_step.hpp"
#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/executor/shot_executor.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "support/catch.hpp"
#include "support/random_head.hpp"
#include "support/throws.hpp"

namespace {

using namespace qmtl;
namespace golden = qmtl::test::golden;

constexpr int n = 4, batch = 4, weights_of_task = 8;

/// The head of the golden step, as values.
struct GoldenHead {
  std::vector<Operation> encoding, block;
  HeadProgram<double> program;

  explicit GoldenHead(Gate entangler) {
    for (int layer = 0; layer < 2; ++layer) {
      for (int q = 0; q < n; ++q) encoding.push_back(gate::ry(q, feature(q)));
      for (int q = 0; q < n; ++q) {
        const int next = (q + 1) % n;
        encoding.push_back(entangler == Gate::CZ ? gate::cz(q, next) : gate::cx(q, next));
      }
      for (int j = 0; j < 2; ++j) {
        block.push_back(gate::ry(j, weight(4 * layer + 2 * j)));
        block.push_back(gate::rz(j, weight(4 * layer + 2 * j + 1)));
      }
      block.push_back(gate::cx(0, 1));
    }
    program.encoding = encoding;
    program.qubits = program.features = program.outputs = n;
    for (int t = 0; t < 2; ++t) {
      EngineTask<double> task;
      task.block = block;
      task.window = {2 * t, 2 * t + 1};
      task.eigenvalues.resize(4, 2);
      task.eigenvalues << 1, 1, -1, 1, 1, -1, -1, -1;
      task.first_output = 2 * t;
      task.first_parameter = weights_of_task * t;
      program.tasks.push_back(std::move(task));
    }
  }
  GoldenHead(const GoldenHead&) = delete;
};

struct Step {
  Batch<double> y{n, batch}, dx{n, batch}, c{n, batch};
  std::vector<double> dtheta = std::vector<double>(2 * weights_of_task);
};

template <class E>
Step golden_step(const GoldenHead& head, E executor) {
  Step step;
  Batch<double> x(n, batch);
  std::vector<double> theta;
  for (int i = 0; i < 2 * weights_of_task; ++i) theta.push_back(golden::theta(i / 8, i / 4 % 2, i / 2 % 2, i % 2));
  for (int b = 0; b < batch; ++b) {
    for (int q = 0; q < n; ++q) {
      x(q, b) = golden::x(b, q);
      step.c(q, b) = golden::cotangent(b, q);
    }
  }
  ShiftBackend<double, E> backend(head.program, std::move(executor));
  backend.forward(x, theta, step.y);
  backend.backward(x, theta, step.c, step.dtheta, step.dx);
  return step;
}

/// Depolarizing noise after each gate, on both qubits together after those of two, and readout errors.
NoiseModel device() {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(0.002)).after({.width = 2}, depolarizing(0.02, 2));
  model.set_readout_error({.p_1_given_0 = 0.015, .p_0_given_1 = 0.03});
  return model;
}

}  // namespace

TEST_CASE("a head's step under depolarizing noise and readout errors has independent values", "[noise]") {
  const GoldenHead head(Gate::CX);
  const Step step = golden_step(head, NoisyExecutor(device()));
  double sum_dtheta = 0.0;
  for (const double g : step.dtheta) sum_dtheta += g;
  CHECK(step.y.cwiseProduct(step.c).sum() == Approx(1.1034427593309277).epsilon(1e-12));
  CHECK(sum_dtheta == Approx(-0.7524009867747272).epsilon(1e-12));
  CHECK(step.dx.sum() == Approx(-0.46160005449468045).epsilon(1e-12));
  CHECK(step.dtheta[0] == Approx(-0.16717011716645402).epsilon(1e-12));
  CHECK(step.dx(0, 0) == Approx(-0.15349420194327817).epsilon(1e-12));
}

TEST_CASE("a noise model without noise gives the ideal step", "[noise]") {
  NoiseModel none;
  none.after({.width = 2}, depolarizing(0.0, 2)).before_measurement(amplitude_damping(0.0)).set_readout_error({});
  const GoldenHead head(Gate::CZ);
  const Step ideal = golden_step(head, IdealExecutor<>()), noisy = golden_step(head, NoisyExecutor(none));
  CHECK((ideal.y - noisy.y).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((ideal.dx - noisy.dx).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("the noise of a head's qubits is that of the device's qubits that they are", "[noise]") {
  NoiseModel flips;
  flips.after({.width = 1, .qubits = {7}}, bit_flip(0.5));
  NoiseModel misread = flips;
  misread.set_readout_error({.p_0_given_1 = 0.25}, {9});
  const GoldenHead head(Gate::CZ);
  const Step step = golden_step(head, NoisyExecutor(flips, {3, 7, 9, 1}));
  const Step read = golden_step(head, NoisyExecutor(misread, {3, 7, 9, 1}));
  CHECK(step.y.row(1).cwiseAbs().maxCoeff() < 1e-14);  // as often flipped as not
  CHECK(step.y.row(3).cwiseAbs().minCoeff() > 1e-3);
  CHECK((read.y.row(2).array() - (0.75 * step.y.row(2).array() + 0.25)).abs().maxCoeff() < 1e-14);
  CHECK((read.y.row(3) - step.y.row(3)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(test::message_of<CircuitError>([] {
          NoisyExecutor(NoiseModel(), {1, 1});
        }).find("1 twice") != std::string::npos);
  CHECK(test::message_of<ShapeError>([&] {
          golden_step(head, NoisyExecutor(NoiseModel(), {0, 1}));
        }).find("at most 2") != std::string::npos);
}

TEST_CASE("shots of noisy circuits are unbiased, and their standard errors right", "[noise]") {
  const GoldenHead head(Gate::CX);
  const Step exact = golden_step(head, NoisyExecutor(device()));
  constexpr double shots = 400;
  constexpr int repeats = 60;
  Batch<double> sum = Batch<double>::Zero(n, batch), gradient = Batch<double>::Zero(n, batch);
  double squares = 0.0;
  for (int i = 0; i < repeats; ++i) {
    const Step step = golden_step(head, ShotExecutor(static_cast<std::int64_t>(shots),
                                                     Seed{static_cast<std::uint64_t>(i)}, NoisyExecutor(device())));
    sum += step.y / repeats;
    gradient += step.dx / repeats;
    squares += ((step.y - exact.y).array().square() / ((1 - exact.y.array().square()) / shots)).mean() / repeats;
  }
  CHECK(((sum - exact.y).array() / ((1 - exact.y.array().square()) / (shots * repeats)).sqrt()).abs().maxCoeff() < 5);
  CHECK((gradient - exact.dx).cwiseAbs().maxCoeff() < 0.1);
  CHECK(squares == Approx(1.0).margin(0.2));
}
