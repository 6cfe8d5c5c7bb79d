#pragma once
// SPDX-License-Identifier: Apache-2.0
// Types of OpenQASM 3's variables and casts: what a value is in one.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

#include "qmtl/hardware/openqasm/value.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

enum class TypeKind : std::uint8_t { boolean, integer, natural, real, angle };

/// A type, and its size in bits, 0 where none is written.
struct ValueType {
  TypeKind kind = TypeKind::integer;
  int bits = 0;
};

/// The type of a name: bits as a number are natural.
[[nodiscard]] inline ValueType type_named(std::string_view name, std::int64_t bits) {
  const auto kind = name == "bool"    ? TypeKind::boolean
                    : name == "int"   ? TypeKind::integer
                    : name == "float" ? TypeKind::real
                    : name == "angle" ? TypeKind::angle
                                      : TypeKind::natural;
  return {kind, static_cast<int>(std::min<std::int64_t>(bits, 1024))};
}

/// A number as an angle holds it: modulo 2 pi, in [0, 2 pi), of so many bits the nearest one.
[[nodiscard]] inline double as_angle(double number, int bits) {
  constexpr double turn = 2 * std::numbers::pi;
  double out = number;
  if (bits > 0 && bits < 53) {
    const double steps = std::ldexp(1.0, bits);
    out = std::nearbyint(std::fmod(number / turn, 1.0) * steps) / steps * turn;
  }
  out = std::fmod(out, turn);
  if (out < 0.0) out += turn;
  return out < turn ? out : 0.0;
}

/// Whether an integer is one that a type has.
[[nodiscard]] inline bool fits(std::int64_t value, const ValueType& type) {
  const bool is_unsigned = type.kind == TypeKind::natural;
  if (value < 0 && is_unsigned) return false;
  const int bits = is_unsigned ? type.bits : type.bits - 1;
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? ~value : value);
  return type.bits == 0 || bits >= 63 || magnitude >> bits == 0;
}

/// An integer modulo 2^bits, as a cast makes it.
[[nodiscard]] inline std::int64_t wrapped(std::int64_t value, const ValueType& type) {
  const bool is_unsigned = type.kind == TypeKind::natural;
  if (type.bits > 0 && type.bits < 64) {
    const auto unused = static_cast<unsigned>(64 - type.bits);
    const auto high = static_cast<std::uint64_t>(value) << unused;
    value = is_unsigned ? static_cast<std::int64_t>(high >> unused) : static_cast<std::int64_t>(high) >> unused;
  }
  if (value < 0 && is_unsigned) refuse("expected an integer below 2^63, got a negative one as uint");
  return value;
}

/// Measured bits as a number of a type. Refuses another size than there are bits.
[[nodiscard]] inline Value bits_as(Value value, const ValueType& type) {
  if (type.kind == TypeKind::boolean) return as_condition(value);
  if (type.kind == TypeKind::real || type.kind == TypeKind::angle) {
    refuse("calculations with measured bits are not supported");
  }
  if (value.kind == ValueKind::condition || type.bits == 0) return value;
  const int bits = std::popcount(value.condition.mask);
  if (type.bits != bits) refuse("expected a type of as many bits, ", bits, ", got one of ", type.bits);
  value.is_signed = type.kind == TypeKind::integer;
  return value;
}

/// A value in another type: numbers as in C but for angles, which are modulo 2 pi; those of inputs stay as they are. An
/// integer may be out of the type's range (fits).
[[nodiscard]] inline Value converted(const Value& value, const ValueType& type) {
  if (value.kind == ValueKind::bits || value.kind == ValueKind::condition) return bits_as(value, type);
  if (type.kind == TypeKind::boolean) return Value::of_boolean(truth_of(value));
  if (type.kind == TypeKind::real || type.kind == TypeKind::angle) {
    Angle angle = angle_of(value);
    if (type.kind == TypeKind::angle && angle.source == AngleSource::constant)
      angle = as_angle(angle.offset, type.bits);
    return {ValueKind::real, 0, angle, {}};
  }
  const double number = value.counts() ? 0.0 : std::trunc(number_of(value));
  if (!(std::abs(number) < 0x1p63)) refuse("expected an integer below 2^63");
  Value out = Value::of_integer(value.counts() ? value.integer : static_cast<std::int64_t>(number));
  if (type.kind == TypeKind::natural) out.unsigned_bits = type.bits == 0 ? 64 : std::min(type.bits, 64);
  return out;
}

/// A value that is cast: integers modulo 2^bits. Refuses real numbers that are out of the type's range.
[[nodiscard]] inline Value cast_to(const Value& value, const ValueType& type) {
  Value out = converted(value, type);
  if (out.kind != ValueKind::integer) return out;
  if (!value.counts() && !fits(out.integer, type)) refuse("expected a value that the type can hold, got ", out.integer);
  out.integer = wrapped(out.integer, type);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
