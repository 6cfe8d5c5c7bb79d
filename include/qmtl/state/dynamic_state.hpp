#pragma once
// SPDX-License-Identifier: Apache-2.0
// States whose number of qubits is known at run time only, and the one that a circuit makes of |0...0>.

#include <bit>
#include <cmath>
#include <span>
#include <utility>

#include "qmtl/state/apply.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

/// The state of 1 to 30 qubits, a number that is known at run time, as 2^N complex amplitudes on the heap, in the order
/// of StateVector. Starts in |0...0>. Whatever takes a StateVector takes it. One that has been moved from has no
/// amplitudes: functions throw LogicError. Memory: 2^N * sizeof(complex<S>).
template <Scalar S = double>
class DynamicStateVector {
 public:
  using Scalar = S;
  using Amplitude = std::complex<S>;
  using Vector = Eigen::Matrix<Amplitude, Eigen::Dynamic, 1>;

  /// Throws MemoryError, with the bytes needed, for more than 30 qubits or where there is no memory, ShapeError for
  /// fewer than 1.
  explicit DynamicStateVector(int qubits) {
    const double bytes = detail::bytes_of<Amplitude>(std::ldexp(1.0, qubits));
    if (qubits < 1) {
      throw ShapeError(
          detail::text("qmtl: DynamicStateVector: a state must have 1 to ", max_qubits, " qubits, got ", qubits));
    }
    if (qubits > max_qubits) {
      throw MemoryError(detail::text("qmtl: DynamicStateVector: a state must have at most ", max_qubits,
                                     " qubits, got ", qubits, ", which need ", detail::byte_text(bytes), " bytes"));
    }
    detail::with_memory("DynamicStateVector", bytes,
                        [&] { amplitudes_.resize(static_cast<Eigen::Index>(dimension(qubits))); });
    amplitudes_.setZero();
    amplitudes_[0] = Amplitude(1);
  }

  /// The normalised state proportional to `amplitudes`. Throws ShapeError unless their number is 2, 4, ... 2^30,
  /// ValueError if one is not finite or all are zero.
  [[nodiscard]] static DynamicStateVector from_amplitudes(std::span<const Amplitude> amplitudes);

  /// 0 if the amplitudes have been moved away.
  [[nodiscard]] int qubits() const noexcept { return size() == 0 ? 0 : std::countr_zero(size()); }
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(amplitudes_.size()); }
  [[nodiscard]] Amplitude* data() noexcept { return amplitudes_.data(); }
  [[nodiscard]] const Amplitude* data() const noexcept { return amplitudes_.data(); }
  [[nodiscard]] Amplitude& operator[](Index i) noexcept { return data()[i]; }
  [[nodiscard]] const Amplitude& operator[](Index i) const noexcept { return data()[i]; }

  /// The amplitudes as an Eigen column vector that looks at them: their number cannot be changed.
  [[nodiscard]] auto vector() & noexcept { return Eigen::Map<Vector>(data(), amplitudes_.size()); }
  [[nodiscard]] auto vector() const& noexcept { return Eigen::Map<const Vector>(data(), amplitudes_.size()); }
  /// Of a state that ends, the vector itself.
  [[nodiscard]] Vector vector() && noexcept { return std::move(amplitudes_); }

 private:
  detail::Owned<Vector> amplitudes_;
};

namespace detail {
/// Number of qubits of so many amplitudes of a `what`. Throws ShapeError unless it is 1 to 30.
[[nodiscard]] inline int qubits_of_size(std::string_view what, std::size_t amplitudes) {
  if (!std::has_single_bit(amplitudes) || amplitudes < 2 || amplitudes > dimension(max_qubits)) {
    throw ShapeError(text("qmtl: ", what, ": number of amplitudes must be a power of two from 2 to 2^", max_qubits,
                          ", got ", amplitudes));
  }
  return std::countr_zero(amplitudes);
}
}  // namespace detail

template <Scalar S>
DynamicStateVector<S> DynamicStateVector<S>::from_amplitudes(std::span<const Amplitude> amplitudes) {
  DynamicStateVector state(detail::qubits_of_size("DynamicStateVector", amplitudes.size()));
  detail::normalise("DynamicStateVector", amplitudes, state.data());
  return state;
}

/// A non-owning view of 2^N amplitudes, N known at run time; S is const for a read-only view. Cheap to copy, like
/// std::span.
template <class S>
requires Scalar<std::remove_const_t<S>>
class DynamicStateView {
 public:
  using Scalar = std::remove_const_t<S>;
  using Amplitude = std::conditional_t<std::is_const_v<S>, const std::complex<Scalar>, std::complex<Scalar>>;

  /// Looks at `amplitudes`, which must outlive the view. Throws ShapeError unless their number is 2, 4, ... 2^30.
  explicit DynamicStateView(std::span<Amplitude> amplitudes)
      : qubits_(detail::qubits_of_size("DynamicStateView", amplitudes.size())), data_(amplitudes.data()) {}

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] Amplitude* data() const noexcept { return data_; }
  [[nodiscard]] Index size() const noexcept { return dimension(qubits_); }
  [[nodiscard]] Amplitude& operator[](Index i) const noexcept { return data_[i]; }

 private:
  int qubits_;
  Amplitude* data_;
};

/// The state that a circuit of at most 30 qubits makes of |0...0>. Throws as DynamicStateVector and apply.
template <Scalar S = double>
[[nodiscard]] DynamicStateVector<S> run(CircuitView circuit, Parameters<S> features = {}, Parameters<S> weights = {}) {
  DynamicStateVector<S> state(circuit.qubits);
  apply(state, circuit, features, weights);
  return state;
}

}  // namespace qmtl::inline QMTL_ABI
