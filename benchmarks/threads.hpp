#pragma once
// SPDX-License-Identifier: Apache-2.0
// The option --threads of the programs, and the one place where it reaches a head.

#include <CLI/CLI.hpp>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark {

/// Threads that the engine can use.
inline constexpr int most_threads = 1;

/// Makes `head`, a quantum head or its backend, use this many threads. Throws ValueError for more than there can be.
template <class Head>
void set_threads([[maybe_unused]] Head& head, int threads) {
  if (threads < 1 || threads > most_threads) {
    throw ValueError(detail::text("qmtl: --threads: this version computes on ", most_threads,
                                  " thread(s), expected at most that, got ", threads));
  }
}

inline void add_threads_option(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "threads of the engine")->check(CLI::PositiveNumber)->capture_default_str();
}

}  // namespace qmtl::benchmark
