#pragma once
// SPDX-License-Identifier: Apache-2.0
// Statements that OpenQASM 2 and 3 have in common: gates and their definitions, measurements, resets, barriers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/openqasm/expander.hpp"
#include "qmtl/hardware/openqasm/gate_library.hpp"
#include "qmtl/hardware/openqasm/operand_parser.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

class GateParser : public OperandParser {
 public:
  GateParser(std::string_view content, const OpenQasmOptions& options, int version)
      : OperandParser(content, options, version) {
    if (options.keep_gate_names) expander_.keep_names(gate_names());
  }

 protected:
  [[nodiscard]] Expander& expander() noexcept { return expander_; }

  /// Calls `statement` until the text and all that it includes have been read.
  template <class Statement>
  void read_all(const Statement& statement) {
    while (current().kind != TokenKind::end || in_include()) {
      current().kind == TokenKind::end ? leave_include() : located(statement);
    }
  }

  /// How often a statement is done: once for each of a register, of which all must have the same size.
  [[nodiscard]] std::size_t repetitions(const Token& place, std::span<const Operand> operands) {
    std::size_t count = 1;
    bool scalar = true;
    for (const Operand& operand : operands) {
      if (operand.scalar) continue;
      if (!scalar && operand.count != count) {
        fail(place, text("expected registers of the same size, got ", count, " and ", operand.count));
      }
      scalar = false;
      count = operand.count;
    }
    if (count > 1) expander_.take_steps(count - 1);
    return count;
  }
  // --- statements

  /// `name(angles) qubits;` behind modifiers.
  void gate_call(GateCall call) {
    const Token name = current();
    const Symbol* symbol = find(name.text);
    if (name.kind != TokenKind::identifier) fail_expected("a gate");
    if (symbol == nullptr)
      fail(name, text("expected a statement or a gate, got ", in_quotes(name.text), ", which is not defined"));
    if (symbol->kind != SymbolKind::gate) fail_expected("a gate");
    call.gate = symbol->first;
    (void)advance();
    angles_.clear();
    if (accept(openqasm::symbol("("))) {
      if (!at(openqasm::symbol(")"))) {
        do angles_.push_back(angle());
        while (accept(openqasm::symbol(",")));
      }
      expect(openqasm::symbol(")"), "')'");
    }
    require_count(name, "parameters", angles_.size(), gates_[static_cast<std::size_t>(call.gate)].angles);
    operands_.clear();
    if (!at(openqasm::symbol(";"))) {
      do operands_.push_back(qubit_operand());
      while (accept(openqasm::symbol(",")));
    }
    if (!at(openqasm::symbol(";"))) fail_expected("',' or ';'");
    const auto qubits = gates_[static_cast<std::size_t>(call.gate)].qubits + static_cast<int>(call.controls.size());
    require_count(name, "qubits", operands_.size(), qubits);
    expect_semicolon();
    const std::size_t times = repetitions(name, operands_);
    for (std::size_t i = 0; i < times; ++i) apply(call, i);
  }

  /// `barrier qubits;`, of all of them where none are named.
  void barrier() {
    const Token place = advance();
    std::vector<int> qubits;
    if (at(symbol(";")) && version() == 3) {
      for (int q = 0; q < this->qubits() && !in_gate(); ++q) qubits.push_back(q);
      if (in_gate()) fail_expected("a qubit");
    } else {
      do {
        const Operand operand = qubit_operand();
        const auto first = places().begin() + static_cast<std::ptrdiff_t>(operand.begin);
        qubits.insert(qubits.end(), first, first + static_cast<std::ptrdiff_t>(operand.count));
      } while (accept(symbol(",")));
    }
    expect_semicolon();
    expander_.take_steps(qubits.size() / 64);
    if (in_gate()) return body_->push_back({GateCall::barrier, {}, std::move(qubits), {}, {}});
    if (qubits.empty()) fail(place, "expected qubits to be declared before a barrier");
    expander_.append({Barrier{std::move(qubits)}, {}});
  }

  void reset() {
    const Token place = advance();
    const Operand operand = qubit_operand();
    expect_semicolon();
    const std::size_t times = repetitions(place, std::span(&operand, 1));
    for (std::size_t i = 0; i < times; ++i) expander_.append({Reset{place_of(operand, i)}, {}});
  }

  void measure(const Token& place, const Operand& qubits, const Operand& bits) {
    if (qubits.count != bits.count) {
      fail(place, text("expected as many qubits as bits, got ", qubits.count, " and ", bits.count));
    }
    if (qubits.count > 1) expander_.take_steps(qubits.count - 1);
    for (std::size_t i = 0; i < qubits.count; ++i) expander_.measure(place_of(qubits, i), place_of(bits, i));
  }

  // --- definitions

  /// A gate that the language or a library has; its name may be defined again where it is replaceable.
  void add_gate(std::string_view name, GateDefinition gate) {
    gate.name = name;
    set(name, {SymbolKind::gate, static_cast<int>(gates_.size())});
    gates_.push_back(std::move(gate));
  }
  void add_table_gate(std::string_view name, Gate gate, bool replaceable = false) {
    add_gate(name, {{}, info(gate).angles, info(gate).qubits, gate, false, false, false, replaceable});
  }

