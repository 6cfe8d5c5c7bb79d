// SPDX-License-Identifier: Apache-2.0
// How much a head matters: heads on frozen and on narrow representations, as Markdown tables.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "evidence/experiment.hpp"
#include "options.hpp"
#include "qmtl/loss/multiple_tests.hpp"
#include "qmtl/train/report.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

struct Options {
  std::vector<std::string> datasets, heads, views{"x"};
  std::vector<int> narrow{2, 3, 4, 6}, frozen{};
  Protocol protocol;
  int resamples = 10000;
  double margin = 0.01;
  std::string against = "linear";
};

/// Each head against `against`, in the order of experiments and heads.
struct Comparison {
  BootstrapDifference difference;
  double p = undefined_metric, p_inferior = undefined_metric;  ///< by Holm's method over all of the run
};

[[nodiscard]] bool is_base(const HeadOutcome& head, const Options& options) { return head.name == options.against; }

[[nodiscard]] std::vector<Comparison> compare_all(const std::vector<Experiment>& experiments, const Options& options) {
  std::vector<Comparison> out;
  std::vector<double> p, p_inferior;
  for (const Experiment& experiment : experiments) {
    const auto base = std::ranges::find(experiment.heads, options.against, &HeadOutcome::name);
    for (const HeadOutcome& head : experiment.heads) {
      if (is_base(head, options)) continue;
      out.push_back({compare(experiment, head, *base,
                             {.resamples = options.resamples, .execution = Threads{options.protocol.threads}})});
      p.push_back(out.back().difference.p());
      p_inferior.push_back(out.back().difference.p_inferior(options.margin));
    }
  }
  p = holm_adjusted(p);
  p_inferior = holm_adjusted(p_inferior);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].p = p[i];
    out[i].p_inferior = p_inferior[i];
  }
  return out;
}

/// A table; takes its comparisons from `next` on.
void print(const Experiment& experiment, const Options& options, std::vector<Comparison>::const_iterator& next) {
  std::printf("\n## %s, %s, %d features\n\n", experiment.dataset.c_str(), to_string(experiment.regime),
              experiment.dimension);
  std::printf(
      "| head | head parameters | in all | validation AUC | test AUC | +- seeds | less %s | 95 %% interval |"
      " p (Holm) | p, inferior by %g (Holm) | rate | decay | tried | seconds |\n",
      options.against.c_str(), options.margin);
  std::printf("| --- |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  for (const HeadOutcome& head : experiment.heads) {
    std::printf("| %s | %d | %d | %s | %s | %s |", head.name.c_str(), head.head_parameters, head.parameters(),
                qmtl::detail::fixed(head.validation_auc, 4).c_str(), qmtl::detail::fixed(head.mean_auc(), 4).c_str(),
                qmtl::detail::fixed(summarize(head.auc).deviation, 4).c_str());
    if (is_base(head, options)) {
      std::printf(" | | | |");
    } else {
      const auto& [d, p, p_inferior] = *next++;
      std::printf(" %+.4f | %+.4f to %+.4f | %.4f | %.4f |", d.estimate, d.low, d.high, p, p_inferior);
    }
    std::printf(" %.2g | %.2g | %d%s | %.2f |\n", head.setting.learning_rate, head.setting.weight_decay,
                head.settings_tried, head.at_edge ? ", at an edge" : "", head.seconds);
    if (head.diverged > 0)
      std::printf("| %s diverged %d times | | | | | | | | | | | | | |\n", head.name.c_str(), head.diverged);
  }
}

int run(const Options& options) {
  const auto named = [&options](const std::string& name) { return std::ranges::count(options.heads, name) > 0; };
  if (!options.heads.empty() && !named(options.against)) {
    throw ValueError("qmtl: evidence: --heads, expected '" + options.against + "' among them, as --against says");
  }
  std::vector<Experiment> experiments;
  for (const std::string& dataset : options.datasets) {
    const std::size_t at = dataset.find('=');
    if (at == std::string::npos) throw ValueError("qmtl: evidence: expected NAME=FILE, got '" + dataset + "'");
    const Problem problem = load_problem(dataset.substr(0, at), dataset.substr(at + 1), options.views);
    const auto run_all = [&](Regime regime, const std::vector<int>& dimensions) {
      for (const int dimension : dimensions) {
        std::fprintf(stderr, "%s, %s, %d features\n", problem.name.c_str(), to_string(regime), dimension);
        experiments.push_back(run_experiment(problem, regime, dimension, options.protocol, options.heads));
        if (std::ranges::count(experiments.back().heads, options.against, &HeadOutcome::name) == 0) {
          throw ValueError("qmtl: evidence: --against, expected a head, got '" + options.against + "'");
        }
      }
    };
    run_all(Regime::narrow, options.narrow);
    run_all(Regime::frozen, options.frozen);
  }
  const auto comparisons = compare_all(experiments, options);
  auto next = comparisons.begin();
  for (const Experiment& experiment : experiments) print(experiment, options, next);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Compares heads on frozen and on narrow representations."};
  app.add_option("--dataset", options.datasets, "NAME=FILE: an .npz as load_multitask_npz reads")->required();
  app.add_option("--views", options.views, "arrays of the file that are the inputs")->capture_default_str();
  app.add_option("--heads", options.heads, "some only, by name");
  app.add_option("--narrow", options.narrow, "features behind a trained linear layer")->capture_default_str();
  app.add_option("--frozen", options.frozen, "first features of the inputs that are taken as they are");
  app.add_option("--seeds", options.protocol.seeds, "final trainings")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--epochs", options.protocol.epochs)->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--search-seeds", options.protocol.search_seeds, "trainings of each setting")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--resamples", options.resamples, "of the bootstrap")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--margin", options.margin, "of non-inferiority, in AUC")->capture_default_str();
  app.add_option("--against", options.against, "the head that all are compared with")->capture_default_str();
  add_threads_option(app, options.protocol.threads);
  return run_program(app, argc, argv, [&] { return run(options); });
}
