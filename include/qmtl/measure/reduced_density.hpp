#pragma once
// SPDX-License-Identifier: Apache-2.0
// The reduced density matrix of a window, and local operators on it.

#include <complex>
#include <concepts>
#include <span>

#include "qmtl/circuit/window.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/state/apply_matrix.hpp"
#include "qmtl/state/kernels.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

/// A 2^k x 2^k complex matrix on a window of k qubits; local qubit j is bit j of its row and column index.
template <Scalar S, int K>
using LocalMatrix =
    ColMajorMatrix<std::complex<S>, K <= 4 ? (1 << K) : Eigen::Dynamic, K <= 4 ? (1 << K) : Eigen::Dynamic>;

namespace detail {

/// A LocalMatrix of zeros, whatever its storage.
template <Scalar S, int K>
[[nodiscard]] LocalMatrix<S, K> zero_local_matrix() {
  return LocalMatrix<S, K>::Zero(1 << K, 1 << K);
}

/// Adds up in blocks of terms, the blocks in double precision: single would lose digits from 2^20 terms on, and stop at
/// 2^24 equal ones.
template <QuantumState T, class P, class Matrix>
void sum_density(const T& state, P&& places, Matrix& rho) {
  using S = typename T::Scalar;
  const auto& offsets = places.offsets;
  const std::size_t size = offsets.size();
  auto &re = places.re, &im = places.im;
  constexpr bool blocks = !std::same_as<S, double>;
  ColMajorMatrix<std::complex<double>> total =
      ColMajorMatrix<std::complex<double>>::Zero(blocks ? rho.rows() : 0, blocks ? rho.cols() : 0);
  Index terms = 0;
  for_each_environment(places.sorted, qubits_of(state), [&](Index base) {
    if (blocks && terms++ == block_terms) {
      total += rho.template cast<std::complex<double>>();
      rho.setZero();
      terms = 1;
    }
    for (std::size_t a = 0; a < size; ++a) {
      re[a] = state.data()[base | offsets[a]].real();
      im[a] = state.data()[base | offsets[a]].imag();
    }
    for (std::size_t b = 0; b < size; ++b) {
      std::complex<S>* column = rho.data() + b * size;
      for (std::size_t a = b; a < size; ++a) {
        column[a] += std::complex<S>(re[a] * re[b] + im[a] * im[b], im[a] * re[b] - re[a] * im[b]);
      }
    }
  });
  if (blocks) rho = (total + rho.template cast<std::complex<double>>()).template cast<std::complex<S>>();
  rho.template triangularView<Eigen::StrictlyUpper>() = rho.adjoint();
}

}  // namespace detail

/// rho_W = Tr_{not W} |psi><psi|: rho(a, b) = sum over the other qubits of psi(a, e) conj(psi(b, e)).
/// Cost 2^N * 2^k.
template <WindowType W, QuantumState T>
[[nodiscard]] LocalMatrix<typename T::Scalar, W::width> reduced_density(const T& state) {
  using S = typename T::Scalar;
  detail::require_window<W>(state);
  detail::require_state(state);
  auto rho = detail::zero_local_matrix<S, W::width>();
  detail::sum_density(state, detail::FixedPlaces<W, S>{}, rho);
  return rho;
}

/// The same for a window that is known at run time; local qubit j is qubit window[j]. Throws CircuitError for one that
/// does not fit, MemoryError where there is no memory for 4^k entries.
template <QuantumState T>
[[nodiscard]] ColMajorMatrix<std::complex<typename T::Scalar>> reduced_density(const T& state,
                                                                               std::span<const int> window) {
  using S = typename T::Scalar;
  using Matrix = ColMajorMatrix<std::complex<S>>;
  detail::require_distinct_qubits("reduced_density: a window", window, qubits_of(state));
  detail::require_state(state);
  const auto size = static_cast<Eigen::Index>(dimension(static_cast<int>(window.size())));
  Matrix rho = detail::with_memory(
      "reduced_density", detail::bytes_of<std::complex<S>>(static_cast<double>(size) * static_cast<double>(size)),
      [size] { return Matrix(Matrix::Zero(size, size)); });
  detail::sum_density(state, detail::Places<S>(window), rho);
  return rho;
}

/// out += (B on W) |psi>, B acting as the identity on the other qubits. Cost 2^N * 2^k. Throws
/// LogicError if both states are the same.
template <WindowType W, QuantumState T, class Out>
requires MutableState<Out>
void add_local_applied(const LocalMatrix<typename T::Scalar, W::width>& b, const T& state, Out&& out) {
  using S = typename T::Scalar;
  detail::require_window<W>(state);
  constexpr bool same_qubits = SameQubits<T, std::remove_cvref_t<Out>>;
  static_assert(same_qubits, "qmtl: both states must have as many qubits");
  detail::require_operator_size("add_local_applied", b.rows(), b.cols(), W::width);
  detail::require_same_qubits("add_local_applied", state, out);
  detail::require_different("add_local_applied", state, out);
  detail::for_each_image(b.data(), state, detail::FixedPlaces<W, S>{},
                         [&out](Index i, S re, S im) { out.data()[i] += std::complex<S>(re, im); });
}

}  // namespace qmtl::inline QMTL_ABI
