#pragma once
// SPDX-License-Identifier: Apache-2.0
// The option --threads of the programs, and the one place where it reaches a head.

#include <CLI/CLI.hpp>

#include "qmtl/core/execution.hpp"

namespace qmtl::benchmark {

/// Makes `head`, a quantum head or its backend, use this many threads. Throws ValueError for an impossible count.
template <class Head>
void set_threads(Head& head, int threads) {
  head.set_execution(threads == 1 ? Execution{Sequential{}} : Execution{Threads{threads}});
}

inline void add_threads_option(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "threads that share the samples of a batch")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

}  // namespace qmtl::benchmark
