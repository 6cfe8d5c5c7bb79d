// SPDX-License-Identifier: Apache-2.0
// Roofline: the machine's arithmetic and memory limits, and how near to them each head step comes on one thread.

#include "roofline.hpp"

#include <cstdio>

#include "options.hpp"

namespace qmtl::benchmark {
namespace {

template <Scalar S>
void add_peak(ResultTable& table, Roofline& roofline, const char* name) {
  table.add({name, std::to_string(pack_width<S>), significant(1e-9 * roofline.peak<S>())});
}

void print_machine(Roofline& roofline) {
  ResultTable peaks({"arithmetic", "elements a vector", "Gflop/s"});
  add_peak<double>(peaks, roofline, "FMA double");
  add_peak<float>(peaks, roofline, "FMA float");
  peaks.print();
  ResultTable bandwidths({"memory", "capacity", "working set", "GB/s"});
  for (const auto& level : memory_levels()) {
    bandwidths.add({std::string(level.name), level.capacity > 0.0 ? byte_size(level.capacity) : "",
                    byte_size(level.working_set), significant(1e-9 * roofline.bandwidth(level.working_set))});
  }
  std::printf("\n");
  bandwidths.print();
  std::printf("\nOne thread. Bandwidth counts bytes read and bytes written.\n\n");
}

template <Scalar S>
void add_row(ResultTable& table, Roofline& roofline, const Config& config, EncodingKind encoding, double seconds) {
  const auto [time, work] = measure_step<S>(config, encoding, 1, {.seconds = seconds});
  const Limit limit = roofline.limit<S>(work);
  table.add({std::string(config.name), std::string(to_string(encoding)), sizeof(S) == 8 ? "double" : "float",
             std::to_string(config.batch), milliseconds(time), significant(1e-9 * work.flops() / time),
             significant(1e-9 * work.bytes / time), fixed(work.flops() / work.bytes, 2), byte_size(work.working_set),
             limit.name, limit.share(time)});
}

void run(double seconds) {
  Roofline roofline(seconds);
  print_machine(roofline);
  ResultTable table({"config", "encoding", "scalar", "batch", "ms", "Gflop/s", "GB/s", "flop/byte", "working set",
                     "limited by", "share of limit"});
  for (const auto encoding : {EncodingKind::ry, EncodingKind::ryrz, EncodingKind::cz}) {
    for (const Config& config : configs) add_row<double>(table, roofline, config, encoding, seconds);
  }
  for (const Config& config : configs) add_row<float>(table, roofline, config, EncodingKind::ry, seconds);
  table.print();
  std::printf(
      "\nBandwidths are those of copying within as many bytes as the working set. Samples that only fill vectors "
      "(%d double, %d float) do not count as work.\n",
      pack_width<double>, pack_width<float>);
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  double seconds = 1.0;
  CLI::App app{"Measures FMA peak and copy bandwidths, and each head step's share of the limit that binds it."};
  add_seconds_option(app, seconds, "how long to repeat each measurement");
  return run_program(app, argc, argv, [&] {
    run(seconds);
    return 0;
  });
}
