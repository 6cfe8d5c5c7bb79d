#pragma once
// SPDX-License-Identifier: Apache-2.0
// Timing the step of one configuration with the library's head. The heads are compiled in head_step/*.cpp.

#include "timing.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

/// How long a step takes, and whether the cost model chose light cones.
struct HeadRun {
  Timing timing;
  bool light_cones = false;
};

/// Steps `config` with the given inputs again and again, and leaves the results in `out`. Defined for float and double,
/// every Method, and encodings without and with RZ: real and complex heads apart, to keep compilations short.
template <Scalar S, Method M, bool WithRz>
[[nodiscard]] HeadRun run_head(const Config& config, EncodingKind encoding, int threads, const TimingOptions& options,
                               const Inputs<S>& in, Outputs<S>& out);

/// The same with method and encoding as values.
template <Scalar S>
[[nodiscard]] HeadRun run_head(Method method, const Config& config, EncodingKind encoding, int threads,
                               const TimingOptions& options, const Inputs<S>& in, Outputs<S>& out) {
  const auto run = [&]<Method M>() {
    return encoding == EncodingKind::ryrz ? run_head<S, M, true>(config, encoding, threads, options, in, out)
                                          : run_head<S, M, false>(config, encoding, threads, options, in, out);
  };
  switch (method) {
    case Method::direct: return run.template operator()<Method::direct>();
    case Method::shift: return run.template operator()<Method::shift>();
    default: return run.template operator()<Method::automatic>();
  }
}

}  // namespace qmtl::benchmark
