// SPDX-License-Identifier: Apache-2.0
// How much a head matters: heads on frozen and on narrow representations and behind trained backbones, as Markdown,
// JSON and plots.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/json.hpp"
#include "evidence/report.hpp"
#include "options.hpp"
#include "qmtl/core/clock.hpp"
#include "result_table.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

struct Arguments {
  std::vector<std::string> datasets, heads, views{"x"};
  std::vector<int> narrow{2, 3, 4, 6}, frozen{}, trained{6}, hidden{0, 8, 16, 32};
  Protocol protocol;
  CompareOptions compare;
  bool quick = false;
  std::string json, report;
};

/// NAME=FILE:VIEW,VIEW, the views being optional.
struct DatasetArgument {
  std::string name, file;
  std::vector<std::string> views{};
};

[[nodiscard]] std::vector<std::string> divided_by_commas(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(',', first), text.size());
    out.push_back(text.substr(first, end - first));
    first = end + 1;
  }
  return out;
}

[[nodiscard]] DatasetArgument parse_dataset(const std::string& argument, const std::vector<std::string>& views) {
  const std::size_t at = argument.find('=');
  if (at == std::string::npos || at == 0) {
    throw ValueError("qmtl: evidence: expected NAME=FILE or NAME=FILE:VIEW,..., got '" + argument + "'");
  }
  DatasetArgument out{argument.substr(0, at), argument.substr(at + 1), views};
  const std::size_t colon = out.file.rfind(':');
  if (colon == std::string::npos || out.file.find_first_of("/\\.", colon) != std::string::npos) return out;
  out.views = divided_by_commas(out.file.substr(colon + 1));
  out.file.resize(colon);
  return out;
}

/// The command as a reader of the report would type it: in which folder the data lie is not theirs to know.
[[nodiscard]] std::string command_line(int argc, char** argv) {
  std::string out = "evidence";
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    const std::size_t at = argument.find('='), slash = argument.rfind('/');
    if (at != std::string::npos && at > 0 && argument[0] != '-' && slash != std::string::npos && slash > at) {
      argument = argument.substr(0, at + 1) + argument.substr(slash + 1);
    } else if (i > 1 && (std::string_view(argv[i - 1]) == "--json" || std::string_view(argv[i - 1]) == "--report")) {
      argument = std::filesystem::path(argument).filename().string();
    }
    out += ' ' + argument;
  }
  return out;
}

[[nodiscard]] DatasetResult run_dataset(const DatasetArgument& dataset, const Arguments& arguments) {
  const Problem problem = load_problem(dataset.name, dataset.file, dataset.views);
  DatasetResult out{problem.name, problem.train.features(), problem.train.rows(), problem.test.rows()};
  const auto run = [&](Regime regime, int dimension, int hidden) {
    std::fprintf(stderr, "%s, %s, %d features%s\n", problem.name.c_str(), to_string(regime), dimension,
                 hidden > 0 ? qmtl::detail::text(" behind ", hidden, " hidden").c_str() : "");
    const auto same = std::ranges::find_if(out.experiments, [&](const Experiment& e) {
      return e.regime == Regime::narrow && regime == Regime::trained && hidden == 0 && e.dimension == dimension;
    });
    if (same != out.experiments.end()) {  // without a hidden layer it is a narrow one
      Experiment copy = *same;
      copy.regime = Regime::trained;
      out.experiments.push_back(std::move(copy));
      return;
    }
    out.experiments.push_back(run_experiment(problem, regime, dimension, arguments.protocol, arguments.heads, hidden));
    if (std::ranges::count(out.experiments.back().heads, arguments.compare.against, &HeadOutcome::name) == 0) {
      throw ValueError("qmtl: evidence: --against, expected a head, got '" + arguments.compare.against + "'");
    }
  };
  for (const int dimension : arguments.narrow) run(Regime::narrow, dimension, 0);
  for (const int dimension : arguments.trained) {
    for (const int hidden : arguments.hidden) run(Regime::trained, dimension, hidden);
  }
  for (const int dimension : arguments.frozen) run(Regime::frozen, dimension, 0);
  out.references = run_references(problem, arguments.protocol, arguments.heads);
  return out;
}

