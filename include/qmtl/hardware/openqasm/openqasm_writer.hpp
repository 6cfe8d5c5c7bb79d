#pragma once
// SPDX-License-Identifier: Apache-2.0
// Instructions of a program as statements of OpenQASM 2 or 3.

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/angle_text.hpp"
#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/openqasm/gate_library.hpp"
#include "qmtl/hardware/openqasm/openqasm_names.hpp"
#include "qmtl/hardware/openqasm/openqasm_program.hpp"
#include "qmtl/hardware/openqasm/unitary_power.hpp"
#include "qmtl/hardware/synthesis/controlled.hpp"

namespace qmtl::inline QMTL_ABI {

/// How OpenQASM is written.
struct OpenQasmWriteOptions {
  /// What qubits are called: registers that cover all of them, in their order. Without any they are q[0], q[1], ...
  std::vector<QuantumRegister> qubit_registers{};
  /// Writes OpenQASM 2 for readers whose qelib1.inc is that of Qiskit, with sx, swap, rzz and others, and who refuse to
  /// see them defined again. Otherwise only gates of the published one are used without a definition.
  bool extended_qelib1 = false;
  /// How the gate of each instruction is called in OpenQASM 2, where the reader has another name for it too: u2 or u
  /// for u3, p for u1. None, or one for each instruction, which may be empty.
  std::vector<std::string> gate_names{};
};

namespace detail::openqasm {

class Writer {
 public:
  Writer(const Program& program, const OpenQasmWriteOptions& options, int version)
      : program_(&program), extended_(options.extended_qelib1), version_(version), names_(version) {
    out_.reserve(64 + 32 * program.instructions().size());
    out_ += version == 2 ? "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n" : "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";
    take_names(options.gate_names);
    write_definitions();
    write_inputs();
    write_registers(options.qubit_registers);
  }

  [[nodiscard]] std::string text() && {
    for (std::size_t i = 0; i < program_->instructions().size(); ++i) {
      called_ = gate_names_.empty() ? std::string_view() : gate_names_[i];
      write(program_->instructions()[i]);
    }
    return std::move(out_);
  }

  /// What the classical registers are called here.
  [[nodiscard]] std::vector<std::string> register_names() && { return std::move(registers_); }

 private:
  // --- what comes first

  void take_names(std::span<const std::string> names) {
    if (names.empty() || version_ == 3) return;
    require_size(detail::text(where(), ": names of gates"), names.size(), program_->instructions().size());
    gate_names_ = names;
  }

  /// How an operation is called: as it was, if that is a name of its gate that the reader has, with the angles of that.
  [[nodiscard]] std::pair<std::string_view, std::span<const Angle>> call_of(const Operation& op) const {
    const auto angles = op.used_angles();
    const auto is_number = [](const Angle& angle, double value) { return angle == Angle(value); };
    if (op.gate == Gate::U && called_ == "u2" && is_number(angles[0], pi / 2)) return {"u2", angles.subspan(1)};
    if (op.gate == Gate::CU && called_ == "cu3" && is_number(angles[3], 0.0)) return {"cu3", angles.first(3)};
    const bool language = (op.gate == Gate::U && called_ == "U") || (op.gate == Gate::CX && called_ == "CX");
    const bool alias =
        std::ranges::any_of(aliases2, [&](const GateAlias& of) { return of.gate == op.gate && of.name == called_; });
    const bool own = extended_ && called_ == info(op.gate).openqasm2.name;
    return {language || alias || own ? called_ : spelling(op.gate).name, angles};
  }

  /// How a gate is called here, and whether the library of every reader has it.
  [[nodiscard]] Spelling spelling(Gate gate) const {
    const auto& facts = info(gate);
    if (version_ == 3) return facts.openqasm3;
    if (extended_) return facts.openqasm2;
    for (const auto& alias : aliases2) {
      if (alias.gate == gate) return {alias.name, true};
    }
    return {facts.openqasm2.name, is_published(facts.openqasm2.name)};
  }

  void write_definitions() {
    std::bitset<static_cast<std::size_t>(gate_kinds)> used;
    for (const auto& instruction : program_->instructions()) {
      const auto* controlled = std::get_if<ControlledOperation>(&instruction.action);
      if (controlled != nullptr && version_ == 2) {
        for (const auto& op : one_and_two_qubit_gates(*controlled)) used.set(gate_index(op.gate));
      } else if (const auto* op = gate_of(instruction)) {
        used.set(gate_index(op->gate));
      }
    }
    for (const auto& definition : definition_texts) {
      if (!used.test(gate_index(definition.gate)) || spelling(definition.gate).standard) continue;
      out_ += definition_of(definition) + '\n';
    }
  }

