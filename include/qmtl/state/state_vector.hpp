#pragma once
// SPDX-License-Identifier: Apache-2.0
// StateVector<N, S> owns 2^N amplitudes; StateView<N, S> looks at a user's buffer. Same free functions for both.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/eigen.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/core/moved_from.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

inline constexpr int max_qubits = 30;

namespace detail {
/// Above this many qubits amplitudes live on the heap: fixed-size Eigen objects are meant to be small.
inline constexpr int max_stack_qubits = 8;

template <int N, Scalar S>
using Amplitudes = Eigen::Matrix<std::complex<S>, N <= max_stack_qubits ? (1 << N) : Eigen::Dynamic, 1>;

/// An Eigen vector that is empty once it has been moved from, where Eigen's assignment exchanges both, and that a
/// failed copy leaves as it was, where Eigen's has freed its memory by then.
template <class Vector>
struct Owned : Vector {
  Owned() = default;
  Owned(const Owned& other) : Vector() {
    with_memory("state", bytes_of<typename Vector::Scalar>(static_cast<double>(other.size())),
                [&] { Vector::operator=(other); });
  }
  Owned(Owned&&) noexcept = default;
  Owned& operator=(const Owned& other) {
    if (this->size() == other.size()) {
      Vector::operator=(other);
      return *this;
    }
    return *this = Owned(other);
  }
  Owned& operator=(Owned&& other) noexcept {
    if constexpr (Vector::SizeAtCompileTime == Eigen::Dynamic) {
      Owned taken(std::move(other));
      this->swap(taken);
    } else {
      Vector::operator=(other);
    }
    return *this;
  }
  ~Owned() = default;
};

/// Writes the state of norm 1 proportional to `amplitudes`, those of a `what`. Throws ValueError if one is not finite
/// or all are zero.
template <Scalar S>
void normalise(std::string_view what, std::span<const std::complex<S>> amplitudes, std::complex<S>* out) {
  double largest = 0.0;
  for (std::size_t i = 0; i < amplitudes.size(); ++i) {
    if (!std::isfinite(amplitudes[i].real()) || !std::isfinite(amplitudes[i].imag())) {
      throw ValueError(text("qmtl: ", what, ": amplitude ", i, " is not finite"));
    }
    largest = std::max({largest, std::abs(static_cast<double>(amplitudes[i].real())),
                        std::abs(static_cast<double>(amplitudes[i].imag()))});
  }
  if (largest == 0.0) throw ValueError(text("qmtl: ", what, ": all amplitudes are zero, a state must have norm 1"));
  double squares = 0.0;  // of the amplitudes over the largest, so that neither overflows nor underflows
  for (const auto& a : amplitudes) {
    const double re = a.real() / largest;
    const double im = a.imag() / largest;
    squares += re * re + im * im;
  }
  const double norm = std::sqrt(squares);
  for (std::size_t i = 0; i < amplitudes.size(); ++i) {
    out[i] = {static_cast<S>(amplitudes[i].real() / largest / norm),
              static_cast<S>(amplitudes[i].imag() / largest / norm)};
  }
}
}  // namespace detail

/// A non-owning view of 2^N amplitudes; S is const for a read-only view. Cheap to copy, like std::span.
template <int N, class S>
requires Scalar<std::remove_const_t<S>>
class StateView {
 public:
  static_assert(N >= 1 && N <= max_qubits, "qmtl: a state vector must have 1 to 30 qubits");
  static constexpr int qubits = N;
  using Scalar = std::remove_const_t<S>;
  using Amplitude = std::conditional_t<std::is_const_v<S>, const std::complex<Scalar>, std::complex<Scalar>>;

  /// Looks at `amplitudes`, which must hold 2^N values and outlive the view; throws ShapeError otherwise.
  explicit StateView(std::span<Amplitude> amplitudes) : data_(amplitudes.data()) {
    detail::require_size("StateView: number of amplitudes", amplitudes.size(), dimension(N));
  }

  [[nodiscard]] Amplitude* data() const noexcept { return data_; }
  [[nodiscard]] static constexpr Index size() noexcept { return dimension(N); }
  [[nodiscard]] Amplitude& operator[](Index i) const noexcept { return data_[i]; }

 private:
  Amplitude* data_;
};

/// The state of N qubits as 2^N complex amplitudes; the amplitude of basis state i is at index i, qubit q is bit q of
/// i. Starts in |0...0>. On the heap a state that has been moved from has no amplitudes: functions throw LogicError.
/// Memory: 2^N * sizeof(complex<S>), on the heap above 8 qubits.
template <int N, Scalar S = double>
class StateVector {
 public:
  static_assert(N >= 1 && N <= max_qubits, "qmtl: a state vector must have 1 to 30 qubits");
  static constexpr int qubits = N;
  using Scalar = S;
  using Amplitude = std::complex<S>;

  /// Throws MemoryError where there is no memory for 2^N amplitudes.
  StateVector() {
    if constexpr (N > detail::max_stack_qubits) {
      detail::with_memory("StateVector", detail::bytes_of<Amplitude>(static_cast<double>(size())),
                          [this] { amplitudes_.resize(static_cast<Eigen::Index>(size())); });
    }
    amplitudes_.setZero();
    amplitudes_[0] = Amplitude(1);
  }

  /// The normalised state proportional to `amplitudes`. Throws ShapeError unless there are 2^N of them, ValueError if
  /// one is not finite or all are zero.
  [[nodiscard]] static StateVector from_amplitudes(std::span<const Amplitude> amplitudes) {
    detail::require_size("StateVector: number of amplitudes", amplitudes.size(), dimension(N));
    StateVector state;
    detail::normalise("StateVector", amplitudes, state.data());
    return state;
  }

