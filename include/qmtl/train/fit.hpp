#pragma once
// SPDX-License-Identifier: Apache-2.0
// fit: mini-batch training of a multi-task model, everything from one seed.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/train/encoded_dataset.hpp"
#include "qmtl/train/objective.hpp"
#include "qmtl/train/optimizer.hpp"

namespace qmtl {

/// What happened in one epoch.
struct EpochRecord {
  int epoch = 0;                        ///< from 1
  int epochs = 0;                       ///< as planned
  double train_loss = 0.0;              ///< sum over tasks of the mean over labelled samples
  std::vector<double> task_losses;      ///< the same, by task
  std::vector<TaskMetrics> validation;  ///< empty without validation data
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< sum over tasks
  double seconds = 0.0;                                               ///< since the start of the training
  bool last = false;                                                  ///< no epoch is to follow, but for callbacks
};

/// Called after every epoch; returns false to stop the training.
using Callback = std::function<bool(const EpochRecord&)>;

/// Stops when the validation loss has not fallen by more than `min_delta` for `patience` epochs, and puts the
/// parameters of the best epoch back.
struct EarlyStopping {
  int patience = 10;
  double min_delta = 0.0;
};

/// How to train. Learning rates and such are in `optimizer`.
struct FitOptions {
  int epochs = 40;
  int batch_size = 32;
  OptimizerSettings optimizer = Adam{};   ///< AdamW's decay spares quantum heads: an angle has no natural zero
  double head_learning_rate_scale = 1.0;  ///< the head's learning rate is the optimizer's times this
  Seed seed{0};                           ///< of the order of the samples
  bool standardize = true;                ///< learn mean and deviation of each input feature from the training rows
  /// Most bytes for what a frozen backbone and a head with `caches_encodings` make of the rows: within it, `fit`
  /// encodes all rows once and trains from there, with the same results up to rounding. 0: rows are encoded in every
  /// epoch.
  std::size_t encoded_dataset_bytes = std::size_t{1} << 30;
  std::optional<EarlyStopping> early_stopping{};
  std::vector<Callback> callbacks{};
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
  if (!(options.head_learning_rate_scale >= 0.0) || !std::isfinite(options.head_learning_rate_scale)) {
    throw ValueError(text("qmtl: fit: head_learning_rate_scale must be finite and not negative, got ",
                          options.head_learning_rate_scale));
  }
  if (options.early_stopping && options.early_stopping->patience < 1) {
    throw ValueError(text("qmtl: fit: patience must be positive, got ", options.early_stopping->patience));
  }
  if (options.early_stopping &&
      (!(options.early_stopping->min_delta >= 0.0) || !std::isfinite(options.early_stopping->min_delta))) {
    throw ValueError(
        text("qmtl: fit: min_delta must be finite and not negative, got ", options.early_stopping->min_delta));
  }
}

/// The optimizer for the head. Weight decay pulls towards zero, which means something for a linear layer and nothing
/// for an angle: heads without `decays` are spared it.
template <Head H>
[[nodiscard]] OptimizerSettings head_optimizer(const FitOptions& options) {
  OptimizerSettings settings = options.optimizer;
  std::visit([&](auto& s) { s.learning_rate *= options.head_learning_rate_scale; }, settings);
  if (auto* adamw = std::get_if<AdamW>(&settings); adamw != nullptr && !H::decays) adamw->weight_decay = 0.0;
  return settings;
}

/// The state of one training run, an epoch at a time. The inputs are a head's entries if `encoded`.
template <Backbone B, Head H>
class Trainer {
 public:
  using S = typename B::Scalar;

  Trainer(MultiTaskModel<B, H>& model, const Dataset<S>& data, bool encoded, const FitOptions& options)
      : model_(model),
        data_(data),
        encoded_(encoded),
        objective_(model),
        backbone_optimizer_(options.optimizer, model.backbone_parameters()),
        head_optimizer_(head_optimizer<H>(options), static_cast<std::size_t>(H::parameters)),
        rng_(options.seed),
        batch_size_(std::min<Eigen::Index>(options.batch_size, data.rows())),
        order_(static_cast<std::size_t>(data.rows())) {
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
  }

