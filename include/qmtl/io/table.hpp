#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tables with a header line: tab-separated without quoting, or comma-separated with the quoting of RFC 4180.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/io/printable.hpp"
#include "qmtl/io/record_reader.hpp"

namespace qmtl {

/// How a table is read.
struct TableOptions {
  char delimiter = '\0';                           ///< '\0': by the extension, ',' for .csv and tab for .tsv
  std::size_t max_bytes = std::size_t{256} << 20;  ///< larger files are refused
};

/// Number types of Table::numeric_column.
template <class S>
concept TableNumber = Scalar<S> || std::same_as<S, std::int32_t> || std::same_as<S, std::int64_t>;

namespace detail {

/// The number that `cell` spells, spaces around it allowed; nothing where it spells none or one that S cannot hold.
template <TableNumber S>
[[nodiscard]] std::optional<S> parse_number(std::string_view cell) noexcept {
  const std::size_t begin = cell.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  cell = cell.substr(begin, cell.find_last_not_of(' ') - begin + 1);
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);  // which from_chars refuses

  std::conditional_t<std::integral<S>, S, double> value{};  // through double: 1e-60 is a float, namely 0
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
  if constexpr (std::same_as<S, float>) {
    if (std::isfinite(value) && std::abs(value) > double{std::numeric_limits<float>::max()}) return std::nullopt;
  }
  return static_cast<S>(value);
}

}  // namespace detail

/// A table of text whose columns have names; rows are counted from 0, lines of the file from 1.
class Table {
 public:
  /// Reads from `records`, whose first record holds the names. Throws FileError, see parse_table.
  explicit Table(detail::RecordReader records) : where_(records.where()) {
    std::vector<std::string> fields;
    if (!records.next(fields)) throw FileError(detail::text("qmtl: ", where_, ": expected a header line, got no text"));
    set_names(std::move(fields));
    while (records.next(fields)) {
      const bool blank = fields.size() == 1 && fields[0].empty();
      if (blank && names_.size() > 1) continue;  // cannot be a row, so it loses nothing
      add_row(fields, records.line());
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return lines_.size(); }

  /// The column names in the order of the file.
  [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
  [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

  [[nodiscard]] bool contains(std::string_view name) const { return std::ranges::find(names_, name) != names_.end(); }

  /// The line of the file on which `row` < rows() begins.
  [[nodiscard]] std::size_t line_of(std::size_t row) const { return lines_.at(row); }

  /// The cells of one column. Throws FileError, listing the columns there are, where none has that name.
  [[nodiscard]] const std::vector<std::string>& column(std::string_view name) const& {
    return columns_[index_of(name)];
  }
  [[nodiscard]] std::vector<std::string> column(std::string_view name) && {
    return std::move(columns_[index_of(name)]);
  }

  /// The cells of one column as numbers, independent of the locale; an empty cell gives `missing` where that is passed.
  /// Throws FileError for an unknown column, and for a cell that is no S, with its line, column and text.
  template <TableNumber S>
  [[nodiscard]] std::vector<S> numeric_column(std::string_view name, std::optional<S> missing = std::nullopt) const {
    const std::vector<std::string>& cells = column(name);
    std::vector<S> out;
    out.reserve(cells.size());
    for (const std::string& cell : cells) {
      const std::optional<S> number = cell.empty() ? missing : detail::parse_number<S>(cell);
      if (!number) {
        throw FileError(detail::text("qmtl: ", where_, ": line ", lines_[out.size()], ", column ",
                                     detail::in_quotes(name), ": expected ",
                                     std::integral<S> ? "an integer of " : "a number of ", 8 * sizeof(S), " bits, got ",
                                     detail::in_quotes(cell)));
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

  void set_names(std::vector<std::string> names) {
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
      if (!seen.insert(name).second) {
        throw FileError(detail::text("qmtl: ", where_, ": duplicate column name ", detail::in_quotes(name)));
      }
    }
    names_ = std::move(names);
    columns_.resize(names_.size());
  }

  void add_row(std::vector<std::string>& fields, std::size_t line) {
    if (fields.size() != names_.size()) {
      throw FileError(detail::text("qmtl: ", where_, ": line ", line, ": expected ", names_.size(), " fields, got ",
                                   fields.size()));
    }
    for (std::size_t i = 0; i < fields.size(); ++i) columns_[i].push_back(std::move(fields[i]));
    lines_.push_back(line);
  }

  std::string where_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> columns_;
  std::vector<std::size_t> lines_;
};

/// The table in `content`: UTF-8 (a byte order mark is skipped), lines ended by LF or CRLF. With a tab as delimiter
/// nothing is quoted; with any other, fields may be quoted as in RFC 4180. Blank lines are skipped unless there is only
/// one column. `where` names the source in messages. Throws FileError with the line number: a row of more or fewer
/// fields than the header, a stray or unclosed quote, a name that occurs twice, UTF-16 or binary content; ValueError
/// for a delimiter that is a quote or ends lines.
[[nodiscard]] inline Table parse_table(std::string_view content, char delimiter,
                                       std::string_view where = "parse_table") {
  return Table(detail::RecordReader(content, delimiter, where));
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
  const std::vector<std::byte> bytes = read_file(path, options.max_bytes);
  return parse_table({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, delimiter, path);
}

}  // namespace qmtl
