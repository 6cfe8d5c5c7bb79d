#pragma once
// SPDX-License-Identifier: Apache-2.0
// What must hold of a text of OpenQASM of either version: it is refused, or the program keeps within the limits and is
// the same after it is written and read again.

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"

namespace qmtl::fuzz {

template <int Version>
[[nodiscard]] OpenQasmProgram read_text(std::string_view text, const OpenQasmOptions& options = {}) {
  if constexpr (Version == 2) return read_openqasm2(text, options);
  return read_openqasm3(text, options);
}
template <int Version>
[[nodiscard]] std::string written(const Program& program) {
  if constexpr (Version == 2) return write_openqasm2(program);
  return write_openqasm3(program);
}

template <int Version>
void check_openqasm(std::string_view text) {
  const OpenQasmOptions options{.limits = {.nesting = 50, .steps = 2000, .registers = 16}};
  std::vector<OpenQasmProgram> read;  // none, or one
  if (!accepts([&] { read.push_back(read_text<Version>(text, options)); })) return;
  const Program& program = read.front().program;
  require(program.instructions().size() <= text.size() + 3 * options.limits.steps, "limits are kept");
  require(program.qubits() >= 1 && program.qubits() <= 4096, "there are qubits");
  std::string once;
  if (!accepts([&] { once = written<Version>(program); })) return;  // conditions on few bits of many, in OpenQASM 2
  Program again(1);
  const OpenQasmOptions roomy{.limits = {.steps = 1'000'000}};
  const bool accepted = accepts([&] { again = read_text<Version>(once, roomy).program; });
  require(accepted, "what is written is read");
  std::string twice;
  require(accepts([&] { twice = written<Version>(again); }), "what was written is written again");
  require(once == twice, "a text is the same after it is read and written");
  require(again.qubits() == program.qubits() && again.bits() == program.bits(), "registers come back");
}

/// Some of everything that both versions can say.
[[nodiscard]] inline Program example_program() {
  Program program(5);
  program.add_register("c", 3);
  for (int g = 0; g < gate_kinds; ++g)
    program.append(Operation{static_cast<Gate>(g), {2, 0, 3, 1}, {0.5, 0.25, 0.125, 2.0}});
  program.barrier({0, 2}).measure(1, 0).append(gate::x(2), Condition{0, 3}).reset(0);
  return program;
}

}  // namespace qmtl::fuzz
