#pragma once
// SPDX-License-Identifier: Apache-2.0
// optimise: a program in a device's gates, with passes over it until none makes it cheaper.

#include <tuple>
#include <utility>
#include <variant>

#include "qmtl/hardware/passes/cancel_gates.hpp"
#include "qmtl/hardware/passes/fuse_one_qubit.hpp"
#include "qmtl/hardware/passes/native_pairs.hpp"
#include "qmtl/hardware/passes/remove_unread.hpp"
#include "qmtl/hardware/passes/resynthesise_pairs.hpp"

namespace qmtl::inline QMTL_ABI {

struct OptimiseOptions {
  int rounds = 10;              ///< at most; zero for a translation only
  bool measured_phases = true;  ///< remove_diagonal_before_measurement, too
};

namespace detail {

/// Gates on two qubits, then pulses on one, then all: what a pass must make smaller.
[[nodiscard]] inline std::tuple<int, int, int> cost_of(const Program& program) {
  int pairs = 0, pulses = 0, all = 0;
  for (const auto& step : program.instructions()) {
    const auto* op = std::get_if<Operation>(&step.action);
    if (op == nullptr) continue;
    ++all;
    const bool phase = op->gate == Gate::RZ || op->gate == Gate::P;
    if (info(op->gate).qubits > 1) ++pairs;
    if (info(op->gate).qubits == 1 && !phase) ++pulses;
  }
  return {pairs, pulses, all};
}

}  // namespace detail

/// The program in a device's gates, its gates on two qubits being on coupled ones (NativeGates says of what kind): once
/// translated, blocks on two qubits are made anew, gates cancelled across those that they commute with and runs on one
/// qubit fused, again and again while that takes fewer gates on two qubits, fewer pulses, or fewer gates. The same up
/// to a phase, for each outcome of its measurements. Throws CircuitError for gates on three qubits and more, or on
/// qubits that the device does not couple.
[[nodiscard]] inline Program optimise(const Program& program, const NativeGates& gates,
                                      const OptimiseOptions& options = {}) {
  const auto translate = [&gates](const Program& one) {
    return fuse_one_qubit_gates(to_native_pairs(one, gates), gates.basis());
  };
  if (options.rounds == 0) return translate(program);
  const auto simplify = [&](Program one) {
    if (options.measured_phases) one = remove_diagonal_before_measurement(one);
    return translate(cancel_gates(translate(resynthesise_pairs(cancel_gates(one), gates))));
  };
  Program best = simplify(program);
  for (int round = 1; round < options.rounds; ++round) {
    Program next = simplify(best);
    if (detail::cost_of(next) >= detail::cost_of(best)) break;
    best = std::move(next);
  }
  return best;
}

}  // namespace qmtl::inline QMTL_ABI
