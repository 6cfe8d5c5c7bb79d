#pragma once
// SPDX-License-Identifier: Apache-2.0
// Metrics and training reports as JSON (nlohmann-json).

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/utf.hpp"
#include "qmtl/train/epoch_record.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {
/// JSON has no NaN: an undefined metric is null.
[[nodiscard]] inline nlohmann::ordered_json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}
}  // namespace detail

/// {"name", "classes", "rows", "loss", "accuracy", "majority", "macro_f1", "auc", "rmse", "mae", "r2"} of one task;
/// null where undefined. Bytes of the name that are no UTF-8, which JSON cannot hold, become U+FFFD.
[[nodiscard]] inline nlohmann::ordered_json to_json(const TaskMetrics& task) {
  return {{"name", detail::replace_invalid_utf8(task.name)},
          {"classes", task.classes},
          {"rows", task.labelled},
          {"loss", detail::number_or_null(task.loss)},
          {"accuracy", detail::number_or_null(task.accuracy)},
          {"majority", detail::number_or_null(task.majority)},
          {"macro_f1", detail::number_or_null(task.macro_f1)},
          {"auc", detail::number_or_null(task.auc)},
          {"rmse", detail::number_or_null(task.rmse)},
          {"mae", detail::number_or_null(task.mae)},
          {"r2", detail::number_or_null(task.r2)}};
}

/// The metrics of all tasks, an array.
[[nodiscard]] inline nlohmann::ordered_json to_json(std::span<const TaskMetrics> tasks) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& task : tasks) out.push_back(to_json(task));
  return out;
}

/// {"epoch", "train_loss", "task_losses", "validation_loss", "validation", "training", "task_weights",
/// "backbone_learning_rate", "head_learning_rate", "seconds"} of one epoch; "validation" and "training" are arrays of
/// metrics, empty where there are none.
[[nodiscard]] inline nlohmann::ordered_json to_json(const EpochRecord& record) {
  const auto numbers = [](std::span<const double> values) {
    auto out = nlohmann::ordered_json::array();
    for (const double value : values) out.push_back(detail::number_or_null(value));
    return out;
  };
  return {{"epoch", record.epoch},
          {"train_loss", detail::number_or_null(record.train_loss)},
          {"task_losses", numbers(record.task_losses)},
          {"validation_loss", detail::number_or_null(record.validation_loss)},
          {"validation", to_json(std::span<const TaskMetrics>(record.validation))},
          {"training", to_json(std::span<const TaskMetrics>(record.training))},
          {"task_weights", numbers(record.task_weights)},
          {"backbone_learning_rate", detail::number_or_null(record.backbone_learning_rate)},
          {"head_learning_rate", detail::number_or_null(record.head_learning_rate)},
          {"seconds", detail::number_or_null(record.seconds)}};
}

/// {"best_epoch", "seconds", "history"} of a training.
[[nodiscard]] inline nlohmann::ordered_json to_json(const FitReport& report) {
  auto history = nlohmann::ordered_json::array();
  for (const EpochRecord& record : report.history) history.push_back(to_json(record));
  return {{"best_epoch", report.best_epoch},
          {"seconds", detail::number_or_null(report.seconds)},
          {"history", std::move(history)}};
}

/// A training's history as indented JSON text; see to_json.
[[nodiscard]] inline std::string history_json(const FitReport& report) { return to_json(report).dump(2) + '\n'; }

/// Writes it to a file, which it replaces in one step. Throws FileError.
inline void write_history_json(const std::string& path, const FitReport& report) {
  const std::string json = history_json(report);
  write_file_atomically(path, std::as_bytes(std::span<const char>(json)));
}

}  // namespace qmtl::inline QMTL_ABI
