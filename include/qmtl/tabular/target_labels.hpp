#pragma once
// SPDX-License-Identifier: Apache-2.0
// One column of a table as the labels of a task: the classes that training rows have, or real values.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/tabular/archive_text.hpp"
#include "qmtl/tabular/feature_column.hpp"
#include "qmtl/tabular/table_columns.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the labels of a task are, after training rows have been seen.
struct TableTarget {
  std::string task, column;
  int classes = 0;                       ///< 0 for real values
  std::vector<std::string> class_names;  ///< of classes 0, 1, ...; empty for real values
};

namespace detail {

/// The number that a label spells, by which "1" and "1.0" are one label.
[[nodiscard]] inline std::optional<double> label_number(std::string_view label) {
  const std::optional<double> number = parse_number<double>(label);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// Labels from cells, and back.
class TargetLabels {
 public:
  TargetLabels() = default;

  /// Learns the names of classes from the cells of the training rows, unless they are given. Throws ValueError where
  /// they are not as many as the classes.
  TargetLabels(const TargetColumn& target, const ColumnCells& cells, std::span<const Eigen::Index> rows)
      : target_{target.task, target.column, *target.classes, target.class_names} {
    if (target_.classes == 0) return;
    if (target_.class_names.empty()) learn_names(cells, rows);
    index_names();
    for (std::size_t i = 0; i < numbers_.size(); ++i) require_different(numbers_, i);
    for (std::size_t i = 0; i < target_.class_names.size(); ++i) require_different(target_.class_names, i);
  }

  [[nodiscard]] const TableTarget& target() const noexcept { return target_; }

  /// The label in a cell: a class, a real value, or NaN where it is missing. Throws ValueError, which names the line.
  [[nodiscard]] double label(const ColumnCells& cells, std::size_t row) const {
    if (cells.is_missing(row)) return std::numeric_limits<double>::quiet_NaN();
    if (target_.classes == 0) return cells.number(row);
    const auto found = index_of(cells[row]);
    if (!found) {
      cells.fail(row, "expected a label of task '", target_.task, "', ", listed(target_.class_names), ", got ",
                 in_quotes(cells[row]));
    }
    return static_cast<double>(*found);
  }

  /// Writes or reads it; see core/archive.hpp.
  template <class Archive>
  void archive(Archive& a) {
    archive_text(a, target_.task, "name of a task");
    archive_text(a, target_.column, "column of a target");
    auto classes = static_cast<std::uint32_t>(target_.classes);
    a.value(classes, "classes of a target", {0, std::numeric_limits<std::int32_t>::max()});
    target_.classes = static_cast<int>(classes);
    archive_list(a, target_.class_names,
                 [](Archive& inner, std::string& name) { archive_text(inner, name, "name of a class"); });
    if constexpr (Archive::reading) {
      a.require(classes != 1 && classes == target_.class_names.size(), "classes of target ", in_quotes(target_.column),
                ", expected a name for each");
      index_names();
    }
  }

 private:
  void learn_names(const ColumnCells& cells, std::span<const Eigen::Index> rows) {
    std::set<std::string_view> texts;
    for (const Eigen::Index row : rows) {
      const auto at = static_cast<std::size_t>(row);
      if (!cells.is_missing(at)) texts.insert(cells[at]);
    }
    if (std::ranges::all_of(texts, [](std::string_view label) { return label_number(label).has_value(); })) {
      std::set<double> numbers;
      for (const std::string_view label : texts) numbers.insert(*label_number(label));
      for (const double number : numbers) target_.class_names.push_back(exact(number));
    } else {
      target_.class_names.assign(texts.begin(), texts.end());
    }
    const std::size_t found = target_.class_names.size();
    if (found == static_cast<std::size_t>(target_.classes)) return;
    const bool fewer = found < static_cast<std::size_t>(target_.classes);
    throw ValueError(text("qmtl: table encoder: task '", target_.task, "' has ", found,
                          found == 1 ? " class" : " classes", " in the training rows of column ",
                          in_quotes(target_.column), " (", listed(target_.class_names), "), the model's has ",
                          target_.classes,
                          fewer ? ": name all of them in class_names of its target, if some are rare" : ""));
  }

  /// Labels are compared as numbers where all names are.
  void index_names() {
    numbers_.clear();
    for (const std::string& name : target_.class_names) {
      const auto number = label_number(name);
      if (!number) return numbers_.clear();
      numbers_.push_back(*number);
    }
  }

  template <class Labels>
  void require_different(const Labels& labels, std::size_t i) const {
    if (std::find(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(i), labels[i]) ==
        labels.begin() + static_cast<std::ptrdiff_t>(i)) {
      return;
    }
    throw ValueError(text("qmtl: table encoder: task '", target_.task, "': class_names, expected different ones, got ",
                          in_quotes(target_.class_names[i]), " twice"));
  }

  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view label) const {
    const auto index = [](const auto& labels, const auto& wanted) -> std::optional<std::size_t> {
      const auto found = std::find(labels.begin(), labels.end(), wanted);
      if (found == labels.end()) return std::nullopt;
      return static_cast<std::size_t>(found - labels.begin());
    };
    if (numbers_.empty()) return index(target_.class_names, label);
    const auto number = label_number(label);
    return number ? index(numbers_, *number) : std::nullopt;
  }

  TableTarget target_;
  std::vector<double> numbers_;  // the class names' numbers, if all are
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
