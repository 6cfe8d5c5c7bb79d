#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tables of results: aligned Markdown for people and reports, CSV for plots.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::benchmark {

/// A number with so many digits after the point.
[[nodiscard]] inline std::string fixed(double value, int digits) {
  return detail::number_text(value, std::chars_format::fixed, digits);
}

/// A number with so many significant digits, never in exponential form.
[[nodiscard]] inline std::string significant(double value, int digits = 3) {
  int decimals = digits - 1;
  for (double v = std::abs(value); v >= 10.0 && decimals > 0; v /= 10.0) --decimals;
  for (double v = std::abs(value); v > 0.0 && v < 1.0 && decimals < 12; v *= 10.0) ++decimals;
  return fixed(value, decimals);
}

/// A rounding error or the like: "3.2e-15".
[[nodiscard]] inline std::string exponential(double value) {
  return detail::number_text(value, std::chars_format::scientific, 1);
}

/// Seconds as milliseconds.
[[nodiscard]] inline std::string milliseconds(double seconds) { return significant(1e3 * seconds, 4); }

/// Bytes in the largest fitting unit.
[[nodiscard]] inline std::string byte_size(double bytes) {
  const char* units[] = {"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024.0 && unit < 3; ++unit) bytes /= 1024.0;
  return detail::text(significant(bytes), ' ', units[unit]);
}

/// Rows of cells under a header.
class ResultTable {
 public:
  explicit ResultTable(std::vector<std::string> header) : widths_(header.size()) { add(std::move(header)); }

  void add(std::vector<std::string> row) {
    detail::require_size("ResultTable: cells of a row", row.size(), widths_.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], characters(row[i]));
    rows_.push_back(std::move(row));
  }

  /// Aligned columns, numbers to the right; valid Markdown.
  [[nodiscard]] std::string markdown() const {
    std::string out;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t i = 0; i < widths_.size(); ++i) {
        const std::string space(widths_[i] - characters(rows_[r][i]), ' ');
        out += "| " + (is_text(i) ? rows_[r][i] + space : space + rows_[r][i]) + ' ';
      }
      out += "|\n";
      if (r > 0) continue;
      for (std::size_t i = 0; i < widths_.size(); ++i) {
        out += (is_text(i) ? "| " : "|-") + std::string(widths_[i], '-') + (is_text(i) ? " " : ":");
      }
      out += "|\n";
    }
    return out;
  }

  void print() const {
    std::fputs(markdown().c_str(), stdout);
    std::fflush(stdout);
  }

  /// Comma-separated values; empty cells are missing values.
  [[nodiscard]] std::string csv() const {
    std::string out;
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool quoted = row[i].find_first_of(",\"") != std::string::npos;
        out += (i > 0 ? "," : "") + (quoted ? '"' + row[i] + '"' : row[i]);
      }
      out += '\n';
    }
    return out;
  }

  /// Throws FileError.
  void write_csv(const std::string& path) const { write_text(path, csv()); }

  /// Replaces a file as a whole. Throws FileError.
  static void write_text(const std::string& path, const std::string& text) {
    write_file_atomically(path, std::as_bytes(std::span(text)));
  }

 private:
  /// Of text in UTF-8.
  [[nodiscard]] static std::size_t characters(const std::string& cell) {
    return static_cast<std::size_t>(std::ranges::count_if(cell, [](char c) { return (c & 0xC0) != 0x80; }));
  }

  /// Columns of anything but numbers are flush left.
  [[nodiscard]] bool is_text(std::size_t column) const {
    bool empty = true;
    for (std::size_t r = 1; r < rows_.size(); ++r) {
      const std::string& cell = rows_[r][column];
      if (cell.empty()) continue;
      const std::size_t digit = cell[0] == '-' && cell.size() > 1 ? 1 : 0;
      if (std::isdigit(static_cast<unsigned char>(cell[digit])) == 0) return true;
      empty = false;
    }
    return empty;
  }

  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace qmtl::benchmark
