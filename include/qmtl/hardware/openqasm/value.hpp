#pragma once
// SPDX-License-Identifier: Apache-2.0
// Values of OpenQASM's expressions: numbers, angles of parameters, bits that are measured, and what depends on the
// parameters of a gate that is being defined.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/circuit/instruction.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// What is wrong with a statement; whoever reads it adds the place.
struct Refusal {
  std::string problem;
};
template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  throw Refusal{text(parts...)};
}

enum class ValueKind : std::uint8_t { boolean, integer, real, deferred, bits, condition };

struct Value {
  ValueKind kind = ValueKind::real;
  std::int64_t integer = 0;  ///< of an integer or boolean; of what is deferred, its number among those of the gate
  Angle angle{};             ///< of a real number
  Condition condition{};     ///< of bits, their register and mask; of a condition, all of it
  int unsigned_bits = 0;     ///< of an integer of a type without sign, its size; 0 of others
  bool is_signed = false;    ///< whether bits are a number in two's complement

  [[nodiscard]] static Value of(double real) { return {ValueKind::real, 0, real, {}}; }
  [[nodiscard]] static Value of_integer(std::int64_t i) { return {ValueKind::integer, i, {}, {}}; }
  [[nodiscard]] static Value of_boolean(bool b) { return {ValueKind::boolean, b ? 1 : 0, {}, {}}; }
  [[nodiscard]] static Value deferred(std::size_t number) {
    return {ValueKind::deferred, static_cast<std::int64_t>(number), {}, {}};
  }

  [[nodiscard]] bool counts() const noexcept { return kind == ValueKind::integer || kind == ValueKind::boolean; }
  [[nodiscard]] bool is_number() const noexcept { return counts() || kind == ValueKind::real; }
  [[nodiscard]] bool is_constant() const noexcept {
    return counts() || (kind == ValueKind::real && angle.source == AngleSource::constant);
  }
};

/// The value as an angle. Refuses what is none.
[[nodiscard]] inline Angle angle_of(const Value& value) {
  if (value.kind == ValueKind::real) return value.angle;
  if (!value.counts()) refuse("expected a number, got bits");
  return static_cast<double>(value.integer);
}
/// The same of a number that is known. Refuses an angle of parameters.
[[nodiscard]] inline double number_of(const Value& value) {
  const Angle angle = angle_of(value);
  if (angle.source != AngleSource::constant) refuse("expected a constant, got an expression of inputs");
  return angle.offset;
}
[[nodiscard]] inline std::int64_t integer_of(const Value& value) {
  if (!value.counts()) refuse("expected an integer that is known before the program runs");
  return value.integer;
}
/// Whether a value that is known counts as true.
[[nodiscard]] inline bool truth_of(const Value& value) {
  return value.counts() ? value.integer != 0 : number_of(value) != 0.0;
}

// clang-format off
enum class Operator : std::uint8_t {
  logical_or, logical_and, bit_or, bit_xor, bit_and, equal, unequal, less, less_equal, greater, greater_equal,
  shift_left, shift_right, add, subtract, multiply, divide, modulo, power, negate, logical_not, bit_not,
  sine, cosine, tangent, arcsine, arccosine, arctangent, exponential, logarithm, root, floor, ceiling
};
// clang-format on

/// A step of what is deferred; its operands are constants or earlier steps.
struct DeferredStep {
  Operator op;
  Value left, right;
};

/// The number, if it is finite.
[[nodiscard]] inline Value finite(double number) {
  if (!std::isfinite(number)) refuse("expected a finite number, got ", number);
  return Value::of(number);
}

[[nodiscard]] inline std::optional<double> function_value(Operator op, double x) {
  switch (op) {
    case Operator::sine: return std::sin(x);
    case Operator::cosine: return std::cos(x);
    case Operator::tangent: return std::tan(x);
    case Operator::arcsine: return std::asin(x);
    case Operator::arccosine: return std::acos(x);
    case Operator::arctangent: return std::atan(x);
    case Operator::exponential: return std::exp(x);
    case Operator::logarithm: return std::log(x);
    case Operator::root: return std::sqrt(x);
    case Operator::floor: return std::floor(x);
    case Operator::ceiling: return std::ceil(x);
    default: return std::nullopt;
  }
}

/// Whether bits are not those that a condition asks for; only of one bit this is a condition.
[[nodiscard]] inline Value negated(Condition condition) {
  if (!std::has_single_bit(condition.mask)) {
    refuse("conditions that a register of several bits does not have a value are not supported");
  }
  condition.value ^= condition.mask;
  return {ValueKind::condition, 0, {}, condition};
}

