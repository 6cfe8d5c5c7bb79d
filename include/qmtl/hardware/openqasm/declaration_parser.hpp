#pragma once
// SPDX-License-Identifier: Apache-2.0
// Declarations of OpenQASM 3: registers, variables, constants, inputs, aliases.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/openqasm/gate_parser.hpp"
#include "qmtl/hardware/openqasm/inputs.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

class DeclarationParser : public GateParser {
 public:
  DeclarationParser(std::string_view content, const OpenQasmOptions& options)
      : GateParser(content, options, 3), inputs_(options.features) {}

 protected:
  void require_program() const {
    if (in_gate()) fail_expected("a gate");
  }
  void require_global() const {
    if (in_scope() || in_gate()) fail(current(), text("expected ", in_quotes(current().text), " outside of blocks"));
  }

  void qubit_declaration() {
    require_global();
    (void)advance();
    const bool scalar = !at(symbol("["));
    const std::int64_t count = size_or(1);
    const Token name = expect(TokenKind::identifier, "the name of a register");
    expect_semicolon();
    add_qubits(name, count, scalar);
  }

  void old_declaration(bool qubits) {
    require_global();
    (void)advance();
    const Token name = expect(TokenKind::identifier, "the name of a register");
    const bool scalar = !at(symbol("["));
    const std::int64_t count = size_or(1);
    expect_semicolon();
    qubits ? add_qubits(name, count, scalar) : add_bits(name, count, scalar);
  }

  /// `type name;` or `type name = value;`
  void declaration(bool constant) {
    require_program();
    const Symbol* found = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
    if (found == nullptr || found->kind != SymbolKind::type) fail_expected("a type");
    const Token type = advance();
    if (type.text == "bit" && !constant) return bit_declaration();
    if (type.text == "bool" && at(symbol("["))) fail_expected("the name of a variable");
    if (type.text == "bit") fail(type, "constants of type bit are not supported");
    const ValueType held = type_named(type.text, size_or(0));
    const Token name = expect(TokenKind::identifier, "the name of a variable");
    Value value = Value::of_integer(0);
    if (constant && !at(symbol("="))) fail_expected("'=' and the value of a constant");
    if (accept(symbol("="))) value = known_expression();
    expect_semicolon();
    define_value(name, in_variable(name, value, held), constant, held);
  }

  [[nodiscard]] Value known_expression() {
    const Token begin = current();
    const Value value = expression();
    if (!value.is_number()) fail(begin, "variables of measured bits are not supported");
    return value;
  }

  /// A value as a variable of a type holds it.
  [[nodiscard]] Value in_variable(const Token& name, const Value& value, const ValueType& type) const {
    Value out = converted(value, type);
    if (out.kind == ValueKind::integer && !fits(out.integer, type)) {
      fail(name, text("expected a value that the type can hold, got ", out.integer));
    }
    return out;
  }

  /// `bit[n] name;`, also with what is measured at once, or zeros.
  void bit_declaration() {
    const bool scalar = !at(symbol("["));
    const std::int64_t count = size_or(1);
    const Token name = expect(TokenKind::identifier, "the name of a register");
    if (!accept(symbol("="))) {
      expect_semicolon();
      return add_bits(name, count, scalar);
    }
    if (!at_word("measure")) {
      require_zeros();
      expect_semicolon();
      return add_bits(name, count, scalar);
    }
    const Token place = advance();
    const Operand qubits = qubit_operand();
    expect_semicolon();
    add_bits(name, count, scalar);
    measure(place, qubits, indexed(*find(name.text)));
  }
  void require_zeros() {
    const Token begin = current();
    bool zeros = begin.kind == TokenKind::string && begin.text.find_first_not_of("0_") == std::string_view::npos;
    if (begin.kind == TokenKind::string) {
      (void)advance();
    } else {
      zeros = !truth_of(known_expression());
    }
    if (!zeros) fail(begin, "bits that do not begin with zero are not supported");
  }
  /// All of a register of bits.
  [[nodiscard]] Operand indexed(const Symbol& bits) {
    const Operand all = bits.scalar ? Operand{0, 1, true} : Operand{0, static_cast<std::size_t>(bits.count), false};
    return add_places(bits.first, all);
  }

  void input() {
    require_global();
    (void)advance();
    const Token type = current();
    if (type.text != "float" && type.text != "angle") {
      const Symbol* found = type.kind == TokenKind::identifier ? find(type.text) : nullptr;
      if (found == nullptr || found->kind != SymbolKind::type) fail_expected("a type");
      fail(type, text("inputs of type ", in_quotes(type.text), " are not supported"));
    }
    (void)advance();
    (void)size_or(64);
    const Token name = expect(TokenKind::identifier, "the name of an input");
    expect_semicolon();
    expander().take_steps(inputs_.named() / 256);
    define_value(name, Value{ValueKind::real, 0, inputs_.add(program(), name.text), {}});
  }

  void output() {
    require_global();
    (void)advance();
    if (!at_word("bit")) {
      const Symbol* found = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
      if (found == nullptr || found->kind != SymbolKind::type) fail_expected("a type");
      fail(current(), text("outputs of type ", in_quotes(current().text), " are not supported"));
    }
    (void)advance();
    const bool scalar = !at(symbol("["));
    const std::int64_t count = size_or(1);
    const Token name = expect(TokenKind::identifier, "the name of an output");
    expect_semicolon();
    add_bits(name, count, scalar);
  }

  /// `let name = qubits ++ qubits;`
  void alias() {
    require_program();
    (void)advance();
    const Token name = expect(TokenKind::identifier, "the name of an alias");
    expect(symbol("="), "'='");
    std::vector<int> qubits;
    bool scalar = true;
    do {
      scalar = scalar && qubits.empty();
      const Operand operand = qubit_operand();
      for (std::size_t i = 0; i < operand.count; ++i) qubits.push_back(place_of(operand, i));
      scalar = scalar && operand.scalar;
    } while (accept(symbol("++")));
    expect_semicolon();
    expander().take_steps(qubits.size() / 64);
    define(name, add_alias(std::move(qubits), scalar));
  }

 private:
  Inputs inputs_;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
