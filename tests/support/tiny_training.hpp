#pragma once
// SPDX-License-Identifier: Apache-2.0
// Trainings of a few microseconds that have every kind of state, for tests that train many thousand times.

#include <cstddef>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/train/fit.hpp"

namespace qmtl::test {

using TinyModel = LinearModel<Mlp<2, 3, 2>, Task<"kind", RotationBlock<1>, Window<0, 1>, Binary>,
                              Task<"colour", RotationBlock<3>, Window<0, 3>, Classes<3>>,
                              Task<"size", RotationBlock<1>, Window<1, 1>, Regression<>>>;

/// `rows` rows without a pattern; every seventh label is missing where the kind of label allows it.
[[nodiscard]] inline Dataset<double> tiny_data(Eigen::Index rows) {
  Dataset<double> data{Batch<double>(2, rows), Batch<double>(3, rows), {"kind", "colour", "size"}};
  for (Eigen::Index row = 0; row < rows; ++row) {
    const auto k = static_cast<int>(row);
    data.inputs.col(row) << (3 * k) % 5, (2 * k) % 7;
    data.labels.col(row) << (k % 7 == 6 ? -1 : k % 2), k % 3, 0.1 * (k % 10);
  }
  return data;
}

inline constexpr std::size_t tiny_cases = 5;

/// Options number `which` < tiny_cases: optimizers with and without moments, each rule for task weights, early
/// stopping, an optimizer of the head's own and metrics of the training rows.
[[nodiscard]] inline FitOptions tiny_options(std::size_t which) {
  FitOptions options{.epochs = 3, .batch_size = 4};
  switch (which) {
    case 0: options.early_stopping = EarlyStopping{.patience = 2}; break;
    case 1:
      options.optimizer = Sgd{.learning_rate = 0.05, .momentum = 0.9};
      options.weighting = UncertaintyWeights{};
      break;
    case 2:
      options.optimizer = AdamW{.learning_rate = 0.02};
      options.weighting = DynamicWeightAverage{};
      options.conflicts = GradientConflicts::pcgrad;
      break;
    case 3: options.weighting = GradNorm{}; break;
    default: options.head_optimizer = Sgd{.learning_rate = 0.05, .momentum = 0.5}; options.training_metrics = true;
  }
  return options;
}

/// All numbers that a training ends with, but for times.
[[nodiscard]] inline std::vector<double> tiny_outcome(const TinyModel& model, const FitReport& report) {
  std::vector<double> out(model.backbone().parameters().begin(), model.backbone().parameters().end());
  for (const auto values : {model.head_weights(), model.standardizer().mean(), model.standardizer().scale()}) {
    out.insert(out.end(), values.begin(), values.end());
  }
  out.push_back(report.best_epoch);
  for (const EpochRecord& record : report.history) {
    out.insert(out.end(), {record.train_loss, record.validation_loss});
    out.insert(out.end(), record.task_weights.begin(), record.task_weights.end());
  }
  return out;
}

}  // namespace qmtl::test
