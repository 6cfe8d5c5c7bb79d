#pragma once
// SPDX-License-Identifier: Apache-2.0
// Secrets taken out of what a service says, also where it has written them in another way.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/provider/base64.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A text that is looked for in another one, each of whose characters may be written as it is, as %41, as \u0041 or
/// \x41 (digits of either case), or behind a backslash: as URLs and JSON write them.
class SpelledText {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  explicit SpelledText(std::string_view text) : text_(text) {}

  /// Where it ends in `said` if it begins at `at`, npos if it does not. What begins with it and is cut off, as messages
  /// do with long texts ("...'"), is taken for it.
  [[nodiscard]] std::size_t end_in(std::string_view said, std::size_t at) const {
    std::vector<std::size_t> ends{at}, longer;  // several, as a '%' may stand for itself
    for (std::size_t i = 0; i < text_.size(); ++i) {
      longer.clear();
      for (const std::size_t end : ends) {
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}, std::size_t{6}}) {
          if (spells(said.substr(std::min(end, said.size()), size), size, text_[i])) longer.push_back(end + size);
        }
      }
      if (longer.empty()) return i < shortest_cut ? npos : end_of_cut(said, ends.back());
      std::ranges::sort(longer);
      longer.erase(std::unique(longer.begin(), longer.end()), longer.end());
      ends.swap(longer);
    }
    return ends.back();
  }

 private:
  static constexpr std::size_t shortest_cut = 4;
  static constexpr std::string_view cut = "...'";

  [[nodiscard]] static bool spells(std::string_view written, std::size_t size, char c) noexcept {
    if (written.size() != size) return false;
    switch (size) {
      case 1: return written[0] == c;
      case 2: return written[0] == '\\' && written[1] == c;
      case 3: return written[0] == '%' && is_hex(written.substr(1), c);
      case 4: return written.starts_with("\\x") && is_hex(written.substr(2), c);
      default: return written.starts_with("\\u00") && is_hex(written.substr(4), c);
    }
  }
  [[nodiscard]] static bool is_hex(std::string_view digits, char c) noexcept {
    int value = 0;
    for (const char d : digits) {
      const int digit = d >= '0' && d <= '9'   ? d - '0'
                        : d >= 'a' && d <= 'f' ? d - 'a' + 10
                        : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                               : 256;
      value = 16 * value + digit;
    }
    return value == static_cast<unsigned char>(c);
  }

  /// The end may be in the middle of a character that is written in six.
  [[nodiscard]] static std::size_t end_of_cut(std::string_view said, std::size_t end) noexcept {
    return said.substr(0, std::min(said.size(), end + 5 + cut.size())).find(cut, end);
  }

  std::string_view text_;
};

/// What the base64 of anything that has a text in it has in it too, as the text may begin at any of three places of a
/// group: the characters that depend on it alone. Of a text that is shorter than six bytes nothing.
[[nodiscard]] inline std::vector<std::string> base64_parts(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t offset = 0; offset < 3 && text.size() >= 6; ++offset) {
    const std::string shifted = std::string(offset, '\0').append(text);
    const std::string all = encode_base64(std::as_bytes(std::span(shifted)));
    const std::size_t first = (8 * offset + 5) / 6, last = 8 * shifted.size() / 6;
    const std::string part = all.substr(first, last - first);
    std::string for_urls = part;
    std::ranges::replace(for_urls, '+', '-');
    std::ranges::replace(for_urls, '/', '_');
    if (for_urls != part) out.push_back(std::move(for_urls));
    out.push_back(part);
  }
  return out;
}

/// `said` with every place blacked out where a text is written; of a part of base64 with the characters next to it,
/// some of whose bits are the text's.
[[nodiscard]] inline std::string blacked_out(std::string_view said, std::string_view text, bool is_base64) {
  const auto belongs = [&](std::size_t at) {
    return is_base64 && at < said.size() &&
           (base64_digits.find(said[at]) != std::string_view::npos || said[at] == '-' || said[at] == '_');
  };
  const SpelledText spelled(text);
  std::string out;
  for (std::size_t at = 0; at < said.size();) {
    const bool may_begin = said[at] == text.front() || said[at] == '%' || said[at] == '\\';
    const std::size_t end = may_begin ? spelled.end_in(said, at) : SpelledText::npos;
    if (end == SpelledText::npos) {
      out += said[at++];
      continue;
    }
    if (at > 0 && !out.empty() && belongs(at - 1)) out.pop_back();
    out += "***";
    at = belongs(end) ? end + 1 : end;
  }
  return out;
}

/// What a service says, with secrets blacked out: as they are, escaped as in JSON or a URL, in base64 alone or with
/// what stood around them, and where they are cut off by "...'". Not seen are secrets that are escaped twice, or
/// encrypted, or cut off in other ways.
[[nodiscard]] inline std::string without_secrets(std::string said, const std::vector<std::string_view>& secrets) {
  for (const std::string_view secret : secrets) {
    if (secret.empty()) continue;
    said = blacked_out(said, secret, false);
    for (const auto& part : base64_parts(secret)) said = blacked_out(said, part, true);
  }
  return said;
}

}  // namespace qmtl::inline QMTL_ABI::detail