  /// One pass over the data in a new random order; returns mean losses.
  [[nodiscard]] EpochRecord epoch(int number) {
    shuffle(order_, rng_);
    EpochRecord record;
    record.epoch = number;
    record.task_losses.assign(objective_.tasks().size(), 0.0);
    std::vector<std::size_t> labelled(record.task_losses.size(), 0);
    for (Eigen::Index first = 0; first < data_.rows(); first += batch_size_) {
      step(number, first, std::min(batch_size_, data_.rows() - first));
      for (std::size_t t = 0; t < labelled.size(); ++t) {
        const TaskLoss& loss = objective_.task_losses()[t];
        record.task_losses[t] += loss.loss * static_cast<double>(loss.labelled);
        labelled[t] += loss.labelled;
      }
    }
    if (!finite(model_.head_weights())) fail("a parameter of the head", number, "its last batch");
    if (!finite(model_.backbone().parameters())) fail("a parameter of the backbone", number, "its last batch");
    for (std::size_t t = 0; t < labelled.size(); ++t) {
      if (labelled[t] > 0) record.task_losses[t] /= static_cast<double>(labelled[t]);
      record.train_loss += record.task_losses[t];
    }
    return record;
  }

 private:
  void step(int epoch, Eigen::Index first, Eigen::Index count) {
    inputs_.resize(data_.inputs.rows(), count);
    labels_.resize(data_.labels.rows(), count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Eigen::Index row = order_[static_cast<std::size_t>(first + i)];
      inputs_.col(i) = data_.inputs.col(row);
      labels_.col(i) = data_.labels.col(row);
    }
    const double loss = evaluate_batch();
    require_finite(loss, epoch, first / batch_size_);
    backbone_optimizer_.step(model_.backbone().parameters(), objective_.backbone_gradient());
    head_optimizer_.step(model_.head_weights(), objective_.head_gradient());
  }

  double evaluate_batch() {
    if constexpr (CachingHead<H>) {
      if (encoded_) return objective_.evaluate_encoded(inputs_, labels_);
    }
    return objective_.evaluate(inputs_, labels_);
  }

  /// Throws NumericalError that says which epoch, batch and part left the finite numbers.
  void require_finite(double loss, int epoch, Eigen::Index batch) const {
    const std::string where = text("batch ", batch);
    if (!std::isfinite(loss)) {
      for (std::size_t t = 0; t < objective_.tasks().size(); ++t) {
        if (std::isfinite(objective_.task_losses()[t].loss)) continue;
        fail("the loss of task " + objective_.tasks()[t].name, epoch, where);
      }
    }
    if (!finite(objective_.head_gradient())) fail("a gradient of the head", epoch, where);
    if (!finite(objective_.backbone_gradient())) fail("a gradient of the backbone", epoch, where);
  }

  [[noreturn]] static void fail(const std::string& what, int epoch, const std::string& where) {
    throw NumericalError(text("qmtl: fit: ", what, " is not finite in epoch ", epoch, ", ", where,
                              "; a smaller learning rate may help"));
  }

  [[nodiscard]] static bool finite(std::span<const S> values) {
    return Eigen::Map<const Eigen::Array<S, Eigen::Dynamic, 1>>(values.data(), static_cast<Eigen::Index>(values.size()))
        .allFinite();
  }

  MultiTaskModel<B, H>& model_;
  const Dataset<S>& data_;
  bool encoded_;
  Objective<B, H> objective_;
  Optimizer<S> backbone_optimizer_, head_optimizer_;
  Rng rng_;
  Eigen::Index batch_size_;
  std::vector<Eigen::Index> order_;
  Batch<S> inputs_, labels_;
};

/// The best parameters so far by validation loss.
template <Backbone B, Head H>
class BestParameters {
 public:
  using S = typename B::Scalar;

