#pragma once
// SPDX-License-Identifier: Apache-2.0
// A backend a thread: the batch is split into contiguous parts, and gradients are added in the order of the parts.
// Where samples are few and states large, threads share the states instead.

#include <algorithm>
#include <concepts>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/engine/backend.hpp"
#include "qmtl/engine/lane_backend.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Samples that a backend has at a time.
template <class Backend>
inline constexpr Eigen::Index samples_at_a_time = [] {
  if constexpr (requires { Backend::width; }) {
    return static_cast<Eigen::Index>(Backend::width);
  } else {
    return Eigen::Index{1};
  }
}();

/// How many samples each of `parts` takes, the last ones fewer or none: whole groups or, where members of a register
/// share groups and so fill them with fewer samples, equal shares.
template <class Backend>
[[nodiscard]] Eigen::Index samples_of_part(const Backend& backend, Eigen::Index batch, Eigen::Index parts) noexcept {
  constexpr Eigen::Index width = samples_at_a_time<Backend>;
  const Eigen::Index groups = (batch + width - 1) / width;
  const Eigen::Index whole = (groups + parts - 1) / parts * width;
  if constexpr (requires { backend.state_bytes(batch); }) {
    const Eigen::Index equal = (batch + parts - 1) / parts;
    if (backend.state_bytes(equal) < backend.state_bytes(std::min(whole, batch))) return equal;
  }
  return whole;
}

template <class Backend>
concept HasExecutor = requires(Backend backend) {
  backend.executor();
};

/// Whether other threads have copies of a backend, as of one with an executor, and are not made of the head's program.
template <class Backend, class S>
concept CopiedToThreads = HasExecutor<Backend> || !std::constructible_from<Backend, const HeadProgram<S>&>;

/// Runs a backend on one thread or several. For a fixed count of threads the results have the same bits every time;
/// between counts sums over the batch may differ by rounding, and where threads share states all results.
template <Scalar S, class Backend>
class ParallelBackend {
 public:
  explicit ParallelBackend(HeadProgram<S> program);
  /// On each thread a copy of `first`.
  explicit ParallelBackend(const Backend& first) requires CopiedToThreads<Backend, S> : program_(first.program()),
                                                                                        parts_(1, Part(first)) {}
  /// A copy has work buffers and threads of its own, and nothing to go backward from.
  ParallelBackend(const ParallelBackend& other);
  ParallelBackend(ParallelBackend&&) noexcept;
  ParallelBackend& operator=(const ParallelBackend& other);
  ParallelBackend& operator=(ParallelBackend&&) noexcept;
  ~ParallelBackend();

  /// Starts or ends threads, and makes their work buffers; on an error everything is as it was.
  void set_execution(const Execution& execution);

