#pragma once
// SPDX-License-Identifier: Apache-2.0
// Programs as OpenQASM.

#include <string>
#include <utility>
#include <vector>

#include "qmtl/hardware/openqasm/openqasm_program.hpp"
#include "qmtl/hardware/openqasm/openqasm_writer.hpp"

namespace qmtl::inline QMTL_ABI {

/// A program as OpenQASM 2.0, with all digits. Gates that qelib1.inc does not have are defined in front; p, u and cp
/// are called u1, u3 and cu1. Registers keep their names as far as the language lets them. Read back, it is the same
/// up to global phases, which cannot be seen; further controls are written as gates on one and two qubits. Throws
/// CircuitError for what the language cannot say: angles of features or weights, matrices on several qubits, channels,
/// readout errors, and conditions on some bits of a register of which more than 10 are left open.
[[nodiscard]] inline std::string write_openqasm2(const Program& program, const OpenQasmWriteOptions& options = {}) {
  return detail::openqasm::Writer(program, options, 2).text();
}
[[nodiscard]] inline std::string write_openqasm2(const OpenQasmProgram& read, OpenQasmWriteOptions options = {}) {
  options.qubit_registers = read.qubit_registers;
  options.gate_names = read.gate_names;
  return write_openqasm2(read.program, options);
}

/// The same as OpenQASM 3.0. Gates that stdgates.inc does not have are defined in front, with their global phases,
/// features and weights are inputs of type float[64], further controls are modifiers. Throws CircuitError for matrices
/// on several qubits, channels and readout errors.
[[nodiscard]] inline std::string write_openqasm3(const Program& program, const OpenQasmWriteOptions& options = {}) {
  return detail::openqasm::Writer(program, options, 3).text();
}
[[nodiscard]] inline std::string write_openqasm3(const OpenQasmProgram& read, OpenQasmWriteOptions options = {}) {
  options.qubit_registers = read.qubit_registers;
  return write_openqasm3(read.program, options);
}

/// What write_openqasm3 calls the classical registers: their own names, or similar ones where these are words of the
/// language, gates, or the name of the qubits.
[[nodiscard]] inline std::vector<std::string> openqasm3_register_names(const Program& program) {
  return detail::openqasm::Writer(program, {}, 3).register_names();
}

}  // namespace qmtl::inline QMTL_ABI