  /// Returns false once the loss has not improved for too long.
  bool update(const MultiTaskModel<B, H>& model, const EpochRecord& record, const EarlyStopping& rule) {
    if (record.validation_loss < loss_ - rule.min_delta) {
      loss_ = record.validation_loss;
      epoch_ = record.epoch;
      const std::span<const S> backbone = model.backbone().parameters();
      backbone_.assign(backbone.begin(), backbone.end());
      head_.assign(model.head_weights().begin(), model.head_weights().end());
    }
    return record.epoch - epoch_ < rule.patience;
  }

  void restore(MultiTaskModel<B, H>& model) const {
    if (epoch_ == 0) return;
    const std::span<S> backbone = model.backbone().parameters();  // may be empty, which std::copy would be warned of
    for (std::size_t i = 0; i < backbone.size(); ++i) backbone[i] = backbone_[i];
    std::copy(head_.begin(), head_.end(), model.head_weights().begin());
  }
  [[nodiscard]] int epoch() const noexcept { return epoch_; }

 private:
  double loss_ = std::numeric_limits<double>::infinity();
  int epoch_ = 0;
  std::vector<S> backbone_, head_;
};

/// Sum of the tasks' losses; NaN if no task has a labelled row.
[[nodiscard]] inline double total_loss(std::span<const TaskMetrics> tasks) noexcept {
  double sum = 0.0;
  bool any = false;
  for (const auto& task : tasks) {
    if (task.labelled == 0) continue;
    sum += task.loss;
    any = true;
  }
  return any ? sum : std::numeric_limits<double>::quiet_NaN();
}

/// Throws ValueError unless early stopping has a validation label to go by.
template <Scalar S>
void require_validation(const Dataset<S>* validation, std::span<const LabelKind> kinds) {
  for (int t = 0; validation != nullptr && t < validation->tasks(); ++t) {
    for (Eigen::Index row = 0; row < validation->rows(); ++row) {
      if (!is_missing(kinds[static_cast<std::size_t>(t)], validation->labels(t, row))) return;
    }
  }
  throw ValueError("qmtl: fit: early stopping needs validation data with at least one label");
}

/// Throws ValueError or ShapeError for options and sets that cannot be trained with.
template <Backbone B, Head H>
void require_trainable(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                       const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  validate(options);
  if (train.rows() == 0) throw ShapeError("qmtl: fit: the training data must have at least one row");
  if (options.early_stopping) require_validation<typename B::Scalar>(validation, label_kinds(model));
}

/// Validation metrics after an epoch.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskMetrics> validate_epoch(MultiTaskModel<B, H>& model,
                                                      const Dataset<typename B::Scalar>& data, bool encoded,
                                                      std::span<const int> majorities) {
  if constexpr (CachingHead<H>) {
    if (encoded) return task_metrics(model, data, model.predict_encoded(data.inputs), majorities);
  }
  return evaluate(model, data, majorities);
}

using FitClock = std::chrono::steady_clock;

/// Trains on data that has been checked.
template <Backbone B, Head H>
[[nodiscard]] FitReport run_epochs(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                                   const Dataset<typename B::Scalar>* validation, bool encoded,
                                   const FitOptions& options, FitClock::time_point start) {
  const auto elapsed = [start] { return std::chrono::duration<double>(FitClock::now() - start).count(); };
  const auto majorities = majority_classes(model, train);
  Trainer<B, H> trainer(model, train, encoded, options);
  BestParameters<B, H> best;
  FitReport report;
  const auto run_epoch = [&](int number) {
    EpochRecord record = trainer.epoch(number);
    record.epochs = options.epochs;
    if (validation != nullptr) {
      record.validation = validate_epoch(model, *validation, encoded, majorities);
      record.validation_loss = total_loss(record.validation);
    }
    bool more = number < options.epochs;
    if (options.early_stopping) more = best.update(model, record, *options.early_stopping) && more;
    record.last = !more;
    record.seconds = elapsed();
    for (const auto& callback : options.callbacks) more = callback(record) && more;
    report.history.push_back(std::move(record));
    return more;
  };
  try {
    for (int e = 1; e <= options.epochs && run_epoch(e); ++e) {
    }
  } catch (...) {
    best.restore(model);
    throw;
  }
  best.restore(model);
  report.best_epoch = best.epoch() > 0 ? best.epoch() : static_cast<int>(report.history.size());
  report.seconds = elapsed();
  return report;
}

