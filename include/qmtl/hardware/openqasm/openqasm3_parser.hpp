#pragma once
// SPDX-License-Identifier: Apache-2.0
// The circuits of OpenQASM 3 (Cross et al., arXiv:2104.14722), statement by statement: what is known before the program
// runs is calculated on the way, loops included.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/openqasm/declaration_parser.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

class OpenQasm3Parser : public DeclarationParser {
 public:
  OpenQasm3Parser(std::string_view content, const OpenQasmOptions& options) : DeclarationParser(content, options) {
    add_keywords(words);
    for (const auto type : {"int", "uint", "float", "angle", "bool", "bit"}) set(type, {SymbolKind::type});
    GateDefinition u{{}, 3, 1, Gate::U, false, true};
    add_gate("U", std::move(u));
    GateDefinition phase{{}, 1, 0, {}, true};
    add_gate("gphase", std::move(phase));
  }

  [[nodiscard]] OpenQasmProgram read() && {
    if (at_word("OPENQASM")) version_line();
    read_all([this] { statement(); });
    return std::move(*this).result();
  }

 private:
  // clang-format off
  enum class Word {
    qubit, qreg, creg, constant, input, output, gate, measure, reset, barrier, condition, loop, alias, include, pragma,
    ctrl, negctrl, inv, pow, refused
  };
  // clang-format on
  /// Those of Word, and behind them what is refused by its name.
  static constexpr std::array<std::string_view, 41> words{
      "qubit",   "qreg",          "creg",     "const",      "input",    "output",  "gate",
      "measure", "reset",         "barrier",  "if",         "for",      "let",     "include",
      "pragma",  "ctrl",          "negctrl",  "inv",        "pow",      "def",     "extern",
      "defcal",  "defcalgrammar", "cal",      "while",      "switch",   "break",   "continue",
      "return",  "end",           "box",      "delay",      "duration", "stretch", "array",
      "complex", "else",          "OPENQASM", "durationof", "sizeof",   "in"};

  void version_line() {
    (void)advance();
    if (current().text != "3" && !current().text.starts_with("3.")) fail_expected("version 3.0");
    if (current().kind != TokenKind::integer && current().kind != TokenKind::real) fail_expected("version 3.0");
    (void)advance();
    expect_semicolon();
  }

  void statement() {
    clear_places();
    if (at(symbol("@")) || at(symbol("#"))) return annotation();
    if (at(symbol("{"))) return block();
    if (at(symbol(";"))) fail_expected("a statement");
    const Symbol* found = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
    if (found == nullptr || found->kind == SymbolKind::gate) return gate_call({});
    switch (found->kind) {
      case SymbolKind::keyword:
        return keyword(static_cast<Word>(std::min<int>(found->first, static_cast<int>(Word::refused))));
      case SymbolKind::type: return declaration(false);
      case SymbolKind::bits: return bit_assignment();
      case SymbolKind::value: return assignment(*found);
      default: fail_expected("a statement");
    }
  }

  void keyword(Word word) {
    switch (word) {
      case Word::qubit: return qubit_declaration();
      case Word::qreg: return old_declaration(true);
      case Word::creg: return old_declaration(false);
      case Word::constant: (void)advance(); return declaration(true);
      case Word::input: return input();
      case Word::output: return output();
      case Word::gate: return require_global(), gate_definition([this] { gate_statement(); });
      case Word::measure: return measurement();
      case Word::reset: return require_program(), reset();
      case Word::barrier: return barrier();
      case Word::condition: return conditional();
      case Word::loop: return loop();
      case Word::alias: return alias();
      case Word::include: return require_global(), include();
      case Word::pragma: return skip_line();
      case Word::ctrl:
      case Word::negctrl:
      case Word::inv:
      case Word::pow: return modified_call();
      case Word::refused: break;
    }
    fail(current(), text("statements with ", in_quotes(current().text), " are not supported"));
  }

  /// A statement of a definition: what would change or read the program is none.
  void gate_statement() {
    const Symbol* found = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
    const bool is_keyword = found != nullptr && found->kind == SymbolKind::keyword;
    const auto word = static_cast<Word>(is_keyword ? found->first : 0);
    const bool fits = is_keyword && (word == Word::barrier || word == Word::condition || word == Word::loop ||
                                     (word >= Word::ctrl && word <= Word::pow));
    if (!fits && is_keyword) fail_expected("a gate");
    fits ? keyword(word) : gate_call({});
  }

  /// "@word ..." and "#pragma ..." up to the end of the line: they mean nothing here.
  void annotation() {
    if (at(symbol("#")) && following().text != "pragma" && following().text != "dim") fail_expected("a statement");
    skip_line();
  }

  void include() {
    (void)advance();
    const Token name = expect(TokenKind::string, "the name of a file in quotes");
    expect_semicolon();
    if (name.text != "stdgates.inc") return enter_file(name);
    if (std::exchange(has_library_, true)) return;
    for (const auto& facts : gate_table) {
      if (facts.openqasm3.standard && facts.gate != Gate::U) add_table_gate(facts.openqasm3.name, facts.gate);
    }
    for (const auto& known : aliases3) add_table_gate(known.name, known.gate);
    enter_library("stdgates.inc", stdgates_definitions);
  }

