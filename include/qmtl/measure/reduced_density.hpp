#pragma once
// SPDX-License-Identifier: Apache-2.0
// The reduced density matrix of a window, and local operators on it.

#include <algorithm>
#include <array>
#include <complex>
#include <span>

#include "qmtl/circuit/window.hpp"
#include "qmtl/core/config.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl {

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

/// offsets[a]: the bits of local basis state a at the window's qubits of the register.
template <WindowType W>
inline constexpr auto window_offsets = [] {
  std::array<Index, std::size_t{1} << W::width> offsets{};
  for (Index a = 0; a < offsets.size(); ++a) {
    for (int j = 0; j < W::width; ++j) {
      if (bit_of(a, j) != 0) offsets[a] |= qubit_mask(W::indices[static_cast<std::size_t>(j)]);
    }
  }
  return offsets;
}();

template <WindowType W>
inline constexpr auto sorted_window = [] {
  auto indices = W::indices;
  std::sort(indices.begin(), indices.end());
  return indices;
}();

/// Calls visit(base) for every basis state whose window qubits are all zero.
template <WindowType W, class Visit>
QMTL_ALWAYS_INLINE void for_each_environment(int qubits, Visit&& visit) {
  for (Index k = 0; k < dimension(qubits - W::width); ++k) {
    Index base = k;
    for (const int q : sorted_window<W>) base = insert_zero(base, q);
    visit(base);
  }
}

}  // namespace detail

/// rho_W = Tr_{not W} |psi><psi|: rho(a, b) = sum over the other qubits of psi(a, e) conj(psi(b, e)).
/// Cost 2^N * 2^k.
template <WindowType W, QuantumState T>
[[nodiscard]] LocalMatrix<typename T::Scalar, W::width> reduced_density(const T& state) {
  using S = typename T::Scalar;
  static_assert(window_extent<W> <= T::qubits, "qmtl: a window's qubits must be below the register's qubit count");
  detail::require_state(state);
  constexpr auto& offsets = detail::window_offsets<W>;
  constexpr std::size_t size = offsets.size();
  auto rho = detail::zero_local_matrix<S, W::width>();
  std::array<S, size> re{}, im{};
  detail::for_each_environment<W>(T::qubits, [&](Index base) {
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
  rho.template triangularView<Eigen::StrictlyUpper>() = rho.adjoint();
  return rho;
}

/// out += (B on W) |psi>, B acting as the identity on the other qubits. Cost 2^N * 2^k.
template <WindowType W, QuantumState T, class Out>
requires MutableState<Out>
void add_local_applied(const LocalMatrix<typename T::Scalar, W::width>& b, const T& state, Out&& out) {
  using S = typename T::Scalar;
  static_assert(window_extent<W> <= T::qubits, "qmtl: a window's qubits must be below the register's qubit count");
  static_assert(T::qubits == std::remove_cvref_t<Out>::qubits, "qmtl: both states must have as many qubits");
  detail::require_size("add_local_applied: rows of the operator", b.rows(), 1 << W::width);
  detail::require_size("add_local_applied: columns of the operator", b.cols(), 1 << W::width);
  detail::require_state(state);
  detail::require_state(out);
  constexpr auto& offsets = detail::window_offsets<W>;
  constexpr std::size_t size = offsets.size();
  std::array<S, size> re{}, im{};
  detail::for_each_environment<W>(T::qubits, [&](Index base) {
    re.fill(S(0));
    im.fill(S(0));
    for (std::size_t c = 0; c < size; ++c) {
      const auto amplitude = state.data()[base | offsets[c]];
      const S x = amplitude.real(), y = amplitude.imag();
      const std::complex<S>* column = b.data() + c * size;
      for (std::size_t r = 0; r < size; ++r) {
        re[r] += column[r].real() * x - column[r].imag() * y;
        im[r] += column[r].real() * y + column[r].imag() * x;
      }
    }
    for (std::size_t r = 0; r < size; ++r) out.data()[base | offsets[r]] += std::complex<S>(re[r], im[r]);
  });
}

}  // namespace qmtl
