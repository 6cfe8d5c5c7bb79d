#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads of binary tasks for the studies of interactions, rows and numbers of tasks.

#include <string>
#include <vector>

#include "evidence/heads.hpp"

namespace qmtl::benchmark::evidence {

/// What entangles the qubits of an encoding, each of whose layers has RY of every feature before it.
enum class Entangler {
  none,
  ring,     ///< CZ of neighbours
  opposite  ///< CZ of neighbours in the last layer, of qubits opposite to each other in those before it
};

/// A quantum head of binary tasks on a qubit a feature. Task t reads `windows` windows of `width` neighbours, all
/// through the same block; the first one begins at qubit t * stride, the others at equal distances around the ring.
struct WindowedHead {
  std::string name = "quantum";
  int encoding_layers = 1;
  Entangler entangler = Entangler::ring;
  int width = 2;
  int stride = 1;
  int windows = 1;
  int block_layers = 2;  ///< of RY, RZ and a chain of CNOTs; 0: RY and RX on each qubit, and the sum of Z is read
  bool trainable_scale = false;
};

/// Throws ShapeError for windows that do not fit on so many features.
[[nodiscard]] HeadKind windowed_head(const WindowedHead& head, int features, int tasks);

/// A linear layer a task, on all features.
[[nodiscard]] HeadKind linear_kind(int features, int tasks);

/// The same behind a trained map, which the tasks share, to `rank` numbers: `low_rank_r`.
[[nodiscard]] HeadKind low_rank_kind(int features, int rank, int tasks);

/// What a classical head can make of a window: a linear layer on the products of all subsets of its `width` features,
/// behind tanh; 2^width parameters a task. The window of task t begins at feature t * stride.
[[nodiscard]] HeadKind products_kind(int features, int width, int stride, int tasks);

/// Those of head_kinds and mapped_kinds with these names.
[[nodiscard]] std::vector<HeadKind> named_kinds(int features, int tasks, const std::vector<std::string>& names);

}  // namespace qmtl::benchmark::evidence
