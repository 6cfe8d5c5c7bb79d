// SPDX-License-Identifier: Apache-2.0
// Early stopping on a metric of choice: of all tasks or of one, and what it needs of the validation data.

#include "qmtl/train/early_stopping.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace early_stopping_test {

using namespace qmtl;
using namespace qmtl::test;

double metric_of(const TaskMetrics& task, StoppingMetric metric) {
  if (metric == StoppingMetric::loss) return -task.loss;
  if (metric == StoppingMetric::accuracy) return task.accuracy;
  return metric == StoppingMetric::auc ? task.auc : task.macro_f1;
}

TEST_CASE("the best epoch is that of the chosen metric, and its parameters come back") {
  const auto metric =
      GENERATE(StoppingMetric::loss, StoppingMetric::accuracy, StoppingMetric::macro_f1, StoppingMetric::auc);
  const int task = GENERATE(-1, 1, 2);
  const std::vector<std::string> names{"", "first", "second", "third"};
  const auto parts = related_parts(150, Seed{4});
  Classical model{Seed{3}};
  std::vector<std::vector<double>> courses;
  const EarlyStopping rule{
      .patience = 3, .min_delta = 1e-3, .metric = metric, .task = names[static_cast<std::size_t>(task + 1)]};
  const auto report = fit(model, parts.train, parts.validation,
                          {.epochs = 60,
                           .optimizer = Adam{.learning_rate = 0.05},
                           .early_stopping = rule,
                           .callbacks = {[&](const EpochRecord&) {
                             courses.push_back(parameters_of(model));
                             return true;
                           }}});
  double best = -HUGE_VAL;
  std::size_t best_epoch = 0;
  std::size_t epoch = 0;
  for (const auto& record : report.history) {
    ++epoch;
    double score = 0.0;
    for (std::size_t t = 0; t < 3; ++t) {
      const double value = metric_of(record.validation[t], metric);
      if (task < 0) score += metric == StoppingMetric::loss ? value : value / 3.0;
      if (static_cast<int>(t) == task) score = value;
    }
    if (score > best + 1e-3) {
      best = score;
      best_epoch = epoch;
    }
  }
  CHECK(report.best_epoch == static_cast<int>(best_epoch));
  CHECK(report.history.size() == best_epoch + 3);
  CHECK(parameters_of(model) == courses[best_epoch - 1]);
}

TEST_CASE("a mean metric leaves out the tasks for which it is undefined") {
  std::vector<TaskMetrics> tasks(3);
  tasks[0].auc = 0.5;
  tasks[2].auc = 0.75;
  CHECK(detail::mean_metric(tasks, StoppingMetric::auc) == 0.625);
  CHECK(std::isnan(detail::mean_metric(tasks, StoppingMetric::r2)));
}

TEST_CASE("a metric that the validation data cannot give is refused before the training") {
  auto parts = related_parts(80);
  Classical model{Seed{1}};
  const auto before = parameters_of(model);
  const auto refused = [&](const EarlyStopping& rule) {
    return message_of<ValueError>([&] { fit(model, parts.train, parts.validation, {.early_stopping = rule}); });
  };
  CHECK(refused({.task = "fourth"}) == "qmtl: fit: early stopping: task, expected one of the model's, got 'fourth'");
  CHECK(refused({.metric = StoppingMetric::r2}) ==
        "qmtl: fit: early stopping needs validation labels for which the r2 of a task is defined");
  parts.validation.labels.row(0).setConstant(1);  // one class: no AUC
  CHECK(refused({.metric = StoppingMetric::auc, .task = "first"}) ==
        "qmtl: fit: early stopping needs validation labels for which the auc of task 'first' is defined");
  parts.validation.labels.row(2).setConstant(-1);
  CHECK(refused({.metric = StoppingMetric::accuracy, .task = "third"}).find("accuracy of task 'third'") !=
        std::string::npos);
  CHECK(parameters_of(model) == before);
  const auto report = fit(model, parts.train, parts.validation,
                          {.epochs = 2, .early_stopping = EarlyStopping{.metric = StoppingMetric::auc}});
  CHECK(report.history.size() == 2);
}

}  // namespace early_stopping_test