  /// As LaneBackend::forward.
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations);
  /// As LaneBackend::backward. On an error `gradient` may have got the sums of some parts.
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients);

  /// Standard errors (1 x batch) of combinations of the last forward's expectation values, as each part has them.
  /// (clang++ before 16 instantiates it explicitly for backends without any, too.)
  void standard_errors(BatchView<const S> slopes,
                       BatchView<S> errors) const requires gives_standard_errors<Backend, S> {
    for (const auto& part : parts_) {
      if (part.count > 0) standard_errors_of<Backend, S>(part.backend, of_part(slopes, part), of_part(errors, part));
    }
  }

  /// What it was made of.
  [[nodiscard]] const HeadProgram<S>& program() const noexcept { return program_; }
  /// That of the first thread, for backends that have one.
  template <class B = Backend>
  [[nodiscard]] const auto& executor() const {
    return static_cast<const B&>(parts_.front().backend).executor();
  }

  // For backends that can keep what the encoding makes of a sample; see LaneBackend.

  /// Numbers of a sample.
  [[nodiscard]] Eigen::Index encoded_size() const noexcept;
  /// The reduced density matrix of the task whose outputs begin there, from a sample's entries.
  [[nodiscard]] auto density(int first_output, std::span<const S> entries) const {
    return parts_.front().backend.density(first_output, entries);
  }
  /// Sets the entries (encoded_size() x batch) of angles (features x batch).
  void encode(BatchView<const S> angles, BatchOut<S> entries);
  /// As forward, from entries.
  void forward_encoded(const BatchIn<S>& entries, std::span<const S> weights, BatchView<S> expectations);
  /// For the entries of the last forward_encoded: adds weight gradients.
  void backward_encoded(const BatchIn<S>& entries, BatchView<const S> cotangents, std::span<S> gradient);

 private:
  struct Part {
    explicit Part(const HeadProgram<S>& program) : backend(program) {}
    explicit Part(const Backend& like) : backend(like) {}
    Backend backend;
    Eigen::Index first = 0, count = 0;
    std::vector<S> gradient;
    std::exception_ptr error;
  };

  /// For another thread or a copy.
  [[nodiscard]] Part new_part() const {
    if constexpr (CopiedToThreads<Backend, S>) {
      if (parts_.empty()) throw LogicError("qmtl: ParallelBackend: expected a backend that has not been moved from");
      return Part(parts_.front().backend);
    } else {
      return Part(program_);
    }
  }

  [[nodiscard]] static std::unique_ptr<Workers> make_workers(int count) {
    return count > 1 ? std::make_unique<Workers>(count) : nullptr;
  }

  static constexpr bool can_share_states = requires(Backend b) { b.share_states(true); };

  /// A copy of a moved-from head has no parts.
  static void lend([[maybe_unused]] Workers* workers, [[maybe_unused]] std::vector<Part>& parts) {
    if constexpr (can_share_states) {
      if (!parts.empty()) parts.front().backend.set_workers(workers);
    }
  }

  /// Samples for every part; the last ones may be empty. If that left threads idle for more than a tenth of the time,
  /// the first part takes all, with all threads on each state.
  void split(Eigen::Index batch) noexcept {
    QMTL_ASSERT(!parts_.empty());  // a moved-from head may only be assigned to
    const auto parts = static_cast<Eigen::Index>(parts_.size());
    const Eigen::Index share = samples_of_part(parts_.front().backend, batch, parts);
    first_only_ = false;
    if constexpr (can_share_states) {
      first_only_ = 10 * batch < 9 * share * parts;
      parts_.front().backend.share_states(first_only_);
    }
    assign(batch, first_only_ ? batch : share);
  }

  /// The same for encoded samples, which always lie in lanes. Parts of few numbers would be done before another thread
  /// is awake.
  void split_encoded(Eigen::Index batch) noexcept {
    QMTL_ASSERT(!parts_.empty());
    constexpr Eigen::Index width = pack_width<S>, least_numbers = 8192;
    const auto parts = static_cast<Eigen::Index>(parts_.size());
    const Eigen::Index groups = (batch + width - 1) / width;
    const Eigen::Index least = least_numbers / (encoded_size() * width) + 1;
    const Eigen::Index share = std::max(least, (groups + parts - 1) / parts);
    first_only_ = share >= groups;
    assign(batch, share * width);
  }

  /// `share` samples for every part, as long as there are any.
  void assign(Eigen::Index batch, Eigen::Index share) noexcept {
    Eigen::Index first = 0;
    for (auto& part : parts_) {
      part.first = first;
      part.count = std::min(share, batch - first);
      first += part.count;
    }
  }

  /// The samples of a part.
  template <class View>
  [[nodiscard]] static View of_part(View batch, const Part& part) noexcept {
    return View(batch.data() + part.first * batch.rows(), batch.rows(), part.count);
  }

  /// Runs body(part, sum) with a sum a part, and adds up the sums in order.
  template <class Body>
  void run_adding(std::span<S> gradient, const Body& body) {
    run([&](Part& part) {
      const bool first = part.first == 0;
      if (!first) part.gradient.assign(gradient.size(), S(0));
      body(part, first ? gradient : std::span<S>(part.gradient));
    });
    for (const auto& part : parts_) {
      if (part.first == 0 || part.count == 0) continue;
      for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += part.gradient[j];
    }
  }

  template <class Body>
  void run(const Body& body) {
    if (workers_ != nullptr) workers_->keep_threads();
    for (auto& part : parts_) part.error = nullptr;
    const auto guarded = [&](int i) {
      auto& part = parts_[static_cast<std::size_t>(i)];
      if (part.count == 0) return;
      try {
        body(part);
      } catch (...) {
        part.error = std::current_exception();
      }
    };
    if (workers_ == nullptr || first_only_) {
      guarded(0);
    } else {
      workers_->run(guarded);
    }
    for (const auto& part : parts_) {
      if (part.error) std::rethrow_exception(part.error);
    }
  }

  HeadProgram<S> program_;
  std::vector<Part> parts_;
  std::unique_ptr<Workers> workers_;
  Eigen::Index batch_ = 0;
  bool first_only_ = false;  // the first part has all samples
};

