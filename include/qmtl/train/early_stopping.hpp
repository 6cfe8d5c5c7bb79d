#pragma once
// SPDX-License-Identifier: Apache-2.0
// Early stopping: when a training has stopped improving on validation data, and the parameters that were best.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI {

/// What early stopping goes by: loss, rmse or mae, which are to fall, or another figure of TaskMetrics, which is to
/// rise.
enum class StoppingMetric { loss, accuracy, macro_f1, auc, r2, rmse, mae };

/// Stops when a metric on the validation data has not improved by more than `min_delta` for `patience` epochs, and puts
/// the parameters of the best epoch back.
struct EarlyStopping {
  int patience = 10;
  double min_delta = 0.0;
  StoppingMetric metric = StoppingMetric::loss;
  std::string task{};  ///< the model's name of the task that counts; empty: the sum of all losses, or the mean of the
                       ///< metric over the tasks for which it is defined; rmse and mae, whose
                       ///< units are the targets', then need that this is one task
};

namespace detail {

[[nodiscard]] inline const char* name_of(StoppingMetric metric) noexcept {
  switch (metric) {
    case StoppingMetric::loss: return "loss";
    case StoppingMetric::accuracy: return "accuracy";
    case StoppingMetric::macro_f1: return "macro_f1";
    case StoppingMetric::auc: return "auc";
    case StoppingMetric::r2: return "r2";
    case StoppingMetric::rmse: return "rmse";
    case StoppingMetric::mae: return "mae";
  }
  return "unknown metric";
}

/// Whether a metric is to fall.
[[nodiscard]] inline bool falls(StoppingMetric metric) noexcept {
  return metric == StoppingMetric::loss || metric == StoppingMetric::rmse || metric == StoppingMetric::mae;
}

[[nodiscard]] inline double value_of(const TaskMetrics& task, StoppingMetric metric) noexcept {
  switch (metric) {
    case StoppingMetric::loss: return task.loss;
    case StoppingMetric::accuracy: return task.accuracy;
    case StoppingMetric::macro_f1: return task.macro_f1;
    case StoppingMetric::auc: return task.auc;
    case StoppingMetric::r2: return task.r2;
    case StoppingMetric::rmse: return task.rmse;
    case StoppingMetric::mae: return task.mae;
  }
  return undefined_metric;
}

/// Mean of a metric over the tasks for which it is defined; NaN if there is none.
[[nodiscard]] inline double mean_metric(std::span<const TaskMetrics> tasks, StoppingMetric metric) noexcept {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& task : tasks) {
    const double value = value_of(task, metric);
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  return count > 0.0 ? sum / count : undefined_metric;
}

inline void validate(const EarlyStopping& rule) {
  if (rule.patience < 1) throw ValueError(text("qmtl: fit: patience must be positive, got ", rule.patience));
  if (!(rule.min_delta >= 0.0) || !std::isfinite(rule.min_delta)) {
    throw ValueError(text("qmtl: fit: min_delta must be finite and not negative, got ", rule.min_delta));
  }
}

/// Whether a metric of a task can be had from these labels: one, or two different ones where it compares.
template <Scalar S>
[[nodiscard]] bool is_defined(StoppingMetric metric, LabelKind kind, const LabelRow<S>& labels) noexcept {
  const bool of_real = metric == StoppingMetric::r2 || metric == StoppingMetric::rmse || metric == StoppingMetric::mae;
  if (metric != StoppingMetric::loss && (kind.classes == 0) != of_real) return false;
  const bool compares = metric == StoppingMetric::auc || metric == StoppingMetric::r2;
  const S* first = nullptr;
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    const S& label = labels.data()[row * labels.innerStride()];
    if (is_missing(kind, label)) continue;
    if (!compares || (first != nullptr && *first != label)) return true;
    if (first == nullptr) first = &label;
  }
  return false;
}

