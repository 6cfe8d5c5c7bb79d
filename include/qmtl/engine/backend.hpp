#pragma once
// SPDX-License-Identifier: Apache-2.0
// Backends: what evaluates a quantum head on batches, and differentiates it.

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/engine/head_program.hpp"

namespace qmtl::inline QMTL_ABI {

/// backend.forward(angles, weights, expectations): sets expectation values (outputs x batch) for angles (features x
/// batch) and the head's weights.
template <class B, class S>
concept BackendForward = requires(B backend, BatchView<const S> angles, std::span<const S> weights,
                                  BatchView<S> expectations) {
  backend.forward(angles, weights, expectations);
};

/// backend.backward(angles, weights, cotangents, gradient, angle_gradients): for cotangents (outputs x batch) of the
/// last forward, of the same angles and weights, adds dL/dweights to `gradient`, and sets dL/dangles (features x batch)
/// unless those have no columns: then nobody wants them. It may be called again.
template <class B, class S>
concept BackendBackward = requires(B backend, BatchView<const S> in, std::span<const S> weights, std::span<S> gradient,
                                   BatchView<S> angle_gradients) {
  backend.backward(in, weights, in, gradient, angle_gradients);
};

/// What evaluates a quantum head, given as a HeadProgram<S> whose operations outlive it. A copy has its own buffers. A
/// BatchView converts to the BatchIn and BatchOut that functions may take. A backend may have more:
/// - `static constexpr bool splits_batches = true`: a sample's results do not depend on the others. Then threads have
///   copies of it, each for a part of the batch, in multiples of its `static constexpr int width` if it has one; any
///   other one is always given whole batches;
/// - `set_execution(const Execution&)`, if it does not split batches: how many threads it may use;
/// - `const HeadProgram<S>& program() const`: what it was made of. A head refuses one that was made of another's;
/// - `reseed(Seed)`, if it draws random numbers: from now on it draws those of this seed;
/// - `standard_errors(slopes, errors) const`: sets those (1 x batch) of combinations of the last forward's expectation
///   values, sum_o slopes(o, b) <O_o> for slopes (outputs x batch).
template <class B, class S>
concept HeadBackend = Scalar<S> && std::copy_constructible<B> && BackendForward<B, S> && BackendBackward<B, S>;

/// Whether a backend says that batches may be split.
template <class B>
inline constexpr bool splits_batches = requires {
  requires B::splits_batches;
};

/// A backend that can keep what an encoding without weights makes of a sample as `encoded_size()` numbers, and go on
/// from there: see LaneBackend, which has these functions.
template <class B, class S>
concept CachingBackend = HeadBackend<B, S> && requires(B backend, BatchView<const S> in, std::span<const S> weights,
                                                       BatchView<S> out, BatchOut<S> entries, std::span<S> gradient) {
  { backend.encoded_size() } -> std::convertible_to<Eigen::Index>;
  backend.encode(in, entries);
  backend.forward_encoded(entries, weights, out);
  backend.backward_encoded(entries, in, gradient);
  backend.density(0, std::span<const S>(weights));  // of a sample's entries
};

namespace detail {

/// A backend whose type is known at run time only. It is called a few times a batch.
template <Scalar S>
class AnyBackend {
 public:
  AnyBackend() = default;
  AnyBackend& operator=(const AnyBackend&) = delete;
  virtual ~AnyBackend() = default;

  [[nodiscard]] virtual std::unique_ptr<AnyBackend> clone() const = 0;
  virtual void set_execution(const Execution& execution) = 0;
  virtual void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) = 0;
  virtual void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                        std::span<S> gradient, BatchView<S> angle_gradients) = 0;
  virtual void standard_errors(BatchView<const S> slopes, BatchView<S> errors) const = 0;
  virtual void reseed(Seed seed) = 0;

 protected:
  AnyBackend(const AnyBackend&) = default;
};

