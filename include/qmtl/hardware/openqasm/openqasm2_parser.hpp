#pragma once
// SPDX-License-Identifier: Apache-2.0
// OpenQASM 2.0 (Cross et al., arXiv:1707.03429), statement by statement.

#include <string_view>
#include <utility>

#include "qmtl/hardware/openqasm/gate_parser.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

class OpenQasm2Parser : public GateParser {
 public:
  OpenQasm2Parser(std::string_view content, const OpenQasmOptions& options) : GateParser(content, options, 2) {
    add_keywords(words);
    add_table_gate("U", Gate::U);
    add_table_gate("CX", Gate::CX);
  }

  [[nodiscard]] OpenQasmProgram read() && {
    version_line();
    read_all([this] { statement(); });
    return std::move(*this).result();
  }

 private:
  enum class Word { qreg, creg, gate, opaque, measure, reset, barrier, condition, include, version };
  static constexpr std::array<std::string_view, 10> words{"qreg",  "creg",    "gate", "opaque",  "measure",
                                                          "reset", "barrier", "if",   "include", "OPENQASM"};

  void version_line() {
    if (!at_word("OPENQASM")) fail_expected("'OPENQASM 2.0;'");
    (void)advance();
    if (current().text != "2.0" && current().text != "2") fail_expected("version 2.0");
    (void)advance();
    expect_semicolon();
  }

  void statement() {
    clear_places();
    const Symbol* symbol = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
    if (symbol == nullptr || symbol->kind != SymbolKind::keyword) return operation();
    switch (static_cast<Word>(symbol->first)) {
      case Word::qreg: return declaration(true);
      case Word::creg: return declaration(false);
      case Word::gate: return gate_definition([this] { gate_statement(); });
      case Word::opaque: return opaque_declaration();
      case Word::barrier: return barrier();
      case Word::condition: return conditional();
      case Word::include: return include();
      case Word::measure:
      case Word::reset: return operation();
      case Word::version: fail(current(), "expected a statement, got a second version");
    }
  }

  /// What a condition may be in front of.
  void operation() {
    if (at_word("measure")) {
      const Token place = advance();
      const Operand qubits = qubit_operand();
      expect(symbol("->"), "'->'");
      const Operand bits = bit_operand();
      expect_semicolon();
      measure(place, qubits, bits);
    } else if (at_word("reset")) {
      reset();
    } else {
      gate_call({});
    }
  }

  void declaration(bool qubits) {
    (void)advance();
    const Token name = expect(TokenKind::identifier, "the name of a register");
    expect(symbol("["), "'['");
    const auto count = literal_integer(expect(TokenKind::integer, "the size of a register"));
    expect(symbol("]"), "']'");
    expect_semicolon();
    qubits ? add_qubits(name, count) : add_bits(name, count);
  }

  void gate_statement() { at_word("barrier") ? barrier() : gate_call({}); }

  void conditional() {
    (void)advance();
    expect(symbol("("), "'('");
    const Token name = expect(TokenKind::identifier, "a register of classical bits");
    const Symbol* found = find(name.text);
    if (found == nullptr || found->kind != SymbolKind::bits) {
      fail(name, text("expected a register of classical bits, got ", in_quotes(name.text)));
    }
    if (found->owner < 0) fail(name, "conditions on registers of more than 64 bits are not supported");
    const Symbol bits = *found;
    expect(symbol("=="), "'=='");
    const auto value = literal_integer<std::uint64_t>(expect(TokenKind::integer, "an integer"));
    expect(symbol(")"), "')'");
    if (bits.count < 64 && value >> bits.count != 0) return expander().never([this] { operation(); });
    (void)expander().under({bits.owner, value}, false, [this] { operation(); });
  }

  void include() {
    (void)advance();
    const Token name = expect(TokenKind::string, "the name of a file in quotes");
    expect_semicolon();
    if (name.text != "qelib1.inc") return enter_file(name);
    if (std::exchange(has_library_, true)) return;
    for (const auto& facts : gate_table) {
      if (facts.openqasm2.standard)
        add_table_gate(facts.openqasm2.name, facts.gate, !is_published(facts.openqasm2.name));
    }
    for (const auto& alias : aliases2) add_table_gate(alias.name, alias.gate);
    enter_library("qelib1.inc", qelib1_definitions);
  }

  bool has_library_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
