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
#include <vector>

#include "qmtl/io/npz.hpp"
#include "qmtl/train/combine.hpp"
#include "qmtl/train/dataset.hpp"

namespace qmtl {

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

/// One part of a file before it is a data set.
struct MedMnistPart {
  std::string where;  ///< path and name of the part, for messages
  NpyArray images;
  Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic> labels;  ///< rows x columns

  [[nodiscard]] std::size_t rows() const { return images.shape[0]; }
  [[nodiscard]] std::span<const std::size_t> image_shape() const { return std::span(images.shape).subspan(1); }
  [[nodiscard]] std::size_t channels() const { return images.shape.size() == 4 ? images.shape[3] : 1; }
  [[nodiscard]] std::size_t pixels() const { return images.shape[1] * images.shape[2]; }
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

/// Reads `<part>_images` and `<part>_labels`, and checks everything but the labels' values.
[[nodiscard]] inline MedMnistPart read_medmnist_part(const Npz& file, const std::string& path, std::string_view part) {
  MedMnistPart out{text(path, ": ", part), file.get(text(part, "_images")), {}};
  require_images(out.images, out.where);
  const NpyArray labels = file.get(text(part, "_labels"));
  require_label_array(labels, out.rows(), out.where);
  out.labels = to_matrix<std::int64_t>(labels);
  return out;
}

/// Throws ShapeError unless two parts have images of one size and as many labels a row.
inline void require_same_shapes(const MedMnistPart& part, const MedMnistPart& train) {
  if (!std::ranges::equal(part.image_shape(), train.image_shape())) {
    throw ShapeError(text("qmtl: ", part.where, "_images: expected images of shape ", shape_text(train.image_shape()),
                          " as for training, got ", shape_text(part.image_shape())));
  }
  require_size(text(part.where, "_labels: labels a row, as for training,"), part.labels.cols(), train.labels.cols());
}

/// Throws ValueError unless every label is from 0 to `last`.
inline void require_label_values(const MedMnistPart& part, std::int64_t last) {
  for (Eigen::Index row = 0; row < part.labels.rows(); ++row) {
    for (Eigen::Index column = 0; column < part.labels.cols(); ++column) {
      const std::int64_t label = part.labels(row, column);
      if (label >= 0 && label <= last) continue;
      throw ValueError(text("qmtl: ", part.where, "_labels: row ", row, ", column ", column,
                            ": expected a label from 0 to ", last, ", got ", label));
    }
  }
}

/// The pixels as columns of numbers from 0 to 1, each repeated `repeat` times.
template <Scalar S>
[[nodiscard]] Batch<S> unit_pixels(const MedMnistPart& part, int repeat) {
  std::array<S, 256> unit;
  for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<S>(i) / S(255);
  const std::size_t values = part.pixels() * part.channels();
  Batch<S> out(static_cast<Eigen::Index>(values) * repeat, static_cast<Eigen::Index>(part.rows()));
  S* to = out.data();
  if (!part.images.fortran_order) {
    for (const std::byte pixel : part.images.data)
      to = std::fill_n(to, repeat, unit[std::to_integer<std::size_t>(pixel)]);
    return out;
  }
  const auto pixels = to_matrix<std::uint8_t>(part.images);
  for (Eigen::Index row = 0; row < pixels.rows(); ++row) {
    for (Eigen::Index i = 0; i < pixels.cols(); ++i) to = std::fill_n(to, repeat, unit[pixels(row, i)]);
  }
  return out;
}

template <Scalar S>
[[nodiscard]] Dataset<S> medmnist_dataset(const MedMnistPart& part, int repeat, std::vector<std::string> names) {
  return {unit_pixels<S>(part, repeat), part.labels.template cast<S>().transpose(), std::move(names)};
}

}  // namespace detail

/// Reads any 2D MedMNIST file, of any image size, grey or RGB: {train,val,test}_images (rows, height, width[, 3]) of
/// bytes and {train,val,test}_labels (rows, 1) of integers. A set of classes has as many as its largest label says;
/// several columns of labels, as ChestMNIST's 14, are one binary task each. A double takes eight times the bytes of the
/// unpacked images, so that the largest sets want float. Throws FileError for a file that cannot be read, lacks an
/// array or has one of another type, ShapeError where shapes are no images or disagree, ValueError for a label out of
/// range.
template <Scalar S>
[[nodiscard]] MedMnist<S> load_medmnist(const std::string& path, const MedMnistOptions& options = {}) {
  const Npz file = Npz::open(path);
  std::array<detail::MedMnistPart, 3> parts;
  constexpr std::array<std::string_view, 3> names = {"train", "val", "test"};
  std::int64_t largest = 1;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = detail::read_medmnist_part(file, path, names[i]);
    detail::require_same_shapes(parts[i], parts[0]);
    if (parts[i].labels.size() > 0) largest = std::max(largest, parts[i].labels.maxCoeff());
  }
  const auto columns = static_cast<std::size_t>(parts[0].labels.cols());
  if (columns > 1) largest = 1;
  constexpr std::int64_t most = (1 << 16) - 1;  // a larger one is no class
  for (const auto& part : parts) detail::require_label_values(part, std::min(largest, most));
  const auto tasks = options.task_names.empty() ? medmnist_task_names(path, columns) : options.task_names;
  detail::require_size("load_medmnist: number of task names", tasks.size(), columns);
  const int repeat = options.as_rgb && parts[0].channels() == 1 ? 3 : 1;
  MedMnist<S> out{detail::medmnist_dataset<S>(parts[0], repeat, tasks),
                  detail::medmnist_dataset<S>(parts[1], repeat, tasks),
                  detail::medmnist_dataset<S>(parts[2], repeat, tasks),
                  std::vector<LabelKind>(columns, LabelKind{static_cast<int>(largest) + 1}),
                  static_cast<int>(parts[0].images.shape[1]),
                  static_cast<int>(parts[0].images.shape[2]),
                  static_cast<int>(parts[0].channels()) * repeat};
  return out;
}

/// Several sets of images of one size as the tasks of one: see combine_tasks. Throws as that does, and ShapeError where
/// heights, widths or channels differ.
template <Scalar S>
[[nodiscard]] MedMnist<S> combine_medmnist(std::span<const MedMnist<S>> sets) {
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
  out.train = detail::combine_tasks<S>(train);
  out.validation = detail::combine_tasks<S>(validation);
  out.test = detail::combine_tasks<S>(test);
  out.height = sets[0].height;
  out.width = sets[0].width;
  out.channels = sets[0].channels;
  return out;
}

}  // namespace qmtl
