#pragma once
// SPDX-License-Identifier: Apache-2.0
// Dates as HTTP has them, in whatever locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Days from 1970-01-01 to a day of the Gregorian calendar; months from 1 on.
[[nodiscard]] constexpr std::int64_t days_since_1970(std::int64_t year, int month, int day) noexcept {
  const std::int64_t from_march = month > 2 ? year : year - 1;  // years that begin in March end with their leap days
  const std::int64_t months = month > 2 ? month - 3 : month + 9;
  return 365 * from_march + from_march / 4 - from_march / 100 + from_march / 400 + (153 * months + 2) / 5 + day -
         719469;
}

/// Reads a date by its form: D two digits of a day (d: the first may be a space), M a month's name, Y four digits of a
/// year or y two, h, m and s two digits each, * a name of letters, Z "GMT"; all else is itself.
class HttpDateReader {
 public:
  explicit constexpr HttpDateReader(std::string_view text) noexcept : rest_(text) {}

  /// Seconds since 1970.
  [[nodiscard]] constexpr std::optional<double> read(std::string_view form) {
    for (const char what : form) {
      if (!take(what)) return std::nullopt;
    }
    if (!rest_.empty() || day_ < 1 || day_ > 31 || hour_ > 23 || minute_ > 59 || second_ > 60) return std::nullopt;
    return 86400.0 * static_cast<double>(days_since_1970(year_, month_, day_)) + 3600 * hour_ + 60 * minute_ + second_;
  }

 private:
  [[nodiscard]] constexpr bool take(char what) {
    switch (what) {
      case 'D': return number(2, day_);
      case 'd': return text(" ") ? number(1, day_) : number(2, day_);
      case 'M': return month();
      case 'Y': return number(4, year_);
      case 'y':
        if (!number(2, year_)) return false;
        year_ += year_ < 70 ? 2000 : 1900;
        return true;
      case 'h': return number(2, hour_);
      case 'm': return number(2, minute_);
      case 's': return number(2, second_);
      case '*': return name();
      case 'Z': return text("GMT");
      default: return text({&what, 1});
    }
  }
  [[nodiscard]] constexpr bool text(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  [[nodiscard]] constexpr bool number(std::size_t digits, int& out) {
    if (rest_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      out = 10 * out + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  [[nodiscard]] constexpr bool month() {
    constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (std::size_t m = 0; m < 12; ++m) {
      if (!rest_.starts_with(names.substr(3 * m, 3))) continue;
      month_ = static_cast<int>(m) + 1;
      rest_.remove_prefix(3);
      return true;
    }
    return false;
  }
  [[nodiscard]] constexpr bool name() {
    std::size_t letters = 0;
    while (letters < rest_.size() && ((rest_[letters] | 32) >= 'a' && (rest_[letters] | 32) <= 'z')) ++letters;
    rest_.remove_prefix(letters);
    return letters >= 3;
  }

  std::string_view rest_;
  int year_ = 0, month_ = 1, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
};

}  // namespace detail

/// Seconds since 1970 of a date in any of the three forms of HTTP (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT",
/// "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994", all of them in GMT; nothing for other text. Of two
/// digits of a year, those below 70 are of this century.
[[nodiscard]] constexpr std::optional<double> http_date(std::string_view text) {
  for (const std::string_view form : {"*, D M Y h:m:s Z", "*, D-M-y h:m:s Z", "* M d h:m:s Y"}) {
    if (const auto seconds = detail::HttpDateReader(text).read(form)) return seconds;
  }
  return std::nullopt;
}

}  // namespace qmtl::inline QMTL_ABI