/// Encodes the rows once if the model can and the memory may be used.
template <Backbone B, Head H>
[[nodiscard]] FitReport encode_and_run(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                                       const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  const auto start = FitClock::now();
  if constexpr (CachingHead<H>) {
    const auto rows = static_cast<std::size_t>(train.rows() + (validation != nullptr ? validation->rows() : 0));
    const auto row_bytes = static_cast<std::size_t>(model.head().encoded_size()) * sizeof(typename B::Scalar);
    if (model.backbone_parameters() == 0 && options.epochs > 0 && rows <= options.encoded_dataset_bytes / row_bytes) {
      const auto encoded_train = encode_dataset(model, train);
      if (validation == nullptr) return run_epochs(model, encoded_train.data(), nullptr, true, options, start);
      const auto encoded_validation = encode_dataset(model, *validation);
      return run_epochs(model, encoded_train.data(), &encoded_validation.data(), true, options, start);
    }
  }
  return run_epochs(model, train, validation, false, options, start);
}

template <Backbone B, Head H>
[[nodiscard]] FitReport run_fit(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                                const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  using S = typename B::Scalar;
  for (const auto* data : {&train, validation}) {
    if (data == nullptr) continue;
    qmtl::validate<S>(*data, label_kinds(model));
    require_size(data == &train ? "fit: features of the training inputs" : "fit: features of the validation inputs",
                 data->features(), model.input_size());
  }
  require_trainable(model, train, validation, options);
  if (options.standardize && options.epochs > 0) {
    Standardizer<S> standardizer;
    standardizer.fit(train.inputs);
    model.set_standardizer(std::move(standardizer));
  }
  return encode_and_run(model, train, validation, options);
}

template <Backbone B, CachingHead H>
[[nodiscard]] FitReport run_fit(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
                                const EncodedDataset<typename B::Scalar>* validation, const FitOptions& options) {
  if (model.backbone_parameters() > 0) {
    throw ValueError(
        text("qmtl: fit: a model that is trained on encoded data must have a backbone without parameters, "
             "got ",
             model.backbone_parameters()));
  }
  train.require_encoded_by(model);
  if (validation != nullptr) validation->require_encoded_by(model);
  const auto* validation_data = validation != nullptr ? &validation->data() : nullptr;
  require_trainable(model, train.data(), validation_data, options);
  return run_epochs(model, train.data(), validation_data, true, options, FitClock::now());
}

}  // namespace detail

/// Trains a model on a data set; missing labels contribute nothing. The same seeds give the same bits on one thread.
/// With a frozen backbone, what it and the encoding make of the rows is computed once: see `encoded_dataset_bytes`.
/// Throws ShapeError or ValueError for data or options that do not fit, NumericalError (saying where) if the loss or a
/// gradient stops being finite. After an exception the model has the parameters of the best epoch if early stopping
/// kept one, else those of the last batch.
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

/// Trains the head of a model on data that has been encoded before. The model's standardizer stays, `standardize` and
/// `encoded_dataset_bytes` are not looked at. Also throws ShapeError or ValueError if the model makes something else of
/// the rows, ValueError if its backbone has parameters.
template <Backbone B, CachingHead H>
FitReport fit(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
              const FitOptions& options = {}) {
  return detail::run_fit(model, train, nullptr, options);
}

/// As above, with metrics on validation data after every epoch.
template <Backbone B, CachingHead H>
FitReport fit(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
              const EncodedDataset<typename B::Scalar>& validation, const FitOptions& options = {}) {
  return detail::run_fit(model, train, &validation, options);
}

}  // namespace qmtl
