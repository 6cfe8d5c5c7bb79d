#pragma once
// SPDX-License-Identifier: Apache-2.0
// Metrics and training reports as JSON (nlohmann-json).

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

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

}  // namespace qmtl::inline QMTL_ABI
