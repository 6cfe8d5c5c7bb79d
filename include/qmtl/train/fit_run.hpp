#pragma once
// SPDX-License-Identifier: Apache-2.0
// One training: what fit does, whatever the type of the model.

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

#include "qmtl/core/clock.hpp"
#include "qmtl/train/best_parameters.hpp"
#include "qmtl/train/encoded_dataset.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/model_snapshot.hpp"
#include "qmtl/train/partly_frozen.hpp"
#include "qmtl/train/task_metrics.hpp"
#include "qmtl/train/trainer.hpp"
#include "qmtl/train/training_identity.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// Throws unless model and data fit each other.
template <Scalar S>
void validate_data(const Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation) {
  qmtl::validate(model, train, "fit: features of the training inputs");
  if (validation != nullptr) qmtl::validate(model, *validation, "fit: features of the validation inputs");
}

[[nodiscard]] inline const char* name_with_norms(const TaskWeighting& weighting) noexcept {
  return std::holds_alternative<GradNorm>(weighting) ? "GradNorm" : "a weighting by norms";
}

/// Throws unless the options are possible for the model and its data.
template <std::same_as<FitOptions> Options>  // a template, so that who does not train does not compile it
void validate_options(const Options& options, const TraineeFacts& model, Eigen::Index rows) {
  validate(options);
  if (rows == 0) throw ShapeError("qmtl: fit: the training data must have at least one row");
  qmtl::validate(options.weighting, model.tasks.size());
  if (!model.differentiable && needs_norms(options.weighting)) {
    throw ValueError(text("qmtl: fit: ", name_with_norms(options.weighting),
                          " needs dL/dz, which an encoding without gradient does not have"));
  }
}

/// Throws ValueError where the rows of a task all have the weight 0.
template <Scalar S>
void require_metric_weights(std::span<const TaskFacts> tasks, const Dataset<S>& data) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    (void)metric_weights<S>(data.sample_weights, data.labels.row(static_cast<Eigen::Index>(t)),
                            LabelKind{tasks[t].classes}, tasks[t].name);
  }
}

/// One call of fit: epochs of a trainer, judged on validation data, with everything that a checkpoint holds.
template <Scalar S>
class FitRun {
 public:
  /// All arguments must outlive it and stay as they are; the data are a head's entries if `encoded`.
  FitRun(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation, bool encoded,
         const FitOptions& options)
      : model_(model),
        train_(train),
        validation_(validation),
        options_(options),
        encoded_(encoded),
        majorities_(label_majorities<S>(model.tasks(), train)),
        best_(options_.early_stopping.value_or(EarlyStopping{}), checked_stopping_task()),
        trainer_(model, train, options_),
        finished_(options_.epochs == 0) {}

  /// Trains. After an exception before the first step, the model is as it was.
  [[nodiscard]] FitReport run() {
    const ModelSnapshot<S> before(model_);
    bool prepared = false;
    try {
      prepare();
      prepared = true;
      while (!finished_) run_epoch();
    } catch (...) {
      if (prepared && trainer_.steps() > 0) {
        best_.restore(model_);
      } else {
        before.give_back(model_);
      }
      throw;
    }
    best_.restore(model_);
    report_.best_epoch = best_.epoch() > 0 ? best_.epoch() : static_cast<int>(report_.history.size());
    report_.seconds = seconds();
    return std::move(report_);
  }

 private:
  /// All there is to do before the first step: reads the checkpoint, if there is one, else writes the first, so that a
  /// path that cannot be written is known at once.
  void prepare() {
    if (options_.checkpoint) {
      file_.emplace(*options_.checkpoint, identity(model_, train_, validation_, options_));
      resumed_ = options_.checkpoint->resume && file_->found();
      if (resumed_) file_->read([this](auto& a) { this->archive(a); });
    }
    if (options_.epochs > 0) standardize();
    if (encoded_) {
      trainer_.use_encoded(train_);
    } else {
      encode();
    }
    if (!resumed_ && !finished_) save();
  }

  /// Both or, if one cannot be had, nothing.
  void standardize() {
    auto targets =
        training_targets<S>(model_.tasks(), model_.target_scaler(), train_, options_.standardize_targets, "fit");
    if (!encoded_) model_.set_standardizer(training_standardizer<S>(model_, train_.inputs, options_.standardize));
    model_.set_target_scaler(std::move(targets));
  }

  /// Encodes the rows once if the model can, the training needs nothing of what is before, and the memory may be used.
  void encode() {
    const TraineeFacts& facts = model_.facts();
    if (!facts.caches_encodings || facts.stateful || !model_.backbone_parameters().empty() || finished_) return;
    const bool conflicts = options_.conflicts == GradientConflicts::pcgrad && facts.shared_head_parameters > 0;
    const auto row_bytes = static_cast<std::size_t>(model_.encoded_size()) * sizeof(S);
    if (conflicts || needs_norms(options_.weighting) || row_bytes == 0) return;
    const auto rows = static_cast<std::size_t>(train_.rows() + (validation_ != nullptr ? validation_->rows() : 0));
    if (rows > options_.encoded_dataset_bytes / row_bytes) return;
    encoded_train_.emplace(model_, train_);
    if (validation_ != nullptr) {
      encoded_validation_.emplace(model_, *validation_);
      validation_ = &encoded_validation_->data();
    }
    trainer_.use_encoded(encoded_train_->data());
    encoded_ = true;
  }

