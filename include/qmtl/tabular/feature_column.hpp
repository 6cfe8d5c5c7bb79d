#pragma once
// SPDX-License-Identifier: Apache-2.0
// One column of a table as features: what is learnt of it from training rows, and how cells are encoded by that.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/tabular/archive_text.hpp"
#include "qmtl/tabular/encoding_report.hpp"
#include "qmtl/tabular/table_columns.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Rows of a table, or all of them.
using SomeRows = std::optional<std::span<const Eigen::Index>>;

/// The cells that some rows, which are there, have in one column, trimmed, and which of them are missing. Cells are
/// counted by the rows that were asked for.
class ColumnCells {
 public:
  ColumnCells(const Table& table, std::string name, std::span<const std::string> missing, SomeRows rows = {})
      : table_(table), name_(std::move(name)), cells_(table.cells(name_)), missing_(missing), rows_(rows) {}

  [[nodiscard]] std::size_t size() const noexcept { return rows_ ? rows_->size() : cells_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t row) const noexcept {
    return trimmed(cells_[row_of_table(row)]);
  }
  [[nodiscard]] bool is_missing(std::size_t row) const noexcept {
    return std::ranges::find(missing_, (*this)[row]) != missing_.end();
  }

  /// The finite number in a cell that is not missing. Throws ValueError.
  [[nodiscard]] double number(std::size_t row) const {
    const std::optional<double> number = parse_number<double>((*this)[row]);
    if (!number || !std::isfinite(*number)) {
      fail(row, "expected a finite number or a missing cell, got ", in_quotes(cells_[row_of_table(row)]));
    }
    return *number;
  }

  /// Throws ValueError: "qmtl: table encoder: line 3, column 'age': <what>".
  template <class... What>
  [[noreturn]] void fail(std::size_t row, const What&... what) const {
    throw ValueError(text("qmtl: table encoder: line ", table_.line_of(row_of_table(row)), ", column ",
                          in_quotes(name_), ": ", what...));
  }

 private:
  [[nodiscard]] std::size_t row_of_table(std::size_t row) const noexcept {
    return rows_ ? static_cast<std::size_t>((*rows_)[row]) : row;
  }

  const Table& table_;
  std::string name_;
  const CellColumn& cells_;
  std::span<const std::string> missing_;
  SomeRows rows_;
};

/// Whether a cell is written as a decimal number, of any size.
[[nodiscard]] inline bool spells_number(std::string_view cell) noexcept {
  const auto skip_sign = [&] { cell.remove_prefix(cell.starts_with('+') || cell.starts_with('-') ? 1 : 0); };
  const auto take_digits = [&] {
    const std::size_t count = std::min(cell.find_first_not_of("0123456789"), cell.size());
    cell.remove_prefix(count);
    return count;
  };
  skip_sign();
  std::size_t digits = take_digits();
  if (cell.starts_with('.')) {
    cell.remove_prefix(1);
    digits += take_digits();
  }
  if (digits == 0 || cell.empty()) return digits > 0;
  if (cell[0] != 'e' && cell[0] != 'E') return false;
  cell.remove_prefix(1);
  skip_sign();
  return take_digits() > 0 && cell.empty();
}

/// The median of numbers, of which there is at least one; the middle of two where they are even.
[[nodiscard]] inline double median_of(std::vector<double> numbers) {
  const std::size_t middle = numbers.size() / 2;
  const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(numbers.begin(), at, numbers.end());
  if (numbers.size() % 2 == 1) return *at;
  return std::midpoint(*std::max_element(numbers.begin(), at), *at);
}

/// What is known of one column after training rows have been seen.
class FeatureColumn {
 public:
  FeatureColumn() = default;

