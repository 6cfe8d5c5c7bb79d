#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tables with a header line: tab-separated without quoting, or comma-separated with the quoting of RFC 4180.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/real_text.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/record_reader.hpp"

namespace qmtl::inline QMTL_ABI {

/// How a table is read.
struct TableOptions {
  char delimiter = '\0';  ///< '\0': by the extension, ',' for .csv and tab for .tsv
  LoadLimits limits{};    ///< what the file may demand
};

/// Number types of Table::numeric_column.
template <class S>
concept TableNumber = Scalar<S> || std::same_as<S, std::int32_t> || std::same_as<S, std::int64_t>;

namespace detail {

/// The number that `cell` spells, spaces around it allowed; nothing where it spells none or one that S cannot hold.
template <TableNumber S>
[[nodiscard]] std::optional<S> parse_number(std::string_view cell) {
  const std::size_t begin = cell.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  cell = cell.substr(begin, cell.find_last_not_of(' ') - begin + 1);
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);  // which from_chars refuses

  if constexpr (std::integral<S>) {
    S value{};
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
    return value;
  } else {
    return parse_real<S>(cell);
  }
}

/// Cells one after the other in one text: 8 bytes a cell beside its own.
class CellColumn {
 public:
  void push_back(std::string_view cell) {
    text_ += cell;
    ends_.push_back(text_.size());
  }

  /// Removes the last cell, which is empty.
  void pop_empty() noexcept { ends_.pop_back(); }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

