#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task's type as what the engine runs: its observables as values, once for each of its windows.

#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/head/task.hpp"
#include "qmtl/measure/measurement_basis.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// eigenvalues(a, o): what observable o has on the diagonal for local basis state a.
template <Scalar S, TaskType T>
[[nodiscard]] ColMajorMatrix<S> eigenvalue_table() {
  using R = typename T::Readout;
  ColMajorMatrix<S> table = ColMajorMatrix<S>::Zero(1 << T::width, observable_count<R>);
  for (int a = 0; a < (1 << T::width); ++a) {
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
