#pragma once
// SPDX-License-Identifier: Apache-2.0
// The steps of a training: batches in random order, gradients, schedules, optimizers, and all the state between them.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/objective.hpp"
#include "qmtl/train/task_gradients.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// An optimizer whose learning rate follows a schedule, with scales of its own for rate and decay.
template <Scalar S>
struct ScheduledOptimizer {
  ScheduledOptimizer(const OptimizerSettings& settings, std::size_t parameters, double rate_scale = 1.0,
                     double decay_scale = 1.0)
      : optimizer(settings, parameters), size{optimizer.learning_rate() * rate_scale, decay_scale} {}

  void step(double scale, std::span<S> parameters, std::span<const S> gradient) {
    optimizer.step({size.rate * scale, size.decay_scale}, parameters, gradient);
  }

  Optimizer<S> optimizer;
  StepSize size;
};

/// Weight decay pulls towards zero, which means something for a linear layer and nothing for an angle: heads without
/// `decays` are spared it.
template <Scalar S>
[[nodiscard]] ScheduledOptimizer<S> head_optimizer(const FitOptions& options, const TraineeFacts& facts) {
  return {options.head_optimizer.value_or(options.optimizer), static_cast<std::size_t>(facts.head_parameters),
          options.head_learning_rate_scale, facts.decays ? options.head_weight_decay_scale : 0.0};
}

/// The state of one training run, an epoch at a time. Between any two steps it can be archived.
template <Scalar S>
class Trainer {
 public:
  /// All arguments must outlive it.
  Trainer(Trainee<S>& model, const Dataset<S>& data, const FitOptions& options)
      : model_(model),
        data_(&data),
        options_(options),
        row_weights_(row_weights<S>(options.class_weights, model.tasks(), data)),
        objective_(model),
        task_gradients_(model.facts()),
        task_weights_(options.weighting, options.optimizer, label_kinds(model.tasks())),
        backbone_optimizer_(options.optimizer, model.backbone_parameters().size(),
                            options.backbone_learning_rate_scale),
        head_optimizer_(head_optimizer<S>(options, model.facts())),
        rng_(options.seed),
        conflict_rng_(Rng(options.seed).split()),
        batch_size_(std::min<Eigen::Index>(options.batch_size, data.rows())),
        order_(static_cast<std::size_t>(data.rows())),
        loss_sums_(objective_.tasks().size(), 0.0),
        labelled_(objective_.tasks().size(), 0) {
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
  }

  /// Goes on with what a frozen model makes of the same rows.
  void use_encoded(const Dataset<S>& entries) noexcept {
    data_ = &entries;
    encoded_ = true;
  }

  /// One pass over the data in a new random order, or what is left of one; returns mean losses. Calls after_step(n)
  /// when the n-th step of the training is done.
  template <class AfterStep>
  [[nodiscard]] EpochRecord epoch(AfterStep after_step) {
    if (next_row_ == 0) {
      shuffle(order_, rng_);
      std::fill(loss_sums_.begin(), loss_sums_.end(), 0.0);
      std::fill(labelled_.begin(), labelled_.end(), std::size_t{0});
    }
    while (next_row_ < data_->rows()) {
      const Eigen::Index count = std::min(batch_size_, data_->rows() - next_row_);
      step(count);
      next_row_ += count;
      ++steps_;
      after_step(steps_);
    }
    require_finite_parameters("its last batch");
    EpochRecord record = end_epoch();
    next_row_ = 0;
    ++epochs_done_;
    return record;
  }

  /// Throws NumericalError unless all parameters are finite, as a checkpoint must have them; without `where`, in the
  /// batch at hand.
  void require_finite_parameters(const char* where = nullptr) const {
    if (!finite(model_.head_parameters())) fail("a parameter of the head", where);
    if (!finite(model_.backbone_parameters())) fail("a parameter of the backbone", where);
  }

