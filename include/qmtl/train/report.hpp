#pragma once
// SPDX-License-Identifier: Apache-2.0
// What people read: a progress line on a terminal, and a table of metrics with a row per task.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/number_text.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/train/epoch_record.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// A number with `digits` decimals, or "-" where a metric is undefined.
[[nodiscard]] inline std::string fixed(double value, int digits) {
  if (std::isnan(value)) return "-";
  return number_text(value, std::chars_format::fixed, digits);
}

/// A number with so many significant digits, or "-" where a metric is undefined.
[[nodiscard]] inline std::string significant(double value, int digits) {
  if (std::isnan(value)) return "-";
  return number_text(value, std::chars_format::general, digits);
}

/// Rows of cells as lines: the first column flush left, the others flush right, two spaces between.
template <class Rows>
[[nodiscard]] std::string align(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - row[c].size(), ' ');
      out += c == 0 ? row[c] + padding : "  " + padding + row[c];
    }
    out += '\n';
  }
  return out;
}

/// The cells of a table of metrics: titles, then a task a row. Columns that are undefined for every task are left out.
[[nodiscard]] std::vector<std::vector<std::string>> metric_cells(
    const std::convertible_to<std::span<const TaskMetrics>> auto& metrics) {
  const std::span<const TaskMetrics> tasks = metrics;
  struct Column {
    const char* title;
    double TaskMetrics::*value;
    bool has_unit = false;  // its size may be any
  };
  constexpr Column columns[] = {{"loss", &TaskMetrics::loss},         {"accuracy", &TaskMetrics::accuracy},
                                {"majority", &TaskMetrics::majority}, {"macro-F1", &TaskMetrics::macro_f1},
                                {"AUC", &TaskMetrics::auc},           {"RMSE", &TaskMetrics::rmse, true},
                                {"MAE", &TaskMetrics::mae, true},     {"R2", &TaskMetrics::r2}};
  std::vector<std::vector<std::string>> rows{{"task", "classes", "rows"}};
  for (const auto& task : tasks) {
    rows.push_back(
        {task.name, task.classes == 0 ? "real" : std::to_string(task.classes), std::to_string(task.labelled)});
  }
  for (const auto& column : columns) {
    bool defined = false;
    for (const auto& task : tasks) defined = defined || !std::isnan(task.*column.value);
    if (!defined) continue;
    rows[0].push_back(column.title);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const double value = tasks[t].*column.value;
      rows[t + 1].push_back(column.has_unit ? significant(value, 4) : fixed(value, 3));
    }
  }
  return rows;
}

}  // namespace detail

/// A table of metrics, a task a line. `majority` is the accuracy of always answering the most frequent class; columns
/// that are undefined for every task are left out.
[[nodiscard]] std::string to_table(const std::convertible_to<std::span<const TaskMetrics>> auto& metrics) {
  return detail::align(detail::metric_cells(metrics));
}

/// A table of repeated runs, a task a line: mean and deviation over the runs of accuracy, macro-F1 and AUC. Throws
/// ShapeError unless all runs have the same number of tasks.
[[nodiscard]] std::string to_table(
    const std::convertible_to<std::span<const std::vector<TaskMetrics>>> auto& repeated) {
  const std::span<const std::vector<TaskMetrics>> runs = repeated;
  std::vector<std::vector<std::string>> rows{
      {detail::text("mean of ", runs.size(), " runs"), "accuracy", "+-", "macro-F1", "+-", "AUC", "+-"}};
  for (std::size_t t = 0; !runs.empty() && t < runs.front().size(); ++t) {
    rows.push_back({runs.front()[t].name});
    for (const auto value : {&TaskMetrics::accuracy, &TaskMetrics::macro_f1, &TaskMetrics::auc}) {
      std::vector<double> values;
      for (const auto& run : runs) {
        detail::require_size("to_table: number of tasks in a run", run.size(), runs.front().size());
        values.push_back(run[t].*value);
      }
      const MeanDeviation summary = summarize(values);
      rows.back().push_back(detail::fixed(summary.mean, 3));
      rows.back().push_back(detail::fixed(summary.deviation, 3));
    }
  }
  return detail::align(rows);
}

/// A callback that keeps one line on a terminal up to date: epoch, losses, time. Where `stream` is no terminal it
/// writes nothing but the last epoch, so that logs stay short.
class ProgressLine {
 public:
  explicit ProgressLine(std::FILE* stream = stderr) : stream_(stream), terminal_(isatty(fileno(stream)) != 0) {}

  bool operator()(const EpochRecord& record) const {
    const bool last = record.last;
    if (!terminal_ && !last) return true;
    std::string line =
        detail::text("epoch ", record.epoch, '/', record.epochs, "  train loss ", detail::fixed(record.train_loss, 4));
    if (!std::isnan(record.validation_loss)) {
      line += detail::text("  validation loss ", detail::fixed(record.validation_loss, 4));
    }
    line += detail::text("  ", detail::fixed(record.seconds, 1), " s");
    std::fprintf(stream_, "%s%s%s", terminal_ ? "\r\033[K" : "", line.c_str(), terminal_ && !last ? "" : "\n");
    std::fflush(stream_);
    return true;
  }

 private:
  std::FILE* stream_;
  bool terminal_;
};

}  // namespace qmtl::inline QMTL_ABI
