#pragma once
// SPDX-License-Identifier: Apache-2.0
// Real numbers from text: correctly rounded to float or double, whatever the locale.

#include <locale.h>
#include <stdlib.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The "C" locale of POSIX, which threads may share.
class ClassicLocale {
 public:
  ClassicLocale() noexcept : handle_(::newlocale(LC_ALL_MASK, "C", locale_t{})) {}
  ClassicLocale(const ClassicLocale&) = delete;
  ClassicLocale& operator=(const ClassicLocale&) = delete;
  ~ClassicLocale() {
    if (handle_ != locale_t{}) ::freelocale(handle_);
  }

  [[nodiscard]] locale_t get() const noexcept { return handle_; }

 private:
  locale_t handle_;
};

/// parse_real by POSIX alone. What strtod takes beyond from_chars is refused: spaces, a plus, hexadecimal digits.
template <Scalar S>
[[nodiscard]] std::optional<S> parse_real_posix(std::string_view text) {
  static const ClassicLocale classic;
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || std::string_view(" \t\n\v\f\r+-").find(digits[0]) != std::string_view::npos)
    return std::nullopt;
  if (digits.starts_with("0x") || digits.starts_with("0X")) return std::nullopt;

  const std::string terminated(text);
  char* end = nullptr;
  S value{};
  if constexpr (std::same_as<S, float>) {
    value = ::strtof_l(terminated.c_str(), &end, classic.get());
  } else {
    value = ::strtod_l(terminated.c_str(), &end, classic.get());
  }
  const bool names_infinity = digits[0] == 'i' || digits[0] == 'I';
  if (end != terminated.c_str() + terminated.size() || (std::isinf(value) && !names_infinity)) return std::nullopt;
  return value;
}

/// The S nearest to the decimal number that `text` spells as std::from_chars reads it; 0 or a subnormal where that is
/// nearest. Nothing for other text and for a number beyond the largest S.
template <Scalar S>
[[nodiscard]] std::optional<S> parse_real(std::string_view text) {
#if defined(__cpp_lib_to_chars)  // libc++ has none for reals before version 20
  S value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  if (error != std::errc::result_out_of_range) return std::nullopt;
#endif
  return parse_real_posix<S>(text);  // tells what is too small, which has a value, from what is too large
}

}  // namespace qmtl::inline QMTL_ABI::detail
