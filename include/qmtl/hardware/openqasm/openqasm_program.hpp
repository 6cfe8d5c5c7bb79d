#pragma once
// SPDX-License-Identifier: Apache-2.0
// What OpenQASM is read into, and what a text may demand of whoever reads it.

#include <cstddef>
#include <string>
#include <vector>

#include "qmtl/circuit/program.hpp"

namespace qmtl::inline QMTL_ABI {

/// A named group of qubits, of which qubit j of the register is qubit first + j of the program.
struct QuantumRegister {
  std::string name;
  int first = 0;
  int qubits = 0;

  friend bool operator==(const QuantumRegister&, const QuantumRegister&) = default;
};

/// A program with the names of its qubits; those of its classical registers are its own.
struct OpenQasmProgram {
  Program program;
  std::vector<QuantumRegister> qubit_registers;
  /// How the text calls the gate of each instruction ("u2"), empty of what is none; only
  /// OpenQasmOptions::keep_gate_names has them.
  std::vector<std::string> gate_names{};
};

/// What a text of OpenQASM may demand. A reader that is asked for more throws a FileError that names the field to
/// raise. Memory is at most some 300 bytes for each statement of the text and each step.
struct OpenQasmLimits {
  std::size_t bytes = std::size_t{1} << 30;  ///< of text, files that are included each time added up
  int include_depth = 16;
  int nesting = 200;  ///< of expressions, blocks, and definitions of gates by other gates
  /// Instructions beyond one a statement: from definitions, loops, powers, and gates on whole registers.
  std::size_t steps = std::size_t{1} << 21;
  int registers = 1024;  ///< of either kind
};

/// How OpenQASM is read.
struct OpenQasmOptions {
  std::string name = "OpenQASM";  ///< of the text in messages
  /// Where files are looked for that a text includes, in this order; without any, only the standard ones can be
  /// included. They are named by relative paths that do not lead out of the folder.
  std::vector<std::string> include_folders{};
  /// Inputs of OpenQASM 3 that are features of these numbers. Others are weights, and those called x<i> feature i.
  std::vector<std::string> features{};
  bool keep_gate_names = false;  ///< in OpenQasmProgram::gate_names, for who writes the gates again
  OpenQasmLimits limits{};
};

}  // namespace qmtl::inline QMTL_ABI
