#pragma once
// SPDX-License-Identifier: Apache-2.0
// TableEncoder: features and labels from the columns of a table, by what its training rows say.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/tabular/archive_text.hpp"
#include "qmtl/tabular/encoding_report.hpp"
#include "qmtl/tabular/feature_column.hpp"
#include "qmtl/tabular/table_columns.hpp"
#include "qmtl/tabular/target_labels.hpp"

namespace qmtl::inline QMTL_ABI {

/// The features of a table's rows, and what of the table the training rows did not have.
struct EncodedTable {
  Batch<double> inputs;  ///< features x rows
  EncodingReport report;
};

/// Turns tables into data sets. `fit` learns from the training rows, and from no others: which columns are numeric,
/// what stands for their missing cells, the categories of the others, the names of classes. After that, tables are read
/// by the names of their columns: in any order, and what the encoder does not know is left alone.
///
/// A numeric column is a feature as it is (the model standardises), a missing cell the median or mean of the training
/// rows; where training rows have missing cells, a second feature is 1 in them. A categorical column is a feature for
/// each value of the training rows, sorted by their bytes, of which one is 1 ("one-hot"). A column whose training cells
/// are all missing or all the same gives no feature: see unused_columns. Spaces around cells do not count. A first
/// column without a name, as pandas writes its index, is left alone.
class TableEncoder {
 public:
  /// Throws ValueError where the description of columns contradicts itself.
  explicit TableEncoder(TableColumns columns) : columns_(std::move(columns)) {
    for (TargetColumn& target : columns_.targets) {
      if (target.column.empty()) target.column = target.task;
    }
    detail::require_targets(columns_.targets, columns_);
  }

  /// Learns from these rows of a table, which may repeat. Throws ShapeError for no row or one that is not there,
  /// ValueError for a column that was named and is not there, cells that do not fit and classes that are not as many as
  /// they should be, LogicError for an encoder from a file; then the encoder is as it was. Cost: a few passes over the
  /// table, one column after the other.
  void fit(const Table& table, std::span<const Eigen::Index> rows) {
    if (loaded_) throw LogicError("qmtl: table encoder: one from a file has no rules of columns to learn anew by");
    if (rows.empty()) throw ShapeError("qmtl: table encoder: training rows, expected at least 1, got 0");
    require_rows(table, rows);
    require_named_columns(table);
    std::vector<detail::FeatureColumn> features;
    std::vector<detail::TargetLabels> targets;
    std::vector<std::string> unused;
    for (const std::string& name : table.names()) {
      if (!is_feature(name)) continue;
      const auto rule = columns_.rules.find(name);
      detail::FeatureColumn column(name, rule == columns_.rules.end() ? columns_.rule : rule->second,
                                   cells_of(table, name), rows);
      if (column.features() > 0) {
        features.push_back(std::move(column));
      } else {
        unused.push_back(name);
      }
    }
    if (features.empty()) {
      throw ValueError("qmtl: table encoder: features, expected a column with different cells in the training rows");
    }
    for (const TargetColumn& target : columns_.targets) {
      targets.emplace_back(target, cells_of(table, target.column), rows);
    }
    features_ = std::move(features);
    targets_ = std::move(targets);
    unused_ = std::move(unused);
  }

  [[nodiscard]] bool fitted() const noexcept { return !features_.empty(); }

  /// The number of features of a row; 0 before `fit`.
  [[nodiscard]] int features() const noexcept {
    int count = 0;
    for (const auto& column : features_) count += column.features();
    return count;
  }

  /// A name for each feature: "age", "age missing", "plan=basic", "plan missing".
  [[nodiscard]] std::vector<std::string> feature_names() const {
    std::vector<std::string> names;
    for (const auto& column : features_) column.append_names(names);
    return names;
  }

  /// The columns of the training table that give no feature, as they do not tell its training rows apart.
  [[nodiscard]] const std::vector<std::string>& unused_columns() const noexcept { return unused_; }

  /// The targets in the order of `labels`, with the names of their classes.
  [[nodiscard]] std::vector<TableTarget> targets() const {
    std::vector<TableTarget> out;
    for (const auto& target : targets_) out.push_back(target.target());
    return out;
  }

  /// The columns of targets that a table does not have.
  [[nodiscard]] std::vector<std::string> absent_targets(const Table& table) const {
    std::vector<std::string> out;
    for (const auto& target : targets_) {
      if (!table.contains(target.target().column)) out.push_back(target.target().column);
    }
    return out;
  }
  /// The column of sample weights, or nothing.
  [[nodiscard]] const std::string& weights_column() const noexcept { return columns_.weights; }