  // --- statements

  void modified_call() {
    GateCall call;
    while (true) {
      if (at_word("inv")) {
        (void)advance();
        call.exponents.push_back(Value::of_integer(-1));
      } else if (at_word("pow")) {
        (void)advance();
        expect(symbol("("), "'(' and an exponent");
        call.exponents.push_back(expression());
        expect(symbol(")"), "')'");
      } else if (at_word("ctrl") || at_word("negctrl")) {
        add_controls(call);
      } else {
        break;
      }
      expect(symbol("@"), "'@'");
    }
    std::reverse(call.exponents.begin(), call.exponents.end());
    gate_call(std::move(call));
  }
  void add_controls(GateCall& call) {
    const bool on_one = advance().text == "ctrl";
    std::int64_t count = 1;
    if (accept(symbol("("))) {
      const Token begin = current();
      count = integer("the number of controls");
      if (count < 1 || count > max_circuit_qubits)
        fail(begin, text("expected 1 to ", max_circuit_qubits, " controls, got ", count));
      expect(symbol(")"), "')'");
    }
    call.controls.insert(call.controls.end(), static_cast<std::size_t>(count), on_one);
    if (call.controls.size() > static_cast<std::size_t>(max_circuit_qubits)) fail_expected("at most 4096 controls");
  }

  /// `measure qubits;` or `measure qubits -> bits;`
  void measurement() {
    require_program();
    const Token place = advance();
    const Operand qubits = qubit_operand();
    if (accept(symbol("->"))) {
      const Operand bits = bit_operand();
      expect_semicolon();
      return measure(place, qubits, bits);
    }
    if (!at(symbol(";"))) fail_expected("'->' or ';'");
    (void)advance();
    if (qubits.count > 1) expander().take_steps(qubits.count - 1);
    if (discarded_ < 0) discarded_ = add_bit("discarded");
    for (std::size_t i = 0; i < qubits.count; ++i) expander().measure(place_of(qubits, i), discarded_);
  }

  /// `bits = measure qubits;`
  void bit_assignment() {
    require_program();
    const Operand bits = bit_operand();
    expect(symbol("="), "'=' and a measurement");
    if (!at_word("measure")) fail(current(), "assignments to bits other than measurements are not supported");
    const Token place = advance();
    const Operand qubits = qubit_operand();
    expect_semicolon();
    measure(place, qubits, bits);
  }

  /// A variable's new value, which must be known before the program runs.
  void assignment(const Symbol& variable) {
    require_program();
    const Symbol target = variable;
    const Token name = advance();
    if (target.constant) fail(name, text("expected a variable, got the constant ", in_quotes(name.text)));
    if (expander().conditional()) fail(name, "assignments under conditions of measured bits are not supported");
    struct Compound {
      std::string_view symbol;
      Operator op;
    };
    static constexpr std::array compounds{Compound{"+=", Operator::add},         Compound{"-=", Operator::subtract},
                                          Compound{"*=", Operator::multiply},    Compound{"/=", Operator::divide},
                                          Compound{"%=", Operator::modulo},      Compound{"**=", Operator::power},
                                          Compound{"<<=", Operator::shift_left}, Compound{">>=", Operator::shift_right},
                                          Compound{"&=", Operator::bit_and},     Compound{"|=", Operator::bit_or},
                                          Compound{"^=", Operator::bit_xor}};
    const Value before = value_of(target);
    Value value;
    if (accept(symbol("="))) {
      value = known_expression();
    } else {
      const auto compound =
          std::find_if(compounds.begin(), compounds.end(), [this](const Compound& c) { return at(symbol(c.symbol)); });
      if (compound == compounds.end()) fail_expected("'=' and a value");
      (void)advance();
      value = calculate(compound->op, before, known_expression());
    }
    expect_semicolon();
    value_of(target) = in_variable(name, value, target.type);
  }

  /// A block of statements, or one.
  void body() { in_gate() ? (at(symbol("{")) ? block() : gate_statement()) : statement(); }
  void block() {
    const Nesting nesting(*this);
    expect(symbol("{"), "'{'");
    open_scope();
    while (!at(symbol("}"))) {
      if (current().kind == TokenKind::end) fail_expected("'}'");
      clear_places();
      in_gate() ? gate_statement() : statement();
    }
    close_scope();
    (void)advance();
  }

  void conditional() {
    const Nesting nesting(*this);
    (void)advance();
    expect(symbol("("), "'('");
    const Token begin = current();
    const Value value = as_condition(expression());
    expect(symbol(")"), "')'");
    if (value.kind == ValueKind::deferred) fail(begin, "conditions on a gate's parameters are not supported");
    if (value.is_number()) {
      const bool holds = truth_of(value);
      holds ? body() : skip_statement();
      if (!at_word("else")) return;
      (void)advance();
      holds ? skip_statement() : body();
      return;
    }
    const bool lost = expander().under(whole(value.condition), false, [this] { body(); });
    if (!at_word("else")) return;
    const Condition otherwise = negated(value.condition).condition;
    (void)advance();
    (void)expander().under(whole(otherwise), lost, [this] { body(); });
  }

