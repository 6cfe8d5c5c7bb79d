#pragma once
// SPDX-License-Identifier: Apache-2.0
// OpenQASM in tokens, and the place of each for messages.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/utf.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// A text with the name that messages give it.
struct Source {
  std::string name;
  std::string_view text;
};

/// Throws FileError: "qmtl: <name>:<line>:<column>: <problem>". Columns are counted in characters, both from 1.
[[noreturn]] QMTL_COLD inline void fail_at(const Source& source, std::size_t position, std::string_view problem) {
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < position && i < source.text.size(); ++i) {
    const auto c = static_cast<unsigned char>(source.text[i]);
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((c & 0xc0u) != 0x80u) {
      ++column;
    }
  }
  throw FileError(text("qmtl: ", source.name, ":", line, ":", column, ": ", problem));
}

enum class TokenKind : std::uint8_t { end, identifier, integer, real, string, symbol, physical_qubit };

/// The characters of an operator or a bracket as a number.
[[nodiscard]] constexpr std::uint32_t symbol(std::string_view characters) noexcept {
  std::uint32_t out = 0;
  for (const char c : characters) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

/// A piece of the text; a string is without its quotes.
struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t symbol = 0;  ///< of a symbol
  std::string_view text{};
};

/// What each byte may begin: `single` is a token by itself, `operation` may be one of several characters.
enum class ByteClass : std::uint8_t { other, space, letter, digit, single, operation };

inline constexpr auto byte_classes = [] {
  std::array<ByteClass, 256> out{};
  const auto set = [&out](std::string_view characters, ByteClass kind) {
    for (const char c : characters) out[static_cast<unsigned char>(c)] = kind;
  };
  set(" \t\r\n\v\f", ByteClass::space);
  set("0123456789", ByteClass::digit);
  set(";,[](){}:@#~", ByteClass::single);
  set("+-*/%^&|!<>=.", ByteClass::operation);
  for (std::size_t c = 'a'; c <= 'z'; ++c) out[c] = out[c - 'a' + 'A'] = ByteClass::letter;
  for (std::size_t c = 0x80; c < 256; ++c) out[c] = ByteClass::letter;
  out['_'] = ByteClass::letter;
  return out;
}();

[[nodiscard]] inline ByteClass class_of(char c) noexcept { return byte_classes[static_cast<unsigned char>(c)]; }

