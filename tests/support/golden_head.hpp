#pragma once
// SPDX-License-Identifier: Apache-2.0
// The golden head step as values, for any backend, and the noise under which its values are known too.

#include <cmath>
#include <vector>

#include "head/golden_head_step.hpp"
#include "qmtl/engine/head_program.hpp"
#include "qmtl/noise/noise_model.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "support/catch.hpp"

namespace qmtl::test::golden {

inline constexpr int n = 4, batch = 4, weights_of_task = 8;

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

template <Scalar S>
struct StepOf {
  Batch<S> y{n, batch}, dx{n, batch}, c{n, batch};
  std::vector<S> dtheta = std::vector<S>(2 * weights_of_task);
};
using Step = StepOf<double>;

/// A step of a backend that was made of a golden head's program.
template <Scalar S = double, class Backend>
[[nodiscard]] StepOf<S> golden_step(Backend backend) {
  StepOf<S> step;
  Batch<S> angles(n, batch);
  std::vector<S> weights;
  for (int i = 0; i < 2 * weights_of_task; ++i) {
    weights.push_back(static_cast<S>(theta(i / 8, i / 4 % 2, i / 2 % 2, i % 2)));
  }
  for (int b = 0; b < batch; ++b) {
    for (int q = 0; q < n; ++q) {
      angles(q, b) = static_cast<S>(x(b, q));
      step.c(q, b) = static_cast<S>(cotangent(b, q));
    }
  }
  backend.forward(angles, weights, step.y);
  backend.backward(angles, weights, step.c, step.dtheta, step.dx);
  return step;
}

/// Depolarizing noise after each gate, on both qubits together after those of two, and readout errors.
[[nodiscard]] inline NoiseModel device() {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(0.002)).after({.width = 2}, depolarizing(0.02, 2));
  model.set_readout_error({.p_1_given_0 = 0.015, .p_0_given_1 = 0.03});
  return model;
}

/// Independent values of a step with CNOTs under device().
inline void check_noisy(const Step& step) {
  double sum_dtheta = 0.0;
  for (const double g : step.dtheta) sum_dtheta += g;
  CHECK(step.y.cwiseProduct(step.c).sum() == Approx(1.1034427593309277).epsilon(1e-12));
  CHECK(sum_dtheta == Approx(-0.7524009867747272).epsilon(1e-12));
  CHECK(step.dx.sum() == Approx(-0.46160005449468045).epsilon(1e-12));
  CHECK(step.dtheta[0] == Approx(-0.16717011716645402).epsilon(1e-12));
  CHECK(step.dx(0, 0) == Approx(-0.15349420194327817).epsilon(1e-12));
}

}  // namespace qmtl::test::golden