  /// Learns from the cells of the training rows. Throws ValueError for a cell that is no number in a numeric column or
  /// in an automatic one that is mostly numbers, and for more categories than the rule allows.
  FeatureColumn(std::string name, const ColumnRule& rule, const ColumnCells& cells, std::span<const Eigen::Index> rows)
      : name_(std::move(name)), unseen_value_(rule.unseen_value), absent_column_(rule.absent_column) {
    std::vector<std::size_t> present;
    for (const Eigen::Index row : rows) {
      if (!cells.is_missing(static_cast<std::size_t>(row))) present.push_back(static_cast<std::size_t>(row));
    }
    had_missing_ = present.size() < rows.size();
    numeric_ =
        rule.kind == ColumnKind::numeric || (rule.kind == ColumnKind::automatic && are_numbers(cells, present, 9));
    if (present.empty()) return;
    if (numeric_) {
      learn_numbers(rule, cells, present);
    } else {
      learn_categories(rule, cells, present);
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool numeric() const noexcept { return numeric_; }

  /// How many features it gives: none where training rows had no cell of it, or equal ones only.
  [[nodiscard]] int features() const noexcept {
    return static_cast<int>(numeric_ ? std::size_t{value_} : categories_.size()) + int{indicator_};
  }

  /// "age", "age missing"; "plan=basic", "plan=gold", "plan missing".
  void append_names(std::vector<std::string>& names) const {
    if (value_) names.push_back(name_);
    for (const std::string& category : categories_) names.push_back(name_ + "=" + category);
    if (indicator_) names.push_back(name_ + " missing");
  }

  /// Sets the features, from row `first` of `out` (features x rows, zeros) on, and reports what training rows did not
  /// have. Throws ValueError for cells that do not fit.
  void encode(const ColumnCells& cells, Batch<double>& out, Eigen::Index first, EncodingReport& report) const {
    std::map<std::string, std::size_t, std::less<>> unseen;
    std::size_t missing = 0;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const auto to = static_cast<Eigen::Index>(row);
      if (cells.is_missing(row)) {
        set_missing(out, first, to);
        ++missing;
      } else if (numeric_) {
        const double number = cells.number(row);
        if (value_) out(first, to) = number;
      } else if (const auto category = index_of(cells[row])) {
        out(first + static_cast<Eigen::Index>(*category), to) = 1.0;
      } else {
        count_unseen(cells, row, unseen);
      }
    }
    for (const auto& [value, count] : unseen) report.unseen.push_back({name_, value, count});
    if (missing > 0 && !had_missing_) report.newly_missing.push_back({name_, missing});
  }

  /// The same for a table without the column. Throws ValueError unless the rule lets it pass.
  void encode_absent(const Table& table, Batch<double>& out, Eigen::Index first, EncodingReport& report) const {
    if (absent_column_ == Unseen::refused) {
      throw ValueError(text("qmtl: table encoder: no column ", in_quotes(name_),
                            ", which the encoder was fitted on (its "
                            "rule may have absent_column = Unseen::reported)",
                            hint_of(table.names(), name_)));
    }
    for (Eigen::Index row = 0; row < out.cols(); ++row) set_missing(out, first, row);
    report.absent_columns.push_back(name_);
  }

  /// Writes or reads it; see core/archive.hpp.
  template <class Archive>
  void archive(Archive& a) {
    archive_text(a, name_, "name of a column");
    a.value(numeric_, "kind of a column");
    a.value(value_, "use of a column's numbers");
    a.value(indicator_, "indicator of a column");
    a.value(had_missing_, "missing cells of a column");
    archive_choice(a, unseen_value_, "rule for unseen values");
    archive_choice(a, absent_column_, "rule for an absent column");
    a.value(fill_, "fill of a column");
    archive_list(a, categories_,
                 [](Archive& inner, std::string& category) { archive_text(inner, category, "category of a column"); });
    if constexpr (Archive::reading) {
      a.require(features() > 0, "column ", in_quotes(name_), ", expected features");
      a.require(numeric_ ? categories_.empty() : !value_, "column ", in_quotes(name_), ", expected one kind");
      a.require(std::ranges::adjacent_find(categories_, std::ranges::greater_equal()) == categories_.end(),
                "categories of column ", in_quotes(name_), ", expected in order");
    }
  }

 private:
  static constexpr std::size_t most_unseen = 1000;

  /// Whether all cells are numbers. Throws ValueError, which names the first other cell, where at least two and at
  /// least so many tenths are: a cell of dirt is not to make categories of numbers. Throws also for a number
  /// that is too large for a double, wherever it is.
  [[nodiscard]] static bool are_numbers(const ColumnCells& cells, std::span<const std::size_t> rows,
                                        std::size_t tenths) {
    std::size_t numbers = 0;
    std::optional<std::size_t> other, too_large;
    for (const std::size_t row : rows) {
      if (parse_number<double>(cells[row])) {
        ++numbers;
        continue;
      }
      other = std::min(other.value_or(row), row);
      if (spells_number(cells[row])) too_large = std::min(too_large.value_or(row), row);
    }
    if (!other) return true;
    const bool mostly = numbers >= 2 && 10 * numbers >= tenths * rows.size();
    if (!mostly && !too_large) return false;
    const std::size_t at = mostly ? *other : *too_large;
    const std::string cell = in_quotes(cells[at]);
    cells.fail(at, "expected a finite number, got ", cell, " (", numbers, " of ", rows.size(),
               " training cells are numbers): set kind = categorical, or add ", cell, " to missing");
  }

  void learn_numbers(const ColumnRule& rule, const ColumnCells& cells, std::span<const std::size_t> rows) {
    std::vector<double> numbers;
    numbers.reserve(rows.size());
    for (const std::size_t row : rows) numbers.push_back(cells.number(row));
    const Moments moments = moments_of(numbers);
    value_ = moments.varies<double>();
    indicator_ = rule.indicator && had_missing_;
    fill_ = rule.imputation == Imputation::mean ? moments.mean : median_of(std::move(numbers));
  }

  void learn_categories(const ColumnRule& rule, const ColumnCells& cells, std::span<const std::size_t> rows) {
    std::set<std::string_view> values;
    for (const std::size_t row : rows) values.insert(cells[row]);
    if (values.size() > rule.most_categories) {
      if (rule.kind == ColumnKind::automatic) (void)are_numbers(cells, rows, 5);
      throw ValueError(text("qmtl: table encoder: column ", in_quotes(name_), " has ", values.size(),
                            " different values in ", rows.size(), " training rows, expected at most ",
                            rule.most_categories,
                            ": ignore it if it tells rows apart, as an identifier does, or raise "
                            "most_categories of its rule"));
    }
    indicator_ = rule.missing == MissingCategory::own && had_missing_;
    if (values.size() > 1 || had_missing_) categories_.assign(values.begin(), values.end());
  }

  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view value) const {
    const auto found = std::lower_bound(categories_.begin(), categories_.end(), value);
    if (found == categories_.end() || *found != value) return std::nullopt;
    return static_cast<std::size_t>(found - categories_.begin());
  }

  void set_missing(Batch<double>& out, Eigen::Index first, Eigen::Index row) const {
    if (value_) out(first, row) = fill_;
    if (indicator_) out(first + features() - 1, row) = 1.0;
  }

  void count_unseen(const ColumnCells& cells, std::size_t row,
                    std::map<std::string, std::size_t, std::less<>>& unseen) const {
    const std::string_view value = cells[row];
    if (unseen_value_ == Unseen::refused) {
      cells.fail(row, "expected a value that training rows have, ", listed(categories_), ", got ", in_quotes(value));
    }
    const auto found = unseen.find(value);
    if (found != unseen.end()) {
      ++found->second;
    } else {
      ++unseen[unseen.size() < most_unseen ? std::string(value) : std::string("...")];
    }
  }

  std::string name_;
  Unseen unseen_value_{}, absent_column_{};
  bool numeric_ = false;
  bool value_ = false;        // the number itself is a feature
  bool indicator_ = false;    // the last feature is 1 where the cell is missing
  bool had_missing_ = false;  // in training rows
  double fill_ = 0.0;
  std::vector<std::string> categories_;  // sorted
};

}  // namespace qmtl::inline QMTL_ABI::detail