/// Tokens one after the other, from any position of a text that outlives them.
class Lexer {
 public:
  Lexer(const Source& source, bool unicode) : source_(&source), unicode_(unicode) {
    if (source.text.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  [[nodiscard]] const Source& source() const noexcept { return *source_; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  void seek(std::size_t position) noexcept { at_ = position; }
  void allow_unicode(bool allowed) noexcept { unicode_ = allowed; }

  [[nodiscard]] std::size_t position_of(const Token& token) const noexcept {
    return token.text.data() == nullptr ? source_->text.size()
                                        : static_cast<std::size_t>(token.text.data() - source_->text.data());
  }

  /// Throws FileError for characters of no token, numbers that are misspelt, comments and strings without an end.
  [[nodiscard]] Token next() {
    const std::string_view all = source_->text;
    while (true) {
      if (at_ == all.size()) return {TokenKind::end, 0, all.substr(at_)};
      switch (class_of(all[at_])) {
        case ByteClass::space: ++at_; continue;
        case ByteClass::letter: return identifier();
        case ByteClass::digit: return number();
        case ByteClass::single: return operator_of(1);
        case ByteClass::operation:
          if (all[at_] == '/' && skip_comment()) continue;
          return operation();
        case ByteClass::other: return other();
      }
    }
  }

 private:
  [[noreturn]] void fail(std::size_t position, std::string_view problem) const { fail_at(*source_, position, problem); }

  [[nodiscard]] bool follows(std::string_view characters) const noexcept {
    return source_->text.substr(at_, characters.size()) == characters;
  }

  /// Whether there is a comment; if so, moves behind it.
  [[nodiscard]] bool skip_comment() {
    const std::string_view all = source_->text;
    if (follows("//")) {
      at_ = std::min(all.find('\n', at_), all.size());
    } else if (follows("/*")) {
      const std::size_t close = all.find("*/", at_ + 2);
      if (close == std::string_view::npos) fail(at_, "expected '*/' behind a comment, got the end");
      at_ = close + 2;
    } else {
      return false;
    }
    return true;
  }

  [[nodiscard]] Token taken(TokenKind kind, std::size_t begin) const noexcept {
    return {kind, 0, source_->text.substr(begin, at_ - begin)};
  }

  /// Moves behind letters and digits.
  void skip_word() {
    const std::string_view all = source_->text;
    bool ascii = true;
    const std::size_t begin = at_;
    for (; at_ < all.size(); ++at_) {
      const ByteClass kind = class_of(all[at_]);
      if (kind != ByteClass::letter && kind != ByteClass::digit) break;
      ascii = ascii && static_cast<unsigned char>(all[at_]) < 0x80;
    }
    if (!ascii) check_unicode(begin);
  }
  void check_unicode(std::size_t begin) const {
    for (std::size_t i = begin; i < at_;) {
      const std::size_t here = i;
      const auto c = next_character(source_->text.substr(0, at_), i);
      if (!c || is_control(*c) || (*c >= 0x80 && !unicode_)) {
        fail(here, unicode_ ? "expected UTF-8, got another byte" : "expected ASCII characters, got another one");
      }
    }
  }

  [[nodiscard]] Token identifier() {
    const std::size_t begin = at_;
    skip_word();
    return taken(TokenKind::identifier, begin);
  }

  [[nodiscard]] Token physical_qubit() {
    const std::size_t begin = at_++;
    const std::size_t digits = at_;
    skip_word();
    const auto number = source_->text.substr(digits, at_ - digits);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) {
      fail(begin, "expected a number behind '$'");
    }
    return taken(TokenKind::physical_qubit, begin);
  }

  [[nodiscard]] Token string() {
    const std::size_t begin = at_;
    const std::size_t close = source_->text.find(source_->text[at_], at_ + 1);
    const std::size_t line_end = std::min(source_->text.find('\n', at_), source_->text.size());
    if (close > line_end) fail(begin, "expected a closing quote, got the end of the line");
    at_ = close + 1;
    return {TokenKind::string, 0, source_->text.substr(begin + 1, close - begin - 1)};
  }

  [[nodiscard]] bool digit_at(std::size_t i) const noexcept {
    return i < source_->text.size() && class_of(source_->text[i]) == ByteClass::digit;
  }

  /// Moves behind digits; single underscores may be between them.
  void skip_digits() noexcept {
    while (digit_at(at_)) ++at_;
    while (at_ > 0 && at_ < source_->text.size() && source_->text[at_] == '_' && digit_at(at_ - 1) &&
           digit_at(at_ + 1)) {
      ++at_;
      while (digit_at(at_)) ++at_;
    }
  }

  [[nodiscard]] Token number() {
    const std::string_view all = source_->text;
    const std::size_t begin = at_;
    if (all[at_] == '0' && at_ + 1 < all.size() && std::string_view("xXbBoO").find(all[at_ + 1]) < 6) {
      skip_word();
      check_radix(all.substr(begin, at_ - begin), begin);
      return taken(TokenKind::integer, begin);
    }
    bool real = false;
    skip_digits();
    if (at_ < all.size() && all[at_] == '.') {
      real = true;
      ++at_;
      skip_digits();
    }
    if (at_ < all.size() && (all[at_] == 'e' || all[at_] == 'E')) {
      std::size_t digits = at_ + 1;
      if (digits < all.size() && (all[digits] == '+' || all[digits] == '-')) ++digits;
      if (digits < all.size() && class_of(all[digits]) == ByteClass::digit) {
        real = true;
        at_ = digits;
        skip_digits();
      }
    }
    if (at_ < all.size() && class_of(all[at_]) == ByteClass::letter) refuse_number(begin);
    return taken(real ? TokenKind::real : TokenKind::integer, begin);
  }

  [[noreturn]] void refuse_number(std::size_t begin) {
    const std::size_t suffix = at_;
    skip_word();
    const auto word = source_->text.substr(suffix, at_ - suffix);
    const auto whole = in_quotes(source_->text.substr(begin, at_ - begin));
    for (const std::string_view unit : {"dt", "ns", "us", "\xc2\xb5s", "\xce\xbcs", "ms", "s"}) {
      if (word == unit) fail(begin, text("durations such as ", whole, " are not supported"));
    }
    if (word == "im") fail(begin, text("complex numbers such as ", whole, " are not supported"));
    fail(begin, text("expected a number, got ", whole));
  }

  void check_radix(std::string_view word, std::size_t begin) const {
    const std::string_view digits = word[1] == 'x' || word[1] == 'X'   ? "0123456789abcdefABCDEF"
                                    : word[1] == 'o' || word[1] == 'O' ? "01234567"
                                                                       : "01";
    bool digit = false;  // the character before is one
    for (const char c : word.substr(2)) {
      const bool separates = c == '_' && digit;
      digit = digits.find(c) != std::string_view::npos;
      if (!digit && !separates) fail(begin, text("expected a number, got ", in_quotes(word)));
    }
    if (!digit) fail(begin, text("expected a number, got ", in_quotes(word)));
  }

  [[nodiscard]] Token operation() {
    constexpr std::string_view longer[] = {"**=", ">>=", "<<=", "->", "==", "!=", "<=", ">=", "&&", "||", "<<",
                                           ">>",  "**",  "++",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};
    if (source_->text[at_] == '.') return digit_at(at_ + 1) ? number() : other();
    const bool alone = at_ + 1 == source_->text.size() || class_of(source_->text[at_ + 1]) != ByteClass::operation;
    for (const std::string_view candidate : longer) {
      if (!alone && follows(candidate)) return operator_of(candidate.size());
    }
    return operator_of(1);
  }
  [[nodiscard]] Token other() {
    const char c = source_->text[at_];
    if (c == '"' || c == '\'') return string();
    if (c == '$') return physical_qubit();
    const auto shown = in_quotes(source_->text.substr(at_, 1));
    fail(at_, text("expected a statement or an expression, got the character ", shown));
  }
  [[nodiscard]] Token operator_of(std::size_t length) noexcept {
    const auto characters = source_->text.substr(at_, length);
    at_ += length;
    return {TokenKind::symbol, symbol(characters), characters};
  }

  const Source* source_;
  std::size_t at_ = 0;
  bool unicode_;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
