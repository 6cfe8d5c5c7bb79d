#pragma once
// SPDX-License-Identifier: Apache-2.0
// The light cone of a window: the operations that can influence it, on a register of their qubits only.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/window.hpp"

namespace qmtl::inline QMTL_ABI {

/// True if every gate is real, so that |psi> has real amplitudes.
[[nodiscard]] constexpr bool is_real(std::span<const Operation> ops) {
  return std::all_of(ops.begin(), ops.end(), [](const Operation& op) { return is_real(op.gate); });
}

namespace detail {

/// Marks the qubits and operations that can influence the qubits active at the end; `active` has an element a qubit,
/// `kept` one an operation. Neighbouring diagonal gates commute, so one that touches nothing active cancels out even if
/// it stands between others.
template <class Active, class Kept>
constexpr void mark_light_cone(std::span<const Operation> ops, Active& active, Kept& kept) {
  for (std::size_t end = ops.size(); end > 0;) {
    std::size_t begin = end - 1;
    if (is_diagonal(ops[begin].gate)) {
      while (begin > 0 && is_diagonal(ops[begin - 1].gate)) --begin;
    }
    for (std::size_t i = begin; i < end; ++i) {
      kept[i] = false;
      for (const int q : ops[i].targets()) kept[i] = kept[i] || active[static_cast<std::size_t>(q)];
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (!kept[i]) continue;
      for (const int q : ops[i].targets()) active[static_cast<std::size_t>(q)] = true;
    }
    end = begin;
  }
}

}  // namespace detail

/// A circuit's light cone: its operations relabelled to qubits 0, 1, ... of a register that may be much smaller.
struct LightCone {
  std::vector<Operation> operations;
  std::vector<int> qubits;  ///< register qubit of each cone qubit, ascending
  std::vector<int> window;  ///< the window's qubits in the cone

  [[nodiscard]] int width() const noexcept { return static_cast<int>(qubits.size()); }
  [[nodiscard]] CircuitView circuit() const noexcept QMTL_LIFETIME_BOUND { return {width(), operations}; }
};

/// The light cone of a window in a circuit that starts from |0...0>: every expectation value on the window is the same
/// as in the whole circuit, exactly. Throws CircuitError for a circuit that is not valid, or a window that does not
/// name distinct qubits of it.
[[nodiscard]] inline LightCone light_cone(CircuitView circuit, std::span<const int> window) {
  validate(circuit);
  detail::require_distinct_qubits("light_cone: a window", window, circuit.qubits);
  const auto ops = circuit.ops();
  std::vector<bool> active(static_cast<std::size_t>(circuit.qubits), false), kept(ops.size(), false);
  for (const int q : window) active[static_cast<std::size_t>(q)] = true;
  detail::mark_light_cone(ops, active, kept);
  LightCone cone;
  std::vector<int> position(active.size(), -1);
  for (std::size_t q = 0; q < active.size(); ++q) {
    if (!active[q]) continue;
    position[q] = cone.width();
    cone.qubits.push_back(static_cast<int>(q));
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (kept[i]) cone.operations.push_back(relabel(ops[i], position));
  }
  for (const int q : window) cone.window.push_back(position[static_cast<std::size_t>(q)]);
  return cone;
}
[[nodiscard]] inline LightCone light_cone(std::span<const Operation> ops, int register_qubits,
                                          std::span<const int> window) {
  return light_cone(CircuitView(register_qubits, ops), window);
}

/// Qubits in the light cone of window W in circuit C, at compile time.
template <CircuitType C, WindowType W>
inline constexpr int light_cone_width = [] {
  constexpr auto& circuit = C::circuit;
  std::array<bool, static_cast<std::size_t>(std::remove_cvref_t<decltype(circuit)>::qubits)> active{};
  std::array<bool, std::max<std::size_t>(circuit.operations.size(), 1)> kept{};
  for (const int q : W::indices) active[static_cast<std::size_t>(q)] = true;
  detail::mark_light_cone(circuit.ops(), active, kept);
  return static_cast<int>(std::count(active.begin(), active.end(), true));
}();

}  // namespace qmtl::inline QMTL_ABI