int run(const Arguments& arguments, const std::string& command) {
  const double start = qmtl::detail::steady_seconds();
  const auto named = [&](const std::string& name) { return std::ranges::count(arguments.heads, name) > 0; };
  if (!arguments.heads.empty() && !named(arguments.compare.against)) {
    throw ValueError("qmtl: evidence: --heads, expected '" + arguments.compare.against +
                     "' among them, as --against says");
  }
  std::vector<DatasetArgument> datasets;
  for (const std::string& dataset : arguments.datasets) {
    DatasetArgument parsed = parse_dataset(dataset, arguments.views);
    if (std::ranges::count(datasets, parsed.name, &DatasetArgument::name) > 0) {
      throw ValueError("qmtl: evidence: names of data sets, expected each once, got '" + parsed.name + "' again");
    }
    datasets.push_back(std::move(parsed));
  }
  std::vector<DatasetResult> results;
  const auto write_files = [&] {
    const Comparisons comparisons(results, arguments.compare);
    const RunFacts facts{command, arguments.protocol, arguments.quick, qmtl::detail::steady_seconds() - start};
    if (!arguments.json.empty()) {
      ResultTable::write_text(arguments.json, to_json(results, comparisons, arguments.quick).dump(2) + '\n');
    }
    if (!arguments.report.empty()) write_report(arguments.report, facts, results, comparisons);
    if (results.size() < datasets.size()) return;
    std::string out = overview_section(facts, results, comparisons);
    for (const DatasetResult& data : results) out += dataset_section(data, comparisons);
    std::fputs((out + statistics_section(comparisons)).c_str(), stdout);
  };
  write_files();  // now, so that a path that cannot be written is no surprise at the end of a long run
  for (const DatasetArgument& dataset : datasets) results.push_back(run_dataset(dataset, arguments));
  write_files();
  return 0;
}

/// Minutes instead of an hour, where nothing else was asked for.
void make_quick(const CLI::App& app, Arguments& arguments) {
  const auto set = [&app](const char* option, int& value, int quick) {
    if (app.count(option) == 0) value = quick;
  };
  set("--seeds", arguments.protocol.seeds, 2);
  set("--epochs", arguments.protocol.epochs, 6);
  set("--search-seeds", arguments.protocol.search_seeds, 1);
  set("--resamples", arguments.compare.bootstrap.resamples, 500);
  arguments.protocol.learning_rates = {1e-2, 3e-2};
  arguments.protocol.weight_decays = {0.0, 1e-1};
  arguments.protocol.extensions = 0;
  arguments.protocol.mlp_hidden = {32};
  if (app.count("--narrow") == 0) arguments.narrow = {3};
  if (app.count("--trained") == 0) arguments.trained = {3};
  if (app.count("--hidden") == 0) arguments.hidden = {0, 16};
}

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--dataset", arguments.datasets,
                 "NAME=FILE or NAME=FILE:VIEW,...: an .npz as load_multitask_npz reads; several are allowed")
      ->required();
  app.add_option("--views", arguments.views, "arrays that are the inputs, where --dataset names none")
      ->capture_default_str();
  app.add_option("--heads", arguments.heads, "some only, by name");
  app.add_option("--narrow", arguments.narrow, "features behind a trained linear layer; 0: none")
      ->capture_default_str();
  app.add_option("--trained", arguments.trained, "features behind a hidden layer and a linear one; 0: none")
      ->capture_default_str();
  app.add_option("--hidden", arguments.hidden, "widths of that hidden layer; 0: no such layer")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app.add_option("--frozen", arguments.frozen, "first features of the inputs that are taken as they are; 0: none");
  app.add_option("--seeds", arguments.protocol.seeds, "final trainings (quick: 2)")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--epochs", arguments.protocol.epochs, "of each training (quick: 6)")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--search-seeds", arguments.protocol.search_seeds, "trainings of each setting (quick: 1)")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--resamples", arguments.compare.bootstrap.resamples, "of the bootstrap (quick: 500)")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--margin", arguments.compare.margin, "of non-inferiority, in AUC")->capture_default_str();
  app.add_option("--against", arguments.compare.against, "the head that all are compared with")->capture_default_str();
  app.add_flag("--quick", arguments.quick, "a smoke test: few settings, seeds, epochs and representations");
  app.add_option("--json", arguments.json, "file for the results as JSON");
  app.add_option("--report", arguments.report, "file for the Markdown report; plots go to a folder beside it");
  add_threads_option(app, arguments.protocol.threads);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Compares heads on frozen and narrow representations and behind trained backbones."};
  add_options(app, arguments);
  return run_program(app, argc, argv, [&] {
    if (arguments.quick) make_quick(app, arguments);
    for (auto* dimensions : {&arguments.narrow, &arguments.trained, &arguments.frozen}) std::erase(*dimensions, 0);
    arguments.compare.threads = arguments.protocol.threads;
    return run(arguments, command_line(argc, argv));
  });
}