// Not in the class: so that `extern template` keeps them from being compiled in every source file.

template <Scalar S, class Backend>
ParallelBackend<S, Backend>::ParallelBackend(HeadProgram<S> program)
    : program_(std::move(program)), parts_(1, Part(program_)) {}

template <Scalar S, class Backend>
ParallelBackend<S, Backend>::ParallelBackend(const ParallelBackend& other)
    : program_(other.program_),
      parts_(other.parts_.empty() ? std::vector<Part>() : std::vector<Part>(other.parts_.size(), other.new_part())),
      workers_(make_workers(static_cast<int>(parts_.size()))) {
  lend(workers_.get(), parts_);
}

template <Scalar S, class Backend>
ParallelBackend<S, Backend>::ParallelBackend(ParallelBackend&&) noexcept = default;

template <Scalar S, class Backend>
ParallelBackend<S, Backend>& ParallelBackend<S, Backend>::operator=(const ParallelBackend& other) {
  if (this != &other) *this = ParallelBackend(other);
  return *this;
}

template <Scalar S, class Backend>
ParallelBackend<S, Backend>& ParallelBackend<S, Backend>::operator=(ParallelBackend&&) noexcept = default;

template <Scalar S, class Backend>
ParallelBackend<S, Backend>::~ParallelBackend() = default;

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::set_execution(const Execution& execution) {
  const int count = thread_count(execution);
  std::vector<Part> parts(static_cast<std::size_t>(count), new_part());
  auto workers = make_workers(count);
  lend(workers.get(), parts);
  parts_ = std::move(parts);
  workers_ = std::move(workers);
  batch_ = 0;
}

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::forward(BatchView<const S> angles, std::span<const S> weights,
                                          BatchView<S> expectations) {
  split(angles.cols());
  run([&](Part& part) { part.backend.forward(of_part(angles, part), weights, of_part(expectations, part)); });
  batch_ = angles.cols();
}

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::backward(BatchView<const S> angles, std::span<const S> weights,
                                           BatchView<const S> cotangents, std::span<S> gradient,
                                           BatchView<S> angle_gradients) {
  split(batch_);
  const bool wanted = angle_gradients.cols() > 0;
  run_adding(gradient, [&](Part& part, std::span<S> sum) {
    part.backend.backward(of_part(angles, part), weights, of_part(cotangents, part), sum,
                          wanted ? of_part(angle_gradients, part) : angle_gradients);
  });
}

template <Scalar S, class Backend>
Eigen::Index ParallelBackend<S, Backend>::encoded_size() const noexcept {
  return parts_.front().backend.encoded_size();
}

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::encode(BatchView<const S> angles, BatchOut<S> entries) {
  split(entries.cols());
  run([&](Part& part) { part.backend.encode(of_part(angles, part), entries.middleCols(part.first, part.count)); });
}

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::forward_encoded(const BatchIn<S>& entries, std::span<const S> weights,
                                                  BatchView<S> expectations) {
  split_encoded(entries.cols());
  run([&](Part& part) {
    part.backend.forward_encoded(entries.middleCols(part.first, part.count), weights, of_part(expectations, part));
  });
}

template <Scalar S, class Backend>
void ParallelBackend<S, Backend>::backward_encoded(const BatchIn<S>& entries, BatchView<const S> cotangents,
                                                   std::span<S> gradient) {
  split_encoded(entries.cols());
  run_adding(gradient, [&](Part& part, std::span<S> sum) {
    part.backend.backward_encoded(entries.middleCols(part.first, part.count), of_part(cotangents, part), sum);
  });
}

}  // namespace qmtl::inline QMTL_ABI::detail
