#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training is told.

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
#include "qmtl/train/class_weights.hpp"
#include "qmtl/train/early_stopping.hpp"
#include "qmtl/train/epoch_record.hpp"
#include "qmtl/train/standardization.hpp"

namespace qmtl::inline QMTL_ABI {

/// Called after every epoch; returns false to stop the training. What it throws ends the training like any other error.
using Callback = std::function<bool(const EpochRecord&)>;

/// The parts of a model that a training changes; the other one is frozen: no bit of its parameters or state changes. A
/// frozen backbone with state beside its parameters, as the engine of a dropout, is trained behind with a copy of it
/// that goes on, and judged with its own.
enum class TrainedPart { all, head, backbone };

/// How to train. Learning rates and such are in `optimizer`.
struct FitOptions {
  int epochs = 40;                       ///< passes over the rows, from 0
  int batch_size = 32;                   ///< rows of a step, from 1; the last of an epoch may have fewer
  OptimizerSettings optimizer = Adam{};  ///< Sgd, Adam, AdamW, whose decay spares quantum heads (an angle has no
                                         ///< natural zero), or one of your own: see OwnOptimizerSettings
  std::optional<OptimizerSettings>
      head_optimizer{};                       ///< the head's, with a learning rate of its own; without, as above
  double backbone_learning_rate_scale = 1.0;  ///< the backbone's learning rate is the optimizer's times this, from 0
  double head_learning_rate_scale = 1.0;      ///< the same of the head's
  double head_weight_decay_scale = 1.0;       ///< the same of AdamW's weight decay, for heads that are not spared it
  TrainedPart train = TrainedPart::all;       ///< the other part is frozen, as a loaded backbone under a new head
  ClassWeights class_weights{};               ///< of the loss; rows count by the data set's `sample_weights` as well
  Seed seed{0};                               ///< of the order of the samples, and of PCGrad's projections
  Standardization standardize{};              ///< of inputs, by mean and deviation of each feature
  Standardization standardize_targets{};  ///< of real-valued targets; without, they must lie within a readout's reach
  /// Most bytes for what a backbone that is frozen or has no parameters and a head with `caches_encodings` make of the
  /// rows: within it, `fit` encodes all rows once and trains from there, with the same results up to rounding (but for
  /// weightings that need norms, as GradNorm, and for pcgrad where a head has shared parameters). 0: rows are encoded
  /// in every epoch.
  std::size_t encoded_dataset_bytes = std::size_t{1} << 30;
  std::optional<EarlyStopping> early_stopping{};  ///< goes by validation data, which it needs
  bool training_metrics = false;      ///< records have metrics of the training rows as well, for a prediction of them
  bool weighted_metrics = false;      ///< rows count by their sample weights in the records' metrics, and so in early
                                      ///< stopping: see evaluate_weighted
  std::vector<Callback> callbacks{};  ///< called in this order
  LearningRateSchedule schedule{};    ///< of all learning rates, step by step; its curve may be one of your own
  GradientClipping clipping{};        ///< of the gradient that the optimizers take
  TaskWeighting weighting{};      ///< UniformWeights, FixedWeights, UncertaintyWeights, DynamicWeightAverage, GradNorm,
                                  ///< or one of your own: see OwnWeightingSettings
  GradientConflicts conflicts{};  ///< whether tasks' gradients are summed as they are, or without conflicts
  std::optional<Checkpointing> checkpoint{};
};

namespace detail {

inline void validate(const FitOptions& options) {
  qmtl::validate(options.optimizer);
  if (options.head_optimizer) qmtl::validate(*options.head_optimizer);
  if (options.epochs < 0) throw ValueError(text("qmtl: fit: epochs must not be negative, got ", options.epochs));
  if (options.batch_size < 1)
    throw ValueError(text("qmtl: fit: batch_size must be positive, got ", options.batch_size));
  const auto require_scale = [](const char* name, double scale) {
    if (scale >= 0.0 && std::isfinite(scale)) return;
    throw ValueError(text("qmtl: fit: ", name, " must be finite and not negative, got ", scale));
  };
  require_scale("backbone_learning_rate_scale", options.backbone_learning_rate_scale);
  require_scale("head_learning_rate_scale", options.head_learning_rate_scale);
  require_scale("head_weight_decay_scale", options.head_weight_decay_scale);
  if (options.early_stopping) validate(*options.early_stopping);
  validate(options.schedule, options.epochs);
  validate(options.clipping);
  if (options.checkpoint) validate(*options.checkpoint);
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
