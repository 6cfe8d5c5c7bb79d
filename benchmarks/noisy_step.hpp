#pragma once
// SPDX-License-Identifier: Apache-2.0
// The head step under noise as backends take it: the noise as a model, the head as values, and how long a step takes.

#include <algorithm>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/noise/noise_model.hpp"
#include "textbook_noise.hpp"
#include "timing.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

[[nodiscard]] inline NoiseModel noise_model(const StepNoise& noise) {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(noise.one_qubit)).after({.width = 2}, depolarizing(noise.two_qubits, 2));
  model.set_readout_error({.p_1_given_0 = noise.p_1_given_0, .p_0_given_1 = noise.p_0_given_1});
  return model;
}

/// The head of a program, which must outlive it.
template <Scalar S>
[[nodiscard]] HeadProgram<S> head_program(const Program& program) {
  HeadProgram<S> head;
  head.encoding = program.encoding;
  head.qubits = head.features = program.qubits;
  head.outputs = program.outputs();
  const auto k = program.width();
  ColMajorMatrix<S> signs(Eigen::Index{1} << k, k);
  for (Eigen::Index a = 0; a < signs.rows(); ++a) {
    for (int j = 0; j < k; ++j) signs(a, j) = static_cast<S>(parity_sign(static_cast<Index>(a), qubit_mask(j)));
  }
  for (int t = 0; t < program.tasks(); ++t) {
    head.tasks.push_back({program.block, program.windows[static_cast<std::size_t>(t)], signs, t * k,
                          t * program.block_weights(), false});
  }
  return head;
}

/// A step of a backend: forward, and backward if all gradients are wanted.
template <class Backend, Scalar S>
[[nodiscard]] Timing time_step(Backend& backend, const Inputs<S>& in, Outputs<S>& out, bool gradients,
                               const TimingOptions& options) {
  return time_runs(options, [&] {
    std::fill(out.dtheta.begin(), out.dtheta.end(), S(0));
    backend.forward(in.x, in.theta, out.y);
    if (gradients) backend.backward(in.x, in.theta, in.c, out.dtheta, out.dx);
  });
}

}  // namespace qmtl::benchmark
