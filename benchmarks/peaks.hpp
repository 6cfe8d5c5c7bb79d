#pragma once
// SPDX-License-Identifier: Apache-2.0
// The machine's own limits, measured: fused multiply-adds a second, and copy bandwidth in each level of memory.

#include <unistd.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "qmtl/core/simd.hpp"
#include "qmtl/engine/lane_amplitude.hpp"
#include "timing.hpp"

namespace qmtl::benchmark {

/// Floating-point operations a second of one thread: independent chains of vector FMAs in registers, two operations
/// an element each.
template <Scalar S>
[[nodiscard]] double peak_flops(double seconds) {
  constexpr int chains = 12;  // more than latency times throughput of current cores, and few enough for 16 registers
  constexpr int rounds = 20000;
  volatile S factor = S(0.5), result = S(0);  // unknown to the compiler, and wanted by somebody
  const Timing timing = time_runs({.seconds = seconds, .least = 5, .limit = 60.0}, [&] {
    const Pack<S> a = broadcast<S>(factor), b = broadcast<S>(S(1));
    Pack<S> sums[chains];
    for (int i = 0; i < chains; ++i) sums[i] = broadcast<S>(static_cast<S>(i));
    for (int r = 0; r < rounds; ++r) {
      detail::unroll<chains>([&](auto i) __attribute__((always_inline)) { sums[i] = sums[i] * a + b; });
    }
    for (int i = 1; i < chains; ++i) sums[0] += sums[i];
    result = lane_sum<S>(sums[0]);
  });
  return 2.0 * pack_width<S> * chains * rounds / timing.best;
}

/// A level of memory with the capacity that the system reports, and a working set that fits into it but not into the
/// level before.
struct MemoryLevel {
  std::string_view name;
  double capacity = 0.0;
  double working_set = 0.0;
};

/// Bytes read plus bytes written a second by one thread that goes over `bytes` of memory: half is read, and its double
/// written to the other half.
[[nodiscard]] inline double copy_bandwidth(double bytes, double seconds) {
  using P = Pack<double>;
  const std::size_t half = std::max<std::size_t>(static_cast<std::size_t>(bytes) / 2 / sizeof(P), 8);
  std::vector<P> from(half), to(half);
  const auto passes = static_cast<int>(std::max(1.0, 4e6 / bytes));
  const Timing timing = time_runs({.seconds = seconds, .least = 3, .limit = 60.0}, [&] {
    for (int pass = 0; pass < passes; ++pass) {
      const P* QMTL_RESTRICT source = from.data();
      P* QMTL_RESTRICT target = to.data();
      for (std::size_t i = 0; i < half; ++i) target[i] = source[i] + source[i];
      asm volatile("" : : "r"(target) : "memory");
    }
  });
  return 2.0 * static_cast<double>(half * sizeof(P)) * passes / timing.best;
}

/// Capacities from the system, and usual ones where it does not tell.
[[nodiscard]] inline std::array<MemoryLevel, 4> memory_levels() {
  const auto capacity = [](int name, double usual) {
    const long size = sysconf(name);
    return size > 0 ? static_cast<double>(size) : usual;
  };
  std::array<MemoryLevel, 4> levels{{{"L1", capacity(_SC_LEVEL1_DCACHE_SIZE, 32e3)},
                                     {"L2", capacity(_SC_LEVEL2_CACHE_SIZE, 1e6)},
                                     {"L3", capacity(_SC_LEVEL3_CACHE_SIZE, 32e6)},
                                     {"DRAM", 0.0}}};
  for (std::size_t i = 0; i < 3; ++i) levels[i].working_set = 0.5 * levels[i].capacity;
  // Large caches are shared with others: what is left of one may be little.
  levels[2].working_set = std::min(levels[2].working_set, 16.0 * levels[1].capacity);
  levels[3].working_set = std::max(256e6, 4.0 * levels[2].capacity);
  return levels;
}

}  // namespace qmtl::benchmark
