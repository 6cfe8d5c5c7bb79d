#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head of random gates as values, and a step of it by states and the adjoint method.

#include <span>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/gradient/dynamic_gradient.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"

namespace qmtl::test {

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
[[nodiscard]] Step step(Backend& backend, const Inputs& in) {
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
[[nodiscard]] inline Step by_adjoint(const RandomHead& head, const Inputs& in) {
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

inline void check_close(const Step& got, const Step& expected, double tolerance) {
  CHECK(max_difference(got.expectations, expected.expectations) < tolerance);
  CHECK(max_difference(got.angle_gradients, expected.angle_gradients) < tolerance);
  CHECK(max_difference(got.gradient, expected.gradient) < tolerance);
}

}  // namespace qmtl::test
