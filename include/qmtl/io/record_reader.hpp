#pragma once
// SPDX-License-Identifier: Apache-2.0
// Splits delimited text into records of fields and counts the lines.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The ends of lines in `text`: LF, CRLF, or CR alone.
[[nodiscard]] inline std::size_t count_line_ends(std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool before_lf = i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !before_lf)) ++count;
  }
  return count;
}

/// Reads one record after the other; `content` must outlive it.
class RecordReader {
 public:
  /// `delimiter` a tab: nothing is quoted; any other: RFC 4180. `where` names the source in messages.
  RecordReader(std::string_view content, char delimiter, std::string_view where)
      : content_(content), where_(where), delimiter_(delimiter), quoting_(delimiter != '\t') {
    if (std::string_view("\"\r\n\0", 4).find(delimiter) != std::string_view::npos) {
      throw ValueError(text("qmtl: ", where_, ": the delimiter must not be a quote or end a line"));
    }
    if (content_.starts_with("\xef\xbb\xbf")) content_.remove_prefix(3);
    const std::size_t zero = content_.find('\0');
    if (content_.starts_with("\xff\xfe") || content_.starts_with("\xfe\xff") || zero != std::string_view::npos) {
      const std::size_t lines = count_line_ends(content_.substr(0, zero == std::string_view::npos ? 0 : zero));
      throw FileError(
          text("qmtl: ", where_, ": expected UTF-8 text, got UTF-16 or binary content in line ", lines + 1));
    }
  }

  [[nodiscard]] const std::string& where() const noexcept { return where_; }
  /// The delimiter as messages spell it.
  [[nodiscard]] std::string separator() const { return delimiter_ == '\t' ? "tabs" : text("'", delimiter_, "'"); }

  /// The bytes of the text.
  [[nodiscard]] std::size_t size() const noexcept { return content_.size(); }

  /// The line on which the last record began, counted from 1.
  [[nodiscard]] std::size_t line() const noexcept { return record_line_; }

  /// Calls `field(index, text)` for each field of the next record, with a view that lasts for the call, and returns
  /// their number; 0 at the end. Throws FileError for a bad quote.
  template <class F>
  [[nodiscard]] std::size_t next(F&& field) {
    if (at_ == content_.size()) return 0;
    record_line_ = line_;
    std::size_t count = 0;
    do {
      const bool quoted = quoting_ && at_ < content_.size() && content_[at_] == '"';
      field(count++, quoted ? quoted_field() : plain_field());
    } while (accept_delimiter());
    skip_line_end();
    return count;
  }

 private:
  [[nodiscard]] bool at_line_end(std::size_t i) const noexcept {
    return i >= content_.size() || content_[i] == '\n' || content_[i] == '\r';
  }

  [[nodiscard]] std::string_view plain_field() {
    const std::size_t begin = at_;
    while (!at_line_end(at_) && content_[at_] != delimiter_) {
      if (quoting_ && content_[at_] == '"') fail(line_, "a quote inside a field that is not quoted");
      ++at_;
    }
    return content_.substr(begin, at_ - begin);
  }

  [[nodiscard]] std::string_view quoted_field() {
    const std::size_t begin_line = line_;
    std::string_view field;
    unquoted_.clear();
    while (true) {
      const std::size_t quote = content_.find('"', at_ + 1);
      if (quote == std::string_view::npos) fail(begin_line, "a quoted field that never ends");
      const std::string_view part = content_.substr(at_ + 1, quote - at_ - 1);
      line_ += count_line_ends(part);
      at_ = quote + 1;
      const bool doubled = at_ < content_.size() && content_[at_] == '"';  // the search goes on behind its second half
      field = part;
      if (!doubled && unquoted_.empty()) break;
      unquoted_ += part;
      field = unquoted_;
      if (!doubled) break;
      unquoted_ += '"';
    }
    if (!at_line_end(at_) && content_[at_] != delimiter_) fail(line_, "text behind a closing quote");
    return field;
  }

  [[nodiscard]] bool accept_delimiter() noexcept {
    if (at_ == content_.size() || content_[at_] != delimiter_) return false;
    ++at_;
    return true;
  }

  void skip_line_end() noexcept {
    if (at_ < content_.size() && content_[at_] == '\r') ++at_;
    if (at_ < content_.size() && content_[at_] == '\n') ++at_;
    ++line_;
  }

  [[noreturn]] void fail(std::size_t line, std::string_view got) const {
    throw FileError(text("qmtl: ", where_, ": line ", line, ": expected fields quoted as in RFC 4180, got ", got));
  }

  std::string_view content_;
  std::string where_;
  char delimiter_;
  bool quoting_;
  std::string unquoted_;  // a field with its doubled quotes halved
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
