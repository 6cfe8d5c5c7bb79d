#pragma once
// SPDX-License-Identifier: Apache-2.0
// The circuit that a quantum head runs for one task, for the diagnostics that take circuit types.

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/task.hpp"

namespace qmtl::inline QMTL_ABI {

/// The encoding E and behind it the block of task T on the task's window. Weights: the encoding's, then the block's.
/// Qubit T::Window::indices[j] is what the task's readout calls local qubit j.
template <Encoding E, TaskType T>
struct TaskCircuit {
  static_assert(!PreparesState<E>,
                "qmtl: a diagnosed circuit must start from |0...0>: amplitude and basis encoding do not");
  static_assert(T::Windows::count == 1, "qmtl: a diagnosed task must have one window: each is a circuit of its own");
  static constexpr int features = E::features;
  static constexpr auto circuit = chain(
      E::circuit, on<encoding_qubits<E>, typename T::Window>(shift_weights(T::Block::circuit, encoding_weights<E>)));
};

}  // namespace qmtl::inline QMTL_ABI
