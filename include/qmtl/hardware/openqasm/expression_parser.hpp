#pragma once
// SPDX-License-Identifier: Apache-2.0
// Names and expressions of OpenQASM 2 and 3.

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "qmtl/core/real_text.hpp"
#include "qmtl/hardware/openqasm/symbols.hpp"
#include "qmtl/hardware/openqasm/token_stream.hpp"
#include "qmtl/hardware/openqasm/value.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// An operator between two operands, and how strongly it binds.
struct BinaryOperator {
  Operator op;
  int strength;
};

class ExpressionParser : public TokenStream {
 public:
  ExpressionParser(std::string_view content, const OpenQasmOptions& options, int version)
      : TokenStream(content, options, version == 3), version_(version) {}

 protected:
  [[nodiscard]] int version() const noexcept { return version_; }

  [[nodiscard]] const Symbol* find(std::string_view name) const {
    const auto found = symbols_.find(name);
    return found == symbols_.end() ? nullptr : &found->second;
  }
  /// Gives a name that the innermost block does not have yet.
  void define(const Token& name, const Symbol& symbol) {
    if (const Symbol* known = find(name.text)) {
      const bool shadows = !scopes_.empty() && known->kind != SymbolKind::keyword && known->kind != SymbolKind::type &&
                           known->depth < scopes_.size();
      if (!shadows) fail(name, text("expected a new name, got ", in_quotes(name.text), " again"));
    }
    set(name.text, symbol);
  }
  /// The same without a look at what the name was.
  void set(std::string_view name, const Symbol& symbol) {
    if (!scopes_.empty()) {
      const Symbol* known = find(name);
      shadowed_.emplace_back(name, known == nullptr ? std::nullopt : std::optional(*known));
    }
    Symbol here = symbol;
    here.depth = scopes_.size();
    symbols_.insert_or_assign(name, here);
  }
  /// Words of the language, by their numbers.
  void add_keywords(std::span<const std::string_view> words) {
    for (std::size_t k = 0; k < words.size(); ++k) set(words[k], {SymbolKind::keyword, static_cast<int>(k)});
  }
  void define_value(const Token& name, const Value& value, bool constant = true, const ValueType& type = {}) {
    define(name, {SymbolKind::value, static_cast<int>(values_.size()), 0, false, constant, -1, 0, type});
    values_.push_back(value);
  }
  [[nodiscard]] Value& value_of(const Symbol& symbol) { return values_[static_cast<std::size_t>(symbol.first)]; }

  /// Names that a block defines are gone behind it.
  void open_scope() { scopes_.push_back({shadowed_.size(), values_.size()}); }
  void close_scope() {
    const auto [names, values] = scopes_.back();
    while (shadowed_.size() > names) {
      const auto& [name, before] = shadowed_.back();
      if (before) {
        symbols_.insert_or_assign(name, *before);
      } else {
        symbols_.erase(name);
      }
      shadowed_.pop_back();
    }
    values_.resize(values);
    scopes_.pop_back();
  }
  [[nodiscard]] bool in_scope() const noexcept { return !scopes_.empty(); }

  /// Counts how deep expressions and blocks are in one another.
  class Nesting {
   public:
    explicit Nesting(ExpressionParser& parser) : depth_(&parser.depth_) {
      if (*depth_ >= parser.limits().nesting) {
        parser.fail(parser.current(), text("expected expressions and blocks at most ", parser.limits().nesting,
                                           " deep (OpenQasmLimits::nesting)"));
      }
      ++*depth_;
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --*depth_; }

   private:
    int* depth_;
  };

  /// Where expressions of a gate's parameters go while it is defined.
  void defer_to(DeferredSteps* steps) noexcept { steps_ = steps; }
  [[nodiscard]] bool in_gate() const noexcept { return steps_ != nullptr; }

