#pragma once
// SPDX-License-Identifier: Apache-2.0
// Trainings with every kind of state that a checkpoint must hold, and all numbers that come out of one.

#include <string>
#include <utility>
#include <vector>

#include "support/fit_models.hpp"

namespace qmtl::test {

/// All that a training ends with, but for times.
template <class Model>
std::vector<double> outcome(const Model& model, const FitReport& report) {
  std::vector<double> out = parameters_of(model);
  for (const auto values : {model.standardizer().mean(), model.standardizer().scale()}) {
    out.insert(out.end(), values.begin(), values.end());
  }
  out.push_back(report.best_epoch);
  for (const auto& record : report.history) {
    out.insert(out.end(), {double(record.epoch), double(record.epochs), record.train_loss, record.validation_loss,
                           double(record.last)});
    out.insert(out.end(), record.task_losses.begin(), record.task_losses.end());
    out.insert(out.end(), record.task_weights.begin(), record.task_weights.end());
    for (const auto& task : record.validation) {
      out.insert(out.end(), {task.loss, task.accuracy, task.majority, task.macro_f1, task.auc, double(task.classes),
                             double(task.labelled), double(task.name.size())});
    }
  }
  return out;
}

/// Options under which momentum, moments, schedules, orders, task weights and best parameters all matter.
inline std::vector<std::pair<std::string, FitOptions>> checkpoint_cases() {
  const FitOptions base{.epochs = 6, .batch_size = 16, .seed = Seed{7}};
  std::vector<std::pair<std::string, FitOptions>> cases;
  const auto add = [&](const char* name, auto change) {
    FitOptions options = base;
    change(options);
    cases.emplace_back(name, options);
  };
  add("defaults", [](FitOptions&) {});
  add("momentum and a schedule", [](FitOptions& o) {
    o.optimizer = Sgd{.learning_rate = 0.05, .momentum = 0.9};
    o.schedule = {.curve = CosineRate{}, .warm_up_epochs = 1.5};
    o.clipping = {.norm = 0.5};
  });
  add("uncertainty and early stopping", [](FitOptions& o) {
    o.optimizer = AdamW{.learning_rate = 0.05};
    o.weighting = UncertaintyWeights{};
    o.epochs = 30;
    o.early_stopping = EarlyStopping{.patience = 3, .metric = StoppingMetric::auc};
  });
  add("dynamic weight average and pcgrad", [](FitOptions& o) {
    o.optimizer = Adam{.learning_rate = 0.02};
    o.weighting = DynamicWeightAverage{};
    o.conflicts = GradientConflicts::pcgrad;
  });
  add("gradnorm", [](FitOptions& o) { o.weighting = GradNorm{}; });
  return cases;
}

}  // namespace qmtl::test
