#pragma once
// SPDX-License-Identifier: Apache-2.0
// The published files of the 2D MedMNIST sets (Yang et al. 2023, Scientific Data 10:41), several of them as one.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/data/combine_tasks.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/npz.hpp"

namespace qmtl::inline QMTL_ABI {

/// A MedMNIST set as its publishers split it, or several: pixels from 0 to 1 in the order of Image<height, width,
/// channels>, one image a column; one task for a set of classes, one a column for a set of several labels.
template <Scalar S>
struct MedMnist {
  Dataset<S> train;
  Dataset<S> validation;
  Dataset<S> test;
  std::vector<LabelKind> kinds;  ///< of the labels of each task
  int height = 0;
  int width = 0;
  int channels = 0;
};

/// How a file is to be read.
struct MedMnistOptions {
  std::vector<std::string> task_names{};  ///< one a label column; by default as medmnist_task_names says
  bool as_rgb = false;                    ///< grey images get three equal channels, to go with a set of colour images
  LoadLimits limits{};                    ///< what the file may demand
};

/// The labels of ChestMNIST in the order of their columns.
inline constexpr std::array<std::string_view, 14> chestmnist_findings = {
    "atelectasis",  "cardiomegaly",  "effusion", "infiltration", "mass",     "nodule",  "pneumonia",
    "pneumothorax", "consolidation", "edema",    "emphysema",    "fibrosis", "pleural", "hernia"};

/// Names for the tasks of a file: its own name without folder and extension for one column of labels, the findings for
/// the 14 of a file named chestmnist..., and "<name>_0", "<name>_1" ... for any other number.
[[nodiscard]] inline std::vector<std::string> medmnist_task_names(std::string_view path, std::size_t columns) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  name = name.substr(0, name.find_last_of('.'));
  if (columns == 1) return {std::string(name)};
  if (columns == chestmnist_findings.size() && name.starts_with("chestmnist")) {
    return {chestmnist_findings.begin(), chestmnist_findings.end()};
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns; ++i) names.push_back(detail::text(name, '_', i));
  return names;
}

namespace detail {

/// One part of a file before the values of its labels are checked.
template <Scalar S>
struct MedMnistPart {
  std::string where;                    ///< path and name of the part, for messages
  std::vector<std::size_t> shape;       ///< of the images
  Batch<S> inputs;                      ///< pixels from 0 to 1
  ColMajorMatrix<std::int64_t> labels;  ///< rows x columns

  [[nodiscard]] std::span<const std::size_t> image_shape() const { return std::span(shape).subspan(1); }
  [[nodiscard]] std::size_t channels() const { return shape.size() == 4 ? shape[3] : 1; }
};

inline void require_images(const NpyArray& images, std::string_view where) {
  if (images.dtype != DType::u8) {
    throw FileError(text("qmtl: ", where, "_images: expected pixels from 0 to 255 (|u1), got ",
                         dtype_name(images.dtype, images.unicode_length)));
  }
  const auto& shape = images.shape;
  const bool colour = shape.size() == 4 && (shape[3] == 1 || shape[3] == 3);
  if ((shape.size() != 3 && !colour) || shape[1] == 0 || shape[2] == 0) {
    throw ShapeError(text("qmtl: ", where, "_images: expected (rows, height, width) or (rows, height, width, 3), got ",
                          shape_text(shape)));
  }
}

inline void require_label_array(const NpyArray& labels, std::size_t rows, std::string_view where) {
  const bool integers = labels.dtype == DType::u8 || labels.dtype == DType::i32 || labels.dtype == DType::i64 ||
                        labels.dtype == DType::boolean;
  if (!integers) {
    throw FileError(
        text("qmtl: ", where, "_labels: expected integers, got ", dtype_name(labels.dtype, labels.unicode_length)));
  }
  const auto& shape = labels.shape;
  const bool matrix = shape.size() == 1 || (shape.size() == 2 && shape[1] > 0);
  if (!matrix || shape[0] != rows) {
    throw ShapeError(text("qmtl: ", where, "_labels: expected (", rows, ", labels), as there are ", rows,
                          " images, got ", shape_text(shape)));
  }
}

/// The pixels as columns of numbers from 0 to 1, each repeated `repeat` times.
template <Scalar S>
[[nodiscard]] Batch<S> unit_pixels(const NpyArray& images, std::size_t repeat, LoadBudget& budget,
                                   std::string_view where) {
  std::array<S, 256> unit;
  for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<S>(i) / S(255);
  const MatrixLayout layout(images, where);
  const std::uint64_t features = saturated_product(layout.columns(), repeat);
  require_columns(features, budget.limits(), where);
  budget.take_matrix(layout.rows(), features, sizeof(S), where);
  Batch<S> out(static_cast<Eigen::Index>(features), static_cast<Eigen::Index>(layout.rows()));
  S* to = out.data();
  const std::vector<std::size_t> offsets = layout.column_offsets();
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    const std::byte* from = images.data.data() + row * layout.row_stride();
    for (const std::size_t offset : offsets) {
      to = std::fill_n(to, repeat, unit[std::to_integer<std::size_t>(from[offset])]);
    }
  }
  return out;
}

