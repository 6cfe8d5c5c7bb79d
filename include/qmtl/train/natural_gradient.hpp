#pragma once
// SPDX-License-Identifier: Apache-2.0
// Quantum natural gradient: descent along (metric tensor + damping)^-1 gradient, a metric tensor for each task. Not in
// qmtl.hpp.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/clock.hpp"
#include "qmtl/train/angles/metric_tensor.hpp"
#include "qmtl/train/evaluate.hpp"
#include "qmtl/train/fit_options.hpp"

namespace qmtl::inline QMTL_ABI {

/// How `fit_natural` trains.
struct NaturalGradientOptions {
  double learning_rate = 0.1;
  /// Added to the diagonal of the metric tensor, whose entries are at most 1/4 for an angle of one rotation. Where an
  /// angle hardly moves the state, steps are at most learning_rate / damping times the gradient.
  double damping = 1e-2;
  int epochs = 40;
  int batch_size = 32;
  Seed seed{0};  ///< of the order of the samples
  MetricApproximation metric = MetricApproximation::none;
  Standardization standardize_targets{};  ///< as in FitOptions
  std::vector<Callback> callbacks{};
};

namespace detail {

inline void validate(const NaturalGradientOptions& options) {
  const auto require = [](bool possible, const char* name, const char* expected, auto value) {
    if (!possible) throw ValueError(text("qmtl: natural gradient: ", name, ", expected ", expected, ", got ", value));
  };
  const double rate = options.learning_rate, damping = options.damping;
  require(std::isfinite(rate) && rate >= 0.0, "learning_rate", "a finite number from 0", rate);
  require(std::isfinite(damping) && damping > 0.0, "damping", "a finite number above 0", damping);
  require(options.epochs >= 0, "epochs", "at least 0", options.epochs);
  require(options.batch_size >= 1, "batch_size", "at least 1", options.batch_size);
}

/// One call of fit_natural, on rows that the head has encoded.
template <Backbone B, WindowHead H>
class NaturalGradientRun {
  using S = typename B::Scalar;
  static constexpr auto tasks = static_cast<std::size_t>(H::tasks);

 public:
  /// All arguments must outlive it.
  NaturalGradientRun(MultiTaskModel<B, H>& model, const Dataset<S>& train, const Dataset<S>* validation,
                     const NaturalGradientOptions& options)
      : model_(model),
        train_(train),
        validation_(validation),
        options_(options),
        objective_(model),
        majorities_(label_majorities<S>(objective_.tasks(), train)),
        rng_(options.seed),
        order_(static_cast<std::size_t>(train.rows())) {
    validate(options);
    require_unweighted(train, "natural gradient");
    if (train.rows() == 0)
      throw ShapeError("qmtl: natural gradient: rows of the training data, expected at least 1, got 0");
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
  }

  /// Trains. After an exception before the first step, the model's scale of targets is as it was.
  [[nodiscard]] FitReport run() {
    const TargetScaler<S> before = model_.target_scaler();
    try {
      return train_epochs();
    } catch (...) {
      if (!stepped_) model_.set_target_scaler(before);
      throw;
    }
  }

 private:
  [[nodiscard]] FitReport train_epochs() {
    if (options_.epochs > 0) {
      model_.set_target_scaler(training_targets<S>(objective_.tasks(), model_.target_scaler(), train_,
                                                   options_.standardize_targets, "natural gradient"));
    }
    const double start = steady_seconds();
    FitReport report;
    bool more = options_.epochs > 0;
    while (more) {
      EpochRecord record = epoch();
      more = record.epoch < options_.epochs;
      record.last = !more;
      record.seconds = steady_seconds() - start;
      for (const auto& callback : options_.callbacks) more = callback(record) && more;
      report.history.push_back(std::move(record));
    }
    report.best_epoch = epoch_;
    report.seconds = steady_seconds() - start;
    return report;
  }

  [[nodiscard]] EpochRecord epoch() {
    ++epoch_;
    shuffle(order_, rng_);
    std::vector<double> losses(tasks, 0.0);
    std::vector<std::size_t> labelled(tasks, 0);
    for (Eigen::Index first = 0; first < train_.rows(); first += options_.batch_size) {
      step(first, std::min<Eigen::Index>(options_.batch_size, train_.rows() - first));
      for (std::size_t t = 0; t < tasks; ++t) {
        const TaskLoss& loss = objective_.task_losses()[t];
        losses[t] += loss.loss * static_cast<double>(loss.labelled);
        labelled[t] += loss.labelled;
      }
    }
    EpochRecord record;
    record.epoch = epoch_;
    record.epochs = options_.epochs;
    record.head_learning_rate = options_.learning_rate;
    record.task_weights.assign(tasks, 1.0);
    for (std::size_t t = 0; t < tasks; ++t) {
      if (labelled[t] > 0) losses[t] /= static_cast<double>(labelled[t]);
      record.train_loss += losses[t];
    }
    record.task_losses = std::move(losses);
    if (validation_ != nullptr) {
      record.validation = Evaluation<S>::task_metrics(objective_.tasks(), model_.target_scaler(), *validation_,
                                                      model_.predict_encoded(validation_->inputs), majorities_);
      record.validation_loss = total_loss(record.validation);
    }
    return record;
  }

  void step(Eigen::Index first, Eigen::Index count) {
    entries_.resize(train_.inputs.rows(), count);
    labels_.resize(train_.labels.rows(), count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Eigen::Index row = order_[static_cast<std::size_t>(first + i)];
      entries_.col(i) = train_.inputs.col(row);
      labels_.col(i) = train_.labels.col(row);
    }
    objective_.evaluate_encoded(entries_, labels_);
    for_each_index<H::tasks>([&](auto t) {
      if (!std::isfinite(objective_.task_losses()[t].loss)) fail("the loss", t, first);
      step_task<t>(first);
    });
  }