/// Whether bits, or one bit, are a number.
[[nodiscard]] inline Value bits_equal(const Value& bits, std::int64_t number) {
  Condition condition = bits.condition;
  const int low = std::countr_zero(condition.mask);
  const std::uint64_t mask = condition.mask >> low, half = (mask >> 1) + 1;
  auto pattern = static_cast<std::uint64_t>(number);
  const bool possible = bits.is_signed ? pattern + half <= mask : number >= 0 && pattern <= mask;
  if (!possible) refuse("these bits can never have the value ", number);
  condition.value = (pattern & mask) << low;
  return {ValueKind::condition, 0, {}, condition};
}

/// Bits as a condition: one bit that is set.
[[nodiscard]] inline Value as_condition(const Value& value) {
  if (value.kind != ValueKind::bits) return value;
  if (!std::has_single_bit(value.condition.mask)) {
    refuse("expected one bit or a comparison as a condition, got several bits");
  }
  return bits_equal({ValueKind::bits, 0, {}, value.condition}, 1);
}

/// Both conditions, if a program can hold them in one.
[[nodiscard]] inline Condition both(const Condition& a, const Condition& b) {
  if (a.classical_register != b.classical_register) refuse("conditions on several registers are not supported");
  if (((a.value ^ b.value) & a.mask & b.mask) != 0) refuse("conditions that can never hold are not supported");
  return {a.classical_register, a.value | b.value, a.mask | b.mask};
}

[[nodiscard]] inline Value of_bits(Operator op, const Value& left, const Value& right) {
  if (op == Operator::logical_not || op == Operator::bit_not) return negated(as_condition(left).condition);
  if (op == Operator::logical_and) {
    const Value a = as_condition(left), b = as_condition(right);
    if (a.is_constant()) return truth_of(a) ? b : a;
    if (b.is_constant()) return truth_of(b) ? a : b;
    return {ValueKind::condition, 0, {}, both(a.condition, b.condition)};
  }
  if (op != Operator::equal && op != Operator::unequal) refuse("calculations with measured bits are not supported");
  const bool first = left.kind == ValueKind::bits || left.kind == ValueKind::condition;
  const Value& bits = first ? left : right;
  const Value& other = first ? right : left;
  if (!other.counts()) refuse("expected measured bits to be compared with an integer");
  Value out = bits.kind == ValueKind::bits ? bits_equal(bits, other.integer) : bits;
  if (bits.kind == ValueKind::condition && other.integer == 0) out = negated(out.condition);
  return op == Operator::equal ? out : negated(out.condition);
}

[[nodiscard]] inline std::int64_t integer_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t out = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(out, base, &out)) refuse("an integer of more than 64 bits");
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) refuse("an integer of more than 64 bits");
  }
  return out;
}

/// Comparisons and logic of numbers that are known.
[[nodiscard]] inline std::optional<bool> comparison(Operator op, double a, double b) {
  switch (op) {
    case Operator::equal: return a == b;
    case Operator::unequal: return a != b;
    case Operator::less: return a < b;
    case Operator::less_equal: return a <= b;
    case Operator::greater: return a > b;
    case Operator::greater_equal: return a >= b;
    case Operator::logical_and: return a != 0.0 && b != 0.0;
    case Operator::logical_or: return a != 0.0 || b != 0.0;
    case Operator::logical_not: return a == 0.0;
    default: return std::nullopt;
  }
}

[[nodiscard]] inline Value of_integers(Operator op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool overflow = false;
  const auto shifted = [&] {
    if (b < 0 || b > 62) refuse("expected a shift by 0 to 62 bits, got ", b);
    return b;
  };
  switch (op) {
    case Operator::add: overflow = __builtin_add_overflow(a, b, &out); break;
    case Operator::subtract: overflow = __builtin_sub_overflow(a, b, &out); break;
    case Operator::multiply: overflow = __builtin_mul_overflow(a, b, &out); break;
    case Operator::negate: overflow = __builtin_sub_overflow(std::int64_t{0}, a, &out); break;
    case Operator::divide:
      if (b == 0) refuse("a division by zero");
      if (b == -1) return of_integers(Operator::negate, a, 0);
      if (a % b != 0) refuse("integers that do not divide are ambiguous in OpenQASM 3: write ", a, ".0/", b);
      out = a / b;
      break;
    case Operator::modulo:
      if (b == 0) refuse("a division by zero");
      out = b == -1 ? 0 : a % b;
      break;
    case Operator::power:
      if (b < 0) return finite(std::pow(static_cast<double>(a), static_cast<double>(b)));
      out = integer_power(a, b);
      break;
    case Operator::shift_left: overflow = __builtin_mul_overflow(a, std::int64_t{1} << shifted(), &out); break;
    case Operator::shift_right: out = a >> shifted(); break;
    case Operator::bit_and: out = a & b; break;
    case Operator::bit_or: out = a | b; break;
    case Operator::bit_xor: out = a ^ b; break;
    case Operator::bit_not: out = ~a; break;
    default: refuse("expected a real number, got an integer");
  }
  if (overflow) refuse("an integer of more than 64 bits");
  return Value::of_integer(out);
}

