#pragma once
// SPDX-License-Identifier: Apache-2.0
// What evaluates a quantum head: the backend of its method, or one that was set at run time.

#include <concepts>
#include <memory>
#include <span>
#include <utility>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/engine/backend.hpp"
#include "qmtl/head/head_runner.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A head's own backend, and one in place of it, if any was set. Copies have copies of both.
template <Scalar S, class Own>
class HeadEvaluator {
 public:
  explicit HeadEvaluator(HeadProgram<S> program) : own_(std::move(program)) {}

  [[nodiscard]] Own& own() noexcept { return own_; }
  [[nodiscard]] const Own& own() const noexcept { return own_; }
  [[nodiscard]] bool runs_own() const noexcept { return !set_; }

  /// Throws ValueError for a backend that says that it is made of another head's program than this.
  template <class B>
  void set(const HeadProgram<S>& program, B backend) {
    if constexpr (requires { backend.program(); }) {
      if (const char* what = first_difference(program, backend.program())) {
        throw ValueError(
            text("qmtl: QuantumHead: a backend, expected one that is made of this head's program, got one of "
                 "another ",
                 what));
      }
    }
    if constexpr (splits_batches<B> && CopiedToThreads<B, S>) {
      using Threaded = ParallelBackend<S, B>;
      set_.set(std::make_unique<AnyBackendOf<S, Threaded>>(Threaded(backend)));
    } else {
      set_.set(std::make_unique<AnyBackendOf<S, B>>(std::move(backend)));
    }
  }
  template <class X>
  void set_executor(const HeadProgram<S>& program, X executor) {
    set(program, OnThreads<S, ShiftBackend<S, X>>(ShiftBackend<S, X>(program, std::move(executor))));
  }
  void restore() noexcept { set_.reset(); }

  void set_execution(const Execution& execution) {
    set_execution_of(own_, execution);
    set_.set_execution(execution);
  }
  void reseed(Seed seed) {
    if (set_) return set_->reseed(seed);
    reseed_backend(own_, seed);
  }

  /// The executor in use, if it is an X.
  template <class X>
  [[nodiscard]] const X* executor() const noexcept {
    using Shifts = OnThreads<S, ShiftBackend<S, X>>;
    if (set_) {
      const auto* shifts = set_.template get<Shifts>();
      return shifts == nullptr ? nullptr : &shifts->executor();
    }
    if constexpr (std::same_as<Own, Shifts>) return &own_.executor();
    return nullptr;
  }

  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) {
    if (set_) return set_->forward(angles, weights, expectations);
    own_.forward(angles, weights, expectations);
  }
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) {
    if (set_) return set_->backward(angles, weights, cotangents, gradient, angle_gradients);
    own_.backward(angles, weights, cotangents, gradient, angle_gradients);
  }
  void standard_errors(BatchView<const S> slopes, BatchView<S> errors) const {
    if (set_) return set_->standard_errors(slopes, errors);
    standard_errors_of<Own, S>(own_, slopes, errors);
  }

 private:
  Own own_;
  ChosenBackend<S> set_;  // in place of it
};

}  // namespace qmtl::inline QMTL_ABI::detail