  [[nodiscard]] std::string_view operator[](std::size_t row) const noexcept {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(text_).substr(begin, ends_[row] - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

}  // namespace detail

/// A table of text whose columns have names; rows are counted from 0, lines of the file from 1. Memory: the file's text
/// and 8 bytes a cell.
class Table {
 public:
  /// Reads from `records`, whose first record holds the names. Throws FileError, see parse_table.
  explicit Table(detail::RecordReader records, const LoadLimits& limits = {}) : where_(records.where()) {
    detail::LoadBudget budget(limits);
    budget.take(detail::saturated_product(2, records.size()), where_);
    read_names(records, budget);
    read_rows(records, budget);
  }

  [[nodiscard]] std::size_t rows() const noexcept { return lines_.size(); }

  /// The column names in the order of the file.
  [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
  [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

  [[nodiscard]] bool contains(std::string_view name) const { return std::ranges::find(names_, name) != names_.end(); }

  /// The line of the file on which `row` < rows() begins.
  [[nodiscard]] std::size_t line_of(std::size_t row) const { return lines_.at(row); }

  /// The cells of one column where they are, as long as the table is. Throws as `column`.
  [[nodiscard]] const detail::CellColumn& cells(std::string_view name) const& { return cells_[index_of(name)]; }

  /// A copy of the cells of one column. Throws FileError, listing the columns there are, where none has that name.
  [[nodiscard]] std::vector<std::string> column(std::string_view name) const {
    const detail::CellColumn& own = cells(name);
    std::vector<std::string> out;
    out.reserve(own.size());
    for (std::size_t row = 0; row < own.size(); ++row) out.emplace_back(own[row]);
    return out;
  }

  /// The cells of one column as the nearest numbers, independent of the locale; an empty cell gives `missing` where
  /// that is passed. Throws FileError for an unknown column, and for a cell that is no S or beyond the largest one,
  /// with its line, column and text.
  template <TableNumber S>
  [[nodiscard]] std::vector<S> numeric_column(std::string_view name, std::optional<S> missing = std::nullopt) const {
    const detail::CellColumn& own = cells(name);
    std::vector<S> out;
    out.reserve(own.size());
    for (std::size_t row = 0; row < own.size(); ++row) {
      const std::string_view cell = own[row];
      const std::optional<S> number = cell.empty() ? missing : detail::parse_number<S>(cell);
      if (!number) {
        throw FileError(detail::text("qmtl: ", where_, ": line ", lines_[row], ", column ", detail::in_quotes(name),
                                     ": expected ", std::integral<S> ? "an integer of " : "a number of ", 8 * sizeof(S),
                                     " bits, got ", detail::in_quotes(cell)));
      }
      out.push_back(*number);
    }
    return out;
  }

 private:
  [[nodiscard]] std::size_t index_of(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) {
      throw FileError(detail::text("qmtl: ", where_, ": no column ", detail::in_quotes(name),
                                   ", available: ", detail::listed(names_)));
    }
    return static_cast<std::size_t>(found - names_.begin());
  }

  void read_names(detail::RecordReader& records, detail::LoadBudget& budget) {
    constexpr std::size_t bytes = 2 * (sizeof(std::string) + sizeof(detail::CellColumn));  // with what each allocates
    const std::size_t count = records.next([&](std::size_t index, std::string_view name) {
      detail::require_columns(index + 1, budget.limits(), where_);
      budget.take(bytes, where_);
      names_.emplace_back(name);
    });
    if (count == 0) throw FileError(detail::text("qmtl: ", where_, ": expected a header line, got no text"));
    std::set<std::string_view> seen;
    for (const std::string& name : names_) {
      if (!seen.insert(name).second) {
        throw FileError(detail::text("qmtl: ", where_, ": duplicate column name ", detail::in_quotes(name)));
      }
    }
    cells_.resize(names_.size());
  }

  void read_rows(detail::RecordReader& records, detail::LoadBudget& budget) {
    const std::size_t row_bytes = sizeof(std::size_t) * (names_.size() + 1);
    const auto keep = [&](std::size_t index, std::string_view cell) {
      if (index < cells_.size()) cells_[index].push_back(cell);
    };
    while (const std::size_t count = records.next(keep)) {
      const detail::CellColumn& first = cells_[0];
      if (count == 1 && names_.size() > 1 && first[first.size() - 1].empty()) {  // blank: no row, so it loses nothing
        cells_[0].pop_empty();
        continue;
      }
      if (count != names_.size()) {
        throw FileError(detail::text("qmtl: ", where_, ": line ", records.line(), ": expected ", names_.size(),
                                     " fields, got ", count, ", split at ", records.separator()));
      }
      lines_.push_back(records.line());
      detail::require_rows(lines_.size(), budget.limits(), where_);
      budget.take(row_bytes, where_);
    }
  }

  std::string where_;
  std::vector<std::string> names_;
  std::vector<detail::CellColumn> cells_;
  std::vector<std::size_t> lines_;
};

/// The table in `content`: UTF-8 (a byte order mark is skipped), lines ended by LF, CRLF or CR, in any mixture. With a
/// tab as delimiter nothing is quoted; with any other, fields may be quoted as in RFC 4180. Blank lines are skipped
/// unless there is only one column. `where` names the source in messages. Throws FileError with the line number: a row
/// of more or fewer fields than the header, a stray or unclosed quote, a name that occurs twice, UTF-16 or binary
/// content, more than `limits` allow; ValueError for a delimiter that is a quote or ends lines.
[[nodiscard]] inline Table parse_table(std::string_view content, char delimiter, std::string_view where = "parse_table",
                                       const LoadLimits& limits = {}) {
  return Table(detail::RecordReader(content, delimiter, where), limits);
}

/// Reads the table file `path`. Throws FileError as parse_table and read_file do, ValueError where the extension does
/// not tell the delimiter.
[[nodiscard]] inline Table read_table(const std::string& path, const TableOptions& options = {}) {
  char delimiter = options.delimiter;
  if (delimiter == '\0') delimiter = path.ends_with(".csv") ? ',' : path.ends_with(".tsv") ? '\t' : '\0';
  if (delimiter == '\0') {
    throw ValueError(
        detail::text("qmtl: read_table: '", path, "': expected .csv or .tsv or a TableOptions::delimiter"));
  }
  const std::vector<std::byte> bytes =
      detail::read_within(detail::FileReader(path, "read_table"), options.limits, path);
  return parse_table(detail::as_text(bytes), delimiter, path, options.limits);
}

}  // namespace qmtl::inline QMTL_ABI