[[nodiscard]] inline Value of_reals(Operator op, double a, double b) {
  switch (op) {
    case Operator::add: return finite(a + b);
    case Operator::subtract: return finite(a - b);
    case Operator::multiply: return finite(a * b);
    case Operator::divide: return finite(a / b);
    case Operator::modulo: return finite(std::fmod(a, b));
    case Operator::power: return finite(std::pow(a, b));
    case Operator::negate: return finite(-a);
    default: refuse("expected integers for an operation on bits, got a real number");
  }
}

/// Sums and products of inputs, as far as an angle can hold them.
[[nodiscard]] inline Value of_angles(Operator op, const Angle& a, const Angle& b) {
  Value out;
  switch (op) {
    case Operator::add: out.angle = a + b; break;
    case Operator::subtract: out.angle = a - b; break;
    case Operator::multiply: out.angle = a * b; break;
    case Operator::negate: out.angle = -a; break;
    case Operator::divide:
      if (b.source != AngleSource::constant || b.offset == 0.0) refuse("expected a constant to divide an input by");
      out.angle = a / b.offset;
      break;
    default: refuse("an angle can be a sum or a product of inputs, but no other expression of them");
  }
  return out;
}

/// An integer with the size of the types without sign that it was made of, if it still has it.
[[nodiscard]] inline Value with_size(Value value, int bits) {
  const bool keeps =
      value.kind == ValueKind::integer && value.integer >= 0 && (bits > 63 || value.integer >> bits == 0);
  value.unsigned_bits = keeps ? bits : 0;
  return value;
}

/// All bits of an integer without sign inverted.
[[nodiscard]] inline Value inverted(std::int64_t value, int bits) {
  if (bits > 63) refuse("the inverse of a uint of 64 bits, or of none that are written, is not supported");
  const std::uint64_t pattern = ~static_cast<std::uint64_t>(value) & ~std::uint64_t{0} >> (64 - bits);
  return with_size(Value::of_integer(static_cast<std::int64_t>(pattern)), bits);
}

/// The value of an operation; one with a single operand takes the left one.
[[nodiscard]] inline Value calculate(Operator op, const Value& left, const Value& right = Value::of_integer(0)) {
  if (!left.is_number() || !right.is_number()) return of_bits(op, left, right);
  const bool known = left.is_constant() && right.is_constant();
  if (!known) return of_angles(op, angle_of(left), angle_of(right));
  const double a = number_of(left), b = number_of(right);
  if (left.counts() && right.counts() && op >= Operator::equal && op <= Operator::greater_equal) {
    const auto order = left.integer < right.integer ? -1.0 : left.integer > right.integer ? 1.0 : 0.0;
    return Value::of_boolean(*comparison(op, order, 0.0));
  }
  if (const auto truth = comparison(op, a, b)) return Value::of_boolean(*truth);
  if (const auto result = function_value(op, a)) {
    const bool whole = op == Operator::floor || op == Operator::ceiling;
    return whole && std::abs(*result) < 0x1p53 ? Value::of_integer(static_cast<std::int64_t>(*result))
                                               : finite(*result);
  }
  if (!left.counts() || !right.counts()) return of_reals(op, a, b);
  const int bits = std::max(left.unsigned_bits, right.unsigned_bits);
  return op == Operator::bit_not && bits > 0 ? inverted(left.integer, bits)
                                             : with_size(of_integers(op, left.integer, right.integer), bits);
}

/// The expressions of a gate's parameters, of which the first values are: steps in an order in which they can be taken.
class DeferredSteps {
 public:
  explicit DeferredSteps(std::size_t parameters = 0) : parameters_(parameters) {}

  [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }

  [[nodiscard]] Value add(Operator op, const Value& left, const Value& right) {
    steps_.push_back({op, left, right});
    return Value::deferred(parameters_ + steps_.size() - 1);
  }

  /// Appends the values of all steps behind those of the parameters.
  void evaluate(std::vector<Value>& values) const {
    const std::size_t first = values.size() - parameters_;
    for (const auto& [op, left, right] : steps_) {
      const Value value = calculate(op, at(values, first, left), at(values, first, right));
      values.push_back(value);
    }
  }
  [[nodiscard]] static const Value& at(const std::vector<Value>& values, std::size_t first, const Value& value) {
    return value.kind == ValueKind::deferred ? values[first + static_cast<std::size_t>(value.integer)] : value;
  }

 private:
  std::size_t parameters_;
  std::vector<DeferredStep> steps_;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
