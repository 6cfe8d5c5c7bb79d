#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is done with a model and a data set besides training: checks, metrics, encoding once.

#include <span>
#include <string>
#include <vector>

#include "qmtl/train/encoded_dataset.hpp"
#include "qmtl/train/model_trainee.hpp"
#include "qmtl/train/task_metrics.hpp"

namespace qmtl::inline QMTL_ABI {

/// What the labels of each of a model's tasks must be.
template <Backbone B, Head H>
[[nodiscard]] std::vector<LabelKind> label_kinds(const MultiTaskModel<B, H>& model) {
  return label_kinds(task_facts(model));
}

/// Checks a data set against a model: as `validate` of its Trainee.
template <Backbone B, Head H>
void validate(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data) {
  detail::require_task_labels<typename B::Scalar>(task_facts(model), data);
  detail::require_size("dataset: features of the inputs", data.features(), model.input_size());
  detail::require_inputs(model.backbone(), data.inputs);
}

/// The most frequent class of each task in a data set, -1 for real targets and tasks without labels: the baseline of
/// `evaluate`, to be taken from the training rows.
template <Backbone B, Head H>
[[nodiscard]] std::vector<int> majority_classes(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data) {
  validate(model, data);
  return detail::label_majorities<typename B::Scalar>(task_facts(model), data);
}

/// Metrics of every task on a data set. `majorities` are the training data's `majority_classes`, or empty. Throws
/// ShapeError or ValueError for data that does not fit.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<typename B::Scalar>::task_metrics(task_facts(model), model.target_scaler(), data,
                                                              model.predict(data.inputs), majorities);
}
/// The same of a const model, also on several threads at once; see MultiTaskModel::predict.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(const MultiTaskModel<B, H>& model,
                                                const Dataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  MultiTaskModel<B, H> copy(model);
  return evaluate(copy, data, majorities);
}

/// Metrics of every task in which each row counts as its sample weight, as if it were there so often: what `evaluate`
/// gives where the data set has no sample weights. The majority class stays that of unweighted rows. Otherwise as
/// `evaluate`; also throws ValueError where all labelled rows of a task have the weight 0.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate_weighted(MultiTaskModel<B, H>& model,
                                                         const Dataset<typename B::Scalar>& data,
                                                         std::span<const int> majorities = {}) {
  validate(model, data);
  return detail::Evaluation<typename B::Scalar>::task_metrics(task_facts(model), model.target_scaler(), data,
                                                              model.predict(data.inputs), majorities, true);
}
/// The same of a const model.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> evaluate_weighted(const MultiTaskModel<B, H>& model,
                                                         const Dataset<typename B::Scalar>& data,
                                                         std::span<const int> majorities = {}) {
  MultiTaskModel<B, H> copy(model);
  return evaluate_weighted(copy, data, majorities);
}

/// Encodes a data set by a model whose backbone has no parameters, with the standardizer that the model has. Cost: a
/// forward pass of every row; memory: the head's encoded_size() numbers a row. Throws ShapeError or ValueError for data
/// that does not fit, ValueError for a backbone that is to be trained, NumericalError if a row does not stay finite.
template <Backbone B, CachingHead H>
[[nodiscard]] EncodedDataset<typename B::Scalar> encode_dataset(MultiTaskModel<B, H>& model,
                                                                const Dataset<typename B::Scalar>& data) {
  ModelTrainee<B, H> trainee(model);
  return EncodedDataset<typename B::Scalar>(trainee, data);
}

/// Metrics of every task on an encoded data set; otherwise as `evaluate` of the data set.
template <Backbone B, CachingHead H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(MultiTaskModel<B, H>& model,
                                                const EncodedDataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  data.require_encoded_by(model);
  return detail::Evaluation<typename B::Scalar>::task_metrics(task_facts(model), model.target_scaler(), data.data(),
                                                              model.predict_encoded(data.data().inputs), majorities);
}
/// The same of a const model, also on several threads at once; see MultiTaskModel::predict.
template <Backbone B, CachingHead H>
[[nodiscard]] std::vector<TaskMetrics> evaluate(const MultiTaskModel<B, H>& model,
                                                const EncodedDataset<typename B::Scalar>& data,
                                                std::span<const int> majorities = {}) {
  MultiTaskModel<B, H> copy(model);
  return evaluate(copy, data, majorities);
}

}  // namespace qmtl::inline QMTL_ABI
