#pragma once
// SPDX-License-Identifier: Apache-2.0
// Splits delimited text into records of fields and counts the lines.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/io/printable.hpp"

namespace qmtl::detail {

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
      const auto lines = std::ranges::count(content_.substr(0, std::min(zero, content_.size())), '\n');
      throw FileError(
          text("qmtl: ", where_, ": expected UTF-8 text, got UTF-16 or binary content in line ", lines + 1));
    }
  }

  [[nodiscard]] const std::string& where() const noexcept { return where_; }

  /// The line on which the last record began, counted from 1.
  [[nodiscard]] std::size_t line() const noexcept { return record_line_; }

  /// Reads the next record into `fields`; false at the end. Throws FileError for a bad quote.
  [[nodiscard]] bool next(std::vector<std::string>& fields) {
    fields.clear();
    if (at_ == content_.size()) return false;
    record_line_ = line_;
    do {
      fields.push_back(quoting_ && at_ < content_.size() && content_[at_] == '"' ? quoted_field() : plain_field());
    } while (accept_delimiter());
    skip_line_end();
    return true;
  }

 private:
  /// Whether a line ends here: LF, CRLF, or a CR that ends the file; any other CR is content.
  [[nodiscard]] bool at_line_end(std::size_t i) const noexcept {
    if (i >= content_.size() || content_[i] == '\n') return true;
    return content_[i] == '\r' && (i + 1 == content_.size() || content_[i + 1] == '\n');
  }

  [[nodiscard]] std::string plain_field() {
    std::size_t end = at_;
    while (!at_line_end(end) && content_[end] != delimiter_) {
      if (quoting_ && content_[end] == '"') fail(line_, "a quote inside a field that is not quoted");
      ++end;
    }
    std::string field(content_.substr(at_, end - at_));
    at_ = end;
    return field;
  }

  [[nodiscard]] std::string quoted_field() {
    const std::size_t begin_line = line_;
    std::string field;
    while (true) {
      const std::size_t quote = content_.find('"', at_ + 1);
      if (quote == std::string_view::npos) fail(begin_line, "a quoted field that never ends");
      const std::string_view part = content_.substr(at_ + 1, quote - at_ - 1);
      line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
      field += part;
      at_ = quote + 1;
      if (at_ == content_.size() || content_[at_] != '"') break;
      field += '"';  // a doubled quote; the search goes on behind its second half
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
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 0;
};

}  // namespace qmtl::detail
