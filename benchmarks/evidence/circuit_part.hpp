#pragma once
// SPDX-License-Identifier: Apache-2.0
// A quantum head as a part: one shared encoding, a block and windows a task.

#include <vector>

#include "evidence/part.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"

namespace qmtl::benchmark::evidence {

/// What a task measures on its window.
enum class Reading {
  z,              ///< output c: Z of local qubit c
  magnetisation,  ///< output c: the sum of Z over the window (one output)
  basis_states    ///< output c: the logarithm of the probability of local basis state c
};

struct CircuitTask {
  DynamicCircuit block{1};                  ///< of weights, on local qubits
  std::vector<std::vector<int>> windows{};  ///< whose expectation values add up; one for basis states
  Reading reading = Reading::z;
  int outputs = 1;
  double scale = 4.0;  ///< of the logits
  bool trainable_scale = false;
};

struct CircuitSpec {
  DynamicCircuit encoding{1};  ///< of features, and weights of its own
  std::vector<CircuitTask> tasks{};
  bool squash = true;          ///< features z become angles pi / (2 uses) (1 + tanh z); else they are angles
  double uses = 1.0;           ///< how often the encoding rotates by a feature
  double initial_angle = 0.1;  ///< deviation of the blocks' weights
};

/// The spec as a part: features in, logits out; parameters are the encoding's, then task by task the block's and the
/// scale's. Where the encoding has no weights it keeps density matrices of windows.
[[nodiscard]] PartPointer circuit_part(CircuitSpec spec);

/// Parameters of each task.
[[nodiscard]] std::vector<int> task_parameters(const CircuitSpec& spec);

}  // namespace qmtl::benchmark::evidence
