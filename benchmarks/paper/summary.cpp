// SPDX-License-Identifier: Apache-2.0
// Means and deviations over folds and seeds.

#include "paper/summary.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "qmtl/io/report_json.hpp"

namespace qmtl::benchmark::paper {
namespace {

/// Whether one of a seed's trainings diverged; the mean over the other folds would be that of other rows.
[[nodiscard]] bool has_diverged(const HeadResult& head, std::size_t seed) {
  return std::ranges::any_of(head.folds, [seed](const FoldResult& fold) { return std::isnan(fold.seconds[seed]); });
}

/// A metric of one task by seed, each the mean over folds; NaN of a seed that diverged.
[[nodiscard]] std::vector<double> by_seed(const HeadResult& head, std::size_t task, double TaskMetrics::*metric) {
  std::vector<double> out;
  for (std::size_t s = 0; s < head.folds.front().test.size(); ++s) {
    std::vector<double> values;
    if (!has_diverged(head, s)) {
      for (const FoldResult& fold : head.folds) values.push_back(fold.test[s][task].*metric);
    }
    out.push_back(summarize(values).mean);
  }
  return out;
}

/// Null for fewer than two seeds.
[[nodiscard]] nlohmann::ordered_json deviation(const MeanDeviation& value) {
  return value.count < 2 ? nlohmann::ordered_json() : detail::number_or_null(value.deviation);
}

[[nodiscard]] nlohmann::ordered_json task_json(const TaskSummary& task) {
  using detail::number_or_null;
  return {{"name", task.name},
          {"classes", task.classes},
          {"majority", number_or_null(task.majority)},
          {"accuracy_mean", number_or_null(task.accuracy.mean)},
          {"accuracy_std", deviation(task.accuracy)},
          {"f1_mean", number_or_null(task.f1.mean)},
          {"f1_std", deviation(task.f1)},
          {"auc_mean", number_or_null(task.auc.mean)},
          {"auc_std", deviation(task.auc)}};
}

/// Means over the seeds.
[[nodiscard]] std::vector<NoiseResult> summarize_noise(const FoldResult& fold) {
  std::vector<NoiseResult> out;
  std::size_t count = 0;
  for (const auto& cases : fold.noise) count = std::max(count, cases.size());  // none of a training that diverged
  for (std::size_t c = 0; c < count; ++c) {
    const auto mean = [&](double NoiseResult::*metric) {
      std::vector<double> values;
      for (const auto& cases : fold.noise) {
        if (c < cases.size()) values.push_back(cases[c].*metric);
      }
      return summarize(values).mean;
    };
    out.push_back({mean(&NoiseResult::exact), mean(&NoiseResult::shots), mean(&NoiseResult::mitigated),
                   mean(&NoiseResult::trained), mean(&NoiseResult::trained_ideally)});
  }
  return out;
}

[[nodiscard]] nlohmann::ordered_json noise_json(std::span<const NoiseCase> cases, const HeadSummary& head) {
  using detail::number_or_null;
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < head.noise.size(); ++c) {
    const NoiseResult& result = head.noise[c];
    out.push_back({{"device", cases[c].device->name},
                   {"scale", cases[c].scale},
                   {"auc", number_or_null(result.exact)},
                   {"auc_shots", number_or_null(result.shots)},
                   {"auc_mitigated", number_or_null(result.mitigated)},
                   {"auc_trained", number_or_null(result.trained)},
                   {"auc_trained_ideally", number_or_null(result.trained_ideally)}});
  }
  return out;
}

[[nodiscard]] nlohmann::ordered_json hardware_json(const HardwareResult& result) {
  using detail::number_or_null;
  return {{"real_device", false},
          {"auc_ideal", number_or_null(result.ideal)},
          {"auc_noise", number_or_null(result.simulated)},
          {"auc_jobs", number_or_null(result.measured)},
          {"circuits", result.circuits},
          {"shots", result.shots},
          {"qubits", result.qubits},
          {"two_qubit_gates_before", number_or_null(result.pairs_before)},
          {"two_qubit_gates_after", number_or_null(result.pairs_after)},
          {"swaps", number_or_null(result.swaps)},
          {"estimated_success", number_or_null(result.success)}};
}

}  // namespace

