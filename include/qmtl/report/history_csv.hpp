#pragma once
// SPDX-License-Identifier: Apache-2.0
// The course of a training as CSV, an epoch a line, for a spreadsheet, pandas or gnuplot.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/csv_text.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/train/epoch_record.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// A metric of a task, by the name that it has in files.
struct MetricColumn {
  std::string_view name;
  double TaskMetrics::*value;
};

inline constexpr MetricColumn metric_columns[] = {
    {"loss", &TaskMetrics::loss},         {"accuracy", &TaskMetrics::accuracy},
    {"majority", &TaskMetrics::majority}, {"macro_f1", &TaskMetrics::macro_f1},
    {"auc", &TaskMetrics::auc},           {"rmse", &TaskMetrics::rmse},
    {"mae", &TaskMetrics::mae},           {"r2", &TaskMetrics::r2}};

/// Rows whose metrics a record may have, by the beginning of their columns' names.
struct MetricRows {
  std::string_view name;
  std::vector<TaskMetrics> EpochRecord::*metrics;
};

inline constexpr MetricRows metric_rows[] = {{"validation_", &EpochRecord::validation},
                                             {"train_rows_", &EpochRecord::training}};

/// A column of the history that belongs to a task.
struct HistoryColumn {
  std::size_t task = 0;
  const MetricRows* rows = nullptr;
  const MetricColumn* metric = nullptr;

  /// NaN where the record has no such metrics.
  [[nodiscard]] double value(const EpochRecord& record) const {
    const auto& metrics = record.*rows->metrics;
    return metrics.empty() ? undefined_metric : metrics[task].*metric->value;
  }
};

/// Names of a history's tasks: those of its metrics, else those given, else numbers. Throws ShapeError for a wrong
/// number of them, or where epochs differ in their number of tasks.
[[nodiscard]] inline std::vector<std::string> history_tasks(const FitReport& report,
                                                            std::span<const std::string> names) {
  if (report.history.empty()) return {names.begin(), names.end()};
  const std::size_t tasks = report.history.front().task_losses.size();
  if (!names.empty()) require_size("history: number of task names", names.size(), tasks);
  for (const EpochRecord& record : report.history) {
    require_size("history: number of task losses in an epoch", record.task_losses.size(), tasks);
    require_size("history: number of task weights in an epoch", record.task_weights.size(), tasks);
    for (const MetricRows& rows : metric_rows) {
      const std::size_t metrics = (record.*rows.metrics).size();
      if (metrics > 0) require_size("history: number of metrics in an epoch", metrics, tasks);
    }
  }
  std::vector<std::string> out(names.begin(), names.end());
  const auto& metrics = report.history.front().validation;
  for (std::size_t t = out.size(); t < tasks; ++t) out.push_back(metrics.empty() ? text("task ", t) : metrics[t].name);
  return out;
}

/// The metrics that are defined in some epoch, task by task.
[[nodiscard]] inline std::vector<HistoryColumn> defined_metrics(const FitReport& report, std::size_t tasks) {
  std::vector<HistoryColumn> out;
  for (std::size_t t = 0; t < tasks; ++t) {
    for (const MetricRows& rows : metric_rows) {
      for (const MetricColumn& metric : metric_columns) {
        const HistoryColumn column{t, &rows, &metric};
        const auto defined = [&column](const EpochRecord& record) { return std::isfinite(column.value(record)); };
        if (std::any_of(report.history.begin(), report.history.end(), defined)) out.push_back(column);
      }
    }
  }
  return out;
}

}  // namespace detail

/// The history of a training as CSV: a line of names, then an epoch a line: `epoch`, `train_loss`, `validation_loss`,
/// `backbone_learning_rate`, `head_learning_rate`, `seconds`, then task by task "<task> train_loss" and "<task>
/// weight", then of each task the metrics that are defined in some epoch: "<task> validation_auc" and, where FitOptions
/// asked for them, "<task> train_rows_auc". Fields are quoted as in RFC 4180, numbers are read back to the bit; what is
/// not defined is an empty field. Without validation data the tasks are called by `task_names` or, where none are
/// given, "task 0", "task 1", ... Throws ShapeError where the epochs or names differ in the number of tasks.
[[nodiscard]] inline std::string history_csv(const FitReport& report, std::span<const std::string> task_names = {}) {
  const std::vector<std::string> tasks = detail::history_tasks(report, task_names);
  const std::vector<detail::HistoryColumn> metrics = detail::defined_metrics(report, tasks.size());
  detail::CsvText csv;
  for (const char* name :
       {"epoch", "train_loss", "validation_loss", "backbone_learning_rate", "head_learning_rate", "seconds"})
    csv.field(name);
  for (const std::string& task : tasks) {
    csv.field(task + " train_loss");
    csv.field(task + " weight");
  }
  for (const detail::HistoryColumn& column : metrics) {
    csv.field(detail::text(tasks[column.task], ' ', column.rows->name, column.metric->name));
  }
  csv.end_line();
  for (const EpochRecord& record : report.history) {
    csv.field(record.epoch);
    for (const double value : {record.train_loss, record.validation_loss, record.backbone_learning_rate,
                               record.head_learning_rate, record.seconds}) {
      csv.field(value);
    }
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      csv.field(record.task_losses[t]);
      csv.field(record.task_weights[t]);
    }
    for (const detail::HistoryColumn& column : metrics) csv.field(column.value(record));
    csv.end_line();
  }
  return std::move(csv).str();
}

/// Writes it to a file, which it replaces in one step. Throws FileError, and as history_csv.
inline void write_history_csv(const std::string& path, const FitReport& report,
                              std::span<const std::string> task_names = {}) {
  const std::string csv = history_csv(report, task_names);
  write_file_atomically(path, std::as_bytes(std::span<const char>(csv)));
}

}  // namespace qmtl::inline QMTL_ABI