  /// A condition on all bits of a register is one on its value.
  [[nodiscard]] Condition whole(Condition condition) {
    const int bits = program().registers()[static_cast<std::size_t>(condition.classical_register)].bits;
    if (condition.mask == ~std::uint64_t{0} >> (64 - bits)) condition.mask = Condition{}.mask;
    return condition;
  }

  /// `for type name in [first:step:last] statement`, or `in {a, b, c}`.
  void loop() {
    const Nesting nesting(*this);
    (void)advance();
    const Symbol* found = current().kind == TokenKind::identifier ? find(current().text) : nullptr;
    if (found == nullptr || found->kind != SymbolKind::type) fail_expected("a type");
    const std::string_view type_name = advance().text;
    const ValueType type = type_named(type_name, size_or(0));
    const Token name = expect(TokenKind::identifier, "the name of a variable");
    if (!at_word("in")) fail_expected("'in'");
    (void)advance();
    const std::size_t values_begin = position();
    const auto values = at(symbol("{")) ? loop_set() : loop_range();
    const std::size_t body_begin = position();
    skip_statement();
    const std::size_t body_end = position(), tokens = (body_end - values_begin) / 4;
    for (std::int64_t i = 0; i < values.count; ++i) {
      expander().take_steps(i == 0 ? 0 : 1 + tokens / 16);
      go_back(body_begin);
      open_scope();
      define_value(name, in_variable(name, values.at(i), type), true, type);
      body();
      close_scope();
    }
  }

  struct LoopValues {
    std::int64_t count = 0, first = 0, step = 1;
    std::vector<Value> list{};

    [[nodiscard]] Value at(std::int64_t i) const {
      return list.empty() ? Value::of_integer(first + i * step) : list[static_cast<std::size_t>(i)];
    }
  };
  [[nodiscard]] LoopValues loop_set() {
    LoopValues out;
    expect(symbol("{"), "'{'");
    do out.list.push_back(known_expression());
    while (accept(symbol(",")));
    expect(symbol("}"), "'}'");
    out.count = static_cast<std::int64_t>(out.list.size());
    return out;
  }
  [[nodiscard]] LoopValues loop_range() {
    LoopValues out;
    expect(symbol("["), "'[' or '{' and the values of a loop");
    const Token begin = current();
    out.first = integer("an integer");
    expect(symbol(":"), "':'");
    std::int64_t last = integer("an integer");
    if (accept(symbol(":"))) {
      out.step = last;
      last = integer("an integer");
    }
    expect(symbol("]"), "']'");
    constexpr std::int64_t most = std::int64_t{1} << 53;
    const auto small = [](std::int64_t i) { return i >= -most && i <= most; };
    if (out.step == 0 || !small(out.first) || !small(out.step) || !small(last)) {
      fail(begin, "expected a range of integers below 2^53, with a step that is not zero");
    }
    const std::int64_t distance = last - out.first;
    if (distance == 0 || (distance < 0) == (out.step < 0)) out.count = distance / out.step + 1;
    return out;
  }

  // --- what is not done

  void skip_balanced(std::uint32_t open, std::uint32_t close) {
    int depth = 0;
    do {
      if (current().kind == TokenKind::end) fail_expected("the end of a block or an expression");
      depth += at(open) ? 1 : at(close) ? -1 : 0;
      (void)advance();
    } while (depth > 0);
  }

  /// Moves behind a statement, without a look at what it says.
  void skip_statement() {
    const Nesting nesting(*this);
    if (at(symbol("{"))) return skip_balanced(symbol("{"), symbol("}"));
    if (at(symbol(";"))) fail_expected("a statement");
    if (at_word("if")) {
      (void)advance();
      if (!at(symbol("("))) fail_expected("'('");
      skip_balanced(symbol("("), symbol(")"));
      skip_statement();
      if (!at_word("else")) return;
      (void)advance();
      return skip_statement();
    }
    if (at_word("for")) {
      while (!at_word("in")) {
        if (current().kind == TokenKind::end) fail_expected("'in'");
        (void)advance();
      }
      (void)advance();
      at(symbol("{")) ? skip_balanced(symbol("{"), symbol("}")) : skip_balanced(symbol("["), symbol("]"));
      return skip_statement();
    }
    while (!accept(symbol(";"))) {
      if (current().kind == TokenKind::end || at(symbol("}"))) fail_expected("';'");
      at(symbol("{")) ? skip_balanced(symbol("{"), symbol("}")) : (void)advance();
    }
  }

  bool has_library_ = false;
  int discarded_ = -1;  ///< the bit that measurements go to that nobody reads
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
