#pragma once
// SPDX-License-Identifier: Apache-2.0
// The shape of a light cone: the same for cones that differ in the names of their qubits and features only.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A light cone in which neither qubits nor features have the names of the head: operations of equal shapes are equal.
struct ConeShape {
  std::vector<Operation> operations;
  std::vector<int> qubits;    ///< register qubit of each qubit
  std::vector<int> features;  ///< the head's feature of each feature
};

// Templates, so that who has no light cones does not compile them.

/// Operations in layers: each in the first one after all that it does not commute with. Diagonal ones commute.
template <std::same_as<int> Layer>
[[nodiscard]] std::vector<std::pair<Layer, Operation>> in_layers(std::span<const Operation> ops) {
  std::vector<std::pair<Layer, Operation>> layered;
  for (const auto& op : ops) {
    int layer = 0;
    for (const auto& [earlier, other] : layered) {
      const bool shared = std::ranges::find_first_of(op.targets(), other.targets()) != op.targets().end();
      const bool both_diagonal = is_diagonal(op.gate) && is_diagonal(other.gate);
      if (shared && !both_diagonal) layer = std::max(layer, earlier + 1);
    }
    layered.emplace_back(layer, op);
  }
  return layered;
}

/// The window's qubits, then others as gates lead from one to the next, last layers first.
template <std::same_as<int> Layer>
[[nodiscard]] std::vector<Layer> qubits_from(std::span<const Layer> window,
                                             std::vector<std::pair<Layer, Operation>> layered) {
  std::ranges::stable_sort(layered, std::ranges::greater{}, [](const auto& op) { return op.first; });
  std::vector<Layer> qubits(window.begin(), window.end());
  for (std::size_t next = 0; next < qubits.size(); ++next) {
    // Qubits before and after this one among a gate's are found apart: rings and chains tell left from right so.
    for (const bool before : {false, true}) {
      for (const auto& [layer, op] : layered) {
        const auto targets = op.targets();
        const auto here = std::ranges::find(targets, qubits[next]);
        if (here == targets.end()) continue;
        for (auto q = before ? targets.begin() : here; q != (before ? here : targets.end()); ++q) {
          if (std::ranges::find(qubits, *q) == qubits.end()) qubits.push_back(*q);
        }
      }
    }
  }
  return qubits;
}

/// The shape of a window's light cone. The window's qubits become 0, 1, ... in its order.
template <std::same_as<int> Qubit>
[[nodiscard]] ConeShape cone_shape(std::span<const Operation> ops, Qubit register_qubits,
                                   std::type_identity_t<std::span<const Qubit>> window) {
  const LightCone cone = light_cone(ops, register_qubits, window);
  auto layered = in_layers<Qubit>(cone.operations);
  const auto order = qubits_from<Qubit>(cone.window, layered);
  ConeShape shape;
  for (const int q : order) shape.qubits.push_back(cone.qubits[static_cast<std::size_t>(q)]);
  std::vector<int> position(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) position[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  for (auto& [layer, op] : layered) op = relabel(op, position);
  std::ranges::stable_sort(layered, {},
                           [](const auto& op) { return std::tuple(op.first, op.second.gate, op.second.qubits); });
  const auto rename = [&shape](int& feature) {
    auto found = std::ranges::find(shape.features, feature);
    if (found == shape.features.end()) found = shape.features.insert(found, feature);
    feature = static_cast<int>(found - shape.features.begin());
  };
  for (auto& [layer, op] : layered) {
    for (auto& angle : op.angles) {
      for_each_feature(angle, rename);
    }
    shape.operations.push_back(op);
  }
  return shape;
}

}  // namespace qmtl::inline QMTL_ABI::detail