HeadSummary summarize_head(const HeadResult& head) {
  HeadSummary out{.name = head.name, .head_parameters = head.head_parameters};
  const std::vector<TaskMetrics>& tasks = head.folds.front().test.front();
  const std::size_t seeds = head.folds.front().test.size();
  std::vector<std::vector<double>> aucs(seeds);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const auto auc = by_seed(head, t, &TaskMetrics::auc);
    out.tasks.push_back({tasks[t].name, tasks[t].classes, summarize(by_seed(head, t, &TaskMetrics::majority)).mean,
                         summarize(by_seed(head, t, &TaskMetrics::accuracy)),
                         summarize(by_seed(head, t, &TaskMetrics::macro_f1)), summarize(auc)});
    for (std::size_t s = 0; s < seeds; ++s) aucs[s].push_back(auc[s]);
  }
  for (const auto& values : aucs) out.auc_by_seed.push_back(summarize(values).mean);
  const auto folds = static_cast<double>(head.folds.size());
  double parameters = 0.0;
  for (const FoldResult& fold : head.folds) {
    parameters += static_cast<double>(fold.backbone_parameters) / folds;
    out.validation_auc += fold.search[fold.chosen].validation_auc / folds;
    out.seconds += summarize(fold.seconds).mean;
    for (const double seconds : fold.seconds) out.diverged += std::isnan(seconds) ? 1 : 0;
  }
  out.backbone_parameters = static_cast<std::size_t>(std::llround(parameters));
  for (const auto& tasks_of_seed : head.folds.front().test) {
    std::vector<double> values;
    for (const TaskMetrics& task : tasks_of_seed) values.push_back(task.auc);
    out.first_fold_auc.push_back(summarize(values).mean);
  }
  if (!head.folds.front().noise.empty()) out.noise = summarize_noise(head.folds.front());
  out.hardware = head.folds.front().hardware;
  return out;
}

std::vector<HeadSummary> summarize_heads(const ProblemResult& result) {
  std::vector<HeadSummary> out;
  for (const HeadResult& head : result.heads) out.push_back(summarize_head(head));
  const HeadSummary* shared = find_head(out, "hybrid_shared");
  const HeadSummary* per_task = find_head(out, "hybrid_per_task");
  if (shared != nullptr && per_task != nullptr) {
    HeadSummary better = per_task->validation_auc > shared->validation_auc ? *per_task : *shared;
    better.name = "hybrid";
    out.insert(out.begin() + (shared - out.data()), std::move(better));
  }
  return out;
}

const HeadSummary* find_head(std::span<const HeadSummary> heads, const std::string& name) {
  for (const HeadSummary& head : heads) {
    if (head.name == name) return &head;
  }
  return nullptr;
}

TaskRecord& TaskRecord::operator+=(const TaskRecord& other) {
  above += other.above;
  equal += other.equal;
  below += other.below;
  if (other.gain > gain) gain = other.gain, gain_task = other.gain_task;
  if (other.loss > loss) loss = other.loss, loss_task = other.loss_task;
  return *this;
}

TaskRecord compare_tasks(const HeadSummary& head, const HeadSummary& other) {
  TaskRecord out;
  for (std::size_t t = 0; t < head.tasks.size(); ++t) {
    const double mine = head.tasks[t].auc.mean, theirs = other.tasks[t].auc.mean;
    if (std::isnan(mine) || std::isnan(theirs)) continue;
    const double difference = (std::round(1e3 * mine) - std::round(1e3 * theirs)) / 1e3;
    const std::string& task = head.tasks[t].name;
    if (difference > 0.0) {
      out += {.above = 1, .gain = difference, .gain_task = task};
    } else if (difference < 0.0) {
      out += {.below = 1, .loss = -difference, .loss_task = task};
    } else {
      ++out.equal;
    }
  }
  return out;
}

nlohmann::ordered_json to_json(std::span<const ProblemResult> results) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const ProblemResult& result : results) {
    for (const HeadSummary& head : summarize_heads(result)) {
      nlohmann::ordered_json tasks = nlohmann::ordered_json::array();
      for (const TaskSummary& task : head.tasks) tasks.push_back(task_json(task));
      entries.push_back({{"benchmark", result.benchmark},
                         {"dataset", result.dataset},
                         {"regime", "trained"},
                         {"dimension", result.dimension},
                         {"head", head.name},
                         {"head_parameters", head.head_parameters},
                         {"backbone_parameters", head.backbone_parameters},
                         {"total_parameters", head.parameters()},
                         {"seconds", head.seconds},
                         {"tasks", std::move(tasks)}});
      if (!head.noise.empty()) entries.back()["noise"] = noise_json(result.noise_cases, head);
      if (head.hardware.circuits > 0) entries.back()["hardware"] = hardware_json(head.hardware);
    }
  }
  return {{"benchmarks", std::move(entries)}};
}

}  // namespace qmtl::benchmark::paper
