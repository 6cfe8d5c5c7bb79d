#pragma once
// SPDX-License-Identifier: Apache-2.0
// Unitary folding: circuits that do the same with more gates, and so with more noise (Giurgica-Tiron et al. 2020,
// "Digital zero noise extrapolation for quantum error mitigation", arXiv:2005.10921).

#include <cmath>
#include <cstddef>
#include <string_view>

#include "qmtl/circuit/dynamic_circuit.hpp"

namespace qmtl::inline QMTL_ABI {

/// A circuit with the unitary of another, and how many times as many gates.
struct FoldedCircuit {
  DynamicCircuit circuit;
  double factor = 1.0;
};

namespace detail {

/// Of d gates in whole and part folds: each is folded `whole` times, `part` of them once more.
struct Folds {
  std::size_t whole = 0, part = 0;
  double factor = 1.0;
};

/// The folds that come closest to a factor, (2 folds + d) / d of d gates. Throws ValueError for one below 1 or above
/// 1000, CircuitError for a circuit without gates.
[[nodiscard]] inline Folds folds_of(std::string_view where, std::size_t gates, double factor) {
  constexpr double largest = 1000;
  if (!(factor >= 1.0 && factor <= largest)) {
    throw ValueError(text("qmtl: ", where, ": factor, expected 1 to ", largest, ", got ", factor));
  }
  if (gates == 0) throw CircuitError(text("qmtl: ", where, ": gates of the circuit, expected at least 1, got none"));
  const auto d = static_cast<double>(gates);
  const auto folds = static_cast<std::size_t>(std::lround(d * (factor - 1) / 2));
  return {folds / gates, folds % gates, 1 + 2 * static_cast<double>(folds) / d};
}

[[nodiscard]] inline CircuitView part_of(const CircuitView& c, std::size_t first, std::size_t count) {
  return {c.qubits, c.operations.subspan(first, count), c.tables};
}

inline void append_folds(DynamicCircuit& out, const CircuitView& part, std::size_t folds) {
  if (folds == 0) return;
  const DynamicCircuit undone = inverse(part);
  for (std::size_t k = 0; k < folds; ++k) out.append(undone).append(part);
}

}  // namespace detail

/// U (U^dagger U)^n, and where the factor is not odd also (L^dagger L) for the last gates L: the circuit as a whole,
/// folded. Its factor is as near to the one wanted as whole gates allow. A noise model's rules must cover the gates'
/// inverses too (SXdg for SX). Throws ValueError for a factor that is not in [1, 1000], CircuitError for a circuit
/// that is not valid or has no gate.
[[nodiscard]] inline FoldedCircuit fold_circuit(CircuitView c, double factor) {
  const auto folds = detail::folds_of("fold_circuit", c.size(), factor);
  FoldedCircuit out{DynamicCircuit(c), folds.factor};
  detail::append_folds(out.circuit, c, folds.whole);
  detail::append_folds(out.circuit, detail::part_of(c, c.size() - folds.part, folds.part), folds.part > 0 ? 1 : 0);
  return out;
}

/// Each gate G in place as G (G^dagger G)^n, and where the factor is not odd some of them, evenly spread, once more.
/// Only gates on `width` qubits are folded, and counted, if it is not 0: those of two qubits make most of the noise.
/// Throws as fold_circuit.
[[nodiscard]] inline FoldedCircuit fold_gates(CircuitView c, double factor, int width = 0) {
  validate(c);
  const auto folded = [&](const Operation& op) {
    return width == 0 || c.targets(op).size() == static_cast<std::size_t>(width);
  };
  std::size_t gates = 0;
  for (const auto& op : c.operations) gates += folded(op) ? 1u : 0u;
  const auto folds = detail::folds_of("fold_gates", gates, factor);
  FoldedCircuit out{DynamicCircuit(c.qubits), folds.factor};
  std::size_t seen = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const auto gate = detail::part_of(c, i, 1);
    out.circuit.append(gate);
    if (!folded(c.operations[i])) continue;
    const bool once_more = (seen + 1) * folds.part / gates > seen * folds.part / gates;
    detail::append_folds(out.circuit, gate, folds.whole + (once_more ? 1 : 0));
    ++seen;
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
