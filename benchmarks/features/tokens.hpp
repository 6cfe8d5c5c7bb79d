#pragma once
// SPDX-License-Identifier: Apache-2.0
// Words of a text.

#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/utf.hpp"

namespace qmtl::benchmark::features {

/// What a character is to a tokenizer.
enum class CharacterKind { separator, word, alone };

/// Letters, digits, '_' and what is above Latin-1 are of words; pictures (emoji, dingbats) are words by themselves;
/// signs of ASCII, of Latin-1 and of general punctuation separate words.
[[nodiscard]] constexpr CharacterKind kind_of(char32_t c) noexcept {
  const auto within = [c](char32_t low, char32_t high) { return low <= c && c <= high; };
  if (c < 0x80) {
    const bool word = within('0', '9') || within('A', 'Z') || within('a', 'z') || c == '_';
    return word ? CharacterKind::word : CharacterKind::separator;
  }
  if (within(0x2190, 0x2bff) || within(0x1f000, 0x1fbff)) return CharacterKind::alone;
  const bool sign = c < 0xaa || within(0xab, 0xb4) || within(0xb6, 0xb9) || within(0xbb, 0xbf) || c == 0xd7 ||
                    c == 0xf7 || within(0x2000, 0x206f) || within(0x20a0, 0x20cf) || within(0x3000, 0x303f) ||
                    within(0xfe00, 0xfe0f) || c == 0xfffd;
  return sign ? CharacterKind::separator : CharacterKind::word;
}

/// Of ASCII, Latin-1, Greek and Cyrillic capitals; other characters stay.
[[nodiscard]] constexpr char32_t lower_case(char32_t c) noexcept {
  const auto within = [c](char32_t low, char32_t high) { return low <= c && c <= high; };
  if (within('A', 'Z') || (within(0xc0, 0xde) && c != 0xd7)) return c + 0x20;
  if (within(0x391, 0x3a9) && c != 0x3a2) return c + 0x20;
  if (within(0x410, 0x42f)) return c + 0x20;
  if (within(0x400, 0x40f)) return c + 0x50;
  return c;
}

/// The words of a text in lower case, in their order, those of fewer characters than `shortest` left out (pictures are
/// kept). Bytes that are not UTF-8 separate words.
[[nodiscard]] inline std::vector<std::string> words_of(std::string_view text, std::size_t shortest = 2) {
  std::vector<std::string> out;
  std::string word;
  std::size_t length = 0;
  const auto end_word = [&] {
    if (length >= shortest && length > 0) out.push_back(word);
    word.clear();
    length = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto c = qmtl::detail::next_character(text, at);
    if (!c) ++at;
    const CharacterKind kind = c ? kind_of(*c) : CharacterKind::separator;
    if (kind != CharacterKind::word) end_word();
    if (kind == CharacterKind::separator) continue;
    qmtl::detail::append_utf8(word, lower_case(*c));
    ++length;
    if (kind == CharacterKind::alone) {
      out.push_back(word);
      word.clear();
      length = 0;
    }
  }
  end_word();
  return out;
}

/// Words and sequences of up to `longest` of them, joined by a space.
[[nodiscard]] inline std::vector<std::string> ngrams_of(const std::vector<std::string>& words, int longest) {
  std::vector<std::string> out;
  for (std::size_t first = 0; first < words.size(); ++first) {
    std::string sequence;
    for (std::size_t k = first; k < words.size() && k - first < static_cast<std::size_t>(longest); ++k) {
      sequence += (k == first ? "" : " ") + words[k];
      out.push_back(sequence);
    }
  }
  return out;
}

}  // namespace qmtl::benchmark::features
