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

/// The best quantum head by validation rows against `against`, and what Holm's method says of all comparisons.
void print(const Experiment& experiment, const Options& options) {
  std::printf("\n## %s, %s, %d features\n\n", experiment.dataset.c_str(), to_string(experiment.regime),
              experiment.dimension);
  const auto base = std::ranges::find(experiment.heads, options.against, &HeadOutcome::name);
  std::printf(
      "| head | head parameters | in all | validation AUC | test AUC | +- seeds | less %s | 95 %% interval | p |"
      " p, inferior by %g | rate | decay | tried | seconds |\n",
      options.against.c_str(), options.margin);
  std::printf("| --- |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  std::vector<BootstrapDifference> differences;
  std::vector<double> p_values;
  for (const HeadOutcome& head : experiment.heads) {
    if (base == experiment.heads.end()) break;
    differences.push_back(compare(experiment, head, *base,
                                  {.resamples = options.resamples, .execution = Threads{options.protocol.threads}}));
    if (head.name != options.against) p_values.push_back(differences.back().p());
  }
  const auto adjusted = holm_adjusted(p_values);
  std::size_t next = 0;
  for (std::size_t h = 0; h < experiment.heads.size(); ++h) {
    const HeadOutcome& head = experiment.heads[h];
    std::printf("| %s | %d | %d | %s | %s | %s |", head.name.c_str(), head.head_parameters, head.parameters(),
                qmtl::detail::fixed(head.validation_auc, 4).c_str(), qmtl::detail::fixed(head.mean_auc(), 4).c_str(),
                qmtl::detail::fixed(summarize(head.auc).deviation, 4).c_str());
    if (differences.empty() || head.name == options.against) {
      std::printf(" | | | |");
    } else {
      const BootstrapDifference& d = differences[h];
      std::printf(" %+.4f | %+.4f to %+.4f | %.4f | %.4f |", d.estimate, d.low, d.high, adjusted[next++],
                  d.p_inferior(options.margin));
    }
    std::printf(" %g | %g | %d | %.2f |\n", head.setting.learning_rate, head.setting.weight_decay, head.settings_tried,
                head.seconds);
  }
  std::fflush(stdout);
}

int run(const Options& options) {
  for (const std::string& dataset : options.datasets) {
    const std::size_t at = dataset.find('=');
    if (at == std::string::npos) throw ValueError("qmtl: evidence: expected NAME=FILE, got '" + dataset + "'");
    const Problem problem = load_problem(dataset.substr(0, at), dataset.substr(at + 1), options.views);
    const auto run_all = [&](Regime regime, const std::vector<int>& dimensions) {
      for (const int dimension : dimensions) {
        print(run_experiment(problem, regime, dimension, options.protocol, options.heads), options);
      }
    };
    run_all(Regime::narrow, options.narrow);
    run_all(Regime::frozen, options.frozen);
  }
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
