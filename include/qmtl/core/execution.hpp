#pragma once
// SPDX-License-Identifier: Apache-2.0
// Execution policies: no thread is started unless one is asked for.

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// Everything on the calling thread.
struct Sequential {};

/// Work shared between `count` threads, the calling one among them.
struct Threads {
  int count = 1;
};

using Execution = std::variant<Sequential, Threads>;

/// How many threads a policy asks for. Throws ValueError unless it is 1 to 1024.
[[nodiscard]] inline int thread_count(const Execution& execution) {
  const auto* threads = std::get_if<Threads>(&execution);
  const int count = threads == nullptr ? 1 : threads->count;
  if (count < 1 || count > 1024) {
    throw ValueError(detail::text("qmtl: Threads: the count must be 1 to 1024, got ", count));
  }
  return count;
}

namespace detail {

/// Threads that wait for work: run(body) calls body(0) here and body(1) ... body(n-1) on the others, and returns when
/// all are done. Bodies must not throw. Starting a batch costs microseconds: a worker spins for a moment before
/// sleeping. A child of fork, to which no threads are copied, has to call `keep_threads` before it runs something.
class Workers {
 public:
  /// Throws std::system_error if the system has no more threads; those that were started are ended.
  explicit Workers(int count) : others_(count - 1) { start_threads(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    if (process_ == ::getpid()) {
      stop();
    } else {
      abandon();
    }
  }

  [[nodiscard]] int count() const noexcept { return others_ + 1; }

  /// Starts threads in a child of fork that has none of its own yet. A system call, so once a batch and not in `run`.
  /// Throws std::system_error as the constructor.
  void keep_threads() {
    if (process_ != ::getpid()) start_threads();
  }

  template <class Body>
  void run(const Body& body) {
    context_ = &body;
    body_ = [](const void* context, int i) { (*static_cast<const Body*>(context))(i); };
    pending_.store(others_, std::memory_order_relaxed);
    start();
    body(0);
    for (int left = pending_.load(std::memory_order_acquire); left != 0;
         left = pending_.load(std::memory_order_acquire)) {
      wait_while(pending_, left);
    }
  }

 private:
  static constexpr int spins = 4000;

  template <class T>
  static void wait_while(const std::atomic<T>& value, T old) noexcept {
    for (int i = 0; i < spins; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
    }
    value.wait(old, std::memory_order_acquire);
  }

  void start_threads() {
    abandon();
    round_ = 0;
    try {
      threads_.reserve(static_cast<std::size_t>(others_));
      numbered_.store(0, std::memory_order_relaxed);
      for (int i = 0; i < others_; ++i) start_thread();
    } catch (...) {
      stop();
      throw;
    }
    process_ = ::getpid();
  }

  // POSIX threads: <thread> would make a tenth of what this costs to include.
  void start_thread() {
    const auto main = [](void* workers) -> void* {
      auto& self = *static_cast<Workers*>(workers);
      self.serve(1 + self.numbered_.fetch_add(1, std::memory_order_relaxed));
      return nullptr;
    };
    pthread_t thread{};
    const int error = ::pthread_create(&thread, nullptr, main, this);
    if (error != 0) throw std::system_error(error, std::generic_category(), "qmtl: Threads: cannot start a thread");
    threads_.push_back(thread);
  }

  /// Gives up the handles of threads that fork has not copied: they can be neither joined nor detached.
  void abandon() noexcept { threads_.clear(); }

  void stop() noexcept {
    body_ = nullptr;
    start();
    for (const pthread_t thread : threads_) (void)::pthread_join(thread, nullptr);
    threads_.clear();
  }

  void start() noexcept {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void serve(int index) noexcept {
    for (unsigned seen = 0;;) {
      wait_while(round_, seen);
      const unsigned now = round_.load(std::memory_order_acquire);
      if (now == seen) continue;
      seen = now;
      if (body_ == nullptr) return;
      body_(context_, index);
      if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) pending_.notify_one();
    }
  }

  void (*body_)(const void*, int) = nullptr;
  const void* context_ = nullptr;
  std::atomic<unsigned> round_{0};
  std::atomic<int> pending_{0};
  std::atomic<int> numbered_{0};  // threads that have a number
  int others_;                    // threads beside the calling one
  std::vector<pthread_t> threads_;
  pid_t process_ = 0;  // that has the threads
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
