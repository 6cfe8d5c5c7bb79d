// SPDX-License-Identifier: Apache-2.0
// How much a head matters: heads on frozen and on narrow representations and behind trained backbones, as Markdown,
// JSON and plots.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "evidence/dataset_run.hpp"
#include "evidence/json.hpp"
#include "evidence/report.hpp"
#include "options.hpp"
#include "plot.hpp"
#include "qmtl/core/clock.hpp"
#include "result_table.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

struct Arguments {
  std::vector<std::string> datasets, heads, views{"x"};
  std::string data;
  std::optional<std::vector<int>> narrow, trained, hidden, frozen;  ///< not given: as the data set has them
  Protocol protocol;
  CompareOptions compare;
  bool quick = false;
  std::string json, report;
};

/// Those of the folder, then those by name.
[[nodiscard]] std::vector<FoldedProblem> load_all(const Arguments& arguments) {
  std::vector<FoldedProblem> out;
  if (!arguments.data.empty()) out = load_folder(arguments.data);
  std::map<std::filesystem::path, std::string> sources;  // a file given twice has the same rows
  for (const std::string& dataset : arguments.datasets) {
    auto [name, file, views] = parse_dataset(dataset, arguments.views);
    constexpr std::size_t longest = 100;  // it names files
    if (name.size() > longest || name.find_first_of("|`<>\n\r\t") != std::string::npos) {
      throw ValueError(qmtl::detail::text("qmtl: evidence: --dataset: name, expected at most ", longest,
                                          " bytes, none of | ` < > and no line feed, got '", name, "'"));
    }
    for (const FoldedProblem& other : out) {
      if (plot_file_name(other.name) != plot_file_name(name)) continue;
      throw ValueError("qmtl: evidence: names of data sets, expected to differ in their letters and digits, got '" +
                       other.name + "' and '" + name + "'");
    }
    const auto [same, is_new] = sources.try_emplace(std::filesystem::weakly_canonical(file), name);
    if (!is_new) {
      std::fprintf(stderr, "%s and %s are the same file: means count it once, counts of data sets twice\n",
                   name.c_str(), same->second.c_str());
    }
    out.push_back({name, {load_problem(name, file, views)}, false, same->second});
  }
  if (out.empty()) throw ValueError("qmtl: evidence: expected --data, a folder, or --dataset, a file by name");
  return out;
}

[[nodiscard]] Representations representations_of(const Arguments& arguments, const FoldedProblem& problem) {
  Representations out = default_representations(problem, arguments.quick);
  const auto take = [](const std::optional<std::vector<int>>& asked, std::vector<int>& value) {
    if (!asked) return;
    value = *asked;
    std::erase(value, 0);
  };
  take(arguments.narrow, out.narrow);
  take(arguments.trained, out.trained);
  take(arguments.hidden, out.hidden);
  take(arguments.frozen, out.frozen);
  return out;
}

/// Throws unless a file can be written there that is none of the run's inputs, before anything is trained.
void require_writable(const char* option, const std::string& path, const std::vector<std::string>& others,
                      const std::string& data) {
  namespace fs = std::filesystem;
  if (path.empty()) return;
  const auto refuse = [&](const std::string& expected) {
    throw FileError(qmtl::detail::text("qmtl: evidence: ", option, ": expected ", expected, ", got '", path, "'"));
  };
  const fs::path file = fs::weakly_canonical(path), folder = fs::absolute(path).parent_path();
  for (const std::string& other : others) {
    if (!other.empty() && fs::weakly_canonical(other) == file) refuse("a file that is not another one of this run");
  }
  if (!data.empty()) {
    const fs::path inputs = fs::weakly_canonical(data);
    if (std::ranges::mismatch(inputs, file).in1 == inputs.end()) refuse("a file outside the folder of --data");
  }
  if (!fs::is_directory(folder)) refuse("a file in a folder that is there");
  const fs::file_status there = fs::symlink_status(path);
  if (fs::exists(there) && !fs::is_regular_file(path)) refuse("a regular file, or none");
  if (access(folder.c_str(), W_OK) != 0) refuse("a file in a folder that can be written");
}

void require_writable(const Arguments& arguments) {
  std::vector<std::string> others;
  for (const std::string& dataset : arguments.datasets) others.push_back(parse_dataset(dataset, arguments.views).file);
  require_writable("--json", arguments.json, others, arguments.data);
  others.push_back(arguments.json);
  require_writable("--report", arguments.report, others, arguments.data);
  const std::filesystem::path plots = plots_folder(arguments.report);
  if (arguments.report.empty() || !std::filesystem::exists(plots)) return;
  if (!std::filesystem::is_directory(plots) || access(plots.c_str(), W_OK) != 0) {
    throw FileError("qmtl: evidence: --report: expected a folder for its plots that can be written, or none, got '" +
                    plots.string() + "'");
  }
}

