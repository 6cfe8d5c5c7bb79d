#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pauli terms as they act on amplitudes in lanes: what observables have beside their diagonals.

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/engine/lane_amplitude.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A Pauli term on the 2^k places of a window: the amplitude at place a goes to a ^ flip, times factors[a], and times i
/// if the term is imaginary.
template <Scalar S>
struct LocalTerm {
  std::size_t observable;
  std::size_t flip;
  bool imaginary;  ///< an odd number of Y
  std::vector<S> factors;

  /// What the amplitude at `place` becomes.
  [[nodiscard]] ComplexPack<S> image(const ComplexPack<S>& amplitude, std::size_t place) const noexcept {
    const ComplexPack<S> scaled = broadcast<S>(factors[place]) * amplitude;
    return imaginary ? ComplexPack<S>{-scaled.im, scaled.re} : scaled;
  }
  /// Of a real term.
  [[nodiscard]] Pack<S> image(const Pack<S>& amplitude, std::size_t place) const noexcept {
    return broadcast<S>(factors[place]) * amplitude;
  }
};

/// The terms on a window whose basis state i lies at place(i); these are affine over GF(2) in i. For amplitudes A that
/// are real, without the imaginary ones: <psi|P|psi> is zero for such a P, whatever the real psi.
template <Scalar S, class A, class Place>
[[nodiscard]] std::vector<LocalTerm<S>> local_terms(std::span<const ObservableTerm> terms, std::size_t size,
                                                    const Place& place) {
  std::vector<LocalTerm<S>> local;
  for (const auto& [observable, term] : terms) {
    const int y = term.string.y_count();  // P = i^y X^x Z^z
    const bool imaginary = y % 2 == 1;
    if (imaginary && std::is_same_v<A, Pack<S>>) continue;
    auto& made = local.emplace_back(LocalTerm<S>{static_cast<std::size_t>(observable),
                                                 place(static_cast<std::size_t>(term.string.x)) ^ place(0), imaginary,
                                                 std::vector<S>(size)});
    const double coefficient = y % 4 < 2 ? term.coefficient : -term.coefficient;
    for (std::size_t i = 0; i < size; ++i) {
      made.factors[place(i)] = static_cast<S>(coefficient * parity_sign(i, term.string.z));
    }
  }
  return local;
}

}  // namespace qmtl::inline QMTL_ABI::detail
