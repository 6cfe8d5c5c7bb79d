#pragma once
// SPDX-License-Identifier: Apache-2.0
// Numbers as text that is the same in every locale: a decimal point, no grouping.

#include <charconv>
#include <cstddef>
#include <string>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What printf would write in the C locale with this format and precision (general: %.*g, fixed: %.*f, scientific:
/// %.*e), at most 100 digits. NaN is "nan" whatever its sign.
[[nodiscard]] inline std::string number_text(double value, std::chars_format format, int digits) {
  if (value != value) return "nan";
  char buffer[512];  // the largest double has 309 digits in front of its point
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format, digits).ptr);
}

/// The shortest text that is read back as the same number, so that different numbers have different texts.
[[nodiscard]] inline std::string exact(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

/// The same without an exponent.
[[nodiscard]] inline std::string exact_decimal(double value) {
  char buffer[512];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr);
}

}  // namespace qmtl::inline QMTL_ABI::detail
