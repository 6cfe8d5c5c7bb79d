#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a report says of a training, apart from the types of model and data.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/printable.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/model/task_facts.hpp"
#include "qmtl/train/epoch_record.hpp"
#include "qmtl/train/predict.hpp"

namespace qmtl::inline QMTL_ABI {

/// How people call what a task is about.
struct TaskWords {
  std::string task{};                      ///< its name in the model
  std::vector<std::string> class_names{};  ///< one a class, or none: then the classes are called by their numbers
  std::string unit{};                      ///< of a real target, as "kEUR"
};

/// Rows of a data set and which labels they have.
struct RowFacts {
  std::string name{};  ///< "training", "validation", ...
  std::size_t rows = 0;
  int features = 0;
  std::vector<std::size_t> labelled{};                   ///< rows with a label, a task
  std::vector<std::vector<std::size_t>> class_counts{};  ///< the same a task and class; empty for real targets
};

namespace detail {

/// A model as a report describes it.
struct ModelFacts {
  std::string description{};  ///< lines, see MultiTaskModel::describe
  std::size_t backbone_parameters = 0, head_parameters = 0;
  std::vector<TaskFacts> tasks{};
};

/// The labelled rows of one task, and what the model says of them.
struct TaskOutcome {
  TaskFacts facts{};
  TaskWords words{};
  TaskMetrics metrics{};
  std::vector<int> truth{};                    ///< of a class task
  Batch<double> probabilities{};               ///< of a class task, classes x rows
  std::vector<int> classes{};                  ///< that are predicted in a class task
  double threshold = no_threshold;             ///< by which they are
  std::vector<double> targets{}, predicted{};  ///< of a real target, in its units

  [[nodiscard]] std::string class_name(std::size_t c) const {
    return words.class_names.empty() ? text("class ", c) : words.class_names[c];
  }
  /// "name (unit)"
  [[nodiscard]] std::string with_unit(std::string_view name) const {
    return words.unit.empty() ? std::string(name) : text(name, " (", words.unit, ')');
  }
};

/// The words of each task, in the model's order. Throws ValueError for a task that there is not, ShapeError where the
/// number of class names is not that of the classes.
[[nodiscard]] inline std::vector<TaskWords> words_of(std::span<const TaskFacts> tasks,
                                                     std::span<const TaskWords> given) {
  std::vector<TaskWords> out(tasks.size());
  for (const TaskWords& words : given) {
    std::size_t t = 0;
    while (t < tasks.size() && tasks[t].name != words.task) ++t;
    if (t == tasks.size()) {
      throw ValueError(
          text("qmtl: report: words for the task ", in_quotes(words.task), ", expected one of the model's tasks"));
    }
    if (!words.class_names.empty()) {
      require_size("report: number of class names of task " + in_quotes(words.task), words.class_names.size(),
                   tasks[t].classes);
    }
    out[t] = words;
  }
  return out;
}

/// The most frequent class of each task, -1 where there is none.
[[nodiscard]] inline std::vector<int> majorities_of(const RowFacts& rows) {
  std::vector<int> out;
  for (const auto& counts : rows.class_counts) {
    const auto most = std::max_element(counts.begin(), counts.end());
    out.push_back(most == counts.end() || *most == 0 ? -1 : static_cast<int>(most - counts.begin()));
  }
  return out;
}

/// Counts the labels of each task.
template <Scalar S>
[[nodiscard]] RowFacts count_labels(std::span<const TaskFacts> tasks, const Dataset<S>& data, std::string_view name) {
  require_size("report: number of tasks of the data", data.labels.rows(), tasks.size());
  RowFacts out{.name = std::string(name), .rows = static_cast<std::size_t>(data.rows()), .features = data.features()};
  out.labelled.resize(tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const LabelKind kind{tasks[t].classes};
    auto& counts = out.class_counts.emplace_back(static_cast<std::size_t>(kind.classes));
    for (Eigen::Index row = 0; row < data.labels.cols(); ++row) {
      const S label = data.labels(static_cast<Eigen::Index>(t), row);
      if (is_missing(kind, label)) continue;
      require_label(kind, label, text("report: label of task '", tasks[t].name, "'"), row);
      ++out.labelled[t];
      if (kind.classes > 0) ++counts[static_cast<std::size_t>(label)];
    }
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
