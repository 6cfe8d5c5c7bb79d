#pragma once
// SPDX-License-Identifier: Apache-2.0
// Lines of CSV (RFC 4180), the same in every locale.

#include <cmath>
#include <string>
#include <string_view>

#include "qmtl/core/config.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Lines of fields with commas between. A field with a comma, a quote, a line end, or a blank at an end is put in
/// double quotes, and quotes within are doubled; a number has the fewest digits that are read back as the same number,
/// and is an empty field where it is not finite. A line ends with a line feed.
class CsvText {
 public:
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
  /// An empty one.
  void field() { separate(); }
  void end_line() {
    out_ += '\n';
    line_is_empty_ = true;
  }

  [[nodiscard]] const std::string& str() const noexcept { return out_; }

 private:
  [[nodiscard]] static bool has_blank_end(std::string_view value) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    return !value.empty() && (blank(value.front()) || blank(value.back()));
  }
  void separate() {
    if (!line_is_empty_) out_ += ',';
    line_is_empty_ = false;
  }

  std::string out_;
  bool line_is_empty_ = true;
};

}  // namespace qmtl::inline QMTL_ABI::detail
