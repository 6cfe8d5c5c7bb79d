#pragma once
// SPDX-License-Identifier: Apache-2.0
// The tokens of a text and of the files that it includes, with one to look at ahead.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/hardware/openqasm/lexer.hpp"
#include "qmtl/hardware/openqasm/openqasm_program.hpp"
#include "qmtl/hardware/openqasm/value.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// What a message says that it got.
[[nodiscard]] inline std::string shown(const Token& token) {
  if (token.kind == TokenKind::end) return "the end";
  return token.kind == TokenKind::string ? text("the string ", in_quotes(token.text)) : in_quotes(token.text);
}

class TokenStream {
 public:
  /// The text must outlive the stream, as the options must.
  TokenStream(std::string_view content, const OpenQasmOptions& options, bool unicode)
      : options_(&options), unicode_(unicode) {
    take_bytes(content.size());
    sources_.push_back({options.name, content});
    lexers_.push_back({Lexer(sources_.back(), unicode), {}, false});
    current_ = lexer().next();
  }

  TokenStream(const TokenStream&) = delete;
  TokenStream& operator=(const TokenStream&) = delete;
  ~TokenStream() = default;

  [[nodiscard]] const OpenQasmLimits& limits() const noexcept { return options_->limits; }
  [[nodiscard]] const OpenQasmOptions& options() const noexcept { return *options_; }

  [[nodiscard]] const Token& current() const noexcept { return current_; }
  Token advance() {
    const Token taken = current_;
    current_ = lexer().next();
    return taken;
  }
  /// The token behind the current one.
  [[nodiscard]] Token following() const {
    Lexer ahead = lexers_.back().lexer;
    return ahead.next();
  }

  [[nodiscard]] bool at(std::uint32_t symbol) const noexcept {
    return current_.kind == TokenKind::symbol && current_.symbol == symbol;
  }
  [[nodiscard]] bool at_word(std::string_view word) const noexcept {
    return current_.kind == TokenKind::identifier && current_.text == word;
  }
  bool accept(std::uint32_t symbol) {
    if (!at(symbol)) return false;
    (void)advance();
    return true;
  }
  void expect(std::uint32_t symbol, std::string_view what) {
    if (!accept(symbol)) fail_expected(what);
  }
  void expect_semicolon() { expect(openqasm::symbol(";"), "';'"); }
  [[nodiscard]] Token expect(TokenKind kind, std::string_view what) {
    if (current_.kind != kind) fail_expected(what);
    return advance();
  }

  [[noreturn]] void fail(const Token& token, std::string_view problem) const {
    const Lexer& lexer = lexers_.back().lexer;
    fail_at(lexer.source(), lexer.position_of(token), problem);
  }
  [[noreturn]] void fail_expected(std::string_view what) const {
    fail(current_, text("expected ", what, ", got ", shown(current_)));
  }

  /// Moves behind the end of the line that the current token is in.
  void skip_line() {
    const auto text = lexers_.back().lexer.source().text;
    go_back(std::min(text.find('\n', position()), text.size()));
  }

  /// Where the current token begins, to come back to.
  [[nodiscard]] std::size_t position() const noexcept { return lexers_.back().lexer.position_of(current_); }
  void go_back(std::size_t position) {
    lexer().seek(position);
    current_ = lexer().next();
  }

  /// What the text has from there up to the current token.
  [[nodiscard]] std::string_view text_since(std::size_t position) const {
    return lexers_.back().lexer.source().text.substr(position, this->position() - position);
  }

  /// Does what reads a statement, and adds its place to what is refused.
  template <class Statement>
  void located(const Statement& statement) {
    const Token place = current_;
    const auto fail_there = [&](std::string_view problem) {
      problem.remove_prefix(problem.starts_with("qmtl: ") ? 6 : 0);
      fail(place, problem);
    };
    try {
      statement();
    } catch (const Refusal& refusal) {
      fail_there(refusal.problem);
    } catch (const CircuitError& error) {
      fail_there(error.what());
    } catch (const ShapeError& error) {
      fail_there(error.what());
    }
  }

  [[nodiscard]] bool in_library() const noexcept { return lexers_.back().library; }
  [[nodiscard]] bool in_include() const noexcept { return lexers_.size() > 1; }
  /// Goes on behind an include whose tokens have come to their end.
  void leave_include() {
    lexers_.pop_back();
    current_ = lexers_.back().behind;
  }
  /// The tokens of a library come next.
  void enter_library(std::string_view name, std::string_view content) {
    enter({std::string(name), content});
    lexers_.back().library = true;
  }
  /// The tokens of a file in one of the folders come next. `place` is where an error is.
  void enter_file(const Token& place) {
    const std::string name(place.text);
    if (static_cast<int>(lexers_.size()) > limits().include_depth) {
      fail(place, text("expected files to be included at most ", limits().include_depth,
                       " deep (OpenQasmLimits::include_depth)"));
    }
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos ||
        name.find('\0') != std::string::npos) {
      fail(place, text("expected a relative path that stays in its folder, got ", in_quotes(name)));
    }
    for (const auto& folder : options_->include_folders) {
      const std::string path = text(folder, '/', name);
      if (::access(path.c_str(), F_OK) != 0) continue;
      const auto bytes = FileReader(path, "read_openqasm").all(limits().bytes - bytes_);
      take_bytes(bytes.size());
      texts_.emplace_back(as_text(bytes));
      return enter({path, texts_.back()});
    }
    fail(place, text("no file ", in_quotes(name), " in the folders of OpenQasmOptions::include_folders"));
  }

 private:
  struct Level {
    Lexer lexer;
    Token behind;          ///< what comes when an include has ended
    bool library = false;  ///< no file, but what the reader itself knows
  };

  [[nodiscard]] Lexer& lexer() noexcept { return lexers_.back().lexer; }

  void take_bytes(std::size_t bytes) {
    if (bytes > limits().bytes - bytes_) {
      throw FileError(text("qmtl: ", options_->name, ": too large, expected at most ", limits().bytes,
                           " bytes in all (OpenQasmLimits::bytes), got ", bytes_ + bytes));
    }
    bytes_ += bytes;
  }

  void enter(Source source) {
    lexers_.back().behind = current_;
    sources_.push_back(std::move(source));
    lexers_.push_back({Lexer(sources_.back(), unicode_), {}, false});
    current_ = lexer().next();
  }

  const OpenQasmOptions* options_;
  bool unicode_;
  std::size_t bytes_ = 0;
  std::deque<Source> sources_;     // where symbols have their names
  std::deque<std::string> texts_;  // of files
  std::vector<Level> lexers_;
  Token current_;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