  [[nodiscard]] Amplitude* data() noexcept { return amplitudes_.data(); }
  [[nodiscard]] const Amplitude* data() const noexcept { return amplitudes_.data(); }
  [[nodiscard]] static constexpr Index size() noexcept { return dimension(N); }
  [[nodiscard]] Amplitude& operator[](Index i) noexcept { return data()[i]; }
  [[nodiscard]] const Amplitude& operator[](Index i) const noexcept { return data()[i]; }

  /// The amplitudes as an Eigen column vector that looks at them: their number cannot be changed.
  [[nodiscard]] auto vector() & noexcept { return Eigen::Map<detail::Amplitudes<N, S>>(data(), amplitudes_.size()); }
  [[nodiscard]] auto vector() const& noexcept {
    return Eigen::Map<const detail::Amplitudes<N, S>>(data(), amplitudes_.size());
  }
  /// Of a state that ends, the vector itself.
  [[nodiscard]] detail::Amplitudes<N, S> vector() && noexcept { return std::move(amplitudes_); }

 private:
  detail::Owned<detail::Amplitudes<N, S>> amplitudes_;
};

/// A state whose number of qubits is part of its type: StateVector or StateView.
template <class T>
concept FixedSizeState = requires {
  { T::qubits } -> std::convertible_to<int>;
};

/// Anything with 2^N contiguous amplitudes: StateVector or StateView, or one whose number of qubits is known at run
/// time only (`state/dynamic_state.hpp`), which it tells by `qubits()`.
template <class T>
concept QuantumState = requires(const T& state) {
  typename T::Scalar;
  { *state.data() } -> std::convertible_to<std::complex<typename T::Scalar>>;
}
&&(FixedSizeState<T> || requires(const T& state) {
  { state.qubits() } -> std::same_as<int>;
});

/// Number of qubits of a state.
template <QuantumState T>
[[nodiscard]] constexpr int qubits_of([[maybe_unused]] const T& state) noexcept {
  if constexpr (FixedSizeState<T>) {
    return T::qubits;
  } else {
    return state.qubits();
  }
}

/// A state whose amplitudes may be changed.
template <class T>
concept MutableState = QuantumState<std::remove_cvref_t<T>> && requires(T& state) {
  { state.data() } -> std::same_as<std::complex<typename std::remove_cvref_t<T>::Scalar>*>;
};

/// States that have equally many qubits, as far as their types tell.
template <class A, class B>
concept SameQubits = !FixedSizeState<A> || !FixedSizeState<B> || requires {
  requires A::qubits == B::qubits;
};

namespace detail {
/// Throws LogicError for a state that has been moved from and left without amplitudes.
template <QuantumState T>
void require_state(const T& state) {
  if (state.data() == nullptr) throw_moved_from(FixedSizeState<T> ? "StateVector" : "DynamicStateVector");
}

/// Throws ShapeError unless two states have equally many qubits.
template <QuantumState A, QuantumState B>
void require_same_qubits(std::string_view where, const A& a, const B& b) {
  if (qubits_of(a) != qubits_of(b)) {
    throw ShapeError(
        text("qmtl: ", where, ": both states must have as many qubits, got ", qubits_of(a), " and ", qubits_of(b)));
  }
  require_state(a);
  require_state(b);
}

/// Throws LogicError if two states have the same amplitudes in memory.
template <QuantumState A, QuantumState B>
void require_different(std::string_view where, const A& a, const B& b) {
  if (static_cast<const void*>(a.data()) == static_cast<const void*>(b.data())) {
    throw LogicError(text("qmtl: ", where, ": the two states must be different"));
  }
}
}  // namespace detail

/// Sets the state to basis state `basis`, by default |0...0>. Throws ValueError if there is no such basis state.
template <class T>
requires MutableState<T>
void reset(T&& state, Index basis = 0) {
  using State = std::remove_cvref_t<T>;
  const Index size = dimension(qubits_of(state));
  if (basis >= size) {
    throw ValueError(detail::text("qmtl: reset: a state of ", qubits_of(state), " qubits has basis states 0 to ",
                                  size - 1, ", got ", basis));
  }
  detail::require_state(state);
  std::fill_n(state.data(), size, std::complex<typename State::Scalar>{});
  state.data()[basis] = std::complex<typename State::Scalar>(1);
}

/// Copies amplitudes between states of equal size. Throws ShapeError for others, where sizes are known at run time
/// only.
template <QuantumState From, class To>
requires MutableState<To> && SameQubits<From, std::remove_cvref_t<To>>
void copy(const From& from, To&& to) {
  detail::require_same_qubits("copy", from, to);
  std::copy_n(from.data(), dimension(qubits_of(from)), to.data());
}

/// <a|b>, linear in b. Cost 2^N; accumulated in double. Throws ShapeError for states of different size, where sizes are
/// known at run time only.
template <QuantumState A, QuantumState B>
requires SameQubits<A, B>
[[nodiscard]] std::complex<double> inner_product(const A& a, const B& b) {
  detail::require_same_qubits("inner_product", a, b);
  double re = 0.0;
  double im = 0.0;
  for (Index i = 0; i < dimension(qubits_of(a)); ++i) {
    const double ar = a.data()[i].real(), ai = a.data()[i].imag();
    const double br = b.data()[i].real(), bi = b.data()[i].imag();
    re += ar * br + ai * bi;
    im += ar * bi - ai * br;
  }
  return {re, im};
}

/// The 2-norm, 1 for a state; accumulated in double.
template <QuantumState A>
[[nodiscard]] double norm(const A& state) {
  return std::sqrt(inner_product(state, state).real());
}

}  // namespace qmtl::inline QMTL_ABI
