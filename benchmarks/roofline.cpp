// SPDX-License-Identifier: Apache-2.0
// Roofline: the machine's arithmetic and memory limits, and how near to them each head step comes on one thread.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "peaks.hpp"
#include "result_table.hpp"
#include "run_head.hpp"
#include "work_count.hpp"

namespace qmtl::benchmark {
namespace {

struct Machine {
  double peak_double = 0.0, peak_float = 0.0;
  std::array<MemoryLevel, 4> memory;

  /// The first level that holds a working set.
  [[nodiscard]] const MemoryLevel& level_for(double working_set) const {
    for (const auto& level : memory) {
      if (level.capacity >= working_set) return level;
    }
    return memory.back();
  }
};

[[nodiscard]] Machine measure_machine(double seconds) {
  Machine machine{peak_flops<double>(seconds), peak_flops<float>(seconds), measure_memory(seconds)};
  ResultTable peaks({"arithmetic", "elements a vector", "Gflop/s"});
  peaks.add({"FMA double", std::to_string(pack_width<double>), significant(1e-9 * machine.peak_double)});
  peaks.add({"FMA float", std::to_string(pack_width<float>), significant(1e-9 * machine.peak_float)});
  peaks.print();
  ResultTable bandwidths({"memory", "capacity", "working set", "GB/s"});
  for (const auto& level : machine.memory) {
    bandwidths.add({std::string(level.name), level.capacity > 0.0 ? byte_size(level.capacity) : "",
                    byte_size(level.working_set), significant(1e-9 * level.bandwidth)});
  }
  std::printf("\n");
  bandwidths.print();
  std::printf("\nOne thread. Bandwidth counts bytes read and bytes written.\n\n");
  return machine;
}

/// The bound is the longer of two times: useful flops at peak, and useful bytes at the bandwidth of the level that
/// holds the working set. The share is bound / time.
template <Scalar S>
void add_row(ResultTable& table, const Machine& machine, const Config& config, EncodingKind encoding, double seconds) {
  const Program program = make_program(encoding, config.qubits, config.tasks);
  const Inputs<S> in(program, config.batch);
  Outputs<S> out(program, config.batch);
  const auto run = run_head<S>(Method::automatic, config, encoding, 1, {.seconds = seconds}, in, out);
  const Work work =
      WorkCounter(program, Method::automatic, run.light_cones, sizeof(S), pack_width<S>).of_batch(config.batch);
  const MemoryLevel& level = machine.level_for(work.working_set);
  const double peak = sizeof(S) == 8 ? machine.peak_double : machine.peak_float;
  const double arithmetic = work.flops() / peak;
  const double traffic = work.bytes / level.bandwidth;
  const bool by_memory = traffic > arithmetic;
  const double time = run.timing.best;
  table.add({std::string(config.name), std::string(to_string(encoding)), sizeof(S) == 8 ? "double" : "float",
             std::to_string(config.batch), milliseconds(time), significant(1e-9 * work.flops() / time),
             significant(1e-9 * work.bytes / time), fixed(work.flops() / work.bytes, 2), byte_size(work.working_set),
             by_memory ? detail::text(level.name, " bandwidth") : "arithmetic",
             detail::text(fixed(100.0 * std::max(arithmetic, traffic) / time, 0), " %")});
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) try {
  using namespace qmtl::benchmark;
  double seconds = 1.0;
  CLI::App app{"Measures FMA peak and copy bandwidths, and each head step's share of the limit that binds it."};
  app.add_option("--seconds", seconds, "how long to repeat each measurement")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const Machine machine = measure_machine(seconds);
  ResultTable table({"config", "encoding", "scalar", "batch", "ms", "Gflop/s", "GB/s", "flop/byte", "working set",
                     "limited by", "share of limit"});
  for (const auto encoding : {EncodingKind::ry, EncodingKind::ryrz, EncodingKind::cz}) {
    for (const Config& config : configs) add_row<double>(table, machine, config, encoding, seconds);
  }
  for (const Config& config : configs) add_row<float>(table, machine, config, EncodingKind::ry, seconds);
  table.print();
  std::printf("\nSamples that only fill vectors (%d double, %d float) do not count as work.\n",
              qmtl::pack_width<double>, qmtl::pack_width<float>);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