/// The number of the task that a rule goes by, -1 for all. Throws ValueError for a name that no task of the model has,
/// and unless the validation data (null: none) has labels for which the metric is defined.
template <Scalar S>
[[nodiscard]] int stopping_task(const EarlyStopping& rule, std::span<const TaskFacts> tasks,
                                const Dataset<S>* validation) {
  int number = -1;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (!rule.task.empty() && tasks[t].name == rule.task) number = static_cast<int>(t);
  }
  if (number < 0 && !rule.task.empty()) {
    throw ValueError(text("qmtl: fit: early stopping: task, expected one of the model's, got '", rule.task, "'"));
  }
  int defined = 0;
  for (int t = 0; validation != nullptr && t < validation->tasks(); ++t) {
    const LabelKind kind{tasks[static_cast<std::size_t>(t)].classes};
    if (number >= 0 && number != t) continue;
    if (is_defined<S>(rule.metric, kind, validation->labels.row(t))) ++defined;
  }
  const bool has_unit = rule.metric == StoppingMetric::rmse || rule.metric == StoppingMetric::mae;
  if (has_unit && defined > 1) {
    throw ValueError(text("qmtl: fit: early stopping: task, expected the name of one task, since the ",
                          name_of(rule.metric), " of ", defined, " tasks have no common unit, got none"));
  }
  if (defined > 0) return number;
  if (rule.metric == StoppingMetric::loss && number < 0) {
    throw ValueError("qmtl: fit: early stopping needs validation data with at least one label");
  }
  throw ValueError(text("qmtl: fit: early stopping needs validation labels for which the ", name_of(rule.metric),
                        number < 0 ? std::string(" of a task") : " of task '" + rule.task + "'", " is defined"));
}

/// The best parameters so far, and whether it is time to stop.
template <Scalar S>
class BestParameters {
 public:
  /// `task` is the `stopping_task`.
  BestParameters(EarlyStopping rule, int task) : rule_(std::move(rule)), task_(task) {}

  /// Looks at the model after an epoch, from 1; returns false once the metric has not improved for too long.
  bool update(Trainee<S>& model, int epoch, std::span<const TaskMetrics> validation) {
    if (improve(epoch, validation)) {
      const std::span<const S> backbone = model.backbone_parameters(), head = model.head_parameters();
      backbone_.assign(backbone.begin(), backbone.end());
      head_.assign(head.begin(), head.end());
      backbone_state_ = model.backbone_state();
    }
    return !exhausted(epoch);
  }

  /// Takes note of an epoch's metrics without the parameters; true if they are the best so far.
  bool improve(int epoch, std::span<const TaskMetrics> validation) noexcept {
    const double now = score(validation);
    if (!(now > score_ + rule_.min_delta)) return false;
    score_ = now;
    epoch_ = epoch;
    return true;
  }
  /// Whether nothing has improved for too long, after so many epochs.
  [[nodiscard]] bool exhausted(int epoch) const noexcept { return epoch - epoch_ >= rule_.patience; }

  void restore(Trainee<S>& model) const {
    if (epoch_ == 0) return;
    const std::span<S> backbone = model.backbone_parameters();  // may be empty, which std::copy would be warned of
    for (std::size_t i = 0; i < backbone.size(); ++i) backbone[i] = backbone_[i];
    std::copy(head_.begin(), head_.end(), model.head_parameters().begin());
    model.set_backbone_state(backbone_state_);
  }
  [[nodiscard]] int epoch() const noexcept { return epoch_; }

  /// Writes the best parameters to an archive, or reads them from one, after `improve` has seen all epochs. The model
  /// stays as it is.
  template <class Archive>
  void archive(Archive& archive, Trainee<S>& model) {
    if (epoch_ == 0) return;
    backbone_.resize(model.backbone_parameters().size());
    head_.resize(model.head_parameters().size());
    archive.numbers(backbone_, "best parameters of the backbone");
    archive.numbers(head_, "best parameters of the head");
    if (!model.facts().stateful) return;
    const auto now = model.backbone_state();  // goes through the backbone, which knows its state
    if constexpr (!Archive::reading) model.set_backbone_state(backbone_state_);
    model.archive_state(archive);
    if constexpr (Archive::reading) backbone_state_ = model.backbone_state();
    model.set_backbone_state(now);
  }

 private:
  /// What is to rise; NaN where undefined, which is never an improvement.
  [[nodiscard]] double score(std::span<const TaskMetrics> validation) const noexcept {
    const double value = task_ >= 0 ? value_of(validation[static_cast<std::size_t>(task_)], rule_.metric)
                         : rule_.metric == StoppingMetric::loss ? total_loss(validation)
                                                                : mean_metric(validation, rule_.metric);
    return falls(rule_.metric) ? -value : value;
  }

  EarlyStopping rule_;
  int task_;
  double score_ = -std::numeric_limits<double>::infinity();
  int epoch_ = 0;
  std::vector<S> backbone_, head_;
  std::vector<std::byte> backbone_state_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