  /// Sets the learning rates of a record's epoch: those of its last step, 0 of a part that is not trained.
  void tell_rates(EpochRecord& record) const {
    const double scale =
        rate_scale(options_.schedule, position_of(steps_per_epoch() * static_cast<std::uint64_t>(record.epoch) - 1));
    record.backbone_learning_rate = model_.backbone_parameters().empty() ? 0.0 : backbone_optimizer_.size.rate * scale;
    record.head_learning_rate = model_.head_parameters().empty() ? 0.0 : head_optimizer_.size.rate * scale;
  }

  /// Steps done in all epochs.
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  [[nodiscard]] int epochs_done() const noexcept { return epochs_done_; }
  /// Whether an epoch has begun that is not done.
  [[nodiscard]] bool within_epoch() const noexcept { return next_row_ > 0; }
  /// Where every task's weight lies.
  [[nodiscard]] ArchiveRange weight_range() const { return task_weights_.range(); }

  /// Writes all state, the model's among it, to an archive, or reads it from one.
  template <class Archive>
  void archive(Archive& archive) {
    archive.value(epochs_done_, "epochs done", {0, std::numeric_limits<int>::max()});
    archive.value(next_row_, "position in the epoch", {0, static_cast<double>(data_->rows())});
    archive.numbers(order_, "order of the samples", {0, static_cast<double>(data_->rows() - 1)});
    if constexpr (Archive::reading) locate(archive);
    archive.rng(rng_, "random engine");
    archive.rng(conflict_rng_, "random engine of pcgrad");
    archive.numbers(model_.backbone_parameters(), "parameters of the backbone");
    archive.numbers(model_.head_parameters(), "parameters of the head");
    model_.archive_state(archive);
    const ArchiveRange steps{static_cast<double>(steps_), static_cast<double>(steps_)};
    backbone_optimizer_.optimizer.archive(archive, "optimizer of the backbone", steps);
    head_optimizer_.optimizer.archive(archive, "optimizer of the head", steps);
    archive.numbers(loss_sums_, "sums of the losses", {.low = 0.0});
    task_weights_.archive(archive, steps_);
  }

 private:
  /// Finds out what follows from the position in the training. Throws FileError for one that is impossible.
  template <class Archive>
  void locate(Archive& archive) {
    const bool at_batch = next_row_ % batch_size_ == 0 || next_row_ == data_->rows();
    archive.require(at_batch, "position in the epoch, expected a multiple of ", batch_size_, ", got ", next_row_);
    archive.require(is_permutation(order_), "order of the samples, expected each once");
    const bool more = epochs_done_ > options_.epochs || (epochs_done_ == options_.epochs && within_epoch());
    if (more)
      archive.refuse("is ", epochs_done_, within_epoch() ? " epochs and a part" : " epochs",
                     " along, expected at most ", options_.epochs);
    const auto batches = static_cast<std::uint64_t>((next_row_ + batch_size_ - 1) / batch_size_);
    steps_ = position().steps_per_epoch * static_cast<std::uint64_t>(epochs_done_) + batches;
    const auto kinds = label_kinds(model_.tasks());
    for (std::size_t t = 0; t < labelled_.size(); ++t) {
      labelled_[t] =
          static_cast<std::size_t>(std::count_if(order_.begin(), order_.begin() + next_row_, [&](Eigen::Index row) {
            return !is_missing(kinds[t], data_->labels(static_cast<Eigen::Index>(t), row));
          }));
    }
  }

