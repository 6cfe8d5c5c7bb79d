#pragma once
// SPDX-License-Identifier: Apache-2.0
// StateVector<N, S> owns 2^N amplitudes; StateView<N, S> looks at a user's buffer. Same free functions for both.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <span>
#include <type_traits>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/eigen.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/core/moved_from.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl {

inline constexpr int max_qubits = 30;

namespace detail {
/// Above this many qubits amplitudes live on the heap: fixed-size Eigen objects are meant to be small.
inline constexpr int max_stack_qubits = 8;

template <int N, Scalar S>
using Amplitudes = Eigen::Matrix<std::complex<S>, N <= max_stack_qubits ? (1 << N) : Eigen::Dynamic, 1>;
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
    double largest = 0.0;
    for (std::size_t i = 0; i < amplitudes.size(); ++i) {
      if (!std::isfinite(amplitudes[i].real()) || !std::isfinite(amplitudes[i].imag())) {
        throw ValueError(detail::text("qmtl: StateVector: amplitude ", i, " is not finite"));
      }
      largest = std::max({largest, std::abs(static_cast<double>(amplitudes[i].real())),
                          std::abs(static_cast<double>(amplitudes[i].imag()))});
    }
    if (largest == 0.0) throw ValueError("qmtl: StateVector: all amplitudes are zero, a state must have norm 1");
    StateVector state;
    double squares = 0.0;  // of the amplitudes over the largest, so that neither overflows nor underflows
    for (const auto& a : amplitudes) {
      const double re = a.real() / largest;
      const double im = a.imag() / largest;
      squares += re * re + im * im;
    }
    const double norm = std::sqrt(squares);
    for (std::size_t i = 0; i < amplitudes.size(); ++i) {
      state[i] = {static_cast<S>(amplitudes[i].real() / largest / norm),
                  static_cast<S>(amplitudes[i].imag() / largest / norm)};
    }
    return state;
  }

  [[nodiscard]] Amplitude* data() noexcept { return amplitudes_.data(); }
  [[nodiscard]] const Amplitude* data() const noexcept { return amplitudes_.data(); }
  [[nodiscard]] static constexpr Index size() noexcept { return dimension(N); }
  [[nodiscard]] Amplitude& operator[](Index i) noexcept { return data()[i]; }
  [[nodiscard]] const Amplitude& operator[](Index i) const noexcept { return data()[i]; }

  /// The amplitudes as an Eigen column vector that looks at them: their number cannot be changed.
  [[nodiscard]] auto vector() noexcept { return Eigen::Map<detail::Amplitudes<N, S>>(data(), amplitudes_.size()); }
  [[nodiscard]] auto vector() const noexcept {
    return Eigen::Map<const detail::Amplitudes<N, S>>(data(), amplitudes_.size());
  }

 private:
  detail::Amplitudes<N, S> amplitudes_;
};

/// Anything with 2^N contiguous amplitudes: StateVector or StateView.
template <class T>
concept QuantumState = requires(const T& state) {
  typename T::Scalar;
  { T::qubits } -> std::convertible_to<int>;
  { *state.data() } -> std::convertible_to<std::complex<typename T::Scalar>>;
};

/// A state whose amplitudes may be changed.
template <class T>
concept MutableState = QuantumState<std::remove_cvref_t<T>> && requires(T& state) {
  { state.data() } -> std::same_as<std::complex<typename std::remove_cvref_t<T>::Scalar>*>;
};

namespace detail {
/// Throws LogicError for a state that has been moved from and left without amplitudes.
template <QuantumState T>
void require_state(const T& state) {
  if (state.data() == nullptr) throw_moved_from("StateVector");
}
}  // namespace detail

/// Sets the state to basis state `basis`, by default |0...0>. Throws ValueError if there is no such basis state.
template <class T>
requires MutableState<T>
void reset(T&& state, Index basis = 0) {
  using State = std::remove_cvref_t<T>;
  if (basis >= dimension(State::qubits)) {
    throw ValueError(detail::text("qmtl: reset: a state of ", State::qubits, " qubits has basis states 0 to ",
                                  dimension(State::qubits) - 1, ", got ", basis));
  }
  detail::require_state(state);
  std::fill_n(state.data(), dimension(State::qubits), std::complex<typename State::Scalar>{});
  state.data()[basis] = std::complex<typename State::Scalar>(1);
}

/// Copies amplitudes between states of equal size.
template <QuantumState From, class To>
requires MutableState<To> &&(From::qubits == std::remove_cvref_t<To>::qubits) void copy(const From& from, To&& to) {
  detail::require_state(from);
  detail::require_state(to);
  std::copy_n(from.data(), dimension(From::qubits), to.data());
}

/// <a|b>, linear in b. Cost 2^N; accumulated in double.
template <QuantumState A, QuantumState B>
requires(A::qubits == B::qubits) [[nodiscard]] std::complex<double> inner_product(const A& a, const B& b) {
  detail::require_state(a);
  detail::require_state(b);
  double re = 0.0;
  double im = 0.0;
  for (Index i = 0; i < dimension(A::qubits); ++i) {
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

}  // namespace qmtl
