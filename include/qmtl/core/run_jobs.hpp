#pragma once
// SPDX-License-Identifier: Apache-2.0
// Independent jobs on several threads. Each has a result of its own, so that the number of threads changes nothing.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <vector>

#include "qmtl/core/execution.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Calls job(0) ... job(count - 1), each once, on so many threads, the calling one among them. After an exception no
/// further job is started, and when all have ended, the one of the lowest job is thrown again: jobs are started in
/// order, so that it is the same whatever the number of threads. Throws ValueError unless that is 1 to 1024.
template <class Job>
void run_jobs(std::size_t count, int threads, const Job& job) {
  const auto most = static_cast<std::size_t>(thread_count(Threads{threads}));
  if (count == 0) return;
  std::vector<std::exception_ptr> errors(count);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  Workers workers(static_cast<int>(std::min(most, count)));
  workers.run([&](int) {
    while (!failed) {
      const std::size_t i = next++;
      if (i >= count) return;
      try {
        job(i);
      } catch (...) {
        errors[i] = std::current_exception();
        failed = true;
      }
    }
  });
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
