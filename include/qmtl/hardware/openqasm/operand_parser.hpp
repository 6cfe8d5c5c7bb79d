#pragma once
// SPDX-License-Identifier: Apache-2.0
// Registers of OpenQASM 2 and 3, and what statements name of them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/openqasm/expression_parser.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// Qubits or bits that a statement names: a place in a list.
struct Operand {
  std::size_t begin = 0;
  std::size_t count = 0;
  bool scalar = false;  ///< one by itself, which goes with each of a register
};

class OperandParser : public ExpressionParser {
 public:
  OperandParser(std::string_view content, const OpenQasmOptions& options, int version)
      : ExpressionParser(content, options, version) {
    const auto statements = static_cast<std::size_t>(std::count(content.begin(), content.end(), ';'));
    program_.reserve(std::min({statements, content.size() / 8, std::size_t{1} << 24}));
  }

 protected:
  [[nodiscard]] Program& program() noexcept { return program_; }
  [[nodiscard]] std::vector<std::string>& gate_names() noexcept { return gate_names_; }
  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] const std::vector<int>& places() const noexcept { return places_; }
  /// Operands of the statement before are no longer needed.
  void clear_places() noexcept { places_.clear(); }

  [[nodiscard]] OpenQasmProgram result() && {
    if (qubits_ == 0) fail(current(), "expected qubits to be declared, got none");
    return {std::move(program_), std::move(qubit_registers_), std::move(gate_names_)};
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
      const std::int64_t number = integer("an integer");
      if (accept(symbol(":"))) {
        step = number;
        last = position_in(count);
      } else {
        last = checked_position(begin, number, count);
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

  [[nodiscard]] int place_of(const Operand& operand, std::size_t repetition) const {
    return places_[operand.begin + (operand.scalar ? 0 : repetition)];
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

  Program program_{1};
  int qubits_ = 0;
  int registers_ = 0;
  bool physical_ = false;
  std::vector<QuantumRegister> qubit_registers_;
  std::vector<std::string> gate_names_;
  std::vector<std::vector<int>> aliases_;
  std::vector<int> places_;  // of the operands of a statement
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