/// Reads `<name>_images` and `<name>_labels`, and checks everything but the labels' values; shapes are to be those of
/// `train`, unless that is what is being read.
template <Scalar S>
[[nodiscard]] MedMnistPart<S> read_medmnist_part(const Npz& file, const std::string& path, std::string_view name,
                                                 bool as_rgb, const MedMnistPart<S>* train, LoadBudget& budget) {
  MedMnistPart<S> out{text(path, ": ", name), {}, {}, {}};
  const NpyArray images = file.get(text(name, "_images"));
  require_images(images, out.where);
  out.shape = images.shape;
  if (train != nullptr && !std::ranges::equal(out.image_shape(), train->image_shape())) {
    throw ShapeError(text("qmtl: ", out.where, "_images: expected images of shape ", shape_text(train->image_shape()),
                          " as for training, got ", shape_text(out.image_shape())));
  }
  const NpyArray labels = file.get(text(name, "_labels"));
  require_label_array(labels, out.shape[0], out.where);
  const std::size_t columns = MatrixLayout(labels, out.where).columns();
  if (train != nullptr) {
    require_size(text(out.where, "_labels: labels a row, as for training,"), columns, train->labels.cols());
  }
  budget.take_matrix(out.shape[0], columns, sizeof(std::int64_t) + sizeof(S), out.where);
  out.labels = to_matrix<std::int64_t>(labels);
  out.inputs = unit_pixels<S>(images, as_rgb && out.channels() == 1 ? 3 : 1, budget, out.where);
  return out;
}

/// Throws ValueError unless every label is from 0 to `last`.
template <Scalar S>
void require_label_values(const MedMnistPart<S>& part, std::int64_t last) {
  for (Eigen::Index row = 0; row < part.labels.rows(); ++row) {
    for (Eigen::Index column = 0; column < part.labels.cols(); ++column) {
      const std::int64_t label = part.labels(row, column);
      if (label >= 0 && label <= last) continue;
      throw ValueError(text("qmtl: ", part.where, "_labels: row ", row, ", column ", column,
                            ": expected a label from 0 to ", last, ", got ", label));
    }
  }
}

/// The data set of one part, whose pixels move into it.
template <Scalar S>
[[nodiscard]] Dataset<S> medmnist_dataset(MedMnistPart<S>& part, const std::vector<std::string>& names) {
  return {std::move(part.inputs), part.labels.template cast<S>().transpose(), names};
}

/// Throws FileError where the tasks and rows of several parts are more together than `limits` allow.
template <Scalar S>
void require_combined(std::span<const Dataset<S>* const> parts, LoadBudget& budget) {
  std::uint64_t rows = 0, tasks = 0;
  for (const Dataset<S>* part : parts) {
    rows += static_cast<std::uint64_t>(part->rows());
    tasks += static_cast<std::uint64_t>(part->labels.rows());
  }
  require_rows(rows, budget.limits(), "combine_medmnist");
  require_columns(tasks, budget.limits(), "combine_medmnist: tasks");
  const std::uint64_t features = parts.empty() ? 0 : static_cast<std::uint64_t>(parts[0]->inputs.rows());
  budget.take_matrix(rows, features + tasks, sizeof(S), "combine_medmnist");
}

}  // namespace detail

