// SPDX-License-Identifier: Apache-2.0
// Variants of heads by validation AUC alone: test rows are not read. A Markdown table.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "evidence/dataset_run.hpp"
#include "evidence/variants.hpp"
#include "options.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/train/fit_run.hpp"
#include "qmtl/train/report.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

struct Options {
  std::vector<std::string> datasets, heads, views{"x"};
  std::vector<int> narrow{}, frozen{};
  std::vector<double> learning_rates{3e-3, 1e-2, 3e-2, 1e-1}, weight_decays{0.0, 1e-2, 1e-1};
  std::string against = "linear";
  int epochs = 15, splits = 4, threads = 1;
  double head_rate = 1.0;
};

/// Mean validation AUC of each setting and split.
struct Judged {
  std::string name;
  int head_parameters = 0;
  std::vector<std::vector<double>> auc{};  ///< of a setting, of a split
  std::size_t best = 0;

  [[nodiscard]] double mean(std::size_t setting) const { return summarize(auc[setting]).mean; }
};

/// Seeds make the split, the initial weights and the order of rows.
[[nodiscard]] double validation_auc(const Problem& problem, Regime regime, int dimension, const HeadKind& head,
                                    double rate, double decay, const Options& options, int split_index) {
  const Seed seed{static_cast<std::uint64_t>(split_index) + 1};
  Rng rng(seed);
  const auto parts = split(problem.train.rows(), {.train = 0.8, .validation = 0.2, .test = 0.0}, rng);
  std::vector<int> widths{problem.train.features()};
  if (regime == Regime::narrow) widths.push_back(dimension);
  std::vector<ModelTask> tasks = model_tasks(problem);
  for (std::size_t t = 0; t < tasks.size(); ++t) tasks[t].parameters = head.task_parameters[t];
  RuntimeModel model(std::move(tasks), dense_layers(std::move(widths)), head.make(seed),
                     head.decay == HeadDecay::always, seed);
  FitOptions fit;
  fit.epochs = options.epochs;
  fit.batch_size = 32;
  fit.optimizer = AdamW{.learning_rate = rate, .weight_decay = decay};
  fit.head_learning_rate_scale = options.head_rate;
  fit.schedule = {.curve = CosineRate{}};
  fit.seed = seed;
  try {
    static_cast<void>(qmtl::detail::run_fit<double>(model, problem.train.select(parts.train), nullptr, fit));
  } catch (const NumericalError&) {
    return 0.5;
  }
  std::vector<double> defined;
  for (const TaskMetrics& task : evaluate<double>(model, problem.train.select(parts.validation))) {
    if (!std::isnan(task.auc)) defined.push_back(task.auc);
  }
  return summarize(defined).mean;
}

[[nodiscard]] Judged judge(const Problem& problem, Regime regime, int dimension, const HeadKind& head,
                           const Options& options) {
  Judged out{.name = head.name, .head_parameters = head.make(Seed{1})->parameters()};
  const std::size_t decays = options.weight_decays.size(), settings = options.learning_rates.size() * decays;
  const auto splits = static_cast<std::size_t>(options.splits);
  out.auc.assign(settings, std::vector<double>(splits));
  qmtl::detail::run_jobs(settings * splits, options.threads, [&](std::size_t i) {
    const std::size_t setting = i / splits, s = i % splits;
    out.auc[setting][s] = validation_auc(problem, regime, dimension, head, options.learning_rates[setting / decays],
                                         options.weight_decays[setting % decays], options, static_cast<int>(s));
  });
  for (std::size_t i = 1; i < settings; ++i) {
    if (out.mean(i) > out.mean(out.best)) out.best = i;
  }
  return out;
}

void print(const Judged& head, const Judged* base, const Options& options) {
  const std::vector<double>& auc = head.auc[head.best];
  std::vector<double> differences;
  for (std::size_t s = 0; s < auc.size(); ++s) differences.push_back(base ? auc[s] - base->auc[base->best][s] : 0.0);
  const std::size_t decays = options.weight_decays.size();
  const auto summary = summarize(differences);
  std::printf("| %s | %d | %.4f | %+.4f | %.4f | %g | %g |\n", head.name.c_str(), head.head_parameters,
              head.mean(head.best), summary.mean, summary.deviation / std::sqrt(static_cast<double>(auc.size())),
              options.learning_rates[head.best / decays], options.weight_decays[head.best % decays]);
  std::fflush(stdout);
}

void run_one(const Problem& problem, Regime regime, int dimension, const Options& options) {
  Problem seen = problem;
  if (regime == Regime::frozen) seen.train.inputs = problem.train.inputs.topRows(dimension).eval();
  std::printf("\n## %s, %s, %d features\n\n", problem.name.c_str(), to_string(regime), dimension);
  std::printf("| head | head parameters | validation AUC | less %s | +- | rate | decay |\n", options.against.c_str());
  std::printf("| --- |---:|---:|---:|---:|---:|---:|\n");
  std::vector<HeadKind> kinds = head_variants(dimension, model_tasks(seen));
  std::stable_partition(kinds.begin(), kinds.end(), [&](const HeadKind& kind) { return kind.name == options.against; });
  std::vector<Judged> judged;
  judged.reserve(kinds.size());
  for (const HeadKind& kind : kinds) {
    const bool wanted = options.heads.empty() || std::ranges::find(options.heads, kind.name) != options.heads.end();
    if (!wanted && kind.name != options.against) continue;
    judged.push_back(judge(seen, regime, dimension, kind, options));
    print(judged.back(), judged.front().name == options.against ? &judged.front() : nullptr, options);
  }
}

int run(const Options& options) {
  for (const std::string& dataset : options.datasets) {
    const auto [name, file, views] = parse_dataset(dataset, options.views);
    const Problem problem = load_problem(name, file, views);
    for (const int dimension : options.narrow) run_one(problem, Regime::narrow, dimension, options);
    for (const int dimension : options.frozen) run_one(problem, Regime::frozen, dimension, options);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Compares variants of heads on validation rows; test rows are not read."};
  app.add_option("--dataset", options.datasets, "NAME=FILE or NAME=FILE:VIEW,VIEW: an .npz as load_multitask_npz reads")
      ->required();
  app.add_option("--views", options.views, "arrays of a file that are the inputs, where --dataset names none")
      ->capture_default_str();
  app.add_option("--heads", options.heads, "some only, by name");
  app.add_option("--narrow", options.narrow, "features behind a trained linear layer");
  app.add_option("--frozen", options.frozen, "first features of the inputs that are taken as they are");
  app.add_option("--rates", options.learning_rates, "learning rates of AdamW that are tried")->capture_default_str();
  app.add_option("--decays", options.weight_decays, "weight decays that are tried")->capture_default_str();
  app.add_option("--head-rate", options.head_rate, "the head's learning rate is the layer's times this")
      ->capture_default_str();
  app.add_option("--splits", options.splits, "of the training rows, four fifths to learn from; each a seed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--epochs", options.epochs)->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--against", options.against, "the head that all are compared with")->capture_default_str();
  add_threads_option(app, options.threads);
  return run_program(app, argc, argv, [&] { return run(options); });
}
