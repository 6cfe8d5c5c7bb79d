#pragma once
// SPDX-License-Identifier: Apache-2.0
// The page of a training on a table, with the names of its classes and features: see html_report.hpp.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/io/table.hpp"
#include "qmtl/report/html_report.hpp"
#include "qmtl/tabular/tabular_model.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Adds the names of classes that the options do not have, and those of the features.
inline void add_table_words(ReportOptions& options, const TableEncoder& encoder) {
  for (const TableTarget& target : encoder.targets()) {
    auto words = std::ranges::find(options.tasks, target.task, &TaskWords::task);
    if (words == options.tasks.end()) {
      options.tasks.push_back({.task = target.task});
      words = options.tasks.end() - 1;
    }
    if (words->class_names.empty()) words->class_names = target.class_names;
  }
  if (options.feature_names.empty()) options.feature_names = encoder.feature_names();
}

}  // namespace detail

/// Some rows of a table for a report on a model of tables; `name` is what they are called: row_facts(model, table,
/// parts.train, "training"). Throws as TableEncoder does.
template <class M>
[[nodiscard]] RowFacts row_facts(const TabularModel<M>& model, const Table& table, std::span<const Eigen::Index> rows,
                                 std::string_view name) {
  return row_facts(model.model(), model.labelled(table, rows), name);
}

/// As html_report of a model and a data set, from a model of tables and the rows of a table to judge it on; classes
/// have the names of the table's labels, and are predicted by the model's thresholds unless the options have some.
/// Throws as it and TableEncoder do.
template <class M>
[[nodiscard]] std::string html_report(const TabularModel<M>& model, const FitReport& report, const Table& table,
                                      std::span<const Eigen::Index> test, ReportOptions options = {}) {
  detail::add_table_words(options, model.encoder());
  if (options.thresholds.empty()) options.thresholds = model.thresholds();
  return html_report(model.model(), report, model.labelled(table, test), options);
}

/// Writes it to a file, which it replaces in one step: write_html_report("report.html", model, report, table,
/// parts.test). Throws FileError, and as html_report.
template <class M>
void write_html_report(const std::string& path, const TabularModel<M>& model, const FitReport& report,
                       const Table& table, std::span<const Eigen::Index> test, ReportOptions options = {}) {
  const std::string page = html_report(model, report, table, test, std::move(options));
  write_file_atomically(path, std::as_bytes(std::span<const char>(page)));
}

}  // namespace qmtl::inline QMTL_ABI
