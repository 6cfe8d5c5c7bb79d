#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the columns of a table are to a model: features, targets, or nothing.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/model/task_facts.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the cells of a feature are: `automatic` takes a column for numeric where every cell of the training rows that
/// is not missing spells a number, for categorical where fewer than nine tenths do (or one cell only); what is between
/// is an error.
enum class ColumnKind { automatic, numeric, categorical };

/// The number that stands for a missing cell: of the training rows' cells that are there.
enum class Imputation { median, mean };

/// What a missing cell of a categorical column becomes: a category of its own, if training rows have such cells, or no
/// category: all zeros.
enum class MissingCategory { own, zeros };

/// What is done where a table holds what the training rows did not: it is refused, or goes through as all zeros (a
/// category), or as missing cells (a column), and is listed in the EncodingReport.
enum class Unseen { refused, reported };

/// How one column becomes features.
struct ColumnRule {
  ColumnKind kind = ColumnKind::automatic;
  Imputation imputation = Imputation::median;  ///< of a numeric column
  bool indicator = true;  ///< whether a numeric column with missing cells in training rows gives a second feature,
                          ///< which is 1 where the cell is missing
  MissingCategory missing = MissingCategory::own;  ///< of a categorical column
  Unseen unseen_value = Unseen::reported;          ///< a category that no training row has
  Unseen absent_column = Unseen::refused;          ///< a later table without the column
  std::size_t most_categories = 100;               ///< more are an error: most likely it is an identifier
};

/// A column of labels for a task of the model.
struct TargetColumn {
  std::string task;
  std::string column{};          ///< empty: named as the task
  std::optional<int> classes{};  ///< 0 for real values; columns_for<Model> takes it from the model's task
  /// The labels of classes 0, 1, ... in this order. Empty: those of the training rows, sorted: as numbers if all are,
  /// else by their bytes. Class 1 of two, which a Binary task predicts, is then the greater one: 1 of 0 and 1, "yes" of
  /// "no" and "yes", "true" of "false" and "true".
  std::vector<std::string> class_names{};
};

/// What spells a missing cell, also as a label, spaces around it aside.
[[nodiscard]] inline std::vector<std::string> missing_cells() {
  return {"", "NA", "N/A", "n/a", "<NA>", "NaN", "nan", "NULL", "null", "None"};
}

/// What the columns of a table are. Every column of the training table that is none of targets, weights and ignored is
/// a feature, and follows the rule for its name, or else `rule`.
struct TableColumns {
  std::vector<TargetColumn> targets{};
  std::vector<std::string> ignored{};
  std::string weights{};  ///< a column of sample weights, numbers from 0 on; empty: all rows count the same
  ColumnRule rule{};
  std::map<std::string, ColumnRule> rules{};
  std::vector<std::string> missing = missing_cells();
};

namespace detail {

/// The cell without spaces and tabs around it.
[[nodiscard]] inline std::string_view trimmed(std::string_view cell) noexcept {
  const std::size_t begin = cell.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1);
}

/// What a table's names say of why none of them is `name`, or nothing: for the end of a message.
[[nodiscard]] inline std::string hint_of(const std::vector<std::string>& names, std::string_view name) {
  for (const std::string& other : names) {
    if (trimmed(other) == trimmed(name)) return text(": did you mean ", in_quotes(other), '?');
  }
  if (names.size() != 1) return {};
  const std::size_t separator = names.front().find_first_of(";\t,|");
  if (separator == std::string::npos) return {};
  const char found = names.front()[separator];
  return text(": one column only: is the separator ", found == '\t' ? std::string("a tab") : text("'", found, "'"),
              '?');
}

/// Throws ValueError where two targets are for one task or of one column, a target is ignored or has a rule of a
/// feature, or no cell can be of a class, by its name. (A template, compiled by those who have targets.)
template <class Targets>
void require_targets(const Targets& targets, const TableColumns& columns) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const TargetColumn& target = targets[i];
    const auto fail = [&](const auto&... what) {
      throw ValueError(
          text("qmtl: table columns: target '", target.task, "' of column ", in_quotes(target.column), what...));
    };
    for (std::size_t j = 0; j < i; ++j) {
      if (targets[j].task == target.task) fail(": expected one column a task, got another for the same task");
      if (targets[j].column == target.column)
        fail(": expected a column of its own, got that of '", targets[j].task, "'");
    }
    if (std::ranges::count(columns.ignored, target.column) > 0) fail(" is among the ignored columns");
    if (columns.rules.contains(target.column)) fail(" has a rule, expected rules of features only");
    if (!target.classes) fail(": expected its number of classes, 0 for real values; columns_for<Model> sets it");
    if (*target.classes != 0 && *target.classes < 2) {
      fail(": classes, expected 0 (real-valued) or at least 2, got ", *target.classes);
    }
    const std::size_t names = target.class_names.size();
    if (names > 0 && names != static_cast<std::size_t>(*target.classes)) {
      fail(": names of classes, expected ", *target.classes, ", got ", names);
    }
    for (const std::string& name : target.class_names) {
      if (trimmed(name) != name) fail(": name of a class, expected none with spaces around it, got ", in_quotes(name));
      if (std::ranges::count(columns.missing, name) == 0) continue;
      fail(": name of a class, got ", in_quotes(name), ", which spells a missing cell: see TableColumns::missing");
    }
  }
}

/// The targets of a model's tasks in the model's order, completed from those that were given by name, in any order.
template <class Tasks>
[[nodiscard]] std::vector<TargetColumn> targets_of(const Tasks& tasks, std::vector<TargetColumn> given) {
  std::vector<TargetColumn> out;
  for (const TaskFacts& task : tasks) {
    const auto found = std::ranges::find(given, task.name, &TargetColumn::task);
    TargetColumn target = found == given.end() ? TargetColumn{.task = task.name} : *found;
    if (found != given.end()) given.erase(found);
    if (task.classes == 0 && task.outputs != 1) {
      throw ValueError(text("qmtl: columns_for: task '", task.name, "' has ", task.outputs,
                            " real values, expected one, which a column can hold"));
    }
    if (target.classes && *target.classes != task.classes) {
      throw ValueError(text("qmtl: columns_for: target '", task.name, "': classes, expected ", task.classes,
                            " as of the model's task, got ", *target.classes));
    }
    target.classes = task.classes;
    out.push_back(std::move(target));
  }
  if (given.empty()) return out;
  std::vector<std::string> names;
  for (const TaskFacts& task : tasks) names.push_back(task.name);
  throw ValueError(text("qmtl: columns_for: the model has no further task ", in_quotes(given.front().task),
                        ", expected targets of ", listed(names)));
}

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
