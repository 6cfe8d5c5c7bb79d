#pragma once
// SPDX-License-Identifier: Apache-2.0
// UTF-8 to UTF-32 and back, strictly: surrogates, overlong forms and values over U+10FFFF are refused.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Whether `c` is a Unicode scalar value: within range and no surrogate.
[[nodiscard]] constexpr bool is_unicode(char32_t c) noexcept { return c < 0xd800 || (c >= 0xe000 && c <= 0x10ffff); }

/// Appends the UTF-8 form of `c`, for which is_unicode(c) holds.
inline void append_utf8(std::string& out, char32_t c) {
  const auto push = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xc0 | (c >> 6));
    push(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    push(0xe0 | (c >> 12));
    push(0x80 | ((c >> 6) & 0x3f));
    push(0x80 | (c & 0x3f));
  } else {
    push(0xf0 | (c >> 18));
    push(0x80 | ((c >> 12) & 0x3f));
    push(0x80 | ((c >> 6) & 0x3f));
    push(0x80 | (c & 0x3f));
  }
}

/// The character at position `at` < utf8.size(), which moves behind it; nothing, and `at` as it was, where there is
/// none.
[[nodiscard]] inline std::optional<char32_t> next_character(std::string_view utf8, std::size_t& at) noexcept {
  static constexpr char32_t smallest[] = {0, 0x80, 0x800, 0x10000};  // below it, the form is overlong
  const auto lead = static_cast<unsigned char>(utf8[at]);
  const std::size_t extra = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if ((lead >= 0x80 && lead < 0xc0) || lead >= 0xf8 || utf8.size() - at <= extra) return std::nullopt;
  char32_t c = extra == 0 ? lead : lead & (0x3fu >> extra);
  for (std::size_t k = 1; k <= extra; ++k) {
    const auto next = static_cast<unsigned char>(utf8[at + k]);
    if ((next & 0xc0u) != 0x80u) return std::nullopt;
    c = (c << 6) | (next & 0x3fu);
  }
  if (c < smallest[extra] || !is_unicode(c)) return std::nullopt;
  at += extra + 1;
  return c;
}

/// The characters of `utf8`, or nothing where it is not valid UTF-8.
[[nodiscard]] inline std::optional<std::u32string> decode_utf8(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto c = next_character(utf8, at);
    if (!c) return std::nullopt;
    out += *c;
  }
  return out;
}

/// `bytes` as valid UTF-8: each byte that is none becomes U+FFFD.
[[nodiscard]] inline std::string replace_invalid_utf8(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto c = next_character(bytes, at);
    append_utf8(out, c.value_or(U'\ufffd'));
    if (!c) ++at;
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail
