#pragma once
// SPDX-License-Identifier: Apache-2.0
// Text from a file, made fit for an error message: short, quoted, without control characters.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "qmtl/core/utf.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// U+0000 to U+001F and U+007F to U+009F: what a terminal acts on.
[[nodiscard]] constexpr bool is_control(char32_t c) noexcept { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

/// `raw` in single quotes: control characters and bytes that are no UTF-8 become
/// '?', and what is over 80 bytes is cut at a UTF-8 border.
[[nodiscard]] inline std::string in_quotes(std::string_view raw) {
  constexpr std::size_t longest = 80;
  std::size_t end = raw.size();
  if (end > longest) {
    end = longest;
    while (end > 0 && (static_cast<unsigned char>(raw[end]) & 0xc0u) == 0x80u) --end;
  }
  std::string out = "'";
  for (std::size_t at = 0; at < end;) {
    const auto c = next_character(raw.substr(0, end), at);
    append_utf8(out, !c || is_control(*c) ? U'?' : *c);
    if (!c) ++at;
  }
  out += end < raw.size() ? "...'" : "'";
  return out;
}

/// The names for a message "available: ...", at most 32 of them.
[[nodiscard]] inline std::string listed(std::span<const std::string> names) {
  constexpr std::size_t most = 32;
  if (names.empty()) return "none";
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    if (i > 0) out += ", ";
    out += in_quotes(names[i]);
  }
  if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail
