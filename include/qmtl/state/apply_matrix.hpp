#pragma once
// SPDX-License-Identifier: Apache-2.0
// A 2^k x 2^k matrix, unitary or not, on any k qubits of a state.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/circuit/window.hpp"
#include "qmtl/core/config.hpp"
#include "qmtl/state/sampling.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// offsets[a]: the bits of local basis state a at the window's qubits of the register.
constexpr void fill_offsets(std::span<const int> window, std::span<Index> offsets) noexcept {
  for (Index a = 0; a < offsets.size(); ++a) {
    for (std::size_t j = 0; j < window.size(); ++j) {
      if (bit_of(a, static_cast<int>(j)) != 0) offsets[a] |= qubit_mask(window[j]);
    }
  }
}
template <WindowType W>
inline constexpr auto window_offsets = [] {
  std::array<Index, std::size_t{1} << W::width> offsets{};
  fill_offsets(W::indices, offsets);
  return offsets;
}();

template <WindowType W>
inline constexpr auto sorted_window = [] {
  auto indices = W::indices;
  std::sort(indices.begin(), indices.end());
  return indices;
}();

/// Where a window's amplitudes are, its size known at compile time, and room for 2^k complex numbers.
template <WindowType W, Scalar S>
struct FixedPlaces {
  static constexpr auto& sorted = sorted_window<W>;
  static constexpr auto& offsets = window_offsets<W>;
  std::array<S, std::size_t{1} << W::width> re{}, im{};
};

/// The same at run time.
template <Scalar S>
struct Places {
  explicit Places(std::span<const int> window)
      : sorted(window.begin(), window.end()), offsets(std::size_t{1} << window.size()), re(offsets.size()), im(re) {
    std::sort(sorted.begin(), sorted.end());
    fill_offsets(window, offsets);
  }
  std::vector<int> sorted;
  std::vector<Index> offsets;
  std::vector<S> re, im;
};

/// Calls visit(base) for every basis state whose window qubits, given in ascending order, are all zero.
template <class Qubits, class Visit>
QMTL_ALWAYS_INLINE void for_each_environment(const Qubits& sorted, int qubits, Visit&& visit) {
  for (Index k = 0; k < dimension(qubits - static_cast<int>(sorted.size())); ++k) {
    Index base = k;
    for (const int q : sorted) base = insert_zero(base, q);
    visit(base);
  }
}

/// Calls write(index, re, im) with the entries of (B on the window) |psi>, the columns of B one after another.
template <QuantumState T, class P, class Write>
void for_each_image(const std::complex<typename T::Scalar>* b, const T& state, P&& places, Write&& write) {
  using S = typename T::Scalar;
  const auto& offsets = places.offsets;
  const std::size_t size = offsets.size();
  auto &re = places.re, &im = places.im;
  for_each_environment(places.sorted, qubits_of(state), [&](Index base) {
    std::fill(re.begin(), re.end(), S(0));
    std::fill(im.begin(), im.end(), S(0));
    for (std::size_t c = 0; c < size; ++c) {
      const auto amplitude = state.data()[base | offsets[c]];
      const S x = amplitude.real(), y = amplitude.imag();
      const std::complex<S>* column = b + c * size;
      for (std::size_t r = 0; r < size; ++r) {
        re[r] += column[r].real() * x - column[r].imag() * y;
        im[r] += column[r].real() * y + column[r].imag() * x;
      }
    }
    for (std::size_t r = 0; r < size; ++r) write(base | offsets[r], re[r], im[r]);
  });
}

inline void require_operator_size(std::string_view where, Eigen::Index rows, Eigen::Index columns, std::size_t width) {
  require_size(text(where, ": rows of the operator"), rows, Eigen::Index{1} << width);
  require_size(text(where, ": columns of the operator"), columns, Eigen::Index{1} << width);
}

}  // namespace detail

/// |psi> <- (B on the window) |psi> for any 2^k x 2^k matrix B, unitary or not: local qubit j, bit j of its row and
/// column index, is qubit window[j] of the register. On a density matrix, which is a state of 2N qubits with the row's
/// qubits first, B and then conj(B) on the window raised by N give B rho B^dagger. Cost 2^N * 2^k. Throws CircuitError
/// for a window that does not fit, ShapeError for another size of B.
template <class T>
requires MutableState<T>
void apply_matrix(T&& state, const ColMajorMatrix<std::complex<typename std::remove_cvref_t<T>::Scalar>>& b,
                  std::span<const int> window) {
  using S = typename std::remove_cvref_t<T>::Scalar;
  detail::require_distinct_qubits("apply_matrix: a window", window, qubits_of(state));
  detail::require_operator_size("apply_matrix", b.rows(), b.cols(), window.size());
  detail::require_state(state);
  detail::for_each_image(b.data(), state, detail::Places<S>(window), [&state](Index i, S re, S im) {
    state.data()[i] = {re, im};
  });
}

}  // namespace qmtl::inline QMTL_ABI