  /// The features of all rows of a table. Throws ValueError for a column that is not there, a cell of a numeric column
  /// that is no number, and unseen values where they are to be refused; LogicError before `fit`.
  [[nodiscard]] EncodedTable encode(const Table& table) const { return encode_rows(table, {}); }
  /// The features of these rows, which may repeat; cells of others are not looked at. Throws ShapeError for a row that
  /// is not there, otherwise as above.
  [[nodiscard]] EncodedTable encode(const Table& table, std::span<const Eigen::Index> rows) const {
    return encode_rows(table, rows);
  }

  /// The labels of all rows, targets x rows: NaN where they are missing, as in all rows where a target's column is not
  /// there. Throws ValueError for a cell that is no label, naming its line; LogicError before `fit`.
  [[nodiscard]] Batch<double> labels(const Table& table) const { return labels_of(table, {}); }
  /// The labels of these rows alone. Throws ShapeError for a row that is not there, otherwise as above.
  [[nodiscard]] Batch<double> labels(const Table& table, std::span<const Eigen::Index> rows) const {
    return labels_of(table, rows);
  }

  /// Features, labels and sample weights of all rows, for `select`, `fit`, `evaluate`. A table without the column of
  /// weights has none. `report`, where it is given, is set to what the training rows did not have. Throws as encode and
  /// labels do, ValueError for a weight that is missing or negative.
  template <Scalar S = double>
  [[nodiscard]] Dataset<S> dataset(const Table& table, EncodingReport* report = nullptr) const {
    return dataset_of<S>(table, {}, report);
  }
  /// The same of these rows alone: time and memory follow them, and cells of others are not looked at. Throws
  /// ShapeError for a row that is not there, otherwise as above.
  template <Scalar S = double>
  [[nodiscard]] Dataset<S> dataset(const Table& table, std::span<const Eigen::Index> rows,
                                   EncodingReport* report = nullptr) const {
    return dataset_of<S>(table, rows, report);
  }

  /// Writes or reads what was learnt; see core/archive.hpp. While reading, memory follows the bytes that are there.
  template <class Archive>
  void archive(Archive& a) {
    const auto own = [](Archive& inner, auto& item) { item.archive(inner); };
    const auto name = [](Archive& inner, std::string& item) { detail::archive_text(inner, item, "text"); };
    detail::archive_list(a, columns_.missing, name);
    detail::archive_text(a, columns_.weights, "column of weights");
    detail::archive_list(a, features_, own);
    detail::archive_list(a, targets_, own);
    detail::archive_list(a, unused_, name);
    if constexpr (Archive::reading) {
      check_archived(a);
      loaded_ = true;
    }
  }

 private:
  static constexpr std::size_t most_features = std::size_t{1} << 20;  // of a file

  /// The numbers as S, without a copy where they are.
  template <Scalar S>
  [[nodiscard]] static Batch<S> converted(Batch<double>&& numbers) {
    if constexpr (std::same_as<S, double>) {
      return std::move(numbers);
    } else {
      return numbers.cast<S>();
    }
  }

  [[nodiscard]] detail::ColumnCells cells_of(const Table& table, const std::string& name,
                                             detail::SomeRows rows = {}) const {
    return {table, name, columns_.missing, rows};
  }

  /// Throws LogicError before `fit`, ShapeError for a row that is not there.
  [[nodiscard]] Eigen::Index count_of(const Table& table, detail::SomeRows rows) const {
    if (!fitted()) throw LogicError("qmtl: table encoder: it has not been fitted");
    if (rows) require_rows(table, *rows);
    return static_cast<Eigen::Index>(rows ? rows->size() : table.rows());
  }

  [[nodiscard]] EncodedTable encode_rows(const Table& table, detail::SomeRows rows) const {
    EncodedTable out;
    out.inputs.setZero(features(), count_of(table, rows));
    Eigen::Index first = 0;
    for (const auto& column : features_) {
      if (table.contains(column.name())) {
        column.encode(cells_of(table, column.name(), rows), out.inputs, first, out.report);
      } else {
        column.encode_absent(table, out.inputs, first, out.report);
      }
      first += column.features();
    }
    return out;
  }