int run(const Arguments& arguments, const std::string& command) {
  const double start = qmtl::detail::steady_seconds();
  const double margin = arguments.compare.margin;
  if (!(margin > 0.0 && margin <= 1.0)) {  // CLI11 lets NaN through
    throw ValueError(qmtl::detail::text("qmtl: evidence: --margin, expected a number from 0 to 1, got ", margin));
  }
  require_writable(arguments);
  const std::vector<FoldedProblem> problems = load_all(arguments);
  for (const FoldedProblem& problem : problems) {
    require_possible(problem, representations_of(arguments, problem), arguments.protocol, arguments.heads,
                     arguments.compare.against);
  }
  std::vector<DatasetResult> results;
  results.reserve(problems.size());  // comparisons know them by their place
  Comparisons comparisons(arguments.compare);
  const auto facts = [&] {
    return RunFacts{command, arguments.protocol, arguments.quick, qmtl::detail::steady_seconds() - start,
                    problems.size()};
  };
  const auto write_files = [&] {
    if (!arguments.json.empty()) {
      ResultTable::write_text(arguments.json, to_json(results, comparisons, facts()).dump(2) + '\n');
    }
    if (!arguments.report.empty()) write_report(arguments.report, facts(), results, comparisons);
  };
  const auto print = [&] {
    const std::string text = markdown(facts(), results, comparisons);
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
      throw FileError("qmtl: evidence: standard output cannot be written");
  };
  for (const FoldedProblem& problem : problems) {
    const auto announce = [&](const std::string& what) {
      std::fprintf(stderr, "[%5.0f s] %s\n", qmtl::detail::steady_seconds() - start, what.c_str());
    };
    results.push_back(run_dataset(problem, representations_of(arguments, problem), arguments.protocol, arguments.heads,
                                  arguments.compare.against, announce));
    announce(problem.name + ", comparisons");
    comparisons.add(results.back());
    try {
      write_files();
    } catch (const Error&) {  // what was found is not lost
      print();
      throw;
    }
  }
  print();
  return 0;
}

/// Minutes instead of an hour, where nothing else was asked for.
void make_quick(const CLI::App& app, Arguments& arguments) {
  const auto set = [&app](const char* option, auto& value, const auto& quick) {
    if (app.count(option) == 0) value = quick;
  };
  const Protocol asked = std::exchange(arguments.protocol, quick_protocol());
  if (app.count("--seeds") > 0) arguments.protocol.seeds = asked.seeds;
  if (app.count("--epochs") > 0) arguments.protocol.epochs = asked.epochs;
  if (app.count("--search-seeds") > 0) arguments.protocol.search_seeds = asked.search_seeds;
  arguments.protocol.threads = asked.threads;
  set("--resamples", arguments.compare.bootstrap.resamples, quick_resamples);
}

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--dataset", arguments.datasets,
                 "NAME=FILE or NAME=FILE:VIEW,...: an .npz as load_multitask_npz reads; several are allowed");
  app.add_option("--data", arguments.data, "folder that holds nlp/, medical/ and mustard/: what is there of them")
      ->check(CLI::ExistingDirectory);
  app.add_option("--views", arguments.views, "arrays that are the inputs, where --dataset names none")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--heads", arguments.heads, "some only, by name")->delimiter(',');
  app.add_option("--narrow", arguments.narrow,
                 "features behind a trained linear layer; 0: none (default: 2 3 4 6, fewer than tasks; quick: one)")
      ->delimiter(',');
  app.add_option("--trained", arguments.trained,
                 "features behind a hidden layer and a linear one; 0: none (default: one a task, at least 4)")
      ->delimiter(',');
  app.add_option("--hidden", arguments.hidden,
                 "widths of that hidden layer (default: 8 32; of several folds 8; quick: 16)")
      ->delimiter(',')
      ->check(CLI::Range(1, 100000));
  app.add_option("--frozen", arguments.frozen,
                 "first features of the inputs that are taken as they are; 0: none (default: two a task, and all; "
                 "quick: the first of these)")
      ->delimiter(',');
  app.add_option("--seeds", arguments.protocol.seeds, "final trainings (quick: 2)")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--epochs", arguments.protocol.epochs, "of each training (quick: 6)")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--search-seeds", arguments.protocol.search_seeds, "trainings of each setting (quick: 1)")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--resamples", arguments.compare.bootstrap.resamples, "of the bootstrap (quick: 500)")
      ->check(CLI::Range(100, 1000000))
      ->capture_default_str();
  app.add_option("--margin", arguments.compare.margin, "of non-inferiority, in AUC")->capture_default_str();
  app.add_option("--against", arguments.compare.against, "the head, or logistic or mlp, that all are compared with")
      ->capture_default_str();
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
    arguments.compare.threads = arguments.protocol.threads;
    return run(arguments, command_line("evidence", {argv + 1, static_cast<std::size_t>(argc - 1)}));
  });
}
