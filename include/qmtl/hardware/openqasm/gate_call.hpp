#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gates as OpenQASM defines them, and calls of gates with their modifiers.

#include <optional>
#include <string>
#include <vector>

#include "qmtl/circuit/gate.hpp"
#include "qmtl/hardware/openqasm/value.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// A call of a gate. In a definition, angles may depend on its parameters, and qubits are numbers of its own.
struct GateCall {
  static constexpr int barrier = -1;

  int gate = 0;  ///< its position in the list of definitions, or barrier
  std::vector<Value> angles{};
  std::vector<int> qubits{};       ///< those of the controls first
  std::vector<bool> controls{};    ///< whether each acts on one, from left to right
  std::vector<Value> exponents{};  ///< of powers, the innermost first; an inverse is a power of -1
};

/// What a gate is: one of the table, a global phase, calls of others, or nothing that is known.
struct GateDefinition {
  std::string name;
  int angles = 0;
  int qubits = 0;
  std::optional<Gate> gate{};     ///< the gate of the table that it is
  bool is_phase = false;          ///< exp(i angle), on no qubit
  bool half_theta_phase = false;  ///< the U of OpenQASM 3, which is exp(i theta / 2) times that of the table
  bool opaque = false;
  bool replaceable = false;  ///< from a library that not every file means: a definition of its own may follow
  int depth = 0;             ///< how deep definitions are in it
  DeferredSteps steps{};
  std::vector<GateCall> body{};
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