  [[nodiscard]] Value expression() { return binary(0); }
  /// An integer that is known.
  [[nodiscard]] std::int64_t integer(std::string_view what) {
    const Token begin = current();
    if (version_ == 2) return literal_integer(expect(TokenKind::integer, what));
    const Value value = expression();
    if (!value.counts()) fail(begin, text("expected ", what));
    return value.integer;
  }
  /// An integer of 64 bits, with a sign or, as registers of bits have them, without.
  template <class Integer = std::int64_t>
  [[nodiscard]] Integer literal_integer(const Token& token) const {
    std::string digits(token.text);
    std::erase(digits, '_');
    int radix = 10;
    std::size_t begin = 0;
    if (digits.size() > 2 && digits[0] == '0' && digits[1] > '9') {
      radix = digits[1] == 'x' || digits[1] == 'X' ? 16 : digits[1] == 'o' || digits[1] == 'O' ? 8 : 2;
      begin = 2;
    }
    Integer value = 0;
    const auto [end, error] = std::from_chars(digits.data() + begin, digits.data() + digits.size(), value, radix);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      fail(token,
           text("expected an integer below 2^", std::numeric_limits<Integer>::digits, ", got ", in_quotes(token.text)));
    }
    return value;
  }

 private:
  struct Scope {
    std::size_t shadowed, values;
  };

  [[nodiscard]] std::optional<BinaryOperator> binary_operator() const noexcept {
    if (current().kind != TokenKind::symbol) return std::nullopt;
    constexpr auto of = [](std::string_view s) { return symbol(s); };
    switch (current().symbol) {
      case of("+"): return {{Operator::add, 9}};
      case of("-"): return {{Operator::subtract, 9}};
      case of("*"): return {{Operator::multiply, 10}};
      case of("/"): return {{Operator::divide, 10}};
      default: break;
    }
    if (version_ == 2) return at(of("^")) ? std::optional<BinaryOperator>({Operator::power, 12}) : std::nullopt;
    switch (current().symbol) {
      case of("||"): return {{Operator::logical_or, 1}};
      case of("&&"): return {{Operator::logical_and, 2}};
      case of("|"): return {{Operator::bit_or, 3}};
      case of("^"): return {{Operator::bit_xor, 4}};
      case of("&"): return {{Operator::bit_and, 5}};
      case of("=="): return {{Operator::equal, 6}};
      case of("!="): return {{Operator::unequal, 6}};
      case of("<"): return {{Operator::less, 7}};
      case of("<="): return {{Operator::less_equal, 7}};
      case of(">"): return {{Operator::greater, 7}};
      case of(">="): return {{Operator::greater_equal, 7}};
      case of("<<"): return {{Operator::shift_left, 8}};
      case of(">>"): return {{Operator::shift_right, 8}};
      case of("%"): return {{Operator::modulo, 10}};
      case of("**"): return {{Operator::power, 12}};
      default: return std::nullopt;
    }
  }

  [[nodiscard]] Value evaluated(Operator op, const Value& left, const Value& right = Value::of_integer(0)) {
    const bool deferred = left.kind == ValueKind::deferred || right.kind == ValueKind::deferred;
    return deferred ? steps_->add(op, left, right) : calculate(op, left, right);
  }

  /// Operators that bind at least so strongly. Only powers group from the right.
  [[nodiscard]] Value binary(int least) {
    Value left = unary();
    for (auto next = binary_operator(); next && next->strength >= least; next = binary_operator()) {
      const Nesting nesting(*this);
      (void)advance();
      const Value right = binary(next->op == Operator::power ? next->strength : next->strength + 1);
      left = evaluated(next->op, left, right);
    }
    return left;
  }

  /// A sign binds less strongly than a power.
  [[nodiscard]] Value unary() {
    if (current().kind != TokenKind::symbol) return primary();
    constexpr int of_power = 12;
    for (const auto& [sign, op] : {std::pair{symbol("-"), Operator::negate},
                                   {symbol("!"), Operator::logical_not},
                                   {symbol("~"), Operator::bit_not}}) {
      if (!at(sign) || (version_ == 2 && op != Operator::negate)) continue;
      const Nesting nesting(*this);
      (void)advance();
      return evaluated(op, binary(of_power));
    }
    if (accept(symbol("+"))) {
      const Nesting nesting(*this);
      return binary(of_power);
    }
    return primary();
  }

  [[nodiscard]] Value primary() {
    switch (current().kind) {
      case TokenKind::integer: return integer_literal();
      case TokenKind::real: return real_literal(advance());
      case TokenKind::identifier: return named();
      default: break;
    }
    if (!at(symbol("("))) fail_expected("an expression");
    return in_parentheses();
  }
  [[nodiscard]] Value in_parentheses() {
    const Nesting nesting(*this);
    expect(symbol("("), "'('");
    const Value value = expression();
    expect(symbol(")"), "')'");
    return value;
  }

  [[nodiscard]] Value integer_literal() {
    return version_ == 2 ? real_literal(advance()) : Value::of_integer(literal_integer(advance()));
  }
  [[nodiscard]] Value real_literal(const Token& token) const {
    std::optional<double> number = parse_real<double>(token.text);
    if (!number && version_ == 3) {
      std::string digits(token.text);
      std::erase(digits, '_');
      number = parse_real<double>(digits);
    }
    if (!number) fail(token, text("expected a number that a double can hold, got ", in_quotes(token.text)));
    return Value::of(*number);
  }

  [[nodiscard]] Value named() {
    const Token name = current();
    if (const Symbol* symbol = find(name.text)) {
      switch (symbol->kind) {
        case SymbolKind::value: return indexed(value_of(*symbol));
        case SymbolKind::bits: return bits(*symbol);
        case SymbolKind::type: return cast();
        case SymbolKind::keyword:
          if (name.text == "pow") return call();  // which is a modifier as well
          fail_expected("an expression");
        default: fail_expected("an expression");
      }
    }
    struct Constant {
      std::string_view name;
      double value;
    };
    static constexpr std::array constants{
        Constant{"pi", std::numbers::pi},      Constant{"\xcf\x80", std::numbers::pi},
        Constant{"tau", 2 * std::numbers::pi}, Constant{"\xcf\x84", 2 * std::numbers::pi},
        Constant{"euler", std::numbers::e},    Constant{"\xe2\x84\x87", std::numbers::e},
    };
    for (const auto& constant : constants) {
      if (constant.name != name.text || (version_ == 2 && name.text != "pi")) continue;
      (void)advance();
      return Value::of(constant.value);
    }
    if (version_ == 3 && (name.text == "true" || name.text == "false"))
      return Value::of_boolean(advance().text == "true");
    return call();
  }

  /// A bit of an integer, or all of a value.
  [[nodiscard]] Value indexed(Value value) {
    (void)advance();
    if (version_ == 2 || !at(symbol("["))) return value;
    const Token begin = advance();
    const std::int64_t bit = integer("the number of a bit");
    expect(symbol("]"), "']'");
    if (value.kind != ValueKind::integer || bit < 0 || bit > 62) fail(begin, "expected a bit of an integer, 0 to 62");
    return Value::of_integer(value.integer >> bit & 1);
  }

  [[nodiscard]] Value call() {
    struct Function {
      std::string_view name;
      Operator op;
    };
    static constexpr std::array functions{
        Function{"sin", Operator::sine},          Function{"cos", Operator::cosine},
        Function{"tan", Operator::tangent},       Function{"exp", Operator::exponential},
        Function{"ln", Operator::logarithm},      Function{"log", Operator::logarithm},
        Function{"sqrt", Operator::root},         Function{"asin", Operator::arcsine},
        Function{"acos", Operator::arccosine},    Function{"atan", Operator::arctangent},
        Function{"arcsin", Operator::arcsine},    Function{"arccos", Operator::arccosine},
        Function{"arctan", Operator::arctangent}, Function{"floor", Operator::floor},
        Function{"ceiling", Operator::ceiling},   Function{"pow", Operator::power},
        Function{"mod", Operator::modulo},
    };
    const Token name = current();
    for (const auto& function : functions) {
      if (function.name != name.text) continue;
      const Nesting nesting(*this);
      (void)advance();
      expect(symbol("("), "'('");
      const Value first = expression();
      const bool two = function.op == Operator::power || function.op == Operator::modulo;
      if (two) expect(symbol(","), "',' and a second argument");
      const Value second = two ? expression() : Value::of_integer(0);
      expect(symbol(")"), "')'");
      return evaluated(function.op, first, second);
    }
    fail(name, text("expected an expression, got ", in_quotes(name.text), ", which is not defined"));
  }

  /// Bits of a register that are compared or asked for: all of them, or some that are neighbours.
  [[nodiscard]] Value bits(const Symbol& symbol) {
    const Token name = advance();
    if (version_ == 2) fail(name, "expected a number, got a register");
    if (symbol.owner < 0) fail(name, "conditions on registers of more than 64 bits are not supported");
    std::int64_t first = 0, last = symbol.count - 1;
    if (accept(openqasm::symbol("["))) {
      first = last = position_in(symbol.count);
      if (accept(openqasm::symbol(":"))) last = position_in(symbol.count);
      expect(openqasm::symbol("]"), "']'");
    }
    if (last < first) fail(name, "expected bits in ascending order");
    Value out{ValueKind::bits, 0, {}, {symbol.owner, 0, 0}};
    const auto count = static_cast<unsigned>(last - first + 1);
    out.condition.mask = (~std::uint64_t{0} >> (64 - count)) << first;
    return out;
  }

  /// `type(value)` or `type[size](value)`.
  [[nodiscard]] Value cast() {
    const Nesting nesting(*this);
    const Token type = advance();
    const std::int64_t size = size_or(0);
    const Value value = in_parentheses();
    if (value.kind == ValueKind::deferred) fail(type, "casts of a gate's parameters are not supported");
    return cast_to(value, type_named(type.text, size));
  }

 protected:
  /// The size in brackets, if there is one.
  [[nodiscard]] std::int64_t size_or(std::int64_t without) {
    if (!accept(symbol("["))) return without;
    const Token begin = current();
    const std::int64_t size = integer("an integer as a size");
    if (size < 1) fail(begin, text("expected a size of 1 or more, got ", size));
    expect(symbol("]"), "']'");
    return size;
  }

  /// The place of an index among so many; negative ones count from the end.
  [[nodiscard]] int checked_position(const Token& place, std::int64_t index, int count) const {
    if (index >= count) fail(place, text("expected an index below ", count, ", got ", index));
    if (index < -count) fail(place, text("expected an index of ", -count, " or more, got ", index));
    return static_cast<int>(index < 0 ? index + count : index);
  }

  /// A position among so many; negative ones count from the end.
  [[nodiscard]] int position_in(int count) {
    const Token begin = current();
    const std::int64_t i = integer("an integer as an index");
    return checked_position(begin, i, count);
  }

 private:
  int version_;
  int depth_ = 0;
  std::unordered_map<std::string_view, Symbol, NameHash> symbols_;
  std::vector<Value> values_;
  std::vector<Scope> scopes_;
  std::vector<std::pair<std::string_view, std::optional<Symbol>>> shadowed_;
  DeferredSteps* steps_ = nullptr;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
