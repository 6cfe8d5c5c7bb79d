#pragma once
// SPDX-License-Identifier: Apache-2.0
// The limit that binds a head step on this machine: its useful arithmetic at peak, or its useful traffic at bandwidth.

#include <algorithm>
#include <map>
#include <string>

#include "peaks.hpp"
#include "result_table.hpp"
#include "run_head.hpp"
#include "work_count.hpp"

namespace qmtl::benchmark {

/// The least time for a step, and what it would be spent on.
struct Limit {
  std::string name;
  double seconds = 0.0;

  /// How near to the limit a step came, in percent.
  [[nodiscard]] std::string share(double measured) const {
    return detail::text(fixed(100.0 * seconds / measured, 0), " %");
  }
};

/// One thread's limits, measured when first asked for.
class Roofline {
 public:
  /// Each measurement takes about so many seconds.
  explicit Roofline(double seconds) : seconds_(seconds) {}

  /// Floating-point operations a second.
  template <Scalar S>
  [[nodiscard]] double peak() {
    return cached(peaks_, static_cast<double>(sizeof(S)), [&] { return peak_flops<S>(seconds_); });
  }

  /// Bytes read and written a second in a working set of so many bytes, wherever that lies. Sets of less than 16 KiB
  /// count as so much: loops over fewer bytes measure themselves.
  [[nodiscard]] double bandwidth(double working_set) {
    const double bytes = std::max(working_set, 16384.0);
    return cached(bandwidths_, bytes, [&] { return copy_bandwidth(bytes, seconds_); });
  }

  /// The longer of the two times.
  template <Scalar S>
  [[nodiscard]] Limit limit(const Work& work) {
    const double arithmetic = work.flops() / peak<S>(), traffic = work.bytes / bandwidth(work.working_set);
    if (arithmetic >= traffic) return {"arithmetic", arithmetic};
    return {detail::text("bandwidth at ", byte_size(work.working_set)), traffic};
  }

 private:
  template <class Measure>
  [[nodiscard]] static double cached(std::map<double, double>& known, double key, const Measure& measure) {
    const auto [entry, fresh] = known.try_emplace(key);
    if (fresh) entry->second = measure();
    return entry->second;
  }

  double seconds_;
  std::map<double, double> peaks_, bandwidths_;  ///< by bytes
};

/// A step of a configuration, timed, with its work.
struct MeasuredStep {
  double seconds = 0.0;
  Work work{};
};

template <Scalar S>
[[nodiscard]] MeasuredStep measure_step(const Config& config, EncodingKind encoding, int threads,
                                        const TimingOptions& options) {
  const Program program = make_program(encoding, config.qubits, config.tasks);
  const Inputs<S> in(program, config.batch);
  Outputs<S> out(program, config.batch);
  const auto run = run_head<S>(Method::automatic, config, encoding, threads, options, in, out);
  return {run.timing.best, count_work<S>(program, Method::automatic, run.light_cones, config.batch)};
}

}  // namespace qmtl::benchmark