  /// The metric is that of the labelled rows: others contribute nothing at all.
  template <int T>
  void step_task(Eigen::Index first) {
    constexpr auto angles = std::tuple_element_t<static_cast<std::size_t>(T), typename H::TaskList>::weights;
    constexpr auto parameters = H::task_parameters[static_cast<std::size_t>(T)];
    constexpr auto offset = static_cast<std::size_t>(first_parameter<H>(T));
    if (objective_.task_losses()[static_cast<std::size_t>(T)].labelled == 0) return;
    Eigen::VectorXd direction =
        Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, 1>>(objective_.head_gradient().data() + offset, parameters)
            .template cast<double>();
    if constexpr (angles > 0) {
      select_labelled(T);
      ColMajorMatrix<double> metric =
          metric_tensor<T>(model_.head(), std::as_const(model_).head_weights(), labelled_entries_, options_.metric);
      metric.diagonal().array() += options_.damping;
      const Eigen::LLT<ColMajorMatrix<double>> cholesky(metric);
      if (cholesky.info() != Eigen::ComputationInfo{})
        fail("the inverse of the metric tensor (a larger damping may help)", T, first);
      cholesky.solveInPlace(direction.head(angles));
    }
    if (!direction.allFinite()) fail("the natural gradient", T, first);
    stepped_ = true;
    for (int j = 0; j < parameters; ++j) {
      model_.head_weights()[offset + static_cast<std::size_t>(j)] -=
          static_cast<S>(options_.learning_rate * direction[j]);
    }
  }

  /// The batch's entries that have a label of a task.
  void select_labelled(int task) {
    const LabelKind kind{objective_.tasks()[static_cast<std::size_t>(task)].classes};
    labelled_entries_.resize(
        entries_.rows(), static_cast<Eigen::Index>(objective_.task_losses()[static_cast<std::size_t>(task)].labelled));
    Eigen::Index to = 0;
    for (Eigen::Index i = 0; i < entries_.cols(); ++i) {
      if (!is_missing(kind, labels_(task, i))) labelled_entries_.col(to++) = entries_.col(i);
    }
  }

  [[noreturn]] void fail(const char* what, int task, Eigen::Index first) const {
    throw NumericalError(text("qmtl: natural gradient: ", what, " of task ",
                              objective_.tasks()[static_cast<std::size_t>(task)].name, " is not finite in epoch ",
                              epoch_, ", batch ", first / options_.batch_size));
  }

  MultiTaskModel<B, H>& model_;
  const Dataset<S>& train_;
  const Dataset<S>* validation_;
  const NaturalGradientOptions& options_;
  Objective<S> objective_;
  std::vector<int> majorities_;
  Rng rng_;
  std::vector<Eigen::Index> order_;
  int epoch_ = 0;
  bool stepped_ = false;  // a parameter has moved
  Batch<S> entries_, labels_, labelled_entries_;
};

}  // namespace detail

/// Trains a head by quantum natural gradient descent (Stokes, Izaac, Killoran and Carleo 2020, "Quantum natural
/// gradient", Quantum 4, 269, eq. 5) on encoded data: w <- w - learning_rate (g + damping)^-1 dL/dw, task by task, g
/// being the `metric_tensor` of the batch's rows with a label. Tasks act on copies of the state, so that nothing is
/// left out by that. A readout's trainable scale is no angle and takes a plain gradient step. The backbone stays as it
/// is, and the scale of a real target is learnt as by `fit`; the same seed gives the same bits. Sample weights
/// are refused (ValueError). Cost of a step besides that of `fit`: see metric_tensor, and weights^3 a task. Throws
/// ShapeError or ValueError for data or options that do not fit, NumericalError if a loss or step is not finite: then
/// the model has the parameters from before that batch, but for the tasks in front of the one it names, which have made
/// their step.
template <Backbone B, WindowHead H>
FitReport fit_natural(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
                      const NaturalGradientOptions& options = {}) {
  train.require_encoded_by(model);
  return detail::NaturalGradientRun<B, H>(model, train.data(), nullptr, options).run();
}

/// As above, with metrics on validation data after every epoch.
template <Backbone B, WindowHead H>
FitReport fit_natural(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& train,
                      const EncodedDataset<typename B::Scalar>& validation,
                      const NaturalGradientOptions& options = {}) {
  train.require_encoded_by(model);
  validation.require_encoded_by(model);
  return detail::NaturalGradientRun<B, H>(model, train.data(), &validation.data(), options).run();
}

/// As above for any backbone: rows are standardised, sent through the backbone and encoded once, by the model as it is.
template <Backbone B, WindowHead H>
FitReport fit_natural(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                      const NaturalGradientOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  const auto entries = detail::encode_rows<typename B::Scalar>(trainee, train, "natural gradient");
  return detail::NaturalGradientRun<B, H>(model, entries, nullptr, options).run();
}

/// As above, with metrics on validation data after every epoch.
template <Backbone B, WindowHead H>
FitReport fit_natural(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                      const Dataset<typename B::Scalar>& validation, const NaturalGradientOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  const auto entries = detail::encode_rows<typename B::Scalar>(trainee, train, "natural gradient");
  const auto validation_entries =
      detail::encode_rows<typename B::Scalar>(trainee, validation, "natural gradient: validation");
  return detail::NaturalGradientRun<B, H>(model, entries, &validation_entries, options).run();
}

}  // namespace qmtl::inline QMTL_ABI
