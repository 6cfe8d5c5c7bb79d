#pragma once
// SPDX-License-Identifier: Apache-2.0
// fit: mini-batch training of a multi-task model, everything from one seed.

#include <span>

#include "qmtl/train/evaluate.hpp"
#include "qmtl/train/fit_run.hpp"
#include "qmtl/train/model_trainee.hpp"

namespace qmtl::inline QMTL_ABI {

/// Trains a model, or the part of it that `train` names, on a data set; missing labels contribute nothing, and rows as
/// much as their sample weights and classes' weights say. The same seeds give the same bits on one thread.
/// Inputs and real-valued targets are standardised by what the training rows say, and a model that has been trained
/// before goes on with the statistics that it has: see Standardization.
/// With a frozen backbone, what it and the encoding make of the rows is computed once: see `encoded_dataset_bytes`.
/// Throws ShapeError or ValueError for data or options that do not fit, NumericalError (saying where) if the loss or a
/// gradient stops being finite, FileError for a checkpoint that cannot be written or is not one of this training. After
/// an exception the model is as it was if no step had been made; else it has the parameters of the best epoch if early
/// stopping kept one, else those of the last batch whose step was made.
template <Backbone B, Head H>
FitReport fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train, const FitOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  return detail::run_fit<typename B::Scalar>(trainee, train, nullptr, options);
}

/// As above, with metrics on validation data after every epoch, which early stopping may use.
template <Backbone B, Head H>
FitReport fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
              const Dataset<typename B::Scalar>& validation, const FitOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  return detail::run_fit<typename B::Scalar>(trainee, train, &validation, options);
}

/// Trains the head of a model on data that has been encoded before. The model's standardizer stays: `standardize` and
/// `encoded_dataset_bytes` are not looked at. Also throws ShapeError or ValueError if the model makes something else of
/// the rows, ValueError if its backbone has parameters that are not frozen, or for what needs more than a head's
/// entries: GradNorm and other weightings with `needs_norms`, and pcgrad where a head has shared parameters.
template <Backbone B, CachingHead H>
FitReport fit(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
              const FitOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  return detail::run_fit<typename B::Scalar>(trainee, train, nullptr, options);
}

/// As above, with metrics on validation data after every epoch.
template <Backbone B, CachingHead H>
FitReport fit(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
              const EncodedDataset<typename B::Scalar>& validation, const FitOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  return detail::run_fit<typename B::Scalar>(trainee, train, &validation, options);
}

}  // namespace qmtl::inline QMTL_ABI

#if defined(QMTL_COMPILED_DOUBLE) || defined(QMTL_COMPILED_FLOAT)
#include "qmtl/compiled_training.hpp"
#endif