  [[nodiscard]] GateDefinition& gate(int number) { return gates_[static_cast<std::size_t>(number)]; }

  /// `gate name(parameters) qubits { ... }`; `statement` reads one of the body.
  template <class Statement>
  void gate_definition(const Statement& statement) {
    const std::size_t begin = position();
    (void)advance();
    const Token name = new_gate_name();
    GateDefinition gate;
    open_scope();
    gate_head(gate);
    defer_to(&gate.steps);
    body_ = &gate.body;
    expect(symbol("{"), "'{'");
    while (!at(symbol("}"))) {
      clear_places();
      statement();
    }
    defer_to(nullptr);
    body_ = nullptr;
    close_scope();
    (void)advance();
    gate.depth = 1;
    for (const auto& call : gate.body) {
      if (call.gate != GateCall::barrier) gate.depth = std::max(gate.depth, this->gate(call.gate).depth + 1);
    }
    if (gate.depth > limits().nesting) {
      fail(name, text("expected gates at most ", limits().nesting, " deep in one another (OpenQasmLimits::nesting)"));
    }
    recognise(gate, name.text, text_since(begin));
    gate.replaceable = in_library() && !is_published(name.text);
    add_gate(name.text, std::move(gate));
  }

  /// `opaque name(parameters) qubits;`
  void opaque_declaration() {
    (void)advance();
    const Token name = new_gate_name();
    GateDefinition gate;
    open_scope();
    gate_head(gate);
    close_scope();
    expect_semicolon();
    gate.opaque = true;
    add_gate(name.text, std::move(gate));
  }

 private:
  void require_count(const Token& place, std::string_view what, std::size_t got, int expected) const {
    if (got == static_cast<std::size_t>(expected)) return;
    fail(place, text("gate ", in_quotes(place.text), " has ", expected, ' ', what, ", got ", got));
  }

  [[nodiscard]] Value angle() {
    Value value = expression();
    if (value.kind == ValueKind::bits || value.kind == ValueKind::condition) refuse("an angle cannot be measured bits");
    return value;
  }

  /// Repetition i of a call, in a definition or in the program.
  void apply(GateCall& call, std::size_t i) {
    const auto& gate = gates_[static_cast<std::size_t>(call.gate)];
    const bool modified = !call.controls.empty() || !call.exponents.empty();
    if (!in_gate() && gate.gate && !modified) {
      Operation op{*gate.gate, {}, {}};
      for (std::size_t q = 0; q < operands_.size(); ++q) op.qubits[q] = place_of(operands_[q], i);
      for (std::size_t a = 0; a < angles_.size(); ++a) op.angles[a] = angle_of(angles_[a]);
      expander_.set_name(gate.name);
      return expander_.append({op, {}});
    }
    call.angles = angles_;
    call.qubits.clear();
    for (const Operand& operand : operands_) call.qubits.push_back(place_of(operand, i));
    require_distinct_qubits("a gate", call.qubits, max_circuit_qubits);
    if (in_gate()) {
      body_->push_back(call);
    } else {
      expander_.call(call);
    }
  }

  [[nodiscard]] Token new_gate_name() {
    const Token name = expect(TokenKind::identifier, "the name of a gate");
    const Symbol* known = find(name.text);
    const bool may = known == nullptr || (known->kind == SymbolKind::gate && gate(known->first).replaceable);
    if (!may) fail(name, text("expected a new name, got ", in_quotes(name.text), " again"));
    return name;
  }

  void gate_head(GateDefinition& gate) {
    if (accept(symbol("("))) {
      while (!at(symbol(")"))) {
        const Token name = expect(TokenKind::identifier, "the name of a parameter, or ')'");
        define_value(name, Value::deferred(static_cast<std::size_t>(gate.angles++)));
        if (!accept(symbol(","))) break;
      }
      expect(symbol(")"), "')'");
    }
    do {
      const Token name = expect(TokenKind::identifier, "the name of a qubit");
      define(name, {SymbolKind::slot, gate.qubits++, 1, true});
      if (gate.qubits > max_circuit_qubits) fail(name, text("expected at most ", max_circuit_qubits, " qubits"));
    } while (accept(symbol(",")));
    gate.steps = DeferredSteps(static_cast<std::size_t>(gate.angles));
  }

  /// A definition as the library writes it is the gate of the table itself, if the gates in it are the table's and not
  /// others of the same names.
  void recognise(GateDefinition& gate, std::string_view name, std::string_view definition) const {
    const auto is_known = [this](const GateCall& call) {
      return call.gate != GateCall::barrier && gates_[static_cast<std::size_t>(call.gate)].gate.has_value();
    };
    for (const auto& known : definition_texts) {
      if (info(known.gate).name != name) continue;
      while (!definition.empty() && definition.back() != '}') definition.remove_suffix(1);
      if (definition != definition_of(known) || !std::ranges::all_of(gate.body, is_known)) return;
      gate.gate = known.gate;
      gate.body.clear();
      gate.steps = DeferredSteps();
    }
  }

  std::vector<GateDefinition> gates_;
  std::vector<Operand> operands_;  // of a call
  std::vector<Value> angles_;
  std::vector<GateCall>* body_ = nullptr;
  Expander expander_{program(), gates_, limits()};
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