/// Whether a backend has standard errors. One that has a member of this name and another form would pass for an exact
/// one: that is an error.
template <class B, Scalar S>
inline constexpr bool gives_standard_errors = [] {
  constexpr bool gives = requires(const B& backend, BatchView<const S> slopes, BatchView<S> errors) {
    backend.standard_errors(slopes, errors);
  };
  constexpr bool other = requires { &B::standard_errors; }
  || requires(B & backend, BatchView<const S> slopes, BatchView<S> errors) { backend.standard_errors(slopes, errors); }
  || requires(const B& backend, BatchView<S> errors) { backend.standard_errors(errors); };
  static_assert(gives || !other,
                "qmtl: a backend's standard_errors must be const and take a BatchView of slopes and one of errors");
  return gives;
}();

/// Zero where a backend has none.
template <class B, Scalar S>
void standard_errors_of(const B& backend, BatchView<const S> slopes, BatchView<S> errors) {
  if constexpr (gives_standard_errors<B, S>) {
    backend.standard_errors(slopes, errors);
  } else {
    errors.setZero();
  }
}

/// Throws ValueError for an impossible count of threads, whether or not the backend uses any.
template <class B>
void set_execution_of(B& backend, const Execution& execution) {
  if constexpr (requires { backend.set_execution(execution); }) {
    backend.set_execution(execution);
  } else {
    (void)thread_count(execution);
  }
}

/// Backends that cannot be reseeded draw no random numbers.
template <class B>
void reseed_backend([[maybe_unused]] B& backend, [[maybe_unused]] Seed seed) {
  if constexpr (requires { backend.reseed(seed); }) backend.reseed(seed);
}

template <Scalar S, HeadBackend<S> B>
class AnyBackendOf final : public AnyBackend<S> {
 public:
  explicit AnyBackendOf(B backend) : backend_(std::move(backend)) {}

  [[nodiscard]] std::unique_ptr<AnyBackend<S>> clone() const override { return std::make_unique<AnyBackendOf>(*this); }
  void set_execution(const Execution& execution) override { set_execution_of(backend_, execution); }
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) override {
    backend_.forward(angles, weights, expectations);
  }
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) override {
    backend_.backward(angles, weights, cotangents, gradient, angle_gradients);
  }
  void standard_errors(BatchView<const S> slopes, BatchView<S> errors) const override {
    standard_errors_of<B, S>(backend_, slopes, errors);
  }
  void reseed(Seed seed) override { reseed_backend(backend_, seed); }
  [[nodiscard]] const B& backend() const noexcept { return backend_; }

 private:
  B backend_;
};

/// A backend that was chosen at run time, or none, and the execution that it is to have, whichever is set first. A copy
/// has a copy of it.
template <Scalar S>
class ChosenBackend {
 public:
  ChosenBackend() = default;
  ChosenBackend(const ChosenBackend& other)
      : backend_(other ? other.backend_->clone() : nullptr), execution_(other.execution_) {}
  ChosenBackend(ChosenBackend&&) noexcept = default;
  ChosenBackend& operator=(const ChosenBackend& other) { return *this = ChosenBackend(other); }
  ChosenBackend& operator=(ChosenBackend&&) noexcept = default;
  ~ChosenBackend() = default;

  /// If the backend cannot have the execution, everything is as it was.
  void set(std::unique_ptr<AnyBackend<S>> backend) {
    if (execution_) backend->set_execution(*execution_);
    backend_ = std::move(backend);
  }
  void reset() noexcept { backend_ = nullptr; }
  void set_execution(const Execution& execution) {
    if (backend_ != nullptr) backend_->set_execution(execution);
    execution_ = execution;
  }

  explicit operator bool() const noexcept { return backend_ != nullptr; }
  [[nodiscard]] AnyBackend<S>* operator->() const noexcept { return backend_.get(); }
  /// The backend if it is a B, or null.
  template <class B>
  [[nodiscard]] const B* get() const noexcept {
    const auto* of_type = dynamic_cast<const AnyBackendOf<S, B>*>(backend_.get());
    return of_type == nullptr ? nullptr : &of_type->backend();
  }

 private:
  std::unique_ptr<AnyBackend<S>> backend_;
  std::optional<Execution> execution_;  // none: the backend has its own
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
