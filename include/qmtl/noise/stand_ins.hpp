#pragma once
// SPDX-License-Identifier: Apache-2.0
// How often devices use their own gates for each of the others.

#include <vector>

#include "qmtl/noise/device_noise.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// How many CX (or CZ, or ECR) gates a gate of two qubits takes between gates of one qubit. RZX, RZZ, ... and
/// controlled rotations are exp(-i a P Q / 2) up to local gates: two; SWAP is known to need three (Vatan and Williams
/// 2004, arXiv:quant-ph/0308006).
[[nodiscard]] inline int pair_gates_of(Gate gate) {
  switch (gate) {
    case Gate::CX:
    case Gate::CY:
    case Gate::CZ:
    case Gate::CH:
    case Gate::ECR: return 1;
    case Gate::SWAP: return 3;
    default: return 2;
  }
}

/// How many SX gates a gate of one qubit takes between rotations about Z: U(a, b, c) is two and Euler's angles; what
/// turns a pole onto the equator is one.
[[nodiscard]] inline int half_turns_of(Gate gate) {
  switch (gate) {
    case Gate::H:
    case Gate::SX:
    case Gate::SXdg: return 1;
    default: return 2;
  }
}

}  // namespace detail

/// Stand-ins for all gates of one and two qubits on devices whose own are RZ or P, SX or U, and CX, CZ or ECR: gates
/// that are diagonal by RZ, those of one qubit by one U or up to two SX, those of two by up to three pair gates. The
/// gates of one qubit that stand around a pair gate are not counted.
[[nodiscard]] inline std::vector<StandIn> usual_stand_ins() {
  std::vector<StandIn> out;
  for (const auto& gate : detail::gate_table) {
    if (gate.qubits == 2) {
      for (const Gate native : {Gate::CX, Gate::CZ, Gate::ECR}) {
        out.push_back({gate.gate, native, detail::pair_gates_of(gate.gate)});
      }
    } else if (gate.qubits == 1 && gate.diagonal) {
      for (const Gate native : {Gate::RZ, Gate::P}) out.push_back({gate.gate, native});
    } else if (gate.qubits == 1) {
      out.push_back({gate.gate, Gate::U});
      if (gate.gate == Gate::Y) out.push_back({gate.gate, Gate::X});
      out.push_back({gate.gate, Gate::SX, detail::half_turns_of(gate.gate)});
    }
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
