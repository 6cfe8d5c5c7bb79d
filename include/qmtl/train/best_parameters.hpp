#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parameters that were best on validation data, and whether it is time to stop.

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/train/early_stopping.hpp"
#include "qmtl/train/model_snapshot.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The best parameters so far, and whether it is time to stop.
template <Scalar S>
class BestParameters {
 public:
  /// `task` is the `stopping_task`.
  BestParameters(EarlyStopping rule, int task) : rule_(std::move(rule)), task_(task) {}

  /// Looks at the model after an epoch, from 1; returns false once the metric has not improved for too long.
  bool update(Trainee<S>& model, int epoch, std::span<const TaskMetrics> validation) {
    if (improve(epoch, validation)) {
      parameters_.take(model);
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
    if (epoch_ > 0) parameters_.give_back(model);
  }
  [[nodiscard]] int epoch() const noexcept { return epoch_; }

  /// Writes the best parameters to an archive, or reads them from one, after `improve` has seen all epochs. The model
  /// stays as it is.
  template <class Archive>
  void archive(Archive& archive, Trainee<S>& model) {
    if (epoch_ == 0) return;
    parameters_.backbone.resize(model.backbone_parameters().size());
    parameters_.head.resize(model.head_parameters().size());
    archive.numbers(parameters_.backbone, "best parameters of the backbone");
    archive.numbers(parameters_.head, "best parameters of the head");
    if (!model.facts().stateful) return;
    archive.bytes(parameters_.backbone_state, "best state of the backbone");
    if constexpr (Archive::reading) require_possible_state(model);
  }

 private:
  /// The backbone itself knows what its state may be, and has its own back afterwards.
  void require_possible_state(Trainee<S>& model) const {
    const auto now = model.backbone_state();
    model.set_backbone_state(parameters_.backbone_state);
    model.set_backbone_state(now);
  }

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
  ModelParameters<S> parameters_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
