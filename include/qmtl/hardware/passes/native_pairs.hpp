#pragma once
// SPDX-License-Identifier: Apache-2.0
// to_native_pairs: gates on two qubits by the one that a device has there, in the direction in which it has it.

#include <cmath>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/native_gates.hpp"
#include "qmtl/hardware/synthesis/two_qubit.hpp"
#include "qmtl/hardware/synthesis/two_qubit_rules.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Appends CX by what two qubits have, up to a phase.
inline void append_cx(int control, int target, const NativePair& pair, std::vector<Operation>& out) {
  const auto add = [&out](const auto&... ops) { (out.push_back(ops), ...); };
  const auto exchanged = [&](const auto&... middle) {  // H on both qubits exchanges control and target
    add(gate::h(control), gate::h(target), middle..., gate::h(control), gate::h(target));
  };
  const bool forward = pair.first == control;
  switch (pair.entangler) {
    case Gate::CX: return forward ? add(gate::cx(control, target)) : exchanged(gate::cx(target, control));
    case Gate::CZ: return add(gate::h(target), gate::cz(pair.first, pair.second), gate::h(target));
    case Gate::ECR:
      if (forward) {
        return add(gate::x(control), gate::ecr(control, target), gate::rz(control, pi / 2), gate::rx(target, pi / 2));
      }
      return exchanged(gate::x(target), gate::ecr(target, control), gate::rz(target, pi / 2),
                       gate::rx(control, pi / 2));
    default:
      add(gate::h(target), gate::rzz(pair.first, pair.second, pi / 2), gate::z(target), gate::h(target));
      return add(gate::rz(control, -pi / 2), gate::rx(target, pi / 2));
  }
}

/// Replaces each CX of a circuit on two qubits by what they have.
inline void append_on(const NativePair& pair, const std::vector<Operation>& circuit, std::vector<Operation>& out) {
  for (const auto& op : circuit) {
    if (op.gate == Gate::CX) {
      append_cx(op.qubits[0], op.qubits[1], pair, out);
    } else {
      out.push_back(op);
    }
  }
}

/// How many gates of what two qubits have a matrix takes, and whether they are RZZ of any angle: the fewest, and of as
/// many those with the smaller error.
struct PairChoice {
  int count = 0;
  bool rzz = false;
};
[[nodiscard]] inline PairChoice choose_pair_gates(const WeylDecomposition& weyl, const NativePair& pair) {
  const PairChoice fixed{entangling_gates(weyl.coordinates), false};
  if (!pair.rzz && pair.entangler != Gate::RZZ) return fixed;
  const PairChoice any{rzz_gates(weyl.coordinates), true};
  const bool better = any.count == fixed.count && (pair.entangler == Gate::RZZ || pair.rzz_error < pair.error);
  return any.count < fixed.count || better ? any : fixed;
}

/// Appends a matrix on the qubits `first` and `second` by what they have.
inline void append_matrix(const WeylDecomposition& weyl, int first, int second, const NativePair& pair,
                          std::vector<Operation>& out) {
  const bool by_rzz = choose_pair_gates(weyl, pair).rzz;
  append_on(pair, by_rzz ? rzz_circuit(weyl, first, second) : cx_circuit(weyl, first, second), out);
}

/// Appends a gate on two qubits by what they have.
inline void append_native_pair(const Operation& op, const NativeGates& gates, std::vector<Operation>& out) {
  if (gates.native(op)) return out.push_back(op);
  const int a = op.qubits[0], b = op.qubits[1];
  const NativePair pair = gates.pair(a, b);
  const bool any_angle = pair.rzz || pair.entangler == Gate::RZZ;
  if (any_angle && is_bound(op)) {
    return append_matrix(weyl_decomposition(two_qubit_matrix(op, a, b)), a, b, pair, out);
  }
  append_on(pair, cx_circuit(op), out);
}

}  // namespace detail

/// The program with each gate on two qubits by those that a device has, and gates on one qubit of any kind beside them,
/// up to a phase. Gates that it has stay as they are; of others, a known rule, which keeps angles of features and
/// weights, or, where RZZ of any angle is there, the matrix says how. Throws CircuitError for qubits that the device
/// does not couple, and gates on three qubits and more (unroll comes first).
[[nodiscard]] inline Program to_native_pairs(const Program& program, const NativeGates& gates) {
  ProgramCopy out(program);
  std::vector<Operation> ops;
  for (const auto& step : program.instructions()) {
    const auto* op = std::get_if<Operation>(&step.action);
    if (op == nullptr || info(op->gate).qubits != 2) {
      out.copy(step);
      continue;
    }
    ops.clear();
    detail::append_native_pair(*op, gates, ops);
    for (const auto& one : ops) out.program.append(one, step.condition);
  }
  return std::move(out.program);
}

}  // namespace qmtl::inline QMTL_ABI
