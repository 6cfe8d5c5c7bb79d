// SPDX-License-Identifier: Apache-2.0
// Tasks and rows.

#include "evidence/interactions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

struct TaskTruth {
  int first = 0;  ///< of its features
  std::vector<double> direction;
  std::vector<int> factors;
};

void require_settings(const InteractionTasks& s) {
  const int own = s.task_features == TaskFeatures::own && s.tasks > 0 ? s.features / s.tasks : s.features;
  if (s.tasks < 1 || s.rows < 1 || s.order < 1 || s.order > own) {
    throw ShapeError(qmtl::detail::text("qmtl: interaction tasks: expected tasks, rows and an order from 1, at most ",
                                        "the features of a task, got ", s.tasks, ", ", s.rows, ", ", s.order, " and ",
                                        own));
  }
  const bool within = s.share >= 0.0 && s.share <= 1.0 && s.flipped >= 0.0 && s.flipped <= 0.5;
  if (!within || !(s.steepness >= 0.0 && std::isfinite(s.steepness))) {
    throw ValueError(qmtl::detail::text("qmtl: interaction tasks: expected a share in [0, 1], flipped in [0, 0.5], a ",
                                        "finite steepness from 0, got ", s.share, ", ", s.flipped, ", ", s.steepness));
  }
}

[[nodiscard]] TaskTruth draw_task(const InteractionTasks& s, int task, Rng& rng) {
  const bool own = s.task_features == TaskFeatures::own;
  const int count = own ? s.features / s.tasks : s.features;
  TaskTruth out{.first = own ? task * count : 0, .direction = {}, .factors = {}};
  double square = 0.0;
  for (int f = 0; f < count; ++f) {
    out.direction.push_back(rng.normal());
    square += out.direction.back() * out.direction.back();
  }
  for (double& value : out.direction) value /= std::sqrt(square);
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), out.first);
  shuffle(order, rng);
  out.factors.assign(order.begin(), order.begin() + s.order);
  std::ranges::sort(out.factors);
  return out;
}

[[nodiscard]] double score_of(const InteractionTasks& s, const TaskTruth& task, const Eigen::VectorXd& x) {
  double product = 1.0, main = 0.0;
  for (const int f : task.factors) product *= s.factors == Factors::values ? x[f] : std::copysign(1.0, x[f]);
  for (std::size_t f = 0; f < task.direction.size(); ++f) {
    main += task.direction[f] * x[task.first + static_cast<Eigen::Index>(f)];
  }
  return std::sqrt(s.share) * product + std::sqrt(1.0 - s.share) * main;
}

}  // namespace

GeneratedTasks make_interaction_tasks(const InteractionTasks& settings) {
  require_settings(settings);
  Rng rng(settings.seed);
  Rng task_rng = rng.split();
  std::vector<TaskTruth> tasks;
  GeneratedTasks out;
  for (int t = 0; t < settings.tasks; ++t) {
    tasks.push_back(draw_task(settings, t, task_rng));
    out.factors.push_back(tasks.back().factors);
    out.data.task_names.push_back(qmtl::detail::text("task ", t));
  }
  out.data.inputs.resize(settings.features, settings.rows);
  out.data.labels.resize(settings.tasks, settings.rows);
  out.scores.resize(settings.tasks, settings.rows);
  for (Eigen::Index row = 0; row < settings.rows; ++row) {
    Eigen::VectorXd x(settings.features);
    for (double& value : x) value = rng.normal();
    out.data.inputs.col(row) = x;
    for (int t = 0; t < settings.tasks; ++t) {
      const double score = score_of(settings, tasks[static_cast<std::size_t>(t)], x);
      const double draw = rng.uniform(), flip = rng.uniform();
      const bool drawn = draw < 1.0 / (1.0 + std::exp(-settings.steepness * score));
      const bool positive = settings.steepness > 0.0 ? drawn : score > 0.0;
      out.scores(t, row) = score;
      out.data.labels(t, row) = positive != (flip < settings.flipped) ? 1.0 : 0.0;
    }
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
