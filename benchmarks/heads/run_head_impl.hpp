#pragma once
// SPDX-License-Identifier: Apache-2.0
// The definition of run_head: from values to types. Included by the files that instantiate it only.

#include <algorithm>
#include <memory>
#include <type_traits>

#include "head_types.hpp"
#include "run_head.hpp"
#include "threads.hpp"

namespace qmtl::benchmark {

template <EncodingKind E, int N>
using EncodingOf = std::conditional_t<E == EncodingKind::ry, RyEncoding<N>,
                                      std::conditional_t<E == EncodingKind::cz, CzEncoding<N>, RyRzEncoding<N>>>;

template <class Head, Scalar S>
[[nodiscard]] HeadRun time_head(int threads, const TimingOptions& options, const Inputs<S>& in, Outputs<S>& out) {
  const auto head = std::make_unique<Head>();
  set_threads(*head, threads);
  const Timing timing = time_runs(options, [&] {
    std::fill(out.dtheta.begin(), out.dtheta.end(), S(0));
    head->forward(in.x, in.theta, out.y);
    head->backward(in.x, in.theta, in.c, out.dtheta, out.dx);
  });
  return {timing, Head::uses_light_cones};
}

template <Scalar S, Method M, EncodingKind E>
HeadRun run_head(const Config& config, int threads, const TimingOptions& options, const Inputs<S>& in,
                 Outputs<S>& out) {
  constexpr HeadMethod method = M == Method::direct  ? HeadMethod::direct
                                : M == Method::shift ? HeadMethod::shift
                                                     : HeadMethod::automatic;
  HeadRun result;
  detail::for_each_index<static_cast<int>(configs.size())>([&](auto i) {
    constexpr Config c = configs[i];
    if (c.name != config.name) return;
    result = time_head<WorkloadHead<S, method, EncodingOf<E, c.qubits>, c.tasks>>(threads, options, in, out);
  });
  return result;
}

}  // namespace qmtl::benchmark
