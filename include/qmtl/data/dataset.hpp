#pragma once
// SPDX-License-Identifier: Apache-2.0
// A data set of several tasks over the same inputs, in which any label of any task may be missing.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/finite.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the labels of a task are: integers 0 .. classes-1 with classes >= 2, or real values where classes is 0.
struct LabelKind {
  int classes = 0;

  friend constexpr bool operator==(LabelKind, LabelKind) = default;
};

/// The labels of one task, one a sample: binds to a row of a label batch without a copy.
template <Scalar S>
using LabelRow = Eigen::Ref<const Eigen::Matrix<S, 1, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::InnerStride<>>;

/// Whether a label is absent: NaN for real-valued tasks; NaN or any negative number for class tasks.
template <Scalar S>
[[nodiscard]] bool is_missing(LabelKind kind, S label) noexcept {
  return kind.classes > 0 ? !(label >= S(0)) : std::isnan(label);
}

/// Inputs and labels side by side: column i of both belongs to row i of the data.
template <Scalar S>
struct Dataset {
  Batch<S> inputs;                      ///< features x rows
  Batch<S> labels;                      ///< tasks x rows; see LabelKind and is_missing
  std::vector<std::string> task_names;  ///< one a task, all different, or empty
  /// How much each row counts in the loss of `fit` and in `evaluate_weighted`, relative to the others: one number from
  /// 0 a row, or empty, where all count the same.
  std::vector<double> sample_weights{};

  [[nodiscard]] Eigen::Index rows() const noexcept { return inputs.cols(); }
  [[nodiscard]] int features() const noexcept { return static_cast<int>(inputs.rows()); }
  [[nodiscard]] int tasks() const noexcept { return static_cast<int>(labels.rows()); }

  /// The name of task t in quotes, or its number where there is no name; for messages.
  [[nodiscard]] std::string task_label(int t) const {
    const auto i = static_cast<std::size_t>(t);
    return i < task_names.size() ? detail::text("'", task_names[i], "'") : detail::text(t);
  }

  /// The rows with these numbers, in this order; a number may repeat. Throws ShapeError.
  [[nodiscard]] Dataset select(std::span<const Eigen::Index> indices) const;
};

namespace detail {

/// Throws ShapeError unless inputs and labels have equally many columns.
template <Scalar S>
void require_sample_columns(const Dataset<S>& data) {
  if (data.labels.cols() == data.rows()) return;
  throw ShapeError(text("qmtl: dataset: expected a column a sample in inputs and in labels, got inputs ",
                        data.features(), " x ", data.rows(), " and labels ", data.tasks(), " x ", data.labels.cols()));
}

/// Throws ValueError unless `kind` is possible.
inline void require_label_kind(LabelKind kind, std::string_view where) {
  if (kind.classes != 0 && kind.classes < 2) {
    throw ValueError(text("qmtl: ", where, ": classes, expected 0 (real-valued) or at least 2, got ", kind.classes));
  }
}

/// Throws ValueError unless a label that is not missing fits its kind; `where` starts the message.
template <Scalar S>
void require_label(LabelKind kind, S label, std::string_view where, Eigen::Index row) {
  if (kind.classes == 0) {
    if (std::isfinite(label)) return;
    throw ValueError(
        text("qmtl: ", where, ", row ", row, ": expected a finite number, or NaN where it is missing, got ", label));
  }
  if (label < static_cast<S>(kind.classes) && std::floor(label) == label) return;
  throw ValueError(text("qmtl: ", where, ", row ", row, ": expected an integer from 0 to ", kind.classes - 1, " (",
                        kind.classes, " classes), or a negative number or NaN where it is missing, got ", label));
}

/// Throws ValueError where two tasks have the same name. (A template, compiled by those who check names.)
template <class Names>
void require_different_names(const Names& task_names, std::string_view where) {
  std::vector<std::basic_string_view<typename Names::value_type::value_type>> names(task_names.begin(),
                                                                                    task_names.end());
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return;
  throw ValueError(text("qmtl: ", where, ": two tasks have the name '", *twice, "', expected different names"));
}

/// Throws ShapeError unless there is a sample weight a row or none at all, ValueError for one that is not a number from
/// 0. (A template, compiled by those who check data sets.)
template <Scalar S>
void require_sample_weights(const Dataset<S>& data) {
  if (data.sample_weights.empty()) return;
  require_size("dataset: number of sample weights", data.sample_weights.size(), data.rows());
  for (std::size_t row = 0; row < data.sample_weights.size(); ++row) {
    if (data.sample_weights[row] >= 0.0 && std::isfinite(data.sample_weights[row])) continue;
    throw ValueError(text("qmtl: dataset: sample weight of row ", row, ", expected a finite number from 0, got ",
                          data.sample_weights[row]));
  }
}

/// Throws ShapeError unless rows, tasks, names and weights agree in number, ValueError where two tasks have the same
/// name or a sample weight is impossible.
template <Scalar S>
void require_counts(const Dataset<S>& data, std::span<const LabelKind> kinds) {
  require_sample_columns(data);
  require_sample_weights(data);
  require_size("dataset: number of tasks", data.labels.rows(), kinds.size());
  if (data.task_names.empty()) return;
  require_size("dataset: number of task names", data.task_names.size(), kinds.size());
  require_different_names(data.task_names, "dataset");
}

/// Throws ValueError where a label does not fit its kind.
template <Scalar S>
void require_labels(const Dataset<S>& data, std::span<const LabelKind> kinds) {
  for (int t = 0; t < data.tasks(); ++t) {
    const LabelKind kind = kinds[static_cast<std::size_t>(t)];
    const std::string where = text("dataset: label of task ", data.task_label(t));
    require_label_kind(kind, where);
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      const S label = data.labels(t, row);
      if (!is_missing(kind, label)) require_label(kind, label, where, row);
    }
  }
}

}  // namespace detail

template <Scalar S>
Dataset<S> Dataset<S>::select(std::span<const Eigen::Index> indices) const {
  detail::require_sample_columns(*this);
  if (!sample_weights.empty()) {
    detail::require_size("dataset select: number of sample weights", sample_weights.size(), rows());
  }
  const auto count = static_cast<Eigen::Index>(indices.size());
  Dataset out{Batch<S>(inputs.rows(), count), Batch<S>(labels.rows(), count), task_names};
  Eigen::Index to = 0;
  for (const Eigen::Index from : indices) {
    if (from < 0 || from >= rows()) {
      throw ShapeError(detail::text("qmtl: dataset select: row number, expected 0 to ", rows() - 1, ", got ", from));
    }
    out.inputs.col(to) = inputs.col(from);
    out.labels.col(to) = labels.col(from);
    if (!sample_weights.empty()) out.sample_weights.push_back(sample_weights[static_cast<std::size_t>(from)]);
    ++to;
  }
  return out;
}

/// Checks a data set against the kinds of its tasks' labels, before anything is trained on it.
/// Throws ShapeError where counts disagree, and ValueError where two tasks have the same name, an input is not finite,
/// a sample weight is negative or not finite, or a label does not fit its kind; the message names the task, the row,
/// the value and what was expected. Cost: one pass over the data.
template <Scalar S>
void validate(const Dataset<S>& data, std::span<const LabelKind> kinds) {
  detail::require_counts<S>(data, kinds);
  detail::require_finite_inputs<S>(data.inputs);
  detail::require_labels<S>(data, kinds);
}

}  // namespace qmtl::inline QMTL_ABI
