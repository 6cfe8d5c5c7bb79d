#pragma once
// SPDX-License-Identifier: Apache-2.0
// fit: mini-batch training of a multi-task model, everything from one seed.

#include <time.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/train/encoded_dataset.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/trainer.hpp"
#include "qmtl/train/training_identity.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// Of a clock that never jumps. (<chrono> costs a tenth of what all of Eigen costs to include.)
[[nodiscard]] inline double steady_seconds() noexcept {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Throws unless model and data fit each other.
template <Scalar S>
void validate_data(const Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation) {
  qmtl::validate(model, train);
  require_size("fit: features of the training inputs", train.features(), model.input_size());
  if (validation == nullptr) return;
  qmtl::validate(model, *validation);
  require_size("fit: features of the validation inputs", validation->features(), model.input_size());
}

/// Throws unless the options are possible for the model and its data.
template <std::same_as<FitOptions> Options>  // a template, so that who does not train does not compile it
void validate_options(const Options& options, const TraineeFacts& model, Eigen::Index rows) {
  validate(options);
  if (rows == 0) throw ShapeError("qmtl: fit: the training data must have at least one row");
  qmtl::validate(options.weighting, model.tasks.size());
  if (!model.differentiable && std::holds_alternative<GradNorm>(options.weighting)) {
    throw ValueError("qmtl: fit: GradNorm needs dL/dz, which an encoding without gradient does not have");
  }
}

/// One call of fit: epochs of a trainer, judged on validation data, with everything that a checkpoint holds.
template <Scalar S>
class FitRun {
 public:
  /// All arguments must outlive it; the data are a head's entries if `encoded`. Reads the checkpoint, if there is one;
  /// if that throws, the model is as it was.
  FitRun(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation, bool encoded,
         const FitOptions& options)
      : model_(model),
        validation_(validation),
        options_(options),
        majorities_(label_majorities<S>(model.tasks(), train)),
        best_(options.early_stopping.value_or(EarlyStopping{}), checked_stopping_task()),
        trainer_(model, train, options),
        finished_(options.epochs == 0) {
    if (options.checkpoint) {
      file_.emplace(*options.checkpoint, identity(model, train, validation, options));
      resumed_ = options.checkpoint->resume && file_->found();
      if (resumed_) resume();
    }
    if (options.epochs > 0) standardize(train, encoded);
    if (encoded) {
      use_encoded(train, validation);
    } else {
      encode(train);
    }
  }

  [[nodiscard]] FitReport run() {
    if (!resumed_ && !finished_) save();  // so that a path that cannot be written is known at once
    try {
      while (!finished_) run_epoch();
    } catch (...) {
      best_.restore(model_);
      throw;
    }
    best_.restore(model_);
    report_.best_epoch = best_.epoch() > 0 ? best_.epoch() : static_cast<int>(report_.history.size());
    report_.seconds = seconds();
    return std::move(report_);
  }

 private:
  /// Both or, if one cannot be had, nothing.
  void standardize(const Dataset<S>& train, bool encoded) {
    auto targets =
        training_targets<S>(model_.tasks(), model_.target_scaler(), train, options_.standardize_targets, "fit");
    if (!encoded) model_.set_standardizer(training_standardizer<S>(model_, train.inputs, options_.standardize));
    model_.set_target_scaler(std::move(targets));
  }

  /// Reads the checkpoint; if it cannot be used, the model gets back the parameters that it had.
  void resume() {
    const std::span<S> backbone = model_.backbone_parameters(), head = model_.head_parameters();
    const std::vector<S> backbone_before(backbone.begin(), backbone.end());
    const std::vector<S> head_before(head.begin(), head.end());
    const auto state_before = model_.backbone_state();
    try {
      file_->read([this](auto& a) { this->archive(a); });
    } catch (...) {
      model_.set_backbone_state(state_before);
      for (std::size_t i = 0; i < backbone.size(); ++i) backbone[i] = backbone_before[i];
      std::copy(head_before.begin(), head_before.end(), head.begin());
      throw;
    }
  }

  /// Encodes the rows once if the model can and the memory may be used.
  void encode(const Dataset<S>& train) {
    if (!model_.facts().caches_encodings) return;
    const auto rows = static_cast<std::size_t>(train.rows() + (validation_ != nullptr ? validation_->rows() : 0));
    const auto row_bytes = static_cast<std::size_t>(model_.encoded_size()) * sizeof(S);
    if (model_.facts().stateful || !model_.backbone_parameters().empty() || finished_ ||
        rows > options_.encoded_dataset_bytes / row_bytes || std::holds_alternative<GradNorm>(options_.weighting)) {
      return;
    }
    encoded_train_.emplace(model_, train);
    if (validation_ != nullptr) encoded_validation_.emplace(model_, *validation_);
    use_encoded(encoded_train_->data(), encoded_validation_ ? &encoded_validation_->data() : nullptr);
  }

  void use_encoded(const Dataset<S>& train, const Dataset<S>* validation) noexcept {
    trainer_.use_encoded(train);
    validation_ = validation;
    encoded_ = true;
  }

  [[nodiscard]] std::vector<TaskMetrics> evaluate_validation() {
    if (!encoded_) return evaluate(model_, *validation_, majorities_);
    return Evaluation<S>::task_metrics(model_.tasks(), model_.target_scaler(), *validation_,
                                       model_.predict_encoded(validation_->inputs), majorities_);
  }

  void run_epoch() {
    EpochRecord record = trainer_.epoch([this](std::uint64_t step) {
      if (!options_.checkpoint || !is_multiple(step, options_.checkpoint->every_steps)) return;
      trainer_.require_finite_parameters();
      save();
    });
    if (validation_ != nullptr) {
      record.validation = evaluate_validation();
      record.validation_loss = total_loss(record.validation);
    }
    bool more = record.epoch < options_.epochs;
    if (options_.early_stopping) more = best_.update(model_, record.epoch, record.validation) && more;
    record.last = !more;
    record.seconds = seconds();
    for (const auto& callback : options_.callbacks) more = callback(record) && more;
    finished_ = !more;
    stopped_under_ = more || record.last ? 0 : options_.epochs;
    const int epoch = record.epoch;
    report_.history.push_back(std::move(record));
    if (options_.checkpoint && (finished_ || is_multiple(epoch, options_.checkpoint->every_epochs))) save();
  }

  void save() {
    if (!file_) return;
    report_.seconds = seconds();
    file_->write([this](auto& a) { this->archive(a); });
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive.value(stopped_under_, "epochs planned when a callback stopped", {0, std::numeric_limits<int>::max()});
    archive.value(report_.seconds, "seconds", {.low = 0.0});
    trainer_.archive(archive);
    RecordShape shape{.tasks = model_.tasks().size(), .weights = trainer_.weight_range(), .seconds = report_.seconds};
    if constexpr (Archive::reading) {
      shape.validation = unjudged();
      report_.history.clear();
    }
    double seconds_before = 0.0;
    for (int epoch = 1; epoch <= trainer_.epochs_done(); ++epoch) {  // one by one: the file may end before
      if constexpr (Archive::reading) report_.history.emplace_back();
      EpochRecord& record = report_.history[static_cast<std::size_t>(epoch - 1)];
      record.epoch = epoch;
      record.epochs = options_.epochs;
      archive_record(archive, record, shape, seconds_before);
      seconds_before = record.seconds;
    }
    if constexpr (Archive::reading) judge_history(archive);
    best_.archive(archive, model_);
    if constexpr (Archive::reading) seconds_before_ = report_.seconds;
  }

  /// What follows from the epochs that are done: the best one, and whether another one is to follow.
  template <class Archive>
  void judge_history(const Archive& archive) {
    const int done = trainer_.epochs_done();
    bool exhausted = false;
    for (EpochRecord& record : report_.history) {
      archive.require(!exhausted, "epochs done, expected none after early stopping, got ", done);
      if (options_.early_stopping) {
        (void)best_.improve(record.epoch, record.validation);
        exhausted = best_.exhausted(record.epoch);
      }
      record.last = exhausted || record.epoch == options_.epochs;
    }
    const bool stopped = stopped_under_ > 0;
    archive.require(!trainer_.within_epoch() || !(exhausted || stopped),
                    "position in the epoch, expected the end of one");
    archive.require(!stopped || (done > 0 && done < stopped_under_ && !exhausted),
                    "epochs planned when a callback stopped, expected 0 or more than ", done, ", got ", stopped_under_);
    finished_ = exhausted || done == options_.epochs || stopped_under_ >= options_.epochs;
    if (!finished_) stopped_under_ = 0;
  }

  /// What is known of the metrics on the validation data before anything is predicted.
  [[nodiscard]] std::vector<TaskMetrics> unjudged() const {
    std::vector<TaskMetrics> metrics;
    if (validation_ == nullptr) return metrics;
    for (const TaskFacts& task : model_.tasks()) {
      const auto labels = validation_->labels.row(static_cast<Eigen::Index>(metrics.size()));
      metrics.push_back({.name = task.name, .classes = task.classes});
      for (const S label : labels) {
        if (!is_missing(LabelKind{task.classes}, label)) ++metrics.back().labelled;
      }
    }
    return metrics;
  }

  [[nodiscard]] int checked_stopping_task() const {
    if (!options_.early_stopping) return -1;
    return stopping_task<S>(*options_.early_stopping, model_.tasks(), validation_);
  }

  template <class Count>
  [[nodiscard]] static bool is_multiple(Count count, int every) noexcept {
    return every > 0 && count % static_cast<Count>(every) == 0;
  }

  [[nodiscard]] double seconds() const { return seconds_before_ + (steady_seconds() - start_); }

  Trainee<S>& model_;
  const Dataset<S>* validation_;
  const FitOptions& options_;
  double start_ = steady_seconds();
  double seconds_before_ = 0.0;  // of the runs that were interrupted
  std::vector<int> majorities_;
  BestParameters<S> best_;
  Trainer<S> trainer_;
  FitReport report_;
  std::optional<CheckpointFile> file_;
  bool finished_, resumed_ = false;
  int stopped_under_ = 0;  // the epochs that were planned when a callback stopped the training; 0: none has
  bool encoded_ = false;   // validation_ has a head's entries, and so has the trainer's data
  std::optional<EncodedDataset<S>> encoded_train_, encoded_validation_;
};

template <Scalar S>
[[nodiscard]] FitReport run_fit(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation,
                                const FitOptions& options) {
  validate_data(model, train, validation);
  validate_options(options, model.facts(), train.rows());
  validate_standardization(options.standardize, model.facts().standardizable);
  return FitRun<S>(model, train, validation, false, options).run();
}

template <Scalar S>
[[nodiscard]] FitReport run_fit(Trainee<S>& model, const EncodedDataset<S>& train, const EncodedDataset<S>* validation,
                                const FitOptions& options) {
  if (const std::size_t parameters = model.backbone_parameters().size(); parameters > 0) {
    throw ValueError(
        text("qmtl: fit: a model that is trained on encoded data must have a backbone without parameters, got ",
             parameters));
  }
  train.require_encoded_by(model);
  if (validation != nullptr) validation->require_encoded_by(model);
  validate_options(options, model.facts(), train.rows());
  if (std::holds_alternative<GradNorm>(options.weighting)) {
    throw ValueError("qmtl: fit: GradNorm needs dL/dz, which encoded data do not have");
  }
  const auto* validation_data = validation != nullptr ? &validation->data() : nullptr;
  return FitRun<S>(model, train.data(), validation_data, true, options).run();
}

}  // namespace detail

/// Trains a model on a data set; missing labels contribute nothing. The same seeds give the same bits on one thread.
/// Inputs and real-valued targets are standardised by what the training rows say, and a model that has been trained
/// before goes on with the statistics that it has: see Standardization.
/// With a frozen backbone, what it and the encoding make of the rows is computed once: see `encoded_dataset_bytes`.
/// Throws ShapeError or ValueError for data or options that do not fit, NumericalError (saying where) if the loss or a
/// gradient stops being finite, FileError for a checkpoint that cannot be written or is not one of this training. After
/// an exception the model has the parameters of the best epoch if early stopping kept one, else those of the last
/// batch.
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
/// the rows, ValueError if its backbone has parameters or for GradNorm.
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
