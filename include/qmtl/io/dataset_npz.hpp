#pragma once
// SPDX-License-Identifier: Apache-2.0
// Multi-task data sets from one .npz: views `<view>_train` and `<view>_test` side by side, labels `y_train`, `y_test`.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/data/dataset.hpp"
#include "qmtl/io/npz.hpp"

namespace qmtl::inline QMTL_ABI {

/// A data set as its publisher split it.
template <Scalar S>
struct TrainTest {
  Dataset<S> train;
  Dataset<S> test;
};

/// How the arrays are to be read.
struct MultitaskNpzOptions {
  bool unit_pixels = false;  ///< views of unsigned bytes, which are pixels, become 0 to 1 instead of 0 to 255
  LoadLimits limits{};       ///< what the file may demand
};

namespace detail {

/// Throws ShapeError unless the view has as many rows as there are labels.
inline void require_view_rows(const NpyArray& view, std::string_view name, std::size_t rows,
                              std::string_view labels_name) {
  const std::size_t got = view.shape.empty() ? 1 : view.shape[0];
  if (got == rows) return;
  throw ShapeError(
      text("qmtl: load_multitask_npz: '", name, "' has ", got, " rows, expected ", rows, " as in '", labels_name, "'"));
}

/// Views side by side (features x rows) and labels (tasks x rows) of one part, "train" or "test".
template <Scalar S>
[[nodiscard]] Dataset<S> load_part(const Npz& file, const std::vector<std::string>& views, std::string_view part,
                                   std::vector<std::string> task_names, const MultitaskNpzOptions& options,
                                   LoadBudget& budget) {
  const std::string labels_name = text("y_", part);
  const NpyArray labels = file.get(labels_name);
  const MatrixLayout label_layout(labels, labels_name);
  const std::size_t rows = label_layout.rows();
  require_size(text("load_multitask_npz: tasks in '", labels_name, "'"), label_layout.columns(), task_names.size());

  std::vector<NpyArray> arrays;
  std::uint64_t features = 0;
  for (const auto& view : views) {
    const std::string name = text(view, '_', part);
    arrays.push_back(file.get(name));
    require_view_rows(arrays.back(), name, rows, labels_name);
    features += MatrixLayout(arrays.back(), name).columns();
    require_columns(features, options.limits, text("load_multitask_npz: '", name, "' and the views before it"));
  }

  budget.take_matrix(rows, features + task_names.size(), sizeof(S), text("load_multitask_npz: part '", part, "'"));
  const auto count = static_cast<Eigen::Index>(rows);
  Dataset<S> data{Batch<S>(static_cast<Eigen::Index>(features), count),
                  Batch<S>(static_cast<Eigen::Index>(task_names.size()), count), std::move(task_names)};
  if (count == 0) return data;  // a block of it would begin at an offset from a null pointer
  copy_rows<S>(labels, text("load_multitask_npz: '", labels_name, "'"), data.labels);
  Eigen::Index row = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const std::string where = text("load_multitask_npz: '", views[i], '_', part, "'");
    auto view = data.inputs.middleRows(row, static_cast<Eigen::Index>(MatrixLayout(arrays[i], where).columns()));
    copy_rows<S>(arrays[i], where, view);
    if (options.unit_pixels && arrays[i].dtype == DType::u8) view /= S(255);
    row += view.rows();
  }
  return data;
}

}  // namespace detail

/// Reads `<view>_train` and `<view>_test` (rows x features) of every view, `y_train` and `y_test` (rows x tasks, -1
/// where a label is missing) and `task_names`. A view of images (rows x height x width x channels) is flattened in C
/// order, as Image wants it. Throws FileError for a file that cannot be read, lacks an array or demands more than the
/// limits allow, ShapeError where row, feature or task counts disagree, ValueError without a view.
template <Scalar S>
[[nodiscard]] TrainTest<S> load_multitask_npz(const std::string& path, const std::vector<std::string>& views,
                                              const MultitaskNpzOptions& options = {}) {
  if (views.empty()) throw ValueError("qmtl: load_multitask_npz: views, expected at least one, got none");
  const Npz file = Npz::open(path, options.limits);
  detail::LoadBudget budget = file.budget();
  const NpyArray task_names = file.get("task_names");
  budget.take_matrix(detail::checked_count(task_names, "task_names"), 1, sizeof(std::string), path);
  const auto names = to_strings(task_names);
  TrainTest<S> data{detail::load_part<S>(file, views, "train", names, options, budget),
                    detail::load_part<S>(file, views, "test", names, options, budget)};
  detail::require_size("load_multitask_npz: features of the test rows, as of the training rows,", data.test.features(),
                       data.train.features());
  return data;
}

}  // namespace qmtl::inline QMTL_ABI