  [[nodiscard]] Batch<double> labels_of(const Table& table, detail::SomeRows rows) const {
    Batch<double> out(static_cast<Eigen::Index>(targets_.size()), count_of(table, rows));
    out.setConstant(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      const std::string& column = targets_[t].target().column;
      if (!table.contains(column)) continue;
      const detail::ColumnCells cells = cells_of(table, column, rows);
      for (std::size_t row = 0; row < cells.size(); ++row) {
        out(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(row)) = targets_[t].label(cells, row);
      }
    }
    return out;
  }

  template <Scalar S>
  [[nodiscard]] Dataset<S> dataset_of(const Table& table, detail::SomeRows rows, EncodingReport* report) const {
    EncodedTable encoded = encode_rows(table, rows);
    Dataset<S> out{converted<S>(std::move(encoded.inputs)), converted<S>(labels_of(table, rows)), {}};
    for (const auto& target : targets_) out.task_names.push_back(target.target().task);
    if (!columns_.weights.empty() && table.contains(columns_.weights)) {
      out.sample_weights = weights(cells_of(table, columns_.weights, rows));
    }
    if (report != nullptr) {
      *report = std::move(encoded.report);
      report->absent_targets = absent_targets(table);
    }
    return out;
  }

  [[nodiscard]] bool is_feature(const std::string& name) const {
    return !detail::trimmed(name).empty() && name != columns_.weights &&
           std::ranges::count(columns_.ignored, name) == 0 &&
           std::ranges::count(columns_.targets, name, &TargetColumn::column) == 0;
  }

  [[nodiscard]] static std::vector<double> weights(const detail::ColumnCells& cells) {
    std::vector<double> out;
    out.reserve(cells.size());
    for (std::size_t row = 0; row < cells.size(); ++row) {
      constexpr const char* expected = "expected a sample weight, a number from 0 on, got ";
      if (cells.is_missing(row)) cells.fail(row, expected, "a missing cell");
      const double weight = cells.number(row);
      if (weight < 0.0) cells.fail(row, expected, weight);
      out.push_back(weight);
    }
    return out;
  }

  static void require_rows(const Table& table, std::span<const Eigen::Index> rows) {
    const auto most = static_cast<Eigen::Index>(table.rows());
    for (const Eigen::Index row : rows) {
      if (row >= 0 && row < most) continue;
      throw ShapeError(detail::text("qmtl: table encoder: row number, expected 0 to ", most - 1, ", got ", row));
    }
  }

  /// A name that is misspelled would make a feature of what is to be ignored.
  void require_named_columns(const Table& table) const {
    const auto require = [&](const char* what, const std::string& name) {
      if (table.contains(name)) return;
      throw ValueError(detail::text("qmtl: table encoder: no column ", detail::in_quotes(name), ", which ", what,
                                    ", available: ", detail::listed(table.names()),
                                    detail::hint_of(table.names(), name)));
    };
    for (const std::string& name : columns_.ignored) require("is to be ignored", name);
    if (!columns_.weights.empty()) require("holds weights", columns_.weights);
    for (const auto& [name, rule] : columns_.rules) require("has a rule", name);
    for (const TargetColumn& target : columns_.targets) require("is a target", target.column);
    for (std::size_t column = 1; column < table.names().size(); ++column) {
      const std::string& name = table.names()[column];
      if (!detail::trimmed(name).empty() || std::ranges::count(columns_.ignored, name) > 0) continue;
      throw ValueError(detail::text("qmtl: table encoder: column ", column + 1, " of ", table.names().size(),
                                    " has no name, expected one (only an index in front may have none): name it, or ",
                                    "add ", detail::in_quotes(name), " to ignored"));
    }
  }

  void check_archived(const auto& a) const {
    std::set<std::string> names, tasks;
    std::size_t count = 0;
    for (const auto& column : features_) {
      a.require(names.insert(column.name()).second, "column ", detail::in_quotes(column.name()), ", expected it once");
      count += static_cast<std::size_t>(column.features());
    }
    for (const auto& target : targets_) {
      const TableTarget& own = target.target();
      a.require(tasks.insert(own.task).second, "task ", detail::in_quotes(own.task), ", expected it once");
    }
    a.require(count >= 1 && count <= most_features, "features, expected 1 to ", most_features, ", got ", count);
  }

  TableColumns columns_;
  std::vector<detail::FeatureColumn> features_;
  std::vector<detail::TargetLabels> targets_;
  std::vector<std::string> unused_;
  bool loaded_ = false;
};

}  // namespace qmtl::inline QMTL_ABI
