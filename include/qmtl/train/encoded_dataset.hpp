#pragma once
// SPDX-License-Identifier: Apache-2.0
// EncodedDataset: what a frozen model makes of its inputs before the first trained number comes in, computed once.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/memory.hpp"
#include "qmtl/train/objective.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// What a model makes of a data set's rows, whether or not its backbone could be trained; `where` starts messages.
/// Throws as encode_dataset, which see.
template <Scalar S>
[[nodiscard]] Dataset<S> encode_rows(Trainee<S>& model, const Dataset<S>& data, const char* where) {
  validate(model, data, text(where, ": features of the inputs").c_str());
  const Eigen::Index size = model.encoded_size();
  const auto numbers = static_cast<double>(size) * static_cast<double>(data.rows());
  Dataset<S> entries{with_memory(where, bytes_of<S>(numbers), [&] { return Batch<S>(size, data.rows()); }), data.labels,
                     data.task_names, data.sample_weights};
  model.encode(data.inputs, entries.inputs);
  for (Eigen::Index row = 0; row < entries.rows(); ++row) {
    if (entries.inputs.col(row).allFinite()) continue;
    throw NumericalError(text("qmtl: ", where, ": row ", row, " is not finite behind the backbone"));
  }
  return entries;
}

}  // namespace detail

/// A data set whose inputs have been standardised, sent through the backbone, encoded and read: every row is its
/// windows' reduced density matrices and its labels. Made by `encode_dataset`. It is good for as long as the model's
/// standardizer and backbone stay as they are, and for every model that makes the same of a row: the tasks' blocks,
/// readouts and weights do not matter.
template <Scalar S>
class EncodedDataset {
 public:
  /// As `encode_dataset`, which see.
  EncodedDataset(Trainee<S>& model, const Dataset<S>& data) {
    if (const std::size_t parameters = model.backbone_parameters().size(); parameters > 0) {
      throw ValueError(
          detail::text("qmtl: encode_dataset: the backbone must have no parameters to train, got ", parameters));
    }
    data_ = detail::encode_rows(model, data, "encode_dataset");
    const Eigen::Index samples = std::min<Eigen::Index>(data.rows(), 4);
    sample_inputs_.resize(data.inputs.rows(), samples);
    sample_entries_.resize(data_.inputs.rows(), samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
      const Eigen::Index row = samples > 1 ? i * (data.rows() - 1) / (samples - 1) : 0;
      sample_inputs_.col(i) = data.inputs.col(row);
      sample_entries_.col(i) = data_.inputs.col(row);
    }
  }

  [[nodiscard]] Eigen::Index rows() const noexcept { return data_.rows(); }
  /// The labels and, as inputs, the entries (numbers of a row x rows) that the head's `encode` has set.
  [[nodiscard]] const Dataset<S>& data() const noexcept { return data_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return static_cast<std::size_t>(data_.inputs.size()) * sizeof(S); }

  /// The rows with these numbers, in this order; a number may repeat. Throws ShapeError.
  [[nodiscard]] EncodedDataset select(std::span<const Eigen::Index> indices) const {
    return EncodedDataset(data_.select(indices), sample_inputs_, sample_entries_);
  }

  /// Throws ShapeError or ValueError unless labels and names fit the model's tasks and the model makes the same of a
  /// few rows that were encoded: the first, the last and two between.
  template <class M>
  requires TrainableModel<M, S>
  void require_encoded_by(M& model) const { require_encoded_by(*make_trainee(model)); }
  void require_encoded_by(Trainee<S>& model) const {
    detail::require_size("encoded data: numbers of a row", data_.inputs.rows(), model.encoded_size());
    detail::require_task_labels<S>(model.tasks(), data_);
    if (sample_inputs_.cols() == 0) return;
    detail::require_size("encoded data: features of the inputs", sample_inputs_.rows(), model.input_size());
    Batch<S> entries(sample_entries_.rows(), sample_entries_.cols());
    model.encode(sample_inputs_, entries);
    const auto difference =
        static_cast<double>((entries - sample_entries_).cwiseAbs().template maxCoeff<Eigen::PropagateNaN>());
    const double rounding = std::sqrt(static_cast<double>(std::numeric_limits<S>::epsilon()));
    if (difference <= rounding) return;  // not for NaN
    throw ValueError(
        detail::text("qmtl: encoded data: the model's standardizer, backbone, encoding and windows must make the same "
                     "of a row as those that encoded it, got a difference of ",
                     difference));
  }

 private:
  EncodedDataset(Dataset<S> data, Batch<S> sample_inputs, Batch<S> sample_entries)
      : data_(std::move(data)), sample_inputs_(std::move(sample_inputs)), sample_entries_(std::move(sample_entries)) {}

  Dataset<S> data_;
  Batch<S> sample_inputs_, sample_entries_;  // to know the model by; no columns if there were no rows
};

}  // namespace qmtl::inline QMTL_ABI