/// Reads any 2D MedMNIST file, of any image size, grey or RGB: {train,val,test}_images (rows, height, width[, 3]) of
/// bytes and {train,val,test}_labels (rows, 1) of integers. A set of classes has as many as its largest label says;
/// several columns of labels, as ChestMNIST's 14, are one binary task each. Memory: that of the result, a double being
/// eight times the bytes of a pixel in the file, and the unpacked bytes of one part. Throws FileError for a file that
/// cannot be read, lacks an array, has one of another type or demands more than the limits allow, ShapeError where
/// shapes are no images, disagree or are all without rows, ValueError for a label out of range.
template <Scalar S>
[[nodiscard]] MedMnist<S> load_medmnist(const std::string& path, const MedMnistOptions& options = {}) {
  const Npz file = Npz::open(path, options.limits);
  detail::LoadBudget budget = file.budget();
  std::array<detail::MedMnistPart<S>, 3> parts;
  constexpr std::array<std::string_view, 3> names = {"train", "val", "test"};
  std::int64_t largest = 1;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] =
        detail::read_medmnist_part<S>(file, path, names[i], options.as_rgb, i == 0 ? nullptr : &parts[0], budget);
    rows += parts[i].shape[0];
    if (parts[i].labels.size() > 0) largest = std::max(largest, parts[i].labels.maxCoeff());
  }
  if (rows == 0) throw ShapeError(detail::text("qmtl: ", path, ": expected at least one image, got none"));
  const auto columns = static_cast<std::size_t>(parts[0].labels.cols());
  if (columns > 1) largest = 1;
  constexpr std::int64_t most = (1 << 16) - 1;  // a larger one is no class
  for (const auto& part : parts) detail::require_label_values(part, std::min(largest, most));
  budget.take_matrix(columns, parts.size() + 1, 2 * sizeof(std::string), path);  // the names, with what each allocates
  const auto tasks = options.task_names.empty() ? medmnist_task_names(path, columns) : options.task_names;
  detail::require_size("load_medmnist: number of task names", tasks.size(), columns);
  const auto& shape = parts[0].shape;
  const int repeat = options.as_rgb && parts[0].channels() == 1 ? 3 : 1;
  return {detail::medmnist_dataset(parts[0], tasks),
          detail::medmnist_dataset(parts[1], tasks),
          detail::medmnist_dataset(parts[2], tasks),
          std::vector<LabelKind>(columns, LabelKind{static_cast<int>(largest) + 1}),
          static_cast<int>(shape[1]),
          static_cast<int>(shape[2]),
          static_cast<int>(parts[0].channels()) * repeat};
}

/// Several sets of images of one size as the tasks of one: see combine_tasks. Throws as that does, ShapeError where
/// heights, widths or channels differ, FileError where the result, of all rows times all tasks, is more than `limits`
/// allow.
template <Scalar S>
[[nodiscard]] MedMnist<S> combine_medmnist(std::span<const MedMnist<S>> sets, const LoadLimits& limits = {}) {
  MedMnist<S> out;
  std::vector<const Dataset<S>*> train, validation, test;
  for (const MedMnist<S>& set : sets) {
    detail::require_size("combine_medmnist: height of the images, as in the first set,", set.height, sets[0].height);
    detail::require_size("combine_medmnist: width of the images, as in the first set,", set.width, sets[0].width);
    detail::require_size("combine_medmnist: channels (see as_rgb), as in the first set,", set.channels,
                         sets[0].channels);
    train.push_back(&set.train);
    validation.push_back(&set.validation);
    test.push_back(&set.test);
    out.kinds.insert(out.kinds.end(), set.kinds.begin(), set.kinds.end());
  }
  detail::LoadBudget budget(limits);
  for (const auto* parts : {&train, &validation, &test}) detail::require_combined<S>(*parts, budget);
  out.train = detail::combine_tasks<S>(train);
  out.validation = detail::combine_tasks<S>(validation);
  out.test = detail::combine_tasks<S>(test);
  out.height = sets[0].height;
  out.width = sets[0].width;
  out.channels = sets[0].channels;
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