  [[nodiscard]] std::vector<TaskMetrics> judge(const Dataset<S>& rows) {
    return Evaluation<S>::task_metrics(model_.tasks(), model_.target_scaler(), rows,
                                       encoded_ ? model_.predict_encoded(rows.inputs) : model_.predict(rows.inputs),
                                       majorities_, options_.weighted_metrics);
  }

  void run_epoch() {
    EpochRecord record = trainer_.epoch([this](std::uint64_t step) {
      if (!options_.checkpoint || !is_multiple(step, options_.checkpoint->every_steps)) return;
      trainer_.require_finite_parameters();
      save();
    });
    if (validation_ != nullptr) {
      record.validation = judge(*validation_);
      record.validation_loss = total_loss(record.validation);
    }
    if (options_.training_metrics) record.training = judge(encoded_train_ ? encoded_train_->data() : train_);
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
      if (validation_ != nullptr) shape.validation = unjudged(*validation_);
      if (options_.training_metrics) shape.training = unjudged(train_);
      report_.history.clear();
    }
    double seconds_before = 0.0;
    for (int epoch = 1; epoch <= trainer_.epochs_done(); ++epoch) {  // one by one: the file may end before
      if constexpr (Archive::reading) report_.history.emplace_back();
      EpochRecord& record = report_.history[static_cast<std::size_t>(epoch - 1)];
      record.epoch = epoch;
      record.epochs = options_.epochs;
      if constexpr (Archive::reading) trainer_.tell_rates(record);
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

  /// What is known of the metrics on a data set before anything is predicted.
  [[nodiscard]] std::vector<TaskMetrics> unjudged(const Dataset<S>& data) const {
    std::vector<TaskMetrics> metrics;
    for (const TaskFacts& task : model_.tasks()) {
      const auto labels = data.labels.row(static_cast<Eigen::Index>(metrics.size()));
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
  const Dataset<S>& train_;
  const Dataset<S>* validation_;
  const FitOptions& options_;
  bool encoded_;  // validation_ has a head's entries, and so has the trainer's data
  double start_ = steady_seconds();
  double seconds_before_ = 0.0;  // of the runs that were interrupted
  std::vector<int> majorities_;
  BestParameters<S> best_;
  Trainer<S> trainer_;
  FitReport report_;
  std::optional<CheckpointFile> file_;
  bool finished_, resumed_ = false;
  int stopped_under_ = 0;  // the epochs that were planned when a callback stopped the training; 0: none has
  std::optional<EncodedDataset<S>> encoded_train_, encoded_validation_;
};

/// Trains what of a model is to be trained, on rows or, if `encoded`, a head's entries.
template <Scalar S>
[[nodiscard]] FitReport run_part(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation, bool encoded,
                                 const FitOptions& options) {
  validate_options(options, model.facts(), train.rows());
  if (options.weighted_metrics && validation != nullptr) require_metric_weights(model.tasks(), *validation);
  std::optional<PartlyFrozen<S>> part;
  if (options.train != TrainedPart::all) part.emplace(model, options.train);
  Trainee<S>& trained = part ? static_cast<Trainee<S>&>(*part) : model;
  return FitRun<S>(trained, train, validation, encoded, options).run();
}

template <Scalar S>
[[nodiscard]] FitReport run_fit(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation,
                                const FitOptions& options) {
  validate_data(model, train, validation);
  validate_standardization(options.standardize, model.facts().standardizable);
  return run_part(model, train, validation, false, options);
}

template <Scalar S>
[[nodiscard]] FitReport run_fit(Trainee<S>& model, const EncodedDataset<S>& train, const EncodedDataset<S>* validation,
                                const FitOptions& options) {
  const std::size_t parameters = model.backbone_parameters().size();
  if (parameters > 0 && options.train != TrainedPart::head) {
    throw ValueError(
        text("qmtl: fit: a model that is trained on encoded data must have a backbone without parameters, got ",
             parameters));
  }
  train.require_encoded_by(model);
  if (validation != nullptr) validation->require_encoded_by(model);
  if (needs_norms(options.weighting)) {
    throw ValueError(
        text("qmtl: fit: ", name_with_norms(options.weighting), " needs dL/dz, which encoded data do not have"));
  }
  if (options.conflicts == GradientConflicts::pcgrad && model.facts().shared_head_parameters > 0) {
    throw ValueError(
        "qmtl: fit: pcgrad needs the gradients of the head's shared parameters task by task, which encoded data do not "
        "have");
  }
  const auto* validation_data = validation != nullptr ? &validation->data() : nullptr;
  return run_part(model, train.data(), validation_data, true, options);
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
