#pragma once
// SPDX-License-Identifier: Apache-2.0
// Independent jobs on several threads. Each job has its own result, so that the number of threads changes nothing.

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace qmtl::benchmark::paper {

/// Runs all jobs on `threads` threads, the calling one among them, and rethrows the first exception when all are done.
inline void run_jobs(std::span<const std::function<void()>> jobs, int threads) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr first;
  std::mutex mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      try {
        jobs[i]();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 1; t < threads; ++t) others.emplace_back(work);
    work();
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace qmtl::benchmark::paper
