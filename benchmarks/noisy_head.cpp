// SPDX-License-Identifier: Apache-2.0
// The head step under noise: exact, by trajectories and by shots, timed, checked, and compared with a textbook
// simulator of density matrices.

#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "noisy_step.hpp"
#include "options.hpp"
#include "qmtl/engine/noisy_backend.hpp"
#include "qmtl/engine/pauli_executor.hpp"
#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/executor/shot_executor.hpp"
#include "qmtl/noise/trajectory_executor.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark {
namespace {

constexpr int samples_of_state = 20'000;  // trajectories, or shots

struct Arguments {
  std::string config = "S";
  std::string encoding = "ry";
  int batch = 4;
  int qubits = 0;
  bool json = false;
  bool sampled = true;
  double seconds = 1.0;
};

struct Result {
  std::string_view method;
  bool gradients = true;
  Timing timing{};
  Checksums sums{};
};

/// A step of a backend, again and again: the whole, or without gradients.
template <class Backend>
[[nodiscard]] Result measure(std::string_view method, bool gradients, Backend backend, const Program& program,
                             const Arguments& arguments) {
  const Inputs<double> in(program, arguments.batch);
  Outputs<double> out(program, arguments.batch);
  const Timing timing = time_step(backend, in, out, gradients, {.seconds = arguments.seconds});
  return {method, gradients, timing, checksums(in, out)};
}

void print_json(const Arguments& arguments, const Result& r) {
  nlohmann::ordered_json line{{"method", r.method},
                              {"config", arguments.config},
                              {"encoding", arguments.encoding},
                              {"batch", arguments.batch},
                              {"sum_yc", r.sums[0]}};
  if (r.gradients) {
    line["sum_dtheta"] = r.sums[1];
    line["sum_dx"] = r.sums[2];
    line["dtheta0"] = r.sums[3];
    line["dx00"] = r.sums[4];
  }
  line["ms_min"] = 1e3 * r.timing.best;
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

/// Whether checksums of S with 4 samples are the independent ones.
[[nodiscard]] bool as_expected(const Arguments& arguments, const Result& exact) {
  if (arguments.config != "S" || arguments.encoding != "ry" || arguments.batch != 4) return true;
  constexpr Checksums expected{1.1034427593309277, -0.7524009867747272, -0.46160005449468045, -0.16717011716645402,
                               -0.15349420194327817};
  bool same = true;
  for (std::size_t i = 0; i < expected.size(); ++i) same = same && std::abs(exact.sums[i] - expected[i]) <= 1e-12;
  return same;
}

/// The textbook simulator's forward, and the largest difference of its expectation values.
struct Comparison {
  double seconds = std::numeric_limits<double>::quiet_NaN();
  double difference = 0.0;
};

[[nodiscard]] Comparison compare(const Arguments& arguments, const Program& program, NoisyBackend<double> backend) {
  if (program.qubits > 8) return {};  // minutes
  const Inputs<double> in(program, arguments.batch);
  Outputs<double> exact(program, arguments.batch), reference(program, arguments.batch);
  TextbookNoise textbook(program, {});
  const double seconds =
      time_runs({.seconds = arguments.seconds, .least = 1}, [&] { textbook.forward(in, reference); }).best;
  backend.forward(in.x, in.theta, exact.y);
  return {seconds, (exact.y - reference.y).cwiseAbs().maxCoeff()};
}

/// Runs the methods; false if an exact result is wrong.
[[nodiscard]] bool run(const Arguments& arguments) {
  const auto encoding = static_cast<EncodingKind>(position(encoding_names, arguments.encoding));
  const Config config = arguments.config == "S" ? configs[0] : configs[1];
  const Program program = arguments.qubits == 0 ? make_program(encoding, config.qubits, config.tasks)
                                                : make_program(encoding, arguments.qubits, arguments.qubits / 2);
  const HeadProgram<double> head = head_program<double>(program);
  const NoiseModel noise = noise_model({});
  const NoisyBackend<double> exact(head, noise);
  std::vector<Result> results{measure("density_matrix", true, exact, program, arguments)};
  if (arguments.sampled) {
    const Seed seed{1};
    results.push_back(measure("trajectories", false,  // shifts would take a hundred times as long
                              ShiftBackend(head, TrajectoryExecutor(noise, {.count = samples_of_state, .seed = seed})),
                              program, arguments));
    results.push_back(measure("shots", true,
                              ShiftBackend(head, ShotExecutor(samples_of_state, seed, PauliExecutor(noise))), program,
                              arguments));
  }
  if (arguments.json) {
    for (const auto& r : results) print_json(arguments, r);
    return as_expected(arguments, results.front());
  }

  const Comparison textbook = compare(arguments, program, exact);
  const bool compared = !std::isnan(textbook.seconds);
  std::printf("%d qubits, %d tasks, encoding %s, B = %d; %zu Pauli coordinates a sample.\n\n", program.qubits,
              program.tasks(), arguments.encoding.c_str(), arguments.batch, exact.coordinates());
  ResultTable table({"method", "a step", "ms (min)", "ms (median)", "textbook forward / step", "sum y*c"});
  for (const auto& r : results) {
    table.add({std::string(r.method), r.gradients ? "forward, all gradients" : "forward", milliseconds(r.timing.best),
               milliseconds(r.timing.median), compared ? significant(textbook.seconds / r.timing.best) : "",
               fixed(r.sums[0], 5)});
  }
  if (compared) table.add({"textbook density matrix", "forward", milliseconds(textbook.seconds), "", "1", ""});
  table.print();
  if (!compared) return true;
  std::printf("\nLargest difference of expectation values from the textbook simulator: %s (limit 1e-12)\n",
              exponential(textbook.difference).c_str());
  return as_expected(arguments, results.front()) && textbook.difference <= 1e-12;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{
      "Times the head step under depolarizing noise and readout errors: exact, by 20,000 trajectories, by 20,000 "
      "shots."};
  add_config_option(app, arguments.config, {"S", "M"});
  app.add_option("--qubits", arguments.qubits, "another even number of qubits, with a task for every two")
      ->check(CLI::Range(2, 4096));
  add_encoding_option(app, arguments.encoding, {"ry", "cz"});
  app.add_option("--batch", arguments.batch, "samples")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  app.add_flag("--json", arguments.json, "print a JSON object a method");
  app.add_flag("!--exact-only", arguments.sampled, "skip trajectories and shots, which take seconds a step");
  add_seconds_option(app, arguments.seconds, "how long to repeat each step");
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
