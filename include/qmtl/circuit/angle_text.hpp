#pragma once
// SPDX-License-Identifier: Apache-2.0
// Angles as text: for people, to four digits, or exactly.

#include <cmath>
#include <span>
#include <string>

#include "qmtl/circuit/circuit_tables.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// What a parameter is called: its name or, without one, the letter of its kind and its index.
[[nodiscard]] inline std::string name_of(std::span<const ParameterName> names, char letter, int index) {
  for (const auto& known : names) {
    if (known.index == index) return known.name;
  }
  return text(letter, index);
}

/// The name of matrix number m of a table: its own or "m3".
[[nodiscard]] inline std::string matrix_name(const UnitaryMatrix& matrix, int m) {
  return matrix.name.empty() ? text('m', m) : matrix.name;
}

/// How angles are written: with how many digits, and with which names.
struct AngleFormat {
  bool exact = false;  ///< digits enough to read the number back; four otherwise
  const ParameterNames* names = nullptr;

  [[nodiscard]] std::string number(double value) const {
    value += 0.0;  // no "-0"
    return exact ? detail::exact(value) : number_text(value, std::chars_format::general, 4);
  }
  /// "+2", "-2" or, of zero, nothing.
  [[nodiscard]] std::string plus(double value) const {
    if (value == 0.0) return {};
    return (value < 0 ? "-" : "+") + number(std::abs(value));
  }
  [[nodiscard]] std::string feature(int index) const {
    return name_of(names == nullptr ? std::span<const ParameterName>() : names->features, 'x', index);
  }
  [[nodiscard]] std::string weight(int index) const {
    return name_of(names == nullptr ? std::span<const ParameterName>() : names->weights, 'w', index);
  }
};

/// What an angle's scale multiplies.
[[nodiscard]] inline std::string source_text(const Angle& angle, const AngleFormat& format) {
  if (angle.source == AngleSource::weight) return format.weight(angle.index);
  if (angle.source == AngleSource::feature) return format.feature(angle.index);
  if (angle.source == AngleSource::feature_product) {
    return "(" + format.feature(angle.index) + format.plus(angle.shift) + ")*(" + format.feature(angle.second) +
           format.plus(angle.second_shift) + ")";
  }
  std::string product = format.weight(angle.index) + format.plus(angle.shift);
  if (angle.shift != 0.0) product = "(" + product + ")";
  product += "*" + format.feature(angle.second);
  return angle.third == no_phase ? product : "(" + format.weight(angle.third) + "+" + product + ")";
}

[[nodiscard]] inline std::string angle_text(const Angle& angle, const AngleFormat& format) {
  if (angle.source == AngleSource::constant) return format.number(angle.offset);
  std::string out;
  if (angle.scale == -1.0) {
    out = "-";
  } else if (angle.scale != 1.0) {
    out = format.number(angle.scale) + "*";
  }
  return out + source_text(angle, format) + format.plus(angle.offset);
}

}  // namespace detail

/// "x3", "0.5*w2+1.571", "2*(x0-3.142)*(x1-3.142)" or a number in radians.
[[nodiscard]] inline std::string to_string(const Angle& angle) { return detail::angle_text(angle, {}); }

}  // namespace qmtl::inline QMTL_ABI
