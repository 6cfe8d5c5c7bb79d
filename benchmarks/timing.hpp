#pragma once
// SPDX-License-Identifier: Apache-2.0
// Timing: a warm-up, then repeated runs of which the fastest and the median count.

#include <algorithm>
#include <chrono>
#include <vector>

namespace qmtl::benchmark {

/// How long to measure. One of `least` runs or `seconds` alone does not end it; `limit` does, after at least one run.
struct TimingOptions {
  double seconds = 1.0;
  int least = 5;
  double limit = 60.0;
};

/// Seconds a run.
struct Timing {
  double best = 0.0;
  double median = 0.0;
  int runs = 0;
};

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Times `run()`; what its first call allocates is allocated before the clock starts.
template <class Run>
[[nodiscard]] Timing time_runs(const TimingOptions& options, Run&& run) {
  run();
  std::vector<double> times;
  const Stopwatch total;
  do {
    const Stopwatch one;
    run();
    times.push_back(one.seconds());
  } while (total.seconds() < options.limit &&
           (static_cast<int>(times.size()) < options.least || total.seconds() < options.seconds));
  std::sort(times.begin(), times.end());
  return {times.front(), times[times.size() / 2], static_cast<int>(times.size())};
}

}  // namespace qmtl::benchmark
