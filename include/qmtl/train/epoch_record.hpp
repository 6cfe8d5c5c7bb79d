#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training tells: the record of an epoch, the report.

#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::inline QMTL_ABI {

/// What happened in one epoch.
struct EpochRecord {
  int epoch = 0;                        ///< from 1
  int epochs = 0;                       ///< as planned
  double train_loss = 0.0;              ///< sum over tasks of the mean over labelled samples, those of sample and class
                                        ///< weights weighed, tasks not
  std::vector<double> task_losses;      ///< the same, by task
  std::vector<TaskMetrics> validation;  ///< empty without validation data
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< sum over tasks
  double seconds = 0.0;                                               ///< since the start of the training
  bool last = false;                                                  ///< no epoch is to follow, but for callbacks
  std::vector<double> task_weights;                                   ///< as they were at the end of the epoch
  std::vector<TaskMetrics> training{};  ///< of the training rows at its end, if FitOptions asks for them; else empty
  double backbone_learning_rate = 0.0;  ///< of its last step; 0 where the backbone has nothing to train
  double head_learning_rate = 0.0;      ///< the same of the head
};

/// The course of a training.
struct FitReport {
  std::vector<EpochRecord> history;
  int best_epoch = 0;  ///< whose parameters the model has: the best one with early stopping, else the last
  double seconds = 0.0;
};

namespace detail {

/// What the records of a training have in common.
struct RecordShape {
  std::size_t tasks = 0;
  std::vector<TaskMetrics> validation{};  ///< names, classes and labelled rows; empty without validation data
  std::vector<TaskMetrics> training{};    ///< the same of the training rows
  ArchiveRange weights{};
  double seconds = 0.0;  ///< of the whole training so far
};

/// Writes the figures of tasks to an archive, or reads them from one; `rows` says of which, `of` of which epoch.
template <class Archive>
void archive_metrics(Archive& archive, std::span<TaskMetrics> tasks, const char* rows, const std::string& of) {
  for (TaskMetrics& task : tasks) {
    const std::string name = text(of, ", task ", task.name);
    const bool nan = task.labelled == 0;
    archive.value(task.loss, text(rows, " loss", name), {0.0, HUGE_VAL, nan});
    for (double* share : {&task.accuracy, &task.majority, &task.macro_f1, &task.auc}) {
      archive.value(*share, text(rows, " metric", name), {0.0, 1.0, true});
    }
    archive.value(task.rmse, text(rows, " RMSE", name), {0.0, HUGE_VAL, true});
    archive.value(task.mae, text(rows, " MAE", name), {0.0, HUGE_VAL, true});
    archive.value(task.r2, text(rows, " R2", name), {-HUGE_VAL, 1.0, true});
  }
}

/// Writes what of an epoch's record does not follow from the others and the shape to an archive, or reads it from one.
template <class Archive, std::same_as<EpochRecord> Record, std::same_as<RecordShape> Shape>
void archive_record(Archive& archive, Record& record, const Shape& shape, double seconds_before) {
  const std::string of = text(" of epoch ", record.epoch);
  record.task_losses.resize(shape.tasks);
  record.task_weights.resize(shape.tasks);
  archive.numbers(record.task_losses, "task losses" + of, {.low = 0.0});
  archive.numbers(record.task_weights, "task weights" + of, shape.weights);
  archive.value(record.seconds, "seconds" + of, {seconds_before, shape.seconds});
  if constexpr (Archive::reading) {
    record.validation = shape.validation;
    record.training = shape.training;
  }
  archive_metrics(archive, std::span<TaskMetrics>(record.validation), "validation", of);
  archive_metrics(archive, std::span<TaskMetrics>(record.training), "training", of);
  if constexpr (Archive::reading) {
    record.train_loss = 0.0;
    for (const double loss : record.task_losses) record.train_loss += loss;
    if (!shape.validation.empty()) record.validation_loss = total_loss(record.validation);
  }
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
