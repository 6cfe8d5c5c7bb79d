// SPDX-License-Identifier: Apache-2.0
// Searches and final trainings of contenders.

#include "evidence/contest.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "qmtl/core/clock.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/train/fit_run.hpp"

namespace qmtl::benchmark::evidence {
namespace {

constexpr double rate_ratio = 3.0;

[[nodiscard]] FitOptions options_of(const ContestOptions& options, const TrainingSetting& setting, Seed seed) {
  FitOptions out;
  out.epochs = setting.epochs;
  out.batch_size = options.batch_size;
  out.optimizer = AdamW{.learning_rate = setting.learning_rate, .weight_decay = options.weight_decay};
  out.head_learning_rate_scale = setting.head_rate_scale;
  out.schedule = {.curve = CosineRate{}};
  out.seed = seed;
  return out;
}

/// Mean over the tasks that have one.
[[nodiscard]] double mean_auc(RuntimeModel& model, const Dataset<double>& rows) {
  std::vector<double> aucs;
  for (const TaskMetrics& task : evaluate<double>(model, rows)) aucs.push_back(task.auc);
  return summarize(aucs).mean;
}

/// A model after a training; false where that diverged.
struct Trained {
  std::unique_ptr<RuntimeModel> model;
  bool converged = true;
};

[[nodiscard]] Trained train(const Contender& contender, const Trial& trial, const ContestOptions& options,
                            const TrainingSetting& setting) {
  Trained out{contender.make(trial.seed)};
  try {
    static_cast<void>(
        qmtl::detail::run_fit<double>(*out.model, trial.learn, nullptr, options_of(options, setting, trial.seed)));
  } catch (const NumericalError&) {
    out.converged = false;
  }
  return out;
}

/// Mean validation AUC of each setting; NaN where a training diverged.
[[nodiscard]] std::vector<double> judge(const Contender& contender, std::span<const Trial> search,
                                        const ContestOptions& options, std::span<const TrainingSetting> settings) {
  std::vector<double> values(settings.size() * search.size(), undefined_metric);
  qmtl::detail::run_jobs(values.size(), options.threads, [&](std::size_t i) {
    const Trial& trial = search[i % search.size()];
    const Trained trained = train(contender, trial, options, settings[i / search.size()]);
    if (trained.converged) values[i] = mean_auc(*trained.model, trial.judge);
  });
  std::vector<double> out(settings.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i / search.size()] += values[i] / static_cast<double>(search.size());
  }
  return out;
}

/// Sets setting, validation AUC, and what is known of the search.
void choose(const Contender& contender, std::span<const Trial> search, const ContestOptions& options,
            ContestOutcome& out) {
  std::vector<TrainingSetting> next = options.settings;
  double low = next.front().learning_rate, high = low;
  for (int round = 0; !next.empty(); ++round) {
    const std::vector<double> values = judge(contender, search, options, next);
    for (std::size_t i = 0; i < next.size(); ++i) {
      low = std::min(low, next[i].learning_rate);
      high = std::max(high, next[i].learning_rate);
      if (!std::isnan(out.validation_auc) && !(values[i] > out.validation_auc)) continue;
      out.setting = next[i];
      out.validation_auc = values[i];
    }
    out.settings_tried += static_cast<int>(next.size());
    next.clear();
    const double rate = out.setting.learning_rate;
    out.at_edge = low < high && (rate == low || rate == high);
    if (!out.at_edge || round == options.extensions) return;
    next.push_back(out.setting);
    next.back().learning_rate = rate == high ? rate * rate_ratio : rate / rate_ratio;
  }
}

void finish(const Contender& contender, std::span<const Trial> finals, const ContestOptions& options,
            ContestOutcome& out) {
  out.auc.assign(finals.size(), 0.5);
  out.predictions.resize(finals.size());
  std::vector<double> seconds(finals.size(), 0.0);
  std::vector<char> diverged(finals.size(), 0);
  qmtl::detail::run_jobs(finals.size(), options.threads, [&](std::size_t i) {
    const double start = qmtl::detail::steady_seconds();
    const Trained trained = train(contender, finals[i], options, out.setting);
    seconds[i] = qmtl::detail::steady_seconds() - start;
    diverged[i] = trained.converged ? 0 : 1;
    out.predictions[i] = Batch<double>::Zero(finals[i].judge.labels.rows(), finals[i].judge.rows());
    if (!trained.converged) return;
    out.auc[i] = mean_auc(*trained.model, finals[i].judge);
    out.predictions[i] = trained.model->predict(finals[i].judge.inputs);
  });
  out.diverged = static_cast<int>(std::ranges::count(diverged, 1));
  out.seconds = summarize(seconds).mean;
}

}  // namespace

Contender contender(std::vector<ModelTask> tasks, std::vector<int> backbone, const HeadKind& head) {
  for (std::size_t t = 0; t < tasks.size(); ++t) tasks[t].parameters = head.task_parameters[t];
  const auto make = [=, make_head = head.make, decays = head.decay == HeadDecay::always](Seed seed) {
    return std::make_unique<RuntimeModel>(tasks, dense_layers(backbone), make_head(seed), decays, seed);
  };
  return {head.name, head.quantum, make};
}

std::vector<ModelTask> binary_tasks(int count) {
  std::vector<ModelTask> out;
  for (int t = 0; t < count; ++t) out.push_back({qmtl::detail::text("task ", t)});
  return out;
}

ContestOutcome contest(const Contender& contender, std::span<const Trial> search, std::span<const Trial> finals,
                       const ContestOptions& options) {
  if (search.empty() || finals.empty() || options.settings.empty()) {
    throw ShapeError("qmtl: contest: expected settings, trials of the search and final trials, at least one each");
  }
  ContestOutcome out{.name = contender.name, .quantum = contender.quantum};
  choose(contender, search, options, out);
  finish(contender, finals, options, out);
  const auto model = contender.make(Seed{1});
  out.head_parameters = static_cast<int>(model->head_parameters().size());
  out.parameters = out.head_parameters + static_cast<int>(model->backbone_parameters().size());
  return out;
}

}  // namespace qmtl::benchmark::evidence
