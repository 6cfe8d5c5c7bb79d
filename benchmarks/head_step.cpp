// SPDX-License-Identifier: Apache-2.0
// The head step: forward and vector-Jacobian product of one batch, timed, checked, and compared with a textbook
// simulator.

#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "options.hpp"
#include "qmtl/io/report_json.hpp"
#include "result_table.hpp"
#include "run_head.hpp"
#include "textbook.hpp"
#include "work_count.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  std::string config = "all";
  int threads = 1;
  std::string encoding = "ry";
  std::string scalar = "double";
  std::string method = "auto";
  int batch = 0;
  bool json = false;
  bool textbook = true;
  double seconds = 1.0;
};

struct Result {
  Config config{};
  std::string_view engine = "window";
  Timing timing;
  Checksums sums{};
  double textbook_seconds = std::numeric_limits<double>::quiet_NaN();
  double difference = 0.0;
  Work work{};
  std::vector<std::string> problems{};
};

/// Largest allowed difference from the textbook simulator on n qubits, for results of which the largest is `scale`. In
/// float the rounding of 2^n terms counts, which add up like a random walk.
template <Scalar S>
[[nodiscard]] double tolerance(int n, double scale) {
  if (sizeof(S) == 8) return 1e-10;
  constexpr double rounding = std::numeric_limits<float>::epsilon();
  return (1e-5 + 4.0 * rounding * std::sqrt(static_cast<double>(dimension(n)))) * scale;
}

/// The textbook simulator's results in double precision: a million terms added up one by one in float are no reference.
template <Scalar S>
[[nodiscard]] Outputs<double> in_double(const Program& program, int batch, const Outputs<S>& results) {
  if constexpr (sizeof(S) == 8) {
    return results;
  } else {
    Outputs<double> exact(program, batch);
    Textbook<double>(program).step(Inputs<double>(program, batch), exact);
    return exact;
  }
}

template <Scalar S>
[[nodiscard]] Result measure(const Arguments& arguments, Config config) {
  const auto encoding = static_cast<EncodingKind>(position(encoding_names, arguments.encoding));
  const auto method = static_cast<Method>(position(method_names, arguments.method));
  if (arguments.batch > 0) config.batch = arguments.batch;
  const Program program = make_program(encoding, config.qubits, config.tasks);
  const Inputs<S> in(program, config.batch);
  Outputs<S> out(program, config.batch);
  const auto run = run_head<S>(method, config, encoding, arguments.threads, {.seconds = arguments.seconds}, in, out);

  Result result;
  result.config = config;
  result.timing = run.timing;
  result.sums = checksums(in, out);
  if (method != Method::automatic) result.engine = to_string(method);
  if (run.light_cones) result.engine = "light cones";
  result.work = count_work<S>(program, method, run.light_cones, config.batch);
  if (const auto expected = expected_checksums(config, encoding, config.batch); expected && sizeof(S) == 8) {
    for (std::size_t i = 0; i < expected->size(); ++i) {
      if (!(std::abs(result.sums[i] - (*expected)[i]) <= 1e-10)) {
        result.problems.push_back(detail::text("checksum ", i, " is off by ", result.sums[i] - (*expected)[i]));
      }
    }
  }
  if (!arguments.textbook) return result;
  Textbook<S> textbook(program);
  Outputs<S> reference(program, config.batch);
  const TimingOptions few{.seconds = 0.5 * arguments.seconds, .least = 3, .limit = 2.0 * arguments.seconds};
  result.textbook_seconds = time_runs(few, [&] { textbook.step(in, reference); }).best;
  const Outputs<double> exact = in_double(program, config.batch, reference);
  result.difference = out.template cast<double>().difference(exact);
  if (!(result.difference <= tolerance<S>(program.qubits, exact.largest()))) {
    result.problems.push_back(detail::text("the textbook simulator differs by ", result.difference));
  }
  return result;
}

void print_json(const Arguments& arguments, const Result& r) {
  const nlohmann::ordered_json line{{"config", r.config.name},
                                    {"n", r.config.qubits},
                                    {"tasks", r.config.tasks},
                                    {"batch", r.config.batch},
                                    {"threads", arguments.threads},
                                    {"encoding", arguments.encoding},
                                    {"scalar", arguments.scalar},
                                    {"method", arguments.method},
                                    {"ms_min", 1e3 * r.timing.best},
                                    {"ms_median", 1e3 * r.timing.median},
                                    {"sum_yc", r.sums[0]},
                                    {"sum_dtheta", r.sums[1]},
                                    {"sum_dx", r.sums[2]},
                                    {"dtheta0", r.sums[3]},
                                    {"dx00", r.sums[4]},
                                    {"textbook_ms", detail::number_or_null(1e3 * r.textbook_seconds)},
                                    {"speedup", detail::number_or_null(r.textbook_seconds / r.timing.best)},
                                    {"gflops", 1e-9 * r.work.flops() / r.timing.best},
                                    {"bytes_per_s", r.work.bytes / r.timing.best}};
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

[[nodiscard]] std::vector<std::string> table_row(const Arguments& arguments, const Result& r) {
  return {std::string(r.config.name),
          std::to_string(r.config.qubits),
          std::to_string(r.config.tasks),
          std::to_string(r.config.batch),
          std::string(r.engine),
          milliseconds(r.timing.best),
          milliseconds(r.timing.median),
          arguments.textbook ? milliseconds(r.textbook_seconds) : "",
          arguments.textbook ? significant(r.textbook_seconds / r.timing.best) : "",
          significant(1e-9 * r.work.flops() / r.timing.best),
          significant(1e-9 * r.work.bytes / r.timing.best),
          arguments.textbook ? exponential(r.difference) : ""};
}

/// Runs what was asked for; false if any result is wrong.
[[nodiscard]] bool run(const Arguments& arguments) {
  ResultTable table({"config", "n", "tasks", "batch", "engine", "ms (min)", "ms (median)", "textbook ms", "speedup",
                     "Gflop/s", "GB/s", "difference"});
  bool correct = true;
  for (const Config& config : configs) {
    if (arguments.config != "all" && arguments.config != config.name) continue;
    const Result result =
        arguments.scalar == "float" ? measure<float>(arguments, config) : measure<double>(arguments, config);
    for (const auto& problem : result.problems) {
      std::fprintf(stderr, "head_step: %s: %s\n", std::string(config.name).c_str(), problem.c_str());
      correct = false;
    }
    if (arguments.json) {
      print_json(arguments, result);
    } else {
      table.add(table_row(arguments, result));
    }
  }
  if (!arguments.json) table.print();
  return correct;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  const auto names = [](const auto& list) { return CLI::IsMember(std::vector<std::string>(list.begin(), list.end())); };
  CLI::App app{"Times one training step of the quantum head and checks its results."};
  add_config_option(app, arguments.config, {"S", "M", "L", "XL", "XXL", "all"});
  add_threads_option(app, arguments.threads);
  add_encoding_option(app, arguments.encoding, {encoding_names.begin(), encoding_names.end()});
  app.add_option("--scalar", arguments.scalar, "floating-point type")
      ->check(CLI::IsMember({"double", "float"}))
      ->capture_default_str();
  app.add_option("--method", arguments.method, "how blocks are simulated and differentiated; shift is slow")
      ->check(names(method_names))
      ->capture_default_str();
  app.add_option("--batch", arguments.batch, "samples (default: the configuration's)")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--json", arguments.json, "print a JSON object a configuration");
  app.add_flag("!--no-textbook", arguments.textbook, "skip the comparison with the textbook simulator");
  add_seconds_option(app, arguments.seconds, "how long to repeat each step");
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
