#pragma once
// SPDX-License-Identifier: Apache-2.0
// Random programs of everything that there is, bases of all kinds, and what a pass must keep.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/hardware/equivalence.hpp"
#include "qmtl/hardware/native_gates.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace qmtl::test {

/// Basis gates of devices of each kind.
[[nodiscard]] inline std::vector<std::vector<std::string>> all_bases() {
  return {{"rz", "sx", "x", "cx"},
          {"rz", "sx", "x", "ecr"},
          {"rz", "sx", "x", "cz"},
          {"rz", "sx", "x", "cz", "rzz"},
          {"rz", "rx", "sx", "cz", "rzz"},
          {"u1", "u2", "u3", "cx"},
          {"rz", "ry", "rzz"},
          {"p", "sx", "cz"}};
}

[[nodiscard]] inline Basis basis_named(std::vector<std::string> names) { return basis_of(names); }

/// All pairs of so many qubits, coupled in one direction or the other.
[[nodiscard]] inline Target directed_target(int qubits, std::vector<std::string> basis) {
  std::vector<std::pair<int, int>> couplings;
  for (int a = 0; a < qubits; ++a) {
    for (int b = 0; b < a; ++b) couplings.push_back((a + b) % 2 == 0 ? std::pair(a, b) : std::pair(b, a));
  }
  return generic_target(CouplingMap(qubits, std::move(couplings)), "directed", std::move(basis));
}

/// What a random program may hold beside gates on up to `most_qubits` qubits.
struct ProgramKinds {
  int most_qubits = max_gate_qubits;
  bool symbols = false;
  bool wide = false;          ///< controlled operations and matrices
  bool measurements = false;  ///< and resets, conditions, barriers and channels
};

[[nodiscard]] inline Operation random_gate_on(Rng& rng, int qubits, const ProgramKinds& kinds) {
  const ParameterCounts counts = kinds.symbols ? ParameterCounts{} : ParameterCounts{0, 0};
  for (;;) {
    const Gate gate = random_gate(rng, std::min(qubits, kinds.most_qubits));
    if (info(gate).qubits > kinds.most_qubits) continue;
    Operation op = random_operation(rng, gate, qubits, counts);
    for (auto& angle : op.angles) {  // special angles too
      if (angle.source == AngleSource::constant && pick(rng, 2) == 0) angle = (pick(rng, 9) - 4) * pi / 4;
    }
    return op;
  }
}

/// So many random instructions; those that are measured or conditioned use registers of 2 bits, c and d.
[[nodiscard]] inline Program random_program(Rng& rng, int qubits, int count, const ProgramKinds& kinds) {
  Program out(qubits);
  out.add_register("c", 2);
  out.add_register("d", 2);
  const auto qubit = [&] { return pick(rng, qubits); };
  int drawn = 0;  // measurements double the branches
  for (int i = 0; i < count; ++i) {
    const int kind = pick(rng, 10);
    std::optional<Condition> condition;
    if (kinds.measurements && pick(rng, 6) == 0) condition = Condition{pick(rng, 2), rng.below(4)};
    if (kinds.wide && kind == 0 && qubits > 3) {
      out.append(random_controlled(rng, qubits, kinds.symbols ? ParameterCounts{} : ParameterCounts{0, 0}), condition);
    } else if (kinds.wide && kind == 1) {
      auto on = random_order(rng, qubits);
      on.resize(static_cast<std::size_t>(1 + pick(rng, std::min(3, qubits))));
      out.unitary(random_unitary(rng, static_cast<int>(on.size())), on, condition);
    } else if (kinds.measurements && kind == 2 && drawn < 5) {
      out.append(Instruction{Measurement{qubit(), pick(rng, 4), {}}, pick(rng, 3) == 0 ? condition : std::nullopt});
      ++drawn;
    } else if (kinds.measurements && kind == 3 && drawn < 5) {
      out.append(Instruction{Reset{qubit()}, condition});
      ++drawn;
    } else if (kinds.measurements && kind == 4) {
      out.barrier(random_order(rng, qubits));
    } else {
      out.append(random_gate_on(rng, qubits, kinds), condition);
    }
  }
  return out;
}

inline void check_equivalent(const Program& a, const Program& b, const EquivalenceOptions& options = {}) {
  const auto found = equivalence(a, b, options);
  CHECK(found.equivalent);
  CHECK(found.error <= options.tolerance);
}

/// All gates are the device's, where and as it has them; angles of RZZ that are no numbers aside.
inline void check_native(const Program& program, const NativeGates& gates) {
  for (const auto& step : program.instructions()) {
    CHECK(!std::holds_alternative<ControlledOperation>(step.action));
    CHECK(!std::holds_alternative<MatrixOperation>(step.action));
    const auto* op = std::get_if<Operation>(&step.action);
    if (op == nullptr) continue;
    CAPTURE(info(op->gate).name);
    CHECK(gates.native(*op));
  }
}

/// Gates on two qubits.
[[nodiscard]] inline int pair_gates(const Program& program) {
  int count = 0;
  for (const auto& step : program.instructions()) {
    const auto* op = std::get_if<Operation>(&step.action);
    count += op != nullptr && info(op->gate).qubits == 2 ? 1 : 0;
  }
  return count;
}

}  // namespace qmtl::test
