#pragma once
// SPDX-License-Identifier: Apache-2.0
// Confusion matrices and scores of classes as tables that people read.

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/printable.hpp"
#include "qmtl/loss/confusion.hpp"
#include "qmtl/train/report.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// A count without decimals, a sum of weights or a share with three.
[[nodiscard]] inline std::string support_text(double value) { return fixed(value, std::floor(value) == value ? 0 : 3); }

/// The name of each class without control characters, or its number where there are no names.
[[nodiscard]] inline std::vector<std::string> class_titles(std::span<const std::string> names, std::size_t classes) {
  if (!names.empty()) require_size("to_table: number of class names", names.size(), classes);
  std::vector<std::string> out;
  for (std::size_t c = 0; c < classes; ++c) {
    if (names.empty()) {
      out.push_back(std::to_string(c));
      continue;
    }
    const std::string quoted = in_quotes(names[c]);
    out.push_back(quoted.substr(1, quoted.size() - 2));
  }
  return out;
}

[[nodiscard]] inline std::vector<std::string> score_cells(const std::string& title, const ClassScores& scores) {
  return {title, fixed(scores.precision, 3), fixed(scores.recall, 3), fixed(scores.f1, 3),
          support_text(scores.support)};
}

}  // namespace detail

/// A confusion matrix with a true class a line and a predicted class a column. `names` are one a class, or none: then
/// the classes have numbers. Throws ShapeError.
[[nodiscard]] inline std::string to_table(const ConfusionCounts& confusion, std::span<const std::string> names = {}) {
  detail::require_confusion("to_table", confusion);
  const auto titles = detail::class_titles(names, static_cast<std::size_t>(confusion.rows()));
  std::vector<std::vector<std::string>> rows{{"truth \\ predicted"}};
  rows[0].insert(rows[0].end(), titles.begin(), titles.end());
  for (Eigen::Index i = 0; i < confusion.rows(); ++i) {
    rows.push_back({titles[static_cast<std::size_t>(i)]});
    for (const double cell : confusion.row(i)) rows.back().push_back(detail::support_text(cell));
  }
  return detail::align(rows);
}

/// Precision, recall, F1 and support, a class a line, and below them accuracy and means. Throws ShapeError.
[[nodiscard]] inline std::string to_table(const PrecisionRecall& report, std::span<const std::string> names = {}) {
  const auto titles = detail::class_titles(names, report.classes.size());
  std::vector<std::vector<std::string>> rows{{"class", "precision", "recall", "F1", "support"}};
  for (std::size_t c = 0; c < titles.size(); ++c) {
    rows.push_back(detail::score_cells(titles[c], report.classes[c]));
  }
  rows.push_back({"accuracy", "", "", detail::fixed(report.accuracy, 3), detail::support_text(report.micro.support)});
  rows.push_back(detail::score_cells("macro mean", report.macro));
  rows.push_back(detail::score_cells("weighted mean", report.weighted));
  return detail::align(rows);
}

}  // namespace qmtl::inline QMTL_ABI
