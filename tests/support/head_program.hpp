#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a head gives its engine, from the types of an encoding and of tasks.

#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"

namespace qmtl::test {

template <class S, class E, class... Tasks>
[[nodiscard]] HeadProgram<S> make_program() {
  HeadProgram<S> program;
  program.encoding = E::circuit.ops();
  program.qubits = encoding_qubits<E>;
  program.features = E::features;
  program.encoding_weights = encoding_weights<E>;
  int parameters = encoding_weights<E>;
  const auto add = [&]<class T>(std::type_identity<T>) {
    detail::add_task<S, T>(program, parameters, false);
    parameters += T::parameters;
  };
  (add(std::type_identity<Tasks>{}), ...);
  if constexpr (PreparesState<E>) {
    program.prepare = &E::template prepare<S>;
    program.prepare_vjp = &E::template prepare_vjp<S>;
  }
  return program;
}

/// Numbers, const or not, as a batch of so many samples.
template <class Numbers>
[[nodiscard]] auto as_batch(Numbers& numbers, Eigen::Index samples) {
  using Number = std::remove_reference_t<decltype(numbers[0])>;
  const Eigen::Index rows = samples == 0 ? 0 : static_cast<Eigen::Index>(numbers.size()) / samples;
  return BatchView<Number>(numbers.data(), rows, samples);
}

/// Weights of the encoding and of all tasks.
[[nodiscard]] inline int parameters_of(const HeadProgram<double>& program) {
  if (program.tasks.empty()) return program.encoding_weights;
  return program.tasks.back().first_parameter + weight_count(program.tasks.back().block);
}

/// Adds a task like this one on a window, with outputs and weights of its own.
inline void add_task(HeadProgram<double>& program, EngineTask<double> task, std::vector<int> window) {
  task.window = std::move(window);
  task.first_output = program.outputs;
  task.first_parameter = parameters_of(program);
  program.outputs += task.outputs();
  program.tasks.push_back(std::move(task));
}

/// Two layers on a CZ ring of 9 qubits, real or with phases: weights that all light cones have in common, and products
/// of features. Tasks on two qubits: equal ones, and others that differ in readout, outputs or block; two windows have
/// two tasks. The operations lie in `encoding`.
[[nodiscard]] inline HeadProgram<double> ring_of_tasks(std::vector<Operation>& encoding, bool phases) {
  constexpr int n = 9;
  for (int layer = 0; layer < 2; ++layer) {
    for (int q = 0; q < n; ++q) {
      encoding.push_back(gate::ry(q, layer == 0 ? 0.7 * feature(q) * feature((q + 4) % n) : feature(q)));
      encoding.push_back(gate::ry(q, weight(layer)));
      if (phases) encoding.push_back(gate::rz(q, 0.4 * feature((q + 4) % n)));
    }
    for (int q = 0; q < n; ++q) encoding.push_back(gate::cz(q, (q + 1) % n));
  }
  using Layered = RotationBlock<2, Layers<2>>;
  const auto tasks = make_program<double, AngleEncoding<2>, Task<"signs", Layered, Qubits<0, 1>, Expectations<2>>,
                                  Task<"classes", Layered, Qubits<0, 1>, Classes<2, BasisStates>>,
                                  Task<"one", Layered, Qubits<0, 1>, Expectations<1>>,
                                  Task<"block", RotationBlock<2>, Qubits<0, 1>, Expectations<2>>>()
                         .tasks;
  HeadProgram<double> program;
  program.encoding = encoding;
  program.qubits = program.features = n;
  program.encoding_weights = 2;
  for (const int q : {0, 2, 4, 8}) add_task(program, tasks[0], {q, (q + 1) % n});
  for (const int q : {0, 2, 5}) add_task(program, tasks[1], {q, (q + 1) % n});
  add_task(program, tasks[2], {6, 7});
  add_task(program, tasks[3], {7, 8});
  return program;
}

}  // namespace qmtl::test
