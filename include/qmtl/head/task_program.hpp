#pragma once
// SPDX-License-Identifier: Apache-2.0
// The types of an encoding and of tasks as what the engine runs: a task's observables as values, once for each of its
// windows.

#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/task.hpp"
#include "qmtl/measure/measurement_basis.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// eigenvalues(a, o): what observable o has on the diagonal for local basis state a.
template <Scalar S, TaskType T>
[[nodiscard]] ColMajorMatrix<S> eigenvalue_table() {
  static_assert(T::width <= max_qubits, "qmtl: a task's window must have at most 30 qubits");
  using R = typename T::Readout;
  const auto outcomes = static_cast<Eigen::Index>(dimension(T::width));
  ColMajorMatrix<S> table = ColMajorMatrix<S>::Zero(outcomes, observable_count<R>);
  for (Eigen::Index a = 0; a < outcomes; ++a) {
    const auto basis = static_cast<Index>(a);
    if constexpr (PauliReadout<R>) {
      for (const auto& [o, term] : R::terms) {
        if (term.string.diagonal()) {
          table(a, o) += static_cast<S>(term.coefficient * parity_sign(basis, term.string.z));
        }
      }
    } else {
      for (int o = 0; o < observable_count<R>; ++o) table(a, o) = static_cast<S>(R::eigenvalue(o, basis));
    }
  }
  return table;
}

/// The program of a head without tasks.
template <Scalar S, class E>
[[nodiscard]] HeadProgram<S> encoding_program() {
  HeadProgram<S> program;
  program.encoding = E::circuit.ops();
  program.qubits = encoding_qubits<E>;
  program.features = E::features;
  program.encoding_weights = encoding_weights<E>;
  if constexpr (PreparesState<E>) program.prepare = &E::template prepare<S>;
  if constexpr (PreparesState<E> && differentiable_encoding<E>) program.prepare_vjp = &E::template prepare_vjp<S>;
  return program;
}

/// Adds a task to a program, window by window, each with outputs of its own.
template <Scalar S, TaskType T>
void add_task(HeadProgram<S>& program, int first_parameter, bool direct) {
  using R = typename T::Readout;
  EngineTask<S> task{T::Block::circuit.ops(), {}, eigenvalue_table<S, T>(), 0, first_parameter, direct};
  if constexpr (PauliReadout<R>) {
    for (const auto& term : R::terms) {
      if (!term.term.string.diagonal()) task.terms.push_back(term);
    }
    task.bases = measurement_bases<R>(T::width);
  }
  for (const auto& window : T::Windows::indices) {
    task.window.assign(window.begin(), window.end());
    task.first_output = program.outputs;
    program.outputs += task.outputs();
    program.tasks.push_back(task);
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
