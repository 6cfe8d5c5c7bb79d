#pragma once
// SPDX-License-Identifier: Apache-2.0
// Multi-task data sets from one .npz: views `<view>_train` and `<view>_test` side by side, labels `y_train`, `y_test`.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/io/npz.hpp"
#include "qmtl/train/dataset.hpp"

namespace qmtl {

/// A data set as its publisher split it.
template <Scalar S>
struct TrainTest {
  Dataset<S> train;
  Dataset<S> test;
};

/// How the arrays are to be read.
struct MultitaskNpzOptions {
  bool unit_pixels = false;  ///< views of unsigned bytes, which are pixels, become 0 to 1 instead of 0 to 255
};

namespace detail {

/// Views side by side (features x rows) and labels (tasks x rows) of one part, "train" or "test".
template <Scalar S>
[[nodiscard]] Dataset<S> load_part(const Npz& file, const std::vector<std::string>& views, std::string_view part,
                                   std::vector<std::string> task_names, const MultitaskNpzOptions& options) {
  Dataset<S> data;
  const std::string labels_name = text("y_", part);
  data.labels = to_matrix<S>(file.get(labels_name)).transpose();
  std::vector<Batch<S>> columns;
  Eigen::Index features = 0;
  for (const auto& view : views) {
    const std::string name = text(view, '_', part);
    const NpyArray array = file.get(name);
    columns.push_back(to_matrix<S>(array).transpose());
    if (options.unit_pixels && array.dtype == DType::u8) columns.back() /= S(255);
    features += columns.back().rows();
    if (columns.back().cols() != data.labels.cols()) {
      throw ShapeError(text("qmtl: load_multitask_npz: '", name, "' has ", columns.back().cols(), " rows, expected ",
                            data.labels.cols(), " as in '", labels_name, "'"));
    }
  }
  data.inputs.resize(features, data.labels.cols());
  Eigen::Index row = 0;
  for (const auto& view : columns) {
    data.inputs.middleRows(row, view.rows()) = view;
    row += view.rows();
  }
  require_size(text("load_multitask_npz: tasks in '", labels_name, "'"), data.labels.rows(), task_names.size());
  data.task_names = std::move(task_names);
  return data;
}

}  // namespace detail

/// Reads `<view>_train` and `<view>_test` (rows x features) of every view, `y_train` and `y_test` (rows x tasks, -1
/// where a label is missing) and `task_names`. A view of images (rows x height x width x channels) is flattened in C
/// order, as Image wants it. Throws FileError for a file that cannot be read or lacks an array,
/// ShapeError where row, feature or task counts disagree, ValueError without a view.
template <Scalar S>
[[nodiscard]] TrainTest<S> load_multitask_npz(const std::string& path, const std::vector<std::string>& views,
                                              const MultitaskNpzOptions& options = {}) {
  const Npz file = Npz::open(path);
  const auto names = to_strings(file.get("task_names"));
  if (views.empty()) throw ValueError("qmtl: load_multitask_npz: views, expected at least one, got none");
  TrainTest<S> data{detail::load_part<S>(file, views, "train", names, options),
                    detail::load_part<S>(file, views, "test", names, options)};
  detail::require_size("load_multitask_npz: features of the test rows, as of the training rows,", data.test.features(),
                       data.train.features());
  return data;
}

}  // namespace qmtl
