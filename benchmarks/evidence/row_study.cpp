// SPDX-License-Identifier: Apache-2.0
// One encoding for all tasks against a model for each, as training rows get fewer.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <span>
#include <utility>

#include "evidence/experiment.hpp"
#include "evidence/studies.hpp"
#include "evidence/study_heads.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/loss/paired_bootstrap.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::evidence {
namespace {

const std::vector<std::string> head_names{"quantum", "quantum_sum", "linear"};

/// Trials of the search, and final ones, of one share of the rows.
struct Trials {
  std::vector<Trial> search, finals;
};

[[nodiscard]] std::vector<Eigen::Index> some_rows(const Dataset<double>& data, double share, std::uint64_t seed) {
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(data.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  Rng rng(Seed{seed});
  shuffle(rows, rng);
  rows.resize(
      std::max<std::size_t>(10, static_cast<std::size_t>(std::lround(share * static_cast<double>(rows.size())))));
  return rows;
}

/// A search learns from four fifths of as many rows as a final training has, and is judged by the last fifth.
[[nodiscard]] Trials make_trials(const Problem& problem, double share, const StudyOptions& options) {
  Trials out;
  for (int s = 0; s < options.search_seeds; ++s) {
    const auto seed = 1001 + static_cast<std::uint64_t>(s);
    const auto rows = some_rows(problem.train, share, seed);
    const std::span<const Eigen::Index> all(rows);
    const std::size_t learnt = rows.size() * 4 / 5;
    out.search.push_back(
        {problem.train.select(all.first(learnt)), problem.train.select(all.subspan(learnt)), Seed{seed}});
  }
  for (int s = 0; s < options.seeds; ++s) {
    const auto seed = 1 + static_cast<std::uint64_t>(s);
    out.finals.push_back({problem.train.select(some_rows(problem.train, share, seed)), problem.test, Seed{seed}});
  }
  return out;
}

[[nodiscard]] Dataset<double> of_task(const Dataset<double>& data, Eigen::Index task) {
  Dataset<double> out = data;
  out.labels = data.labels.row(task).eval();
  return out;
}

[[nodiscard]] std::vector<Trial> of_task(const std::vector<Trial>& trials, Eigen::Index task) {
  std::vector<Trial> out;
  for (const Trial& trial : trials) out.push_back({of_task(trial.learn, task), of_task(trial.judge, task), trial.seed});
  return out;
}

/// A model for each task, with a search of its own, as one outcome: parameters are sums; AUCs, rates and epochs means.
[[nodiscard]] ContestOutcome single_tasks(const Contender& model, const Trials& trials, int tasks,
                                          const ContestOptions& options) {
  ContestOutcome out;
  out.validation_auc = 0.0;
  double epochs = 0.0;
  for (Eigen::Index t = 0; t < tasks; ++t) {
    const auto one = contest(model, of_task(trials.search, t), of_task(trials.finals, t), options);
    if (t == 0) {
      out.auc.assign(one.auc.size(), 0.0);
      out.predictions.assign(one.auc.size(), Batch<double>(tasks, one.predictions.front().cols()));
      out.setting = one.setting;
      out.setting.learning_rate = 0.0;
    }
    for (std::size_t s = 0; s < one.auc.size(); ++s) {
      out.auc[s] += one.auc[s] / tasks;
      out.predictions[s].row(t) = one.predictions[s];
    }
    out.head_parameters += one.head_parameters;
    out.parameters += one.parameters;
    out.validation_auc += one.validation_auc / tasks;
    out.setting.learning_rate += one.setting.learning_rate / tasks;
    epochs += static_cast<double>(one.setting.epochs) / tasks;
    out.settings_tried += one.settings_tried;
    out.at_edge = out.at_edge || one.at_edge;
    out.diverged += one.diverged;
    out.seconds += one.seconds;
  }
  out.setting.epochs = static_cast<int>(std::lround(epochs));
  out.name = model.name + ", a model a task";
  out.quantum = model.quantum;
  return out;
}

/// The interval of together less single.
void set_interval(StudyEntry& together, const ContestOutcome& single, const Dataset<double>& test,
                  const BootstrapOptions& options) {
  PairedTasks tasks;
  for (Eigen::Index t = 0; t < test.labels.rows(); ++t) {
    PairedScores& task = tasks.emplace_back();
    for (const double label : test.labels.row(t)) task.truth.push_back(label >= 0.0 ? static_cast<int>(label) : -1);
    const auto scores = [t](const Batch<double>& predictions) {
      const Eigen::RowVectorXd row = predictions.row(t);
      return std::vector<double>(row.begin(), row.end());
    };
    for (const auto& predictions : together.outcome.predictions) task.first.push_back(scores(predictions));
    for (const auto& predictions : single.predictions) task.second.push_back(scores(predictions));
  }
  const auto difference = paired_bootstrap(std::vector<PairedTasks>{std::move(tasks)}, options);
  together.low = difference.low;
  together.high = difference.high;
}

}  // namespace

Study study_rows(const RowStudy& settings, const StudyOptions& options) {
  Problem problem = load_problem(settings.name, settings.path, settings.views);
  problem.train.task_names.clear();  // a task's own data set and model are nameless as well
  problem.test.task_names.clear();
  if (std::ranges::any_of(problem.classes, [](int classes) { return classes != 2; })) {
    throw ValueError("qmtl: rows: '" + settings.path + "', expected tasks of two classes");
  }
  const auto tasks = static_cast<int>(problem.classes.size());
  Study out{
      .name = "rows",
      .title = "Together or a model a task, by training rows: " + settings.name,
      .text = qmtl::detail::text(
          "A trained linear layer to ", settings.dimension, " numbers; ", tasks, " tasks; means over ", options.seeds,
          " choices of rows. Models of a task have a search of their own each; the interval is by "
          "a paired bootstrap over test rows and seeds, p by a t test over seeds."),
      .columns = {"training rows"},
      .base = "a model a task",
      .logarithmic = true};
  for (const double share : settings.shares) {
    const Trials trials = make_trials(problem, share, options);
    ContestOptions contest_options{.settings = {}, .threads = options.threads};
    const int epochs = static_cast<int>(std::lround(settings.epochs * std::min(4.0, 1.0 / share)));
    for (const double rate : {3e-3, 9e-3, 2.7e-2}) {
      for (const int divisor : {3, 1}) contest_options.settings.push_back({rate, 1.0, std::max(1, epochs / divisor)});
    }
    const std::vector<int> backbone{problem.train.features(), settings.dimension};
    const auto shared = named_kinds(settings.dimension, tasks, head_names);
    const auto of_one = named_kinds(settings.dimension, 1, head_names);
    const std::vector<std::string> at{std::to_string(trials.finals.front().learn.rows())};
    for (std::size_t h = 0; h < shared.size(); ++h) {
      if (!options.takes(shared[h].name)) continue;
      std::fprintf(stderr, "%s rows, %s\n", at.front().c_str(), shared[h].name.c_str());
      StudyEntry together{at, contest(contender(binary_tasks(tasks), backbone, shared[h]), trials.search, trials.finals,
                                      contest_options)};
      ContestOutcome single =
          single_tasks(contender(binary_tasks(1), backbone, of_one[h]), trials, tasks, contest_options);
      together.base_auc = single.auc;
      set_interval(together, single, problem.test,
                   {.resamples = settings.resamples, .execution = Threads{options.threads}});
      out.entries.push_back(std::move(together));
      out.entries.push_back({at, std::move(single)});
    }
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