  void write_inputs() {
    if (version_ == 2) return;
    std::set<int> features, weights;
    for (const auto& instruction : program_->instructions()) {
      const auto* op = gate_of(instruction);
      if (op == nullptr) continue;
      for (const Angle& angle : op->used_angles()) {
        for_each_feature(angle, [&](int i) { features.insert(i); });
        for_each_weight(angle, [&](int j) { weights.insert(j); });
      }
    }
    const auto declare = [this](int index, const std::string& name, std::vector<ParameterName>& list) {
      list.push_back({index, names_.claim(name)});
      out_ += "input float[64] " + list.back().name + ";\n";
    };
    for (const int i : features) declare(i, name_of(program_->names().features, 'x', i), parameters_.features);
    for (const int j : weights) declare(j, name_of(program_->names().weights, 'w', j), parameters_.weights);
  }

  void write_registers(const std::vector<QuantumRegister>& given) {
    std::vector<QuantumRegister> registers = given;
    if (registers.empty()) registers.push_back({"q", 0, program_->qubits()});
    for (const auto& r : registers) {
      const bool next = r.first == static_cast<int>(qubits_.size()) && r.qubits >= 1;
      if (!next || r.qubits > program_->qubits() - r.first) fail_registers();
      const std::string name = names_.claim(r.name);
      declare("qreg", "qubit", name, r.qubits);
      for (int j = 0; j < r.qubits; ++j) qubits_.push_back(detail::text(name, '[', j, ']'));
    }
    if (static_cast<int>(qubits_.size()) != program_->qubits()) fail_registers();
    for (const auto& r : program_->registers()) {
      registers_.push_back(names_.claim(r.name));
      declare("creg", "bit", registers_.back(), r.bits);
      for (int j = 0; j < r.bits; ++j) bits_.push_back(detail::text(registers_.back(), '[', j, ']'));
    }
  }
  [[noreturn]] void fail_registers() const {
    throw CircuitError(detail::text("qmtl: ", where(), ": registers of qubits must cover the program's ",
                                    program_->qubits(), " qubits one after the other"));
  }
  void declare(std::string_view word2, std::string_view word3, std::string_view name, int size) {
    out_ += version_ == 2 ? detail::text(word2, ' ', name, '[', size, "];\n")
                          : detail::text(word3, '[', size, "] ", name, ";\n");
  }

  // --- statements

  [[nodiscard]] std::string_view where() const noexcept {
    return version_ == 2 ? "write_openqasm2" : "write_openqasm3";
  }
  [[noreturn]] void refuse(std::string_view what) const {
    throw CircuitError(detail::text("qmtl: ", where(), ": ", what));
  }

  void write(const Instruction& instruction) {
    if (!instruction.condition || std::holds_alternative<Barrier>(instruction.action)) return write_action(instruction);
    const Condition& condition = *instruction.condition;
    const auto r = static_cast<std::size_t>(condition.classical_register);
    const auto all = ~std::uint64_t{0} >> (64 - program_->registers()[r].bits);
    if (version_ == 3) {
      write_condition(condition, all);
      write_action(instruction);
      out_.insert(out_.size() - 1, " }");
      return;
    }
    const std::uint64_t open = all & ~condition.mask;  // bits that may have any value
    if (std::popcount(open) > 10) refuse("a condition on some bits of a register needs more than 1024 statements");
    std::uint64_t some = 0;
    do {
      prefix_ = detail::text("if(", registers_[r], "==", condition.value | some, ") ");
      if (!std::holds_alternative<ControlledOperation>(instruction.action)) out_ += prefix_;
      write_action(instruction);
      prefix_.clear();
      some = (some - open) & open;  // the next of its subsets
    } while (some != 0);
  }

  void write_condition(const Condition& condition, std::uint64_t all) {
    const auto r = static_cast<std::size_t>(condition.classical_register);
    const bool is_int = condition.value >> 63 == 0;  // literals above are no integers of most readers
    if ((condition.mask & all) == all && is_int) {
      out_ += detail::text("if (", registers_[r], " == ", condition.value, ") { ");
      return;
    }
    if ((condition.mask & all) == 0) refuse("a condition must be on some bits");
    std::string tests;
    for (int j = 0; j < program_->registers()[r].bits; ++j) {
      if ((condition.mask >> j & 1) == 0) continue;
      tests += detail::text(tests.empty() ? "" : " && ", registers_[r], '[', j, "] == ", condition.value >> j & 1);
    }
    out_ += "if (" + tests + ") { ";
  }

  void write_action(const Instruction& instruction) {
    std::visit([this](const auto& action) { this->add(action); }, instruction.action);
  }

