#pragma once
// SPDX-License-Identifier: Apache-2.0
// fit: mini-batch training of a multi-task model, everything from one seed.

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/identity.hpp"
#include "qmtl/train/trainer.hpp"

namespace qmtl {
namespace detail {

/// Throws unless model, data and options fit each other; nothing has changed then.
template <Backbone B, Head H>
void validate_fit(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                  const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  validate(options);
  qmtl::validate(model, train);
  require_size("fit: features of the training inputs", train.features(), model.input_size());
  if (validation != nullptr) {
    qmtl::validate(model, *validation);
    require_size("fit: features of the validation inputs", validation->features(), model.input_size());
  }
  if (train.rows() == 0) throw ShapeError("qmtl: fit: the training data must have at least one row");
  qmtl::validate(options.weighting, static_cast<std::size_t>(H::tasks));
  if (!H::differentiable && std::holds_alternative<GradNorm>(options.weighting)) {
    throw ValueError("qmtl: fit: GradNorm needs dL/dz, which an encoding without gradient does not have");
  }
}

/// One call of fit: epochs of a trainer, judged on validation data, with everything that a checkpoint holds.
template <Backbone B, Head H>
class FitRun {
 public:
  using S = typename B::Scalar;

  /// All arguments must outlive it. Reads the checkpoint, if there is one; throws before the model has changed.
  FitRun(MultiTaskModel<B, H>& model, const Dataset<S>& train, const Dataset<S>* validation, const FitOptions& options)
      : model_(model),
        validation_(validation),
        options_(options),
        majorities_(majority_classes(model, train)),
        best_(options.early_stopping.value_or(EarlyStopping{}), checked_stopping_task()),
        trainer_(model, train, options),
        finished_(options.epochs == 0) {
    if (options.checkpoint) {
      identity_ = identity(model, train, validation, options);
      resumed_ = options.checkpoint->resume && ::access(options.checkpoint->path.c_str(), F_OK) == 0;
      if (resumed_) read_checkpoint(options.checkpoint->path, identity_, [this](auto& a) { this->archive(a); });
    }
    if (options.standardize && options.epochs > 0) {
      Standardizer<S> standardizer;
      standardizer.fit(train.inputs, missing_inputs<B>);
      model.set_standardizer(std::move(standardizer));
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
  void run_epoch() {
    EpochRecord record = trainer_.epoch([this](std::uint64_t step) {
      if (options_.checkpoint && is_multiple(step, options_.checkpoint->every_steps)) save();
    });
    if (validation_ != nullptr) {
      record.validation = evaluate(model_, *validation_, majorities_);
      record.validation_loss = total_loss(record.validation);
    }
    bool more = record.epoch < options_.epochs;
    if (options_.early_stopping) more = best_.update(model_, record.epoch, record.validation) && more;
    record.last = !more;
    record.seconds = seconds();
    for (const auto& callback : options_.callbacks) more = callback(record) && more;
    finished_ = !more;
    const int epoch = record.epoch;
    report_.history.push_back(std::move(record));
    if (options_.checkpoint && (finished_ || is_multiple(epoch, options_.checkpoint->every_epochs))) save();
  }

  void save() {
    if (!options_.checkpoint) return;
    report_.seconds = seconds();
    write_checkpoint(options_.checkpoint->path, identity_, [this](auto& a) { this->archive(a); });
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive.value(finished_);
    archive.value(report_.seconds);
    archive.list(report_.history, [&archive](EpochRecord& record) { archive_record(archive, record); });
    trainer_.archive(archive);
    best_.archive(archive, model_);
    if constexpr (Archive::reading) seconds_before_ = report_.seconds;
  }

  [[nodiscard]] int checked_stopping_task() const {
    if (!options_.early_stopping) return -1;
    return stopping_task<S>(*options_.early_stopping, task_facts(model_), validation_);
  }

  template <class Count>
  [[nodiscard]] static bool is_multiple(Count count, int every) noexcept {
    return every > 0 && count % static_cast<Count>(every) == 0;
  }

  [[nodiscard]] double seconds() const {
    return seconds_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  MultiTaskModel<B, H>& model_;
  const Dataset<S>* validation_;
  const FitOptions& options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double seconds_before_ = 0.0;  // of the runs that were interrupted
  std::vector<int> majorities_;
  BestParameters<B, H> best_;
  Trainer<B, H> trainer_;
  FitReport report_;
  std::string identity_;
  bool finished_, resumed_ = false;
};

template <Backbone B, Head H>
[[nodiscard]] FitReport run_fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                                const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  validate_fit(model, train, validation, options);
  return FitRun<B, H>(model, train, validation, options).run();
}

}  // namespace detail

/// Trains a model on a data set; missing labels contribute nothing. The same seeds give the same bits on one thread.
/// Throws ShapeError or ValueError for data or options that do not fit, NumericalError (saying where) if the loss or a
/// gradient stops being finite, FileError for a checkpoint that cannot be written or is not one of this training. After
/// an exception the model has the parameters of the best epoch if early stopping kept one, else those of the last
/// batch.
template <Backbone B, Head H>
FitReport fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train, const FitOptions& options = {}) {
  return detail::run_fit(model, train, nullptr, options);
}

/// As above, with metrics on validation data after every epoch, which early stopping may use.
template <Backbone B, Head H>
FitReport fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
              const Dataset<typename B::Scalar>& validation, const FitOptions& options = {}) {
  return detail::run_fit(model, train, &validation, options);
}

}  // namespace qmtl
