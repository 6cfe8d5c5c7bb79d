#pragma once
// SPDX-License-Identifier: Apache-2.0
// Counting: gates by kind, depth, two-qubit depth and parameters of a circuit.

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "qmtl/circuit/circuit.hpp"

namespace qmtl::inline QMTL_ABI {

/// Number of operations of one kind; those behind further controls are not counted.
[[nodiscard]] constexpr int count(std::span<const Operation> ops, Gate gate) noexcept {
  return static_cast<int>(std::count_if(ops.begin(), ops.end(), [gate](const auto& op) { return op.gate == gate; }));
}

/// Number of operations on exactly `qubits` qubits.
[[nodiscard]] constexpr int count_by_width(std::span<const Operation> ops, int qubits) {
  return static_cast<int>(
      std::count_if(ops.begin(), ops.end(), [qubits](const auto& op) { return info(op.gate).qubits == qubits; }));
}

[[nodiscard]] constexpr int count(const CircuitView& c, Gate gate) noexcept { return count(c.ops(), gate); }
[[nodiscard]] constexpr int count_by_width(const CircuitView& c, int qubits) {
  return static_cast<int>(std::count_if(c.ops().begin(), c.ops().end(), [&](const Operation& op) {
    return static_cast<int>(c.targets(op).size()) == qubits;
  }));
}

namespace detail {
/// Longest chain of operations through shared qubits, counting only those on at least `width` qubits.
/// `level` has an element a qubit.
[[nodiscard]] constexpr int depth_of(CircuitView c, std::span<int> level, int width) {
  std::fill(level.begin(), level.end(), 0);
  for (const auto& op : c.ops()) {
    int deepest = 0;
    const auto targets = c.targets(op);
    for (const int q : targets) deepest = std::max(deepest, level[static_cast<std::size_t>(q)]);
    if (static_cast<int>(targets.size()) >= width) ++deepest;
    for (const int q : targets) level[static_cast<std::size_t>(q)] = deepest;
  }
  return *std::max_element(level.begin(), level.end());
}

}  // namespace detail

/// Longest chain of operations through shared qubits.
template <int N, int M>
[[nodiscard]] constexpr int depth(const Circuit<N, M>& c) {
  validate(c);
  std::array<int, static_cast<std::size_t>(N)> level{};
  return detail::depth_of(c, level, 1);
}
[[nodiscard]] inline int depth(CircuitView c) {
  validate(c);
  std::vector<int> level(static_cast<std::size_t>(c.qubits));
  return detail::depth_of(c, level, 1);
}

/// Longest chain of operations on two or more qubits.
template <int N, int M>
[[nodiscard]] constexpr int two_qubit_depth(const Circuit<N, M>& c) {
  validate(c);
  std::array<int, static_cast<std::size_t>(N)> level{};
  return detail::depth_of(c, level, 2);
}
[[nodiscard]] inline int two_qubit_depth(CircuitView c) {
  validate(c);
  std::vector<int> level(static_cast<std::size_t>(c.qubits));
  return detail::depth_of(c, level, 2);
}

/// All counts of a circuit.
struct Counts {
  std::array<int, gate_kinds> by_gate{};
  int controlled = 0;  ///< gates behind further controls, which are not in by_gate
  int matrices = 0;    ///< operations by a matrix
  int gates = 0;       ///< all of them
  int multi_qubit_gates = 0;
  int depth = 0;
  int two_qubit_depth = 0;
  int features = 0;
  int weights = 0;

  [[nodiscard]] constexpr int of(Gate gate) const { return by_gate[detail::gate_index(gate)]; }
};

namespace detail {
[[nodiscard]] constexpr Counts counts_of(CircuitView c, std::span<int> level) {
  Counts result;
  for (const auto& op : c.ops()) {
    if (c.by_matrix(op) != nullptr) {
      ++result.matrices;
    } else if (c.controlled(op) != nullptr) {
      ++result.controlled;
    } else {
      ++result.by_gate[gate_index(op.gate)];
    }
    if (c.targets(op).size() > 1) ++result.multi_qubit_gates;
  }
  result.gates = static_cast<int>(c.operations.size());
  result.depth = depth_of(c, level, 1);
  result.two_qubit_depth = depth_of(c, level, 2);
  result.features = feature_count(c);
  result.weights = weight_count(c);
  return result;
}
}  // namespace detail

/// Counts everything at once; of a Circuit<N, M> in constant expressions too.
template <int N, int M>
[[nodiscard]] constexpr Counts counts(const Circuit<N, M>& c) {
  validate(c);
  std::array<int, static_cast<std::size_t>(N)> level{};
  return detail::counts_of(c, level);
}
[[nodiscard]] inline Counts counts(CircuitView c) {
  validate(c);
  std::vector<int> level(static_cast<std::size_t>(c.qubits));
  return detail::counts_of(c, level);
}

/// One line for people: "8 gates (4 ry, 4 cz), depth 5, two-qubit depth 4, 4 features, 0 weights".
[[nodiscard]] inline std::string to_string(const Counts& c) {
  std::string kinds;
  for (std::size_t g = 0; g < c.by_gate.size(); ++g) {
    if (c.by_gate[g] == 0) continue;
    if (!kinds.empty()) kinds += ", ";
    kinds += detail::text(c.by_gate[g], ' ', detail::gate_table[g].name);
  }
  if (c.controlled != 0) kinds += detail::text(kinds.empty() ? "" : ", ", c.controlled, " controlled");
  if (c.matrices != 0) kinds += detail::text(kinds.empty() ? "" : ", ", c.matrices, " by matrix");
  return detail::text(c.gates, " gates (", kinds, "), depth ", c.depth, ", two-qubit depth ", c.two_qubit_depth, ", ",
                      c.features, " features, ", c.weights, " weights");
}

}  // namespace qmtl::inline QMTL_ABI
