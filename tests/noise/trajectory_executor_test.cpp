// SPDX-License-Identifier: Apache-2.0
// Heads by trajectories: expectation values, gradients and standard errors against exact density matrices.

#include "qmtl/noise/trajectory_executor.hpp"

#include <cmath>
#include <vector>

#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/noise/noisy_executor.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace trajectory_executor_test {

using namespace qmtl;

static_assert(ExpectationExecutor<TrajectoryExecutor> && !exact_executor<TrajectoryExecutor>);

constexpr int qubits = 3, batch = 3, outputs = 2;

/// Two observables of a window of two qubits.
struct SmallHead {
  std::vector<Operation> encoding{gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::ry(2, feature(2)),
                                  gate::cx(0, 1), gate::cx(1, 2)},
      block{gate::ry(0, weight(0)), gate::rx(1, weight(1)), gate::cx(0, 1)};
  HeadProgram<double> program;

  SmallHead() {
    program.encoding = encoding;
    program.qubits = program.features = qubits;
    program.outputs = outputs;
    EngineTask<double> task;
    task.block = block;
    task.window = {2, 0};
    task.eigenvalues.resize(4, 2);
    task.eigenvalues << 1, 1, -1, 1, 1, -1, -1, -1;
    program.tasks.push_back(std::move(task));
  }
  SmallHead(const SmallHead&) = delete;
};

NoiseModel device() {
  NoiseModel noise;
  noise.after({.width = 1}, depolarizing(0.01)).after({.width = 2}, depolarizing(0.05, 2));
  noise.after({.gate = Gate::CX}, thermal_relaxation({.t1 = 100, .t2 = 130}, 8.0));
  noise.set_readout_error({.p_1_given_0 = 0.02, .p_0_given_1 = 0.05});
  return noise;
}

struct Step {
  Batch<double> y{outputs, batch}, dx{qubits, batch}, errors{1, batch};
  std::vector<double> dw = std::vector<double>(2);
};

template <class E>
Step step_of(const SmallHead& head, E executor) {
  Batch<double> x(qubits, batch), c(outputs, batch);
  for (Eigen::Index b = 0; b < batch; ++b) {
    for (Eigen::Index q = 0; q < qubits; ++q)
      x(q, b) = 0.3 + 0.4 * static_cast<double>(q) - 0.2 * static_cast<double>(b);
    c.col(b) << 0.7, -0.4;
  }
  const std::vector<double> w{0.5, -0.8};
  Step step;
  ShiftBackend<double, E> backend(head.program, std::move(executor));
  backend.forward(x, w, step.y);
  backend.standard_errors(c, step.errors);
  backend.backward(x, w, c, step.dw, step.dx);
  return step;
}

TEST_CASE("heads by trajectories have the values and gradients of the density matrix", "[noise]") {
  const SmallHead head;
  const Step exact = step_of(head, NoisyExecutor(device()));
  constexpr int repeats = 40;
  Batch<double> y = Batch<double>::Zero(outputs, batch), dx = Batch<double>::Zero(qubits, batch);
  double pulls = 0.0;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const Step step = step_of(head, TrajectoryExecutor(device(), {.count = 200, .seed = Seed{i}}));
    y += step.y / repeats;
    dx += step.dx / repeats;
    for (Eigen::Index b = 0; b < batch; ++b) {
      const double off = 0.7 * (step.y(0, b) - exact.y(0, b)) - 0.4 * (step.y(1, b) - exact.y(1, b));
      pulls += off * off / (step.errors(0, b) * step.errors(0, b)) / (repeats * batch);
    }
  }
  CHECK((y - exact.y).cwiseAbs().maxCoeff() < 5 / std::sqrt(200.0 * repeats));
  CHECK((dx - exact.dx).cwiseAbs().maxCoeff() < 5 / std::sqrt(200.0 * repeats));
  CHECK(pulls == Approx(1.0).margin(0.4));  // 120 squares: a deviation of 0.13
}

TEST_CASE("an executor of trajectories draws anew in each call, and the same from the same seed", "[noise]") {
  const SmallHead head;
  const TrajectoryExecutor executor(device(), {.count = 50, .seed = Seed{4}});
  CHECK(step_of(head, executor).y == step_of(head, executor).y);
  TrajectoryExecutor other = executor;
  other.reseed(Seed{5});
  CHECK(step_of(head, executor).y != step_of(head, other).y);
  CHECK(step_of(head, executor).y.col(0) != step_of(head, executor).y.col(1));
}

TEST_CASE("what an executor of trajectories cannot do is an error that says so", "[noise]") {
  using test::message_of;
  const SmallHead head;
  CHECK(message_of<ValueError>([] { TrajectoryExecutor(device(), {.count = 0}); }).find("at least 2, got 0") !=
        std::string::npos);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(step_of(head, TrajectoryExecutor(device(), {}, {0, 1})));
        }).find("TrajectoryExecutor: qubits of the head") != std::string::npos);
}

}  // namespace trajectory_executor_test
