#pragma once
// SPDX-License-Identifier: Apache-2.0
// Predictions as a CSV file.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/csv_text.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/tabular/predictions.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// A named column of texts.
struct TextColumn {
  std::string name;
  std::vector<std::string> cells;
};

/// Columns of equal length as CSV with a header, lines ended by CR LF as RFC 4180 has them.
[[nodiscard]] inline std::string csv_text(std::span<const TextColumn> columns, std::size_t rows) {
  CsvText csv("\r\n");
  for (const TextColumn& column : columns) csv.field(column.name);
  csv.end_line();
  for (std::size_t row = 0; row < rows; ++row) {
    for (const TextColumn& column : columns) csv.field(column.cells[row]);
    csv.end_line();
  }
  return std::move(csv).str();
}

/// The columns of one task: its class and a probability for each class, or its value.
template <std::same_as<TaskPredictions> Task>
void append_columns(std::vector<TextColumn>& out, const Task& task, std::size_t rows) {
  TextColumn& answer = out.emplace_back(TextColumn{task.task, {}});
  for (std::size_t row = 0; row < rows; ++row) {
    answer.cells.push_back(task.class_names.empty() ? exact(task.values.at(row)) : task.class_name(row));
  }
  for (const std::string& name : task.class_names) {
    TextColumn& column = out.emplace_back(TextColumn{task.task + "=" + name, {}});
    for (const double probability : task.probabilities_of(name)) column.cells.push_back(exact(probability));
  }
}

/// Throws ValueError where two columns have one name.
template <class Columns>
void write_csv(const std::string& path, const Columns& columns, std::size_t rows) {
  std::vector<std::string> names;
  for (const TextColumn& column : columns) names.push_back(column.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) {
    throw ValueError(text("qmtl: write_predictions_csv: two columns have the name ", in_quotes(*twice),
                          ", expected different names"));
  }
  const std::string csv = csv_text(columns, rows);
  write_file_atomically(path, std::as_bytes(std::span<const char>(csv)));
}

}  // namespace detail

/// Writes predictions as CSV: for each task of classes a column with its name that holds the name of the class, and one
/// "task=class" for each class that holds its probability; for each real target a column of values in its units.
/// Numbers have all their digits and a decimal point, whatever the locale; cells with commas, quotes or line ends are
/// quoted (RFC 4180); read_table reads the file. It is replaced in one step. Throws ValueError where two columns would
/// have one name, FileError where the file cannot be written.
template <std::same_as<TablePredictions> Predictions>
void write_predictions_csv(const std::string& path, const Predictions& predictions) {
  std::vector<detail::TextColumn> columns;
  for (const TaskPredictions& task : predictions.tasks) detail::append_columns(columns, task, predictions.rows);
  detail::write_csv(path, columns, predictions.rows);
}

/// The same behind the columns `kept` of the table that was predicted for, as identifiers of its rows. Throws
/// ShapeError for a table with another number of rows, FileError for a column that it does not have.
template <std::same_as<TablePredictions> Predictions>
void write_predictions_csv(const std::string& path, const Predictions& predictions, const Table& table,
                           const std::vector<std::string>& kept) {
  detail::require_size("write_predictions_csv: rows of the table", table.rows(), predictions.rows);
  std::vector<detail::TextColumn> columns;
  columns.reserve(kept.size());
  for (const std::string& name : kept) columns.push_back({name, table.column(name)});
  for (const TaskPredictions& task : predictions.tasks) detail::append_columns(columns, task, predictions.rows);
  detail::write_csv(path, columns, predictions.rows);
}

}  // namespace qmtl::inline QMTL_ABI
