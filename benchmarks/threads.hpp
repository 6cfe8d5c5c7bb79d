#pragma once
// SPDX-License-Identifier: Apache-2.0
// The one place where the option --threads reaches a head.

#include "qmtl/core/execution.hpp"

namespace qmtl::benchmark {

/// Makes `head`, a quantum head or its backend, use this many threads. Throws ValueError for an impossible count.
template <class Head>
void set_threads(Head& head, int threads) {
  head.set_execution(threads == 1 ? Execution{Sequential{}} : Execution{Threads{threads}});
}

}  // namespace qmtl::benchmark
