// SPDX-License-Identifier: Apache-2.0
// parse_number: what the C library reads in the C locale, for every decimal number, and nothing else.

#include <bit>
#include <cmath>
#include <type_traits>

#include "fuzz/fuzz.hpp"
#include "qmtl/io/table.hpp"

namespace qmtl::fuzz {
namespace {

[[nodiscard]] std::size_t digits(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// Whether `text` is [+-] digits [. digits] [e [+-] digits], with a digit before or after the point.
[[nodiscard]] bool is_decimal(std::string_view text, bool integral) {
  const auto skip = [&text](std::string_view any_of) {
    const bool found = !text.empty() && any_of.find(text[0]) != std::string_view::npos;
    if (found) text.remove_prefix(1);
    return found;
  };
  (void)skip("+-");
  std::size_t count = digits(text);
  text.remove_prefix(count);
  if (integral) return count > 0 && text.empty();
  if (skip(".")) {
    const std::size_t decimals = digits(text);
    text.remove_prefix(decimals);
    count += decimals;
  }
  if (count == 0) return false;
  if (!skip("eE")) return text.empty();
  (void)skip("+-");
  return !text.empty() && digits(text) == text.size();
}

template <class S>
void check_integer(const std::string& text) {
  const auto number = detail::parse_number<S>(text);
  errno = 0;
  const long long expected = std::strtoll(text.c_str(), nullptr, 10);
  const bool possible = is_decimal(text, true) && errno == 0 && std::in_range<S>(expected);
  require(number.has_value() == possible, "integers are decimal and in range");
  if (number) require(*number == expected, "an integer is what the C library reads");
}

template <class S>
[[nodiscard]] bool same(S a, S b) {
  return (a == b && std::signbit(a) == std::signbit(b)) || (std::isnan(a) && std::isnan(b));
}

template <class S>
void check_real(const std::string& text) {
  const auto by_library = detail::parse_real<S>(text);
  const auto by_posix = detail::parse_real_posix<S>(text);
  require(by_library.has_value() == by_posix.has_value() && (!by_posix || same(*by_library, *by_posix)),
          "both ways to read a number agree");
  const auto number = detail::parse_number<S>(text);
  if (!is_decimal(text, false)) {
    if (number) require(!std::isfinite(*number), "what is not decimal is not a finite number");
    return;
  }
  S expected;
  if constexpr (std::is_same_v<S, float>) {
    expected = std::strtof(text.c_str(), nullptr);
  } else {
    expected = std::strtod(text.c_str(), nullptr);
  }
  require(number.has_value() == std::isfinite(expected), "decimal numbers in range are accepted");
  if (number) require(same(*number, expected), "a number is what the C library reads");
}

}  // namespace

void check(BytesView input) {
  if (as_text(input).find('\0') != std::string_view::npos) return;
  std::string text(as_text(input));
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));  // spaces around a number are allowed
  text.erase(text.find_last_not_of(' ') + 1);
  check_integer<std::int32_t>(text);
  check_integer<std::int64_t>(text);
  check_real<float>(text);
  check_real<double>(text);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const std::string_view text :
       {"0",    "-0.0",   "+1",      "123456789", "2147483647",   "-9223372036854775808",
        "0.5",  "1e-400", "1.5E+10", "5e-324",    "3.4028235e38", "1.7976931348623157e308",
        " 1 ",  "nan",    "-inf",    ".5",        "5.",           "1e",
        "0x10", "1,5"}) {
    out.push_back(joined({as_bytes(text)}));
  }
  return out;
}

}  // namespace qmtl::fuzz
