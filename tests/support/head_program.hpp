#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a head gives its engine, from the types of an encoding and of tasks.

#include <type_traits>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"

namespace qmtl::test {

template <class S, class E, class... Tasks>
[[nodiscard]] detail::HeadProgram<S> make_program() {
  detail::HeadProgram<S> program;
  program.encoding = E::circuit.ops();
  program.qubits = encoding_qubits<E>;
  program.features = E::features;
  program.encoding_weights = encoding_weights<E>;
  int parameters = encoding_weights<E>;
  const auto add = [&]<class T>(std::type_identity<T>) {
    program.tasks.push_back({T::Block::circuit.ops(),
                             {T::Window::indices.begin(), T::Window::indices.end()},
                             detail::eigenvalue_table<S, T>(),
                             program.outputs,
                             parameters,
                             false});
    program.outputs += T::outputs;
    parameters += T::parameters;
  };
  (add(std::type_identity<Tasks>{}), ...);
  if constexpr (PreparesState<E>) {
    program.prepare = &E::template prepare<S>;
    program.prepare_vjp = &E::template prepare_vjp<S>;
  }
  return program;
}

}  // namespace qmtl::test