  [[nodiscard]] const std::string& qubit(int q) const { return qubits_[static_cast<std::size_t>(q)]; }
  [[nodiscard]] const std::string& bit(int b) const { return bits_[static_cast<std::size_t>(b)]; }

  void add_qubits(std::span<const int> qubits) {
    for (const int q : qubits) {
      out_ += qubit(q);
      out_ += ',';
    }
  }
  void end_statement() {
    out_.back() = ';';  // in the place of the last comma
    out_ += '\n';
  }

  void add(const Operation& op) {
    const auto [name, angles] = call_of(op);
    out_ += name;
    add_angles(angles);
    out_ += ' ';
    add_qubits(op.targets());
    end_statement();
  }
  /// One of several statements, each of which is under the condition in front of the first.
  void write_again(const Operation& op) {
    out_ += prefix_;
    add(op);
  }

  void add_angles(std::span<const Angle> angles) {
    if (angles.empty()) return;
    char separator = '(';
    for (const Angle& angle : angles) {
      out_ += separator;
      separator = ',';
      add_angle(angle);
    }
    out_ += ')';
  }
  void add_angle(const Angle& angle) {
    if (angle.source == AngleSource::constant) {
      char buffer[32];
      out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, angle.offset + 0.0).ptr);
    } else if (version_ == 3) {
      add_symbolic(angle);
    } else {
      refuse("OpenQASM 2 has no inputs, give the features and weights values first");
    }
  }

  /// A product is calculated before it is scaled, so that reading gives the same numbers.
  void add_symbolic(const Angle& angle) {
    const AngleFormat format{true, &parameters_};
    const bool product = angle.source != AngleSource::feature && angle.source != AngleSource::weight;
    const std::string source = source_text(angle, format);
    if (angle.scale == 1.0) {
      out_ += source;
    } else {
      out_ += format.number(angle.scale) + (product ? "*(" : "*") + source + (product ? ")" : "");
    }
    out_ += format.plus(angle.offset);
  }

  /// U of the table is another gate behind controls than that of OpenQASM 3, CU of both the same.
  void add(const ControlledOperation& controlled) {
    if (version_ == 2) {
      for (const auto& op : one_and_two_qubit_gates(controlled)) write_again(op);
      return;
    }
    const Operation& op = controlled.operation;
    const bool u = op.gate == Gate::U;
    const std::size_t modifiers = controlled.controls.size() - (u ? 1 : 0);
    if (modifiers == 1) out_ += "ctrl @ ";
    if (modifiers > 1) out_ += detail::text("ctrl(", modifiers, ") @ ");
    out_ += u ? std::string_view("cu") : spelling(op.gate).name;
    add_angles(std::span(op.angles).first(op.used_angles().size() + (u ? 1 : 0)));
    out_ += ' ';
    add_qubits(controlled.controls);
    add_qubits(op.targets());
    end_statement();
  }

  void add(const MatrixOperation& by_matrix) {
    const auto& m = program_->matrices()[static_cast<std::size_t>(by_matrix.matrix)];
    if (by_matrix.qubits.size() != 1) refuse("OpenQASM has no matrices on several qubits, decompose them first");
    Unitary entries{m(0, 0), m(0, 1), m(1, 0), m(1, 1)};
    if (by_matrix.adjoint) entries = {conj(m(0, 0)), conj(m(1, 0)), conj(m(0, 1)), conj(m(1, 1))};
    const auto [theta, phi, lambda, gamma] = angles_of(entries);
    add(gate::u(by_matrix.qubits[0], theta, phi, lambda));
  }
  void add(const Channel&) { refuse("OpenQASM has no channels"); }
  void add(const Measurement& m) {
    if (m.error != ReadoutError{}) refuse("OpenQASM has no readout errors");
    out_ +=
        version_ == 2 ? "measure " + qubit(m.qubit) + " -> " + bit(m.bit) : bit(m.bit) + " = measure " + qubit(m.qubit);
    out_ += ";\n";
  }
  void add(const Reset& reset) { out_ += "reset " + qubit(reset.qubit) + ";\n"; }
  void add(const Barrier& barrier) {
    out_ += "barrier ";
    add_qubits(barrier.qubits);
    end_statement();
  }

  const Program* program_;
  bool extended_;
  int version_;
  std::span<const std::string> gate_names_;
  std::string_view called_;  // the gate that is written, where it has a name
  Names names_;
  ParameterNames parameters_;                           // as they are called here
  std::vector<std::string> qubits_, registers_, bits_;  // by their numbers
  std::string out_;
  std::string prefix_;  // the condition of what becomes several statements
};

}  // namespace detail::openqasm
}  // namespace qmtl::inline QMTL_ABI
