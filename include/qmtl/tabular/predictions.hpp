#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a model predicts for the rows of a table, by the names of tasks and classes.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/tabular/encoding_report.hpp"

namespace qmtl::inline QMTL_ABI {

/// The predictions of one task: of classes, or the values of a real target.
struct TaskPredictions {
  std::string task;
  std::vector<std::string> class_names;  ///< empty for a real target
  Batch<double> probabilities;           ///< classes x rows; empty for a real target
  std::vector<int> classes;              ///< of each row, counted from 0; empty for a real target
  std::vector<double> values;            ///< of each row, in the target's units; empty for classes

  /// The name of a row's class. Throws ValueError for a real target, and for a row that there is not.
  [[nodiscard]] const std::string& class_name(std::size_t row) const {
    if (class_names.empty()) {
      throw ValueError(detail::text("qmtl: predictions: task '", task, "' predicts a real number: see its values"));
    }
    if (row >= classes.size()) {
      throw ValueError(
          detail::text("qmtl: predictions: task '", task, "': row, expected below ", classes.size(), ", got ", row));
    }
    return class_names.at(static_cast<std::size_t>(classes[row]));
  }

  /// The probability of the class with this name, a row each. Throws ValueError, which lists the classes.
  [[nodiscard]] std::vector<double> probabilities_of(std::string_view name) const {
    const auto found = std::ranges::find(class_names, name);
    if (found == class_names.end()) {
      throw ValueError(detail::text("qmtl: predictions: task '", task, "' has no class ", detail::in_quotes(name),
                                    ", available: ", detail::listed(class_names)));
    }
    const Eigen::Index row = found - class_names.begin();
    std::vector<double> out(static_cast<std::size_t>(probabilities.cols()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = probabilities(row, static_cast<Eigen::Index>(i));
    return out;
  }
};

/// The predictions of all tasks for the rows of a table.
struct TablePredictions {
  std::size_t rows = 0;
  std::vector<TaskPredictions> tasks;  ///< in the model's order
  EncodingReport report;               ///< what of the table the training rows did not have

  /// The predictions of the task with this name. Throws ValueError, which lists the tasks.
  [[nodiscard]] const TaskPredictions& operator[](std::string_view task) const {
    const auto found = std::ranges::find(tasks, task, &TaskPredictions::task);
    if (found != tasks.end()) return *found;
    std::vector<std::string> names;
    for (const TaskPredictions& own : tasks) names.push_back(own.task);
    throw ValueError(
        detail::text("qmtl: predictions: no task ", detail::in_quotes(task), ", available: ", detail::listed(names)));
  }
};

}  // namespace qmtl::inline QMTL_ABI
