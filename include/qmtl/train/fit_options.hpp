#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training is told and what it tells: options, the record of an epoch, the report.

#include <cmath>
#include <concepts>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "qmtl/optimize/clipping.hpp"
#include "qmtl/optimize/pcgrad.hpp"
#include "qmtl/optimize/schedule.hpp"
#include "qmtl/optimize/weighting.hpp"
#include "qmtl/train/checkpoint.hpp"
#include "qmtl/train/early_stopping.hpp"
#include "qmtl/train/standardization.hpp"

namespace qmtl::inline QMTL_ABI {

/// What happened in one epoch.
struct EpochRecord {
  int epoch = 0;                        ///< from 1
  int epochs = 0;                       ///< as planned
  double train_loss = 0.0;              ///< sum over tasks of the mean over labelled samples, unweighted
  std::vector<double> task_losses;      ///< the same, by task
  std::vector<TaskMetrics> validation;  ///< empty without validation data
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< sum over tasks
  double seconds = 0.0;                                               ///< since the start of the training
  bool last = false;                                                  ///< no epoch is to follow, but for callbacks
  std::vector<double> task_weights;                                   ///< as they were at the end of the epoch
};

/// Called after every epoch; returns false to stop the training.
using Callback = std::function<bool(const EpochRecord&)>;

/// How to train. Learning rates and such are in `optimizer`.
struct FitOptions {
  int epochs = 40;
  int batch_size = 32;
  OptimizerSettings optimizer = Adam{};   ///< AdamW's decay spares quantum heads: an angle has no natural zero
  double head_learning_rate_scale = 1.0;  ///< the head's learning rate is the optimizer's times this
  double head_weight_decay_scale = 1.0;   ///< the same of AdamW's weight decay, for heads that are not spared it
  Seed seed{0};                           ///< of the order of the samples, and of PCGrad's projections
  Standardization standardize{};          ///< of inputs, by mean and deviation of each feature
  Standardization standardize_targets{};  ///< of real-valued targets; without, they must lie within a readout's reach
  /// Most bytes for what a frozen backbone and a head with `caches_encodings` make of the rows: within it, `fit`
  /// encodes all rows once and trains from there, with the same results up to rounding (but for GradNorm, which needs
  /// dL/dz). 0: rows are encoded in every epoch.
  std::size_t encoded_dataset_bytes = std::size_t{1} << 30;
  std::optional<EarlyStopping> early_stopping{};
  std::vector<Callback> callbacks{};
  LearningRateSchedule schedule{};  ///< of both learning rates, step by step
  GradientClipping clipping{};      ///< of the gradient that the optimizers take
  TaskWeighting weighting{};      ///< UniformWeights, FixedWeights, UncertaintyWeights, DynamicWeightAverage, GradNorm
  GradientConflicts conflicts{};  ///< whether tasks' gradients are summed as they are, or without conflicts
  std::optional<Checkpointing> checkpoint{};
};

/// The course of a training.
struct FitReport {
  std::vector<EpochRecord> history;
  int best_epoch = 0;  ///< whose parameters the model has: the best one with early stopping, else the last
  double seconds = 0.0;
};

namespace detail {

inline void validate(const FitOptions& options) {
  qmtl::validate(options.optimizer);
  if (options.epochs < 0) throw ValueError(text("qmtl: fit: epochs must not be negative, got ", options.epochs));
  if (options.batch_size < 1)
    throw ValueError(text("qmtl: fit: batch_size must be positive, got ", options.batch_size));
  const auto require_scale = [](const char* name, double scale) {
    if (scale >= 0.0 && std::isfinite(scale)) return;
    throw ValueError(text("qmtl: fit: ", name, " must be finite and not negative, got ", scale));
  };
  require_scale("head_learning_rate_scale", options.head_learning_rate_scale);
  require_scale("head_weight_decay_scale", options.head_weight_decay_scale);
  if (options.early_stopping) validate(*options.early_stopping);
  validate(options.schedule, options.epochs);
  validate(options.clipping);
  if (options.checkpoint) validate(*options.checkpoint);
}

/// What the records of a training have in common.
struct RecordShape {
  std::size_t tasks = 0;
  std::vector<TaskMetrics> validation{};  ///< names, classes and labelled rows; empty without validation data
  ArchiveRange weights{};
  double seconds = 0.0;  ///< of the whole training so far
};

/// Writes what of an epoch's record does not follow from the others and the shape to an archive, or reads it from one.
template <class Archive, std::same_as<EpochRecord> Record, std::same_as<RecordShape> Shape>
void archive_record(Archive& archive, Record& record, const Shape& shape, double seconds_before) {
  const std::string of = text(" of epoch ", record.epoch);
  record.task_losses.resize(shape.tasks);
  record.task_weights.resize(shape.tasks);
  archive.numbers(record.task_losses, "task losses" + of, {.low = 0.0});
  archive.numbers(record.task_weights, "task weights" + of, shape.weights);
  archive.value(record.seconds, "seconds" + of, {seconds_before, shape.seconds});
  if constexpr (Archive::reading) record.validation = shape.validation;
  for (TaskMetrics& task : record.validation) {
    const std::string name = text(of, ", task ", task.name);
    const bool nan = task.labelled == 0;
    archive.value(task.loss, "validation loss" + name, {0.0, HUGE_VAL, nan});
    for (double* share : {&task.accuracy, &task.majority, &task.macro_f1, &task.auc}) {
      archive.value(*share, "validation metric" + name, {0.0, 1.0, true});
    }
    archive.value(task.rmse, "validation RMSE" + name, {0.0, HUGE_VAL, true});
    archive.value(task.mae, "validation MAE" + name, {0.0, HUGE_VAL, true});
    archive.value(task.r2, "validation R2" + name, {-HUGE_VAL, 1.0, true});
  }
  if constexpr (Archive::reading) {
    record.train_loss = 0.0;
    for (const double loss : record.task_losses) record.train_loss += loss;
    if (!shape.validation.empty()) record.validation_loss = total_loss(record.validation);
  }
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
