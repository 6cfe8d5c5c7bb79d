#pragma once
// SPDX-License-Identifier: Apache-2.0
// What OpenQASM 2 and 3 have in common: registers, gates and their definitions, measurements, resets, barriers.

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
#include "qmtl/hardware/openqasm/expression_parser.hpp"
#include "qmtl/hardware/openqasm/gate_library.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// Qubits or bits that a statement names: a place in a list.
struct Operand {
  std::size_t begin = 0;
  std::size_t count = 0;
  bool scalar = false;  ///< one by itself, which goes with each of a register
};

class GateParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

 protected:
  [[nodiscard]] Program& program() noexcept { return program_; }
  [[nodiscard]] Expander& expander() noexcept { return expander_; }
  [[nodiscard]] const std::vector<int>& places() const noexcept { return places_; }
  /// Operands of the statement before are no longer needed.
  void clear_places() noexcept { places_.clear(); }

  [[nodiscard]] OpenQasmProgram result() && {
    if (qubits_ == 0) fail(current(), "expected qubits to be declared, got none");
    return {std::move(program_), std::move(qubit_registers_)};
  }

  // --- registers

  void add_qubits(const Token& name, std::int64_t count, bool scalar = false) {
    require_registers(name);
    if (count < 1 || count > max_circuit_qubits - qubits_) {
      fail(name, text("expected 1 to ", max_circuit_qubits, " qubits in all, got ", count, " more than ", qubits_));
    }
    const int n = static_cast<int>(count);
    define(name, {SymbolKind::qubits, qubits_, n, scalar});
    qubit_registers_.push_back({std::string(name.text), qubits_, n});
    widen(qubits_ + n);
  }

  /// A register of more than 64 bits becomes several of the program.
  void add_bits(const Token& name, std::int64_t count, bool scalar = false) {
    require_registers(name);
    constexpr int most = 4096;
    if (count < 1 || count > most) fail(name, text("expected 1 to ", most, " bits, got ", count));
    Symbol symbol{SymbolKind::bits, program_.bits(), static_cast<int>(count), scalar};
    if (count <= 64) symbol.owner = program_.add_register(free_name(name.text), symbol.count);
    for (int at = 0; count > 64 && at < count; at += 64) {
      program_.add_register(free_name(text(name.text, '_', at)), std::min(64, symbol.count - at));
    }
    define(name, symbol);
  }

  /// A bit of a register that has no name in the text.
  [[nodiscard]] int add_bit(std::string_view name) {
    const int first = program_.bits();
    program_.add_register(free_name(name), 1);
    return first;
  }

  /// Qubit number i of a device.
  [[nodiscard]] int physical_qubit(const Token& token) {
    if (!qubit_registers_.empty()) fail(token, "physical qubits beside registers of qubits are not supported");
    std::int64_t number = 0;
    for (const char c : token.text.substr(1)) {
      number = 10 * number + (c - '0');
      if (number >= max_circuit_qubits) fail(token, text("expected a qubit below ", max_circuit_qubits));
    }
    widen(std::max(qubits_, static_cast<int>(number) + 1));
    physical_ = true;
    return static_cast<int>(number);
  }

  // --- operands

  [[nodiscard]] Operand qubit_operand() {
    const std::size_t begin = places_.size();
    if (current().kind == TokenKind::physical_qubit && version() == 3 && !in_gate()) {
      places_.push_back(physical_qubit(advance()));
      return {begin, 1, true};
    }
    if (current().kind != TokenKind::identifier) fail_expected("a qubit");
    const Token name = current();
    const Symbol* symbol = find(name.text);
    if (symbol == nullptr) fail(name, text("expected a qubit, got ", in_quotes(name.text), ", which is not defined"));
    const bool own = symbol->kind == SymbolKind::slot;
    const bool of_program = symbol->kind == SymbolKind::qubits || symbol->kind == SymbolKind::alias;
    if (in_gate() ? !own : !of_program) {
      fail_expected(in_gate() ? "a qubit of the gate" : "a qubit or a register of qubits");
    }
    (void)advance();
    const Symbol found = *symbol;
    if (found.scalar) {
      places_.push_back(found.first);
      return {begin, 1, true};
    }
    return indexed_operand(found);
  }

  [[nodiscard]] Operand bit_operand() {
    const Token name = expect(TokenKind::identifier, "a register of classical bits");
    const Symbol* symbol = find(name.text);
    if (symbol == nullptr || symbol->kind != SymbolKind::bits) {
      fail(name, text("expected a register of classical bits, got ", in_quotes(name.text)));
    }
    const Symbol found = *symbol;
    const std::size_t begin = places_.size();
    if (!found.scalar) return indexed_operand(found);
    places_.push_back(found.first);
    return {begin, 1, true};
  }

  /// Neighbours from `first` on, as an operand of the same size.
  [[nodiscard]] Operand add_places(int first, Operand operand) {
    operand.begin = places_.size();
    for (std::size_t i = 0; i < operand.count; ++i) places_.push_back(first + static_cast<int>(i));
    return operand;
  }

  /// All of a register or alias, or what an index selects of it.
  [[nodiscard]] Operand indexed_operand(const Symbol& of) {
    const std::size_t begin = places_.size();
    const auto place = [&](int i) {
      return of.kind == SymbolKind::alias ? aliases_[static_cast<std::size_t>(of.first)][static_cast<std::size_t>(i)]
                                          : of.first + i;
    };
    if (!accept(symbol("["))) {
      for (int i = 0; i < of.count; ++i) places_.push_back(place(i));
      return {begin, places_.size() - begin, false};
    }
    bool scalar = true;
    if (version() == 3 && accept(symbol("{"))) {
      scalar = false;
      do places_.push_back(place(position_in(of.count)));
      while (accept(symbol(",")));
      expect(symbol("}"), "'}'");
    } else {
      const int first = at(symbol(":")) ? 0 : position_in(of.count);
      if (version() == 3 && at(symbol(":"))) {
        scalar = false;
        for (const int i : range_behind(first, of.count)) places_.push_back(place(i));
      } else {
        places_.push_back(place(first));
      }
    }
    expect(symbol("]"), "']'");
    return {begin, places_.size() - begin, scalar};
  }

  /// What is behind the first number of a range in an index: ":last" or ":step:last", both of which are in it.
  [[nodiscard]] std::vector<int> range_behind(int first, int count) {
    expect(symbol(":"), "':'");
    std::int64_t step = 1;
    int last = at(symbol("]")) ? count - 1 : 0;
    if (!at(symbol("]"))) {
      const Token begin = current();
      std::int64_t number = integer("an integer");
      if (accept(symbol(":"))) {
        step = number;
        last = position_in(count);
      } else {
        if (number < 0) number += count;
        if (number < 0 || number >= count) fail(begin, text("expected an index below ", count, ", got ", number));
        last = static_cast<int>(number);
      }
      if (step == 0 || std::abs(step) > count)
        fail(begin, "expected a step of a range that is not zero, nor too large");
    }
    std::vector<int> out;
    for (std::int64_t i = first; step > 0 ? i <= last : i >= last; i += step) out.push_back(static_cast<int>(i));
    return out;
  }

  [[nodiscard]] Symbol add_alias(std::vector<int> qubits, bool scalar) {
    const int count = static_cast<int>(qubits.size());
    if (scalar) return {SymbolKind::qubits, qubits.front(), 1, true};
    aliases_.push_back(std::move(qubits));
    return {SymbolKind::alias, static_cast<int>(aliases_.size()) - 1, count};
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
  [[nodiscard]] int place_of(const Operand& operand, std::size_t repetition) const {
    return places_[operand.begin + (operand.scalar ? 0 : repetition)];
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
      for (int q = 0; q < qubits_ && !in_gate(); ++q) qubits.push_back(q);
      if (in_gate()) fail_expected("a qubit");
    } else {
      do {
        const Operand operand = qubit_operand();
        const auto first = places_.begin() + static_cast<std::ptrdiff_t>(operand.begin);
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
  void require_registers(const Token& place) {
    if (++registers_ > limits().registers) {
      fail(place, text("expected at most ", limits().registers, " registers (OpenQasmLimits::registers)"));
    }
    if (physical_) fail(place, "registers of qubits beside physical qubits are not supported");
  }

  void widen(int qubits) {
    if (qubits > program_.qubits()) program_.add_qubits(qubits - program_.qubits());
    qubits_ = qubits;
  }

  /// A name that a register of a program may have.
  [[nodiscard]] std::string free_name(std::string_view name) const {
    std::string out;
    for (const char c : name) out += static_cast<unsigned char>(c) < 0x80 ? c : '_';
    const bool of_qubit =
        out.size() > 1 && out[0] == 'q' && out.find_first_not_of("0123456789", 1) == std::string::npos;
    if (of_qubit) out.insert(0, "c_");
    while (program_.find_register(out) >= 0) out += '_';
    return out;
  }

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

  /// A definition as the library writes it is the gate of the table itself.
  static void recognise(GateDefinition& gate, std::string_view name, std::string_view definition) {
    for (const auto& known : definition_texts) {
      if (info(known.gate).name != name) continue;
      while (!definition.empty() && definition.back() != '}') definition.remove_suffix(1);
      if (definition != definition_of(known)) return;
      gate.gate = known.gate;
      gate.body.clear();
      gate.steps = DeferredSteps();
    }
  }

  Program program_{1};
  int qubits_ = 0;
  int registers_ = 0;
  bool physical_ = false;
  std::vector<QuantumRegister> qubit_registers_;
  std::vector<GateDefinition> gates_;
  std::vector<std::vector<int>> aliases_;
  std::vector<int> places_;        // of the operands of a statement
  std::vector<Operand> operands_;  // of a call
  std::vector<Value> angles_;
  std::vector<GateCall>* body_ = nullptr;
  Expander expander_{program_, gates_, limits()};
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
