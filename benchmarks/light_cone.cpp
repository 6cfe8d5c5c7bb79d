// SPDX-License-Identifier: Apache-2.0
// Heads on up to 256 qubits, exactly: with a local entangler each window depends on a few qubits only.

#include <cstdio>

#include "options.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/core/bits.hpp"
#include "result_table.hpp"
#include "runtime_head.hpp"

namespace qmtl::benchmark {
namespace {

struct Entangling {
  const char* name;
  std::vector<Operation> (*make)(int n);
};
constexpr Entangling entanglings[] = {
    {"CZ ring", [](int n) { return make_encoding<pattern::Ring>(n, Gate::CZ); }},
    {"CZ brickwork", [](int n) { return make_encoding<pattern::Brickwork>(n, Gate::CZ); }},
    {"CX brickwork", [](int n) { return make_encoding<pattern::Brickwork>(n, Gate::CX); }},
};

[[nodiscard]] Program make_program(const Entangling& entangling, int n) {
  return {n, entangling.make(n), make_block(2), make_windows(n, n / 2, 2, 2)};
}

struct ConeWidths {
  int narrowest, widest;
  double amplitudes;
};

[[nodiscard]] ConeWidths cone_widths(const Program& program) {
  ConeWidths widths{program.qubits, 0, 0.0};
  for (const auto& window : program.windows) {
    const int w = light_cone(program.encoding, program.qubits, window).width();
    widths = {std::min(widths.narrowest, w), std::max(widths.widest, w),
              widths.amplitudes + static_cast<double>(dimension(w))};
  }
  return widths;
}

/// The largest difference between a step on light cones and on the whole register.
[[nodiscard]] double compare(const Entangling& entangling, int n, int batch, int threads) {
  const Program program = make_program(entangling, n);
  const Inputs<double> in(program, batch);
  Outputs<double> cones(program, batch), whole(program, batch);
  RuntimeHead(program, true, threads).step(in, cones);
  RuntimeHead(program, false, threads).step(in, whole);
  return cones.difference(whole);
}

void add_row(ResultTable& table, const Entangling& entangling, int n, int batch, int threads,
             const TimingOptions& options) {
  const Program program = make_program(entangling, n);
  const Timing timing = time_program(program, batch, true, threads, options);
  const ConeWidths widths = cone_widths(program);
  const std::string range = widths.narrowest == widths.widest ? "" : detail::text(widths.narrowest, " to ");
  table.add({std::to_string(n), std::to_string(program.tasks()), entangling.name, range + std::to_string(widths.widest),
             fixed(widths.amplitudes, 0), std::to_string(program.parameters()), milliseconds(timing.best),
             milliseconds(timing.median), significant(1e6 * timing.best / batch / program.tasks())});
}

/// Prints both tables; false if light cones and the whole register disagree.
[[nodiscard]] bool run(int largest, int threads, const TimingOptions& options) {
  constexpr int batch = 64, compared_qubits = 12;
  std::printf("Two encoding layers, windows of two neighbours, two task layers, B = %d.\n\n", batch);
  ResultTable table({"qubits", "tasks", "entangler", "cone width", "amplitudes in all", "parameters", "ms (min)",
                     "ms (median)", "us per sample and task"});
  for (int n = 16; n <= largest; n *= 2) {
    for (const auto& entangling : entanglings) add_row(table, entangling, n, batch, threads, options);
  }
  table.print();

  bool equal = true;
  std::printf("\nLargest difference from the whole register of %d qubits, all results:\n\n", compared_qubits);
  ResultTable differences({"entangler", "difference", "limit"});
  for (const auto& entangling : entanglings) {
    const double difference = compare(entangling, compared_qubits, batch, threads);
    differences.add({entangling.name, exponential(difference), "1e-12"});
    equal = equal && difference <= 1e-12;
  }
  differences.print();
  return equal;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  int largest = 256, threads = 1;
  double seconds = 1.0;
  CLI::App app{"Times head steps of N qubits and N/2 tasks through light cones, double precision."};
  app.add_option("--largest", largest, "most qubits")->check(CLI::Range(16, 4096))->capture_default_str();
  add_threads_option(app, threads);
  add_seconds_option(app, seconds, "how long to repeat each step");
  return run_program(app, argc, argv, [&] { return run(largest, threads, {.seconds = seconds}) ? 0 : 1; });
}
