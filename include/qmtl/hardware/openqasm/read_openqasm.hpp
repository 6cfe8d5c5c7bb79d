#pragma once
// SPDX-License-Identifier: Apache-2.0
// Programs from OpenQASM.

#include <string>
#include <string_view>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/hardware/openqasm/openqasm2_parser.hpp"
#include "qmtl/hardware/openqasm/openqasm3_parser.hpp"
#include "qmtl/hardware/openqasm/openqasm_program.hpp"

namespace qmtl::inline QMTL_ABI {

/// The program of a text in OpenQASM 2.0, all of the language: definitions of gates are expanded, global phases left
/// out. qelib1.inc is built in, as Qiskit extends it; of what is not in the published one, a file may have its own
/// definition. Registers of more than 64 classical bits become several, called c_0, c_64, ... Throws FileError,
/// "qmtl: <name>:<line>:<column>: expected ..., got ...", for what is no OpenQASM 2.0, an opaque gate that is used, and
/// what is over the limits. Cost: some 100 MB of text a second.
[[nodiscard]] inline OpenQasmProgram read_openqasm2(std::string_view content, const OpenQasmOptions& options = {}) {
  return detail::openqasm::OpenQasm2Parser(content, options).read();
}

/// The program of a text in OpenQASM 3.0, as far as it is a circuit: gates, their definitions and modifiers,
/// measurements and resets, conditions on bits of one register, and constants, variables, `for` and `if` that are known
/// before the program runs. Inputs of type float or angle are features and weights (OpenQasmOptions::features).
/// stdgates.inc is built in. Global phases count behind controls: U is exp(i theta / 2) times the gate of this library.
/// What is beyond that is refused by its name. Throws as read_openqasm2 does.
[[nodiscard]] inline OpenQasmProgram read_openqasm3(std::string_view content, const OpenQasmOptions& options = {}) {
  return detail::openqasm::OpenQasm3Parser(content, options).read();
}

namespace detail::openqasm {

/// Whether a text begins with the version line of OpenQASM 2; OpenQASM 3 may do without one.
[[nodiscard]] inline bool is_version2(std::string_view content, const OpenQasmOptions& options) {
  const Source source{options.name, content};
  Lexer lexer(source, true);
  return lexer.next().text == "OPENQASM" && lexer.next().text.starts_with('2');
}

}  // namespace detail::openqasm

/// The program of a text in OpenQASM of the version that its first line names, 3 without one.
[[nodiscard]] inline OpenQasmProgram read_openqasm(std::string_view content, const OpenQasmOptions& options = {}) {
  return detail::openqasm::is_version2(content, options) ? read_openqasm2(content, options)
                                                         : read_openqasm3(content, options);
}

namespace detail::openqasm {

/// Reads a file by a reader of texts, which knows its name, and finds what it includes beside it.
template <class Read>
[[nodiscard]] OpenQasmProgram read_file(const std::string& path, OpenQasmOptions options, const Read& read) {
  const auto bytes = FileReader(path, "read_openqasm_file").all(options.limits.bytes);
  const std::size_t slash = path.rfind('/');
  options.include_folders.insert(options.include_folders.begin(),
                                 slash == std::string::npos ? "." : path.substr(0, slash + 1));
  options.name = path;
  return read(as_text(bytes), options);
}

}  // namespace detail::openqasm

/// The same of a file, in whose folder included files are looked for first. Throws also as read_file does.
[[nodiscard]] inline OpenQasmProgram read_openqasm_file(const std::string& path, const OpenQasmOptions& options = {}) {
  return detail::openqasm::read_file(path, options, read_openqasm);
}

}  // namespace qmtl::inline QMTL_ABI
