#pragma once
// SPDX-License-Identifier: Apache-2.0
// Programs as text, an instruction a line, with all digits.

#include <string>
#include <variant>

#include "qmtl/circuit/circuit_text.hpp"
#include "qmtl/circuit/program.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// The text of one instruction, for each kind of action.
class InstructionText {
 public:
  explicit InstructionText(const Program& program) : program_(&program) {}

  [[nodiscard]] std::string operator()(const Operation& op) const { return operation_text(op, program_->names()); }
  [[nodiscard]] std::string operator()(const ControlledOperation& op) const {
    return operation_text(op, program_->names());
  }
  [[nodiscard]] std::string operator()(const MatrixOperation& m) const { return matrix_text(m, text('m', m.matrix)); }
  [[nodiscard]] std::string operator()(const Channel& c) const {
    return text("channel m", c.first, "..m", c.first + c.count - 1, ' ', qubits_text(c.qubits));
  }
  [[nodiscard]] std::string operator()(const Measurement& m) const {
    const auto& r = program_->registers()[program_->register_of(m.bit)];
    auto read = text("measure q", m.qubit, " -> ", r.name, '[', m.bit - r.first, ']');
    if (m.error == ReadoutError{}) return read;
    return text(read, ", P(1|0) = ", m.error.p_1_given_0, ", P(0|1) = ", m.error.p_0_given_1);
  }
  [[nodiscard]] std::string operator()(const Reset& r) const { return text("reset q", r.qubit); }
  [[nodiscard]] std::string operator()(const Barrier& b) const { return "barrier " + qubits_text(b.qubits); }

 private:
  const Program* program_;
};

}  // namespace detail

/// A program for people, with its registers, names and matrices, then one instruction a line: "if c == 2: rx(0.5*w0)
/// q1", "measure q0 -> c[1]". Numbers have all their digits: programs with the same text are the same, unless a feature
/// has the name of a weight.
[[nodiscard]] inline std::string to_string(const Program& program) {
  std::string out = detail::text("qubits ", program.qubits(), '\n');
  for (const auto& r : program.registers()) out += detail::text("bits ", r.name, '[', r.bits, "]\n");
  out += detail::names_text(program.names());
  for (std::size_t m = 0; m < program.matrices().size(); ++m) {
    out += detail::definition_text(program.matrices()[m], detail::text('m', m)) + '\n';
  }
  for (const auto& instruction : program.instructions()) {
    if (const auto& condition = instruction.condition) {
      const auto r = static_cast<std::size_t>(condition->classical_register);
      const bool whole = condition->mask == Condition{}.mask;
      out += detail::text("if ", program.registers()[r].name, whole ? "" : detail::text(" & ", condition->mask),
                          " == ", condition->value, ": ");
    }
    out += std::visit(detail::InstructionText(program), instruction.action) + '\n';
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
