#pragma once
// SPDX-License-Identifier: Apache-2.0
// The light cone of a window: the operations that can influence it, on a register of their qubits only.

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/window.hpp"

namespace qmtl::inline QMTL_ABI {

/// True if every gate is real, so that |psi> has real amplitudes.
[[nodiscard]] constexpr bool is_real(std::span<const Operation> ops) {
  return std::all_of(ops.begin(), ops.end(), [](const Operation& op) { return is_real(op.gate); });
}

[[nodiscard]] constexpr bool is_real(const CircuitView& c) {
  return std::all_of(c.ops().begin(), c.ops().end(), [&c](const Operation& op) { return c.real(op); });
}

namespace detail {

/// Marks the qubits and operations that can influence the qubits active at the end; `active` has an element a qubit,
/// `kept` one an operation. Neighbouring diagonal gates commute, so one that touches nothing active cancels out even if
/// it stands between others.
template <class Active, class Kept>
constexpr void mark_light_cone(const CircuitView& c, Active& active, Kept& kept) {
  const auto ops = c.ops();
  for (std::size_t end = ops.size(); end > 0;) {
    std::size_t begin = end - 1;
    if (c.diagonal(ops[begin])) {
      while (begin > 0 && c.diagonal(ops[begin - 1])) --begin;
    }
    for (std::size_t i = begin; i < end; ++i) {
      kept[i] = false;
      for (const int q : c.targets(ops[i])) kept[i] = kept[i] || active[static_cast<std::size_t>(q)];
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (!kept[i]) continue;
      for (const int q : c.targets(ops[i])) active[static_cast<std::size_t>(q)] = true;
    }
    end = begin;
  }
}

/// Operation `op` of a circuit with other qubits, its entry in the tables, if it has one, at the end of those of `out`.
template <class Tables>
[[nodiscard]] Operation relabelled_entry(const CircuitView& c, Operation op, std::span<const int> map, Tables& out) {
  if (const auto* by_matrix = c.by_matrix(op)) {
    out.on_matrices.push_back(relabel(*by_matrix, map));
    op.qubits[0] = static_cast<int>(out.on_matrices.size()) - 1;
  } else if (const auto* controlled = c.controlled(op)) {
    out.controlled.push_back(controlled_entry(relabel(*controlled, map)));
    op.qubits[0] = static_cast<int>(out.controlled.size()) - 1;
  } else {
    op = relabel(op, map);
  }
  return op;
}

}  // namespace detail

/// A circuit's light cone: its operations relabelled to qubits 0, 1, ... of a register that may be much smaller.
struct LightCone {
  std::vector<Operation> operations;
  std::vector<int> qubits;         ///< register qubit of each cone qubit, ascending
  std::vector<int> window;         ///< the window's qubits in the cone
  detail::CircuitTables tables{};  ///< what operations that are no gates of the table refer to

  [[nodiscard]] int width() const noexcept { return static_cast<int>(qubits.size()); }
  [[nodiscard]] CircuitView circuit() const noexcept QMTL_LIFETIME_BOUND {
    return {width(), operations, tables.empty() ? nullptr : &tables};
  }
};

namespace detail {
/// The light cone of a window, its operations as place(op, positions) puts them on its own qubits.
template <class Place>
[[nodiscard]] LightCone light_cone_of(const CircuitView& circuit, std::span<const int> window, const Place& place) {
  validate(circuit);
  require_distinct_qubits("light_cone: a window", window, circuit.qubits);
  const auto ops = circuit.ops();
  std::vector<bool> active(static_cast<std::size_t>(circuit.qubits), false), kept(ops.size(), false);
  for (const int q : window) active[static_cast<std::size_t>(q)] = true;
  mark_light_cone(circuit, active, kept);
  LightCone cone;
  std::vector<int> position(active.size(), -1);
  for (std::size_t q = 0; q < active.size(); ++q) {
    if (!active[q]) continue;
    position[q] = cone.width();
    cone.qubits.push_back(static_cast<int>(q));
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (kept[i]) cone.operations.push_back(place(ops[i], position, cone));
  }
  for (const int q : window) cone.window.push_back(position[static_cast<std::size_t>(q)]);
  return cone;
}
}  // namespace detail

/// The light cone of a window in a circuit that starts from |0...0>: every expectation value on the window is the same
/// as in the whole circuit, exactly. Throws CircuitError for a circuit that is not valid, or a window that does not
/// name distinct qubits of it.
[[nodiscard]] inline LightCone light_cone(std::span<const Operation> ops, int register_qubits,
                                          std::span<const int> window) {
  return detail::light_cone_of(CircuitView(register_qubits, ops), window,
                               [](const Operation& op, std::span<const int> map, auto&) { return relabel(op, map); });
}
template <class View = CircuitView>  // a template so that only those who call it compile it
[[nodiscard]] LightCone light_cone(std::type_identity_t<View> circuit, std::span<const int> window) {
  LightCone cone =
      detail::light_cone_of(circuit, window, [&circuit](const Operation& op, std::span<const int> map, LightCone& out) {
        return detail::relabelled_entry(circuit, op, map, out.tables);
      });
  if (circuit.tables != nullptr) {
    cone.tables.matrices = circuit.tables->matrices;
    cone.tables.names = circuit.tables->names;
  }
  return cone;
}

/// Qubits in the light cone of window W in circuit C, at compile time.
template <CircuitType C, WindowType W>
inline constexpr int light_cone_width = [] {
  constexpr auto& circuit = C::circuit;
  std::array<bool, static_cast<std::size_t>(std::remove_cvref_t<decltype(circuit)>::qubits)> active{};
  std::array<bool, std::max<std::size_t>(circuit.operations.size(), 1)> kept{};
  for (const int q : W::indices) active[static_cast<std::size_t>(q)] = true;
  detail::mark_light_cone(circuit, active, kept);
  return static_cast<int>(std::count(active.begin(), active.end(), true));
}();

}  // namespace qmtl::inline QMTL_ABI
