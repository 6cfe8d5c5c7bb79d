#pragma once
// SPDX-License-Identifier: Apache-2.0
// Lines of CSV (RFC 4180), the same in every locale.

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/core/config.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Lines of fields with commas between. A field with a comma, a quote, a line end, or a blank at an end is put in
/// double quotes, and quotes within are doubled; a number has the fewest digits that are read back as the same number,
/// and is an empty field where it is not finite.
class CsvText {
 public:
  /// RFC 4180 has lines end with CR LF, which other tools than spreadsheets take for a part of the last field.
  explicit CsvText(std::string_view line_end = "\n") : line_end_(line_end) {}

  void field(std::string_view value) {
    separate();
    const bool quoted = value.find_first_of(",\"\r\n") != std::string_view::npos || has_blank_end(value);
    if (!quoted) {
      out_ += value;
      return;
    }
    out_ += '"';
    for (const char c : value) out_.append(c == '"' ? 2 : 1, c);
    out_ += '"';
  }
  void field(const char* value) { field(std::string_view(value)); }
  void field(double value) {
    separate();
    if (std::isfinite(value)) out_ += exact(value);
  }
  void field(int value) { field(std::string_view(std::to_string(value))); }
  void end_line() {
    out_ += line_end_;
    line_is_empty_ = true;
  }

  [[nodiscard]] std::string str() && noexcept { return std::move(out_); }

 private:
  [[nodiscard]] static bool has_blank_end(std::string_view value) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    return !value.empty() && (blank(value.front()) || blank(value.back()));
  }
  void separate() {
    if (!line_is_empty_) out_ += ',';
    line_is_empty_ = false;
  }

  std::string_view line_end_;
  std::string out_;
  bool line_is_empty_ = true;
};

}  // namespace qmtl::inline QMTL_ABI::detail