  /// The sum of the losses of the next rows, `count` of them: the only place that touches the data.
  double forward(Eigen::Index count) {
    batch_start_ = next_row_;
    batch_ = count;
    grow(inputs_, data_->inputs.rows(), batch_size_);
    grow(labels_, data_->labels.rows(), batch_size_);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Eigen::Index row = order_[static_cast<std::size_t>(next_row_ + i)];
      inputs_.col(i) = data_->inputs.col(row);
      labels_.col(i) = data_->labels.col(row);
    }
    if (encoded_) return objective_.forward_encoded(inputs(), labels_.leftCols(batch_), batch_weights());
    return objective_.forward(inputs(), labels_.leftCols(batch_), batch_weights());
  }

  /// The weights of the batch's rows in the tasks' losses, as Objective takes them.
  [[nodiscard]] std::span<const double> batch_weights() {
    if (row_weights_.empty()) return {};
    const auto batch = static_cast<std::size_t>(batch_), first = static_cast<std::size_t>(batch_start_);
    batch_weights_.resize(labelled_.size() * batch);
    for (std::size_t t = 0; t < labelled_.size(); ++t) {
      for (std::size_t i = 0; i < batch; ++i) {
        batch_weights_[t * batch + i] = row_weights_[t * order_.size() + static_cast<std::size_t>(order_[first + i])];
      }
    }
    return batch_weights_;
  }

  void backward() {
    const std::span<const double> weights = task_weights_.values();
    const bool shared = model_.facts().shared_head_parameters > 0 || !objective_.backbone_gradient().empty();
    if (options_.conflicts == GradientConflicts::pcgrad && shared) {
      task_gradients_.sum_without_conflicts(objective_, weights, conflict_rng_);
    } else if (task_weights_.needs_norms()) {
      task_gradients_.sum(objective_, weights);
    } else {
      backward_batch(task_weights_.uniform() ? std::span<const double>() : weights);
    }
  }

  void backward_batch(std::span<const double> weights) {
    if (encoded_) return objective_.backward_encoded(inputs(), weights);
    objective_.backward(weights);
  }

  void step(Eigen::Index count) {
    if (!std::isfinite(forward(count))) fail_loss();
    backward();
    if (!finite(objective_.head_gradient())) fail("a gradient of the head");
    if (!finite(objective_.backbone_gradient())) fail("a gradient of the backbone");
    count_losses();
    const auto own = [](const OptimizerSettings& settings) { return std::holds_alternative<OwnOptimizer>(settings); };
    if (!own(options_.optimizer) && !(options_.head_optimizer && own(*options_.head_optimizer))) return descend();
    const std::span<S> backbone = model_.backbone_parameters(), head = model_.head_parameters();
    backbone_before_.assign(backbone.begin(), backbone.end());
    head_before_.assign(head.begin(), head.end());
    try {
      descend();
      require_finite_parameters();
    } catch (...) {  // half a step is none
      std::copy(backbone_before_.begin(), backbone_before_.end(), backbone.begin());
      std::copy(head_before_.begin(), head_before_.end(), head.begin());
      throw;
    }
  }

  /// Task weights and parameters along the gradients of the batch.
  void descend() {
    const double scale = rate_scale(options_.schedule, position());
    const char* stepping = "the task weights";
    try {
      task_weights_.after_step(objective_.task_losses(), task_gradients_.norms(), scale);
      clip_gradient(options_.clipping, objective_.backbone_gradient(), objective_.head_gradient());
      stepping = "the backbone";
      backbone_optimizer_.optimizer.require_gradient(objective_.backbone_gradient());
      stepping = "the head";  // before the backbone has moved
      head_optimizer_.optimizer.require_gradient(objective_.head_gradient());
      stepping = "the backbone";
      backbone_optimizer_.step(scale, model_.backbone_parameters(), objective_.backbone_gradient());
      stepping = "the head";
      head_optimizer_.step(scale, model_.head_parameters(), objective_.head_gradient());
    } catch (const NumericalError& error) {
      fail(text("the step of ", stepping, " (", error.what(), ")"));
    }
  }

  [[nodiscard]] BatchIn<S> inputs() const noexcept { return inputs_.leftCols(batch_); }

  [[nodiscard]] std::uint64_t steps_per_epoch() const noexcept {
    return static_cast<std::uint64_t>((data_->rows() + batch_size_ - 1) / batch_size_);
  }
  [[nodiscard]] StepPosition position_of(std::uint64_t step) const noexcept {
    return {step, steps_per_epoch(), steps_per_epoch() * static_cast<std::uint64_t>(options_.epochs)};
  }
  [[nodiscard]] StepPosition position() const noexcept { return position_of(steps_); }

  void count_losses() noexcept {
    for (std::size_t t = 0; t < labelled_.size(); ++t) {
      const TaskLoss& loss = objective_.task_losses()[t];
      loss_sums_[t] += loss.loss * static_cast<double>(loss.labelled);
      labelled_[t] += loss.labelled;
    }
  }

  [[nodiscard]] EpochRecord end_epoch() {
    EpochRecord record;
    record.epoch = epochs_done_ + 1;
    record.epochs = options_.epochs;
    tell_rates(record);
    record.task_losses = loss_sums_;
    for (std::size_t t = 0; t < labelled_.size(); ++t) {
      if (labelled_[t] > 0) record.task_losses[t] /= static_cast<double>(labelled_[t]);
      record.train_loss += record.task_losses[t];
    }
    if (!std::isfinite(record.train_loss)) fail("the mean loss", "all batches");
    record.task_weights.assign(task_weights_.values().begin(), task_weights_.values().end());
    task_weights_.after_epoch(record.task_losses);
    return record;
  }

  /// Throws NumericalError that says whose loss left the finite numbers in which epoch and batch.
  [[noreturn]] void fail_loss() const {
    for (std::size_t t = 0; t < objective_.tasks().size(); ++t) {
      if (!std::isfinite(objective_.task_losses()[t].loss)) {
        fail("the loss of task " + objective_.tasks()[t].name);
      }
    }
    fail("the sum of the losses");
  }

  [[noreturn]] void fail(const std::string& what, const char* where = nullptr) const {
    const std::string input = huge_input();
    const std::string batch = where != nullptr ? where : text("batch ", batch_start_ / batch_size_);
    throw NumericalError(text("qmtl: fit: ", what, " is not finite in epoch ", epochs_done_ + 1, ", ", batch, "; ",
                              input.empty() ? "a smaller learning rate may help" : input));
  }

  /// The first input of the last batch whose square overflows, as the model sees it; else nothing.
  [[nodiscard]] std::string huge_input() const {
    if (encoded_) return {};
    Batch<S> x(inputs_.rows(), batch_);
    model_.standardizer().apply(inputs(), x);
    for (Eigen::Index i = 0; i < x.cols(); ++i) {
      for (Eigen::Index f = 0; f < x.rows(); ++f) {
        if (std::isnan(inputs_(f, i)) || x(f, i) * x(f, i) <= std::numeric_limits<S>::max()) continue;
        return text("feature ", f, " of row ", order_[static_cast<std::size_t>(batch_start_ + i)], " is ",
                    inputs_(f, i), ", too large to train on");
      }
    }
    return {};
  }

  [[nodiscard]] static bool finite(std::span<const S> values) {
    return Eigen::Map<const Eigen::Array<S, Eigen::Dynamic, 1>>(values.data(), static_cast<Eigen::Index>(values.size()))
        .allFinite();
  }

  [[nodiscard]] static bool is_permutation(std::span<const Eigen::Index> order) {
    std::vector<bool> seen(order.size(), false);
    for (const Eigen::Index row : order) {
      if (row < 0 || row >= static_cast<Eigen::Index>(order.size()) || seen[static_cast<std::size_t>(row)])
        return false;
      seen[static_cast<std::size_t>(row)] = true;
    }
    return true;
  }

  Trainee<S>& model_;
  const Dataset<S>* data_;
  bool encoded_ = false;  // the inputs are a head's entries
  const FitOptions& options_;
  std::vector<double> row_weights_, batch_weights_;  // of all rows and of the batch; empty where all count the same
  Objective<S> objective_;
  TaskGradients<S> task_gradients_;
  TaskWeights<> task_weights_;
  ScheduledOptimizer<S> backbone_optimizer_, head_optimizer_;
  std::vector<S> backbone_before_, head_before_;  // the step of an OwnOptimizer
  Rng rng_, conflict_rng_;
  Eigen::Index batch_size_;
  std::vector<Eigen::Index> order_;
  Batch<S> inputs_, labels_;  // of the batch at hand in their first columns
  Eigen::Index batch_ = 0;    // its rows
  int epochs_done_ = 0;
  Eigen::Index next_row_ = 0;      // of order_, in the epoch at hand
  Eigen::Index batch_start_ = 0;   // next_row_ of the last forward
  std::uint64_t steps_ = 0;        // of all epochs
  std::vector<double> loss_sums_;  // of the epoch at hand, by task
  std::vector<std::size_t> labelled_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
