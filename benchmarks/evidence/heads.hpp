#pragma once
// SPDX-License-Identifier: Apache-2.0
// The heads that are compared on one representation, quantum and classical.

#include <functional>
#include <string>
#include <vector>

#include "evidence/part.hpp"
#include "evidence/product_part.hpp"
#include "evidence/runtime_model.hpp"

namespace qmtl::benchmark::evidence {

/// Whether weight decay applies to a head. Angles of blocks have no natural zero; weights have, also those of sums of
/// Z, which are silent at 0. Where a head has both kinds, a search tries either.
enum class HeadDecay { never, always, searched };

/// A kind of head for so many features and these tasks.
struct HeadKind {
  std::string name;
  bool quantum = false;
  HeadDecay decay = HeadDecay::never;
  std::function<PartPointer(Seed)> make;  ///< the seed is of what is random in a head and not trained
  std::vector<int> task_parameters{};     ///< one a task; what a head has beyond them is shared
  int backbones = 1;                      ///< that the head takes the outputs of, one after the other: 1, or one a task
};

/// Heads on `features` numbers from 2 on. Quantum heads have a qubit a feature:
/// - `quantum`: RY and a ring of CZ, a block of RY, RZ and CNOTs in two layers on a window of two qubits, Z of the
///   first;
/// - `quantum_sum`: RY of pi/2 and a quarter of a feature, no entangler; RY and RX on every qubit and RX on one that no
///   feature rotates, the sum of all Z: two parameters a feature and one more for each output (ProductSpec);
/// - `quantum_sum_rx`: without the RY of a task: as many parameters as `linear`;
/// - `quantum_zero`: `quantum` without a block: no parameters;
/// - `quantum_product`: `quantum` without the ring;
/// - `quantum_deep`, `quantum_shallow`: with twice and half the layers in the block;
/// - `linear`: all features; `linear_window`: those of the window;
/// - `linear_sine`: all features, 4 times the sine of a quarter of each: `quantum_sum_rx` with weights for angles;
/// - `hybrid_shared`, `hybrid_per_task`: a circuit on all qubits and a linear layer a task behind it.
/// Tasks of more than two classes are read as basis states of as many qubits as that takes; sums of Z have angles of
/// their own for each class. Heads that a task does not fit are left out. Sets outputs of tasks.
[[nodiscard]] std::vector<HeadKind> head_kinds(int features, const std::vector<ModelTask>& tasks);

/// Heads behind a map of their own to r numbers, for r of 1, 2, 4 below `features`; a trained layer in front would be
/// such a map:
/// - `low_rank_r`, `random_r`: a linear layer a task behind a trained or a random map;
/// - `low_rank_sine_r`: on sines, as `linear_sine`; trained maps start as Glorot has it, those of `quantum_mixed_r`
/// with
///   a variance of 1 / features;
/// - `quantum_mixed_r`: `quantum_sum_rx` on r qubits, each rotated by every feature times a trained weight.
[[nodiscard]] std::vector<HeadKind> mapped_kinds(int features, const std::vector<ModelTask>& tasks);

/// A model of its own for each task, with backbone and head: the `quantum` head of each task alone, as
/// `quantum_single`. None where a task does not fit. Trained side by side they are as trained apart, as nothing is
/// shared but the order of samples and the setting.
[[nodiscard]] std::vector<HeadKind> single_task_kinds(int features, const std::vector<ModelTask>& tasks);

/// Models of all inputs, without a representation between, that others are held against: `logistic`, a linear layer a
/// task; `mlp`, one shared hidden layer (tanh), once for each of these widths.
[[nodiscard]] std::vector<HeadKind> reference_kinds(int inputs, const std::vector<ModelTask>& tasks,
                                                    const std::vector<int>& hidden);

/// A head of that kind; the spec's features and outputs are set by the others.
[[nodiscard]] HeadKind product_head(std::string name, ProductSpec spec, int features,
                                    const std::vector<ModelTask>& tasks, HeadDecay decay = HeadDecay::always);

}  // namespace qmtl::benchmark::evidence
