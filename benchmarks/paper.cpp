// SPDX-License-Identifier: Apache-2.0
// The paper's experiments: quantum, linear and hybrid heads with the same backbones, data, epochs and search.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "datasets/loading.hpp"
#include "options.hpp"
#include "paper/problems/problems.hpp"
#include "paper/report.hpp"
#include "paper/summary.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::paper {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::string benchmark = "all", data, json, report, notes, hardware;
  std::vector<std::string> heads{"quantum", "linear", "hybrid", "quantum_single"};
  std::vector<std::string> noise;
  int seeds = 0, threads = 1, candidates = 0, hardware_rows = HardwarePlan{}.rows;
  bool quick = false, search_only = false;
};

[[nodiscard]] double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The heads that were asked for; "hybrid" is both forms.
void keep_heads(Problem& problem, const std::vector<std::string>& names) {
  const auto asked = [&names](const std::string& name) {
    return std::find(names.begin(), names.end(), name.starts_with("hybrid_") ? "hybrid" : name) != names.end();
  };
  std::erase_if(problem.heads, [&asked](const HeadKind& head) { return !asked(head.name); });
}

/// The problems of the benchmarks asked for, with their data; only the first of a benchmark under --quick.
[[nodiscard]] std::vector<Problem> load_problems(const Arguments& arguments) {
  const std::string& dir = arguments.data;
  std::vector<Problem> out;
  const auto add = [&](Problem problem, auto load) {
    const bool asked = arguments.benchmark == "all" || arguments.benchmark == problem.benchmark;
    if (!asked || (arguments.quick && !problem.first)) return;
    problem.folds = load();
    if (problem.folds.empty()) {
      std::fprintf(stderr, "%s: left out, its files are not there\n", problem.dataset.c_str());
      return;
    }
    keep_heads(problem, arguments.heads);
    if (arguments.quick && problem.quick_epochs > 0) problem.schedule.epochs = problem.quick_epochs;
    check_folds(problem);
    out.push_back(std::move(problem));
  };
  add(semeval_problem(), [&] { return load_semeval(dir); });
  add(glue_problem(), [&] { return load_glue(dir); });
  add(ham10000_problem(), [&] { return load_ham10000(dir); });
  add(medmnist_problem(), [&] { return load_medmnist_pair(dir); });
  add(mustard_problem(), [&] { return load_mustard(dir, arguments.quick ? 1 : 5); });
  return out;
}

/// A line that is overwritten, kept when a phase is over.
void show_progress(const std::string& what, std::size_t done, std::size_t of, double seconds) {
  std::fprintf(stderr, "\r%s: %zu of %zu, %.0f s%s", what.c_str(), done, of, seconds, done == of ? "\n" : "  ");
  std::fflush(stderr);
}

[[nodiscard]] Protocol make_protocol(const Arguments& arguments) {
  Protocol out;
  if (arguments.quick) {
    out.candidates = 4;
    out.seeds = 2;
  }
  if (arguments.candidates > 0) out.candidates = arguments.candidates;
  if (arguments.seeds > 0) out.seeds = arguments.seeds;
  out.threads = arguments.threads;
  out.search_only = arguments.search_only;
  out.noise.cases = load_noise_cases(arguments.noise, {2, 5, 10, 20});
  if (!arguments.hardware.empty()) out.hardware.device = load_noise_cases({arguments.hardware}, {}).front().device;
  out.hardware.rows = arguments.hardware_rows;
  return out;
}

[[nodiscard]] std::string read_text(const std::string& path) {
  const auto bytes = read_file(path, std::size_t{1} << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] int run(const Arguments& arguments, const std::string& command) {
  const auto start = Clock::now();
  const Protocol protocol = make_protocol(arguments);
  const std::string notes = arguments.notes.empty() ? "" : read_text(arguments.notes);
  std::vector<ProblemResult> results;
  const auto write_files = [&] {
    if (!arguments.json.empty()) ResultTable::write_text(arguments.json, to_json(results).dump(2) + '\n');
    if (!arguments.report.empty()) {
      write_report(arguments.report, {command, notes, protocol, arguments.quick, seconds_since(start)}, results);
    }
  };
  const auto problems = load_problems(arguments);
  write_files();  // now, so that a path that cannot be written is no surprise at the end of a long run
  for (const Problem& problem : problems) {
    results.push_back(run_study(problem, protocol, [&](const std::string& what, std::size_t done, std::size_t of) {
      show_progress(what, done, of, seconds_since(start));
    }));
    const ProblemResult& result = results.back();
    std::printf("%s", (arguments.search_only ? search_tables(result)
                                             : results_section(result) + noise_section(result, protocol.noise) +
                                                   hardware_section(result, protocol.hardware))
                          .c_str());
    std::fflush(stdout);
    write_files();
  }
  return 0;
}

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--benchmark", arguments.benchmark, "which experiments")
      ->check(CLI::IsMember({"nlp", "medical", "sarcasm", "all"}))
      ->capture_default_str();
  app.add_option("--data", arguments.data, "folder that holds nlp/, medical/ and mustard/")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--heads", arguments.heads, "heads to compare")
      ->delimiter(',')
      ->check(CLI::IsMember({"quantum", "linear", "hybrid", "quantum_single"}))
      ->capture_default_str();
  app.add_option("--seeds", arguments.seeds, "trainings of each head after the search (default: 5, quick 2)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--candidates", arguments.candidates, "settings that the search tries (default: 16, quick 4)")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--quick", arguments.quick, "minutes: fewer epochs, settings and seeds, first data sets and folds only");
  auto* json = app.add_option("--json", arguments.json, "file for the results as JSON");
  auto* report =
      app.add_option("--report", arguments.report, "file for the Markdown report; plots go to a folder beside it");
  app.add_option("--notes", arguments.notes, "file of Markdown that the report begins with")
      ->needs(report)
      ->check(CLI::ExistingFile);
  app.add_option("--noise", arguments.noise,
                 "devices, conf_NAME.json beside props_NAME.json, to judge the final models on as well")
      ->delimiter(',')
      ->check(CLI::ExistingFile);
  auto* hardware = app.add_option("--hardware", arguments.hardware,
                                  "a device, conf_NAME.json beside props_NAME.json, to send the first seed's models to "
                                  "by way of jobs; it is simulated")
                       ->check(CLI::ExistingFile);
  app.add_option("--hardware-rows", arguments.hardware_rows, "test rows that it is asked for")
      ->needs(hardware)
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  app.add_flag("--search-only", arguments.search_only,
               "print what the search finds on validation rows, and leave the test rows alone")
      ->excludes(json)
      ->excludes(report);
  app.add_option("--threads", arguments.threads, "trainings at a time; the results are the same for any number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

}  // namespace
}  // namespace qmtl::benchmark::paper

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  paper::Arguments arguments;
  CLI::App app{"Compares quantum, linear and hybrid heads on real data, and prints tables in Markdown."};
  paper::add_options(app, arguments);
  return run_program(app, argc, argv, [&] {
    const std::string command = command_line("paper", {argv + 1, static_cast<std::size_t>(argc - 1)});
    return paper::run(arguments, command);
  });
}
