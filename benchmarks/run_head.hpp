#pragma once
// SPDX-License-Identifier: Apache-2.0
// Timing the step of one configuration with the library's head. The heads are compiled from heads/heads.cpp.in.

#include "qmtl/head/concepts.hpp"
#include "timing.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

/// How long a step takes, and whether the cost model chose light cones.
struct HeadRun {
  Timing timing;
  bool light_cones = false;
};

/// Steps `config` with the given inputs again and again, and leaves the results in `out`. Defined for float and double,
/// every Method and every EncodingKind, each in a file of its own to keep compilations short.
template <Scalar S, Method M, EncodingKind E>
[[nodiscard]] HeadRun run_head(const Config& config, int threads, const TimingOptions& options, const Inputs<S>& in,
                               Outputs<S>& out);

/// The same with method and encoding as values.
template <Scalar S>
[[nodiscard]] HeadRun run_head(Method method, const Config& config, EncodingKind encoding, int threads,
                               const TimingOptions& options, const Inputs<S>& in, Outputs<S>& out) {
  HeadRun result;
  detail::for_each_index<static_cast<int>(method_names.size())>([&](auto m) {
    detail::for_each_index<static_cast<int>(encoding_names.size())>([&](auto e) {
      constexpr auto M = static_cast<Method>(decltype(m)::value);
      constexpr auto E = static_cast<EncodingKind>(decltype(e)::value);
      if (M == method && E == encoding) result = run_head<S, M, E>(config, threads, options, in, out);
    });
  });
  return result;
}

}  // namespace qmtl::benchmark
