#pragma once
// SPDX-License-Identifier: Apache-2.0
// Encodings without gates: features as amplitudes, or as the bits of a basis state.

#include <algorithm>
#include <cmath>
#include <complex>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/head/encoding.hpp"

namespace qmtl::inline QMTL_ABI {

/// Amplitude encoding: the state is x / ||x||, padded with zeros to 2^N amplitudes; basis state i holds feature i. Its
/// inputs are not standardised behind a backbone that passes them on: that would change their ratios and signs.
template <int N, class F = Features<(1 << N)>>
struct AmplitudeEncoding {
  static_assert(F::count <= (1 << N), "qmtl: AmplitudeEncoding<N> must have at most 2^N features");
  static constexpr int features = F::count;
  static constexpr auto circuit = make_circuit<N>();
  static constexpr bool real_amplitudes = true;
  using Squash = NoSquash;

  /// Throws ValueError if the features are all zero or not finite: no state is proportional to them.
  template <Scalar S>
  static void prepare(const S* x, std::complex<S>* psi) {
    const Norm<S> norm(x);
    if (!(norm.largest > S(0)) || !std::isfinite(norm.ratio)) {
      throw ValueError("qmtl: AmplitudeEncoding: the features must be finite and not all zero");
    }
    for (int i = 0; i < features; ++i) psi[i] = std::complex<S>(norm.divide(x[i]));
    std::fill(psi + features, psi + dimension(N), std::complex<S>());
  }

  /// Adds dL/dx for L = <psi|H|psi>, from psi and lambda = H|psi>: (2/||x||) (Re lambda - <lambda|psi> psi).
  template <Scalar S>
  static void prepare_vjp(const S* x, const std::complex<S>* psi, const std::complex<S>* lambda, S* grad_x) noexcept {
    const Norm<S> norm(x);
    S overlap = 0;
    for (int i = 0; i < features; ++i) overlap += lambda[i].real() * psi[i].real();
    for (int i = 0; i < features; ++i) grad_x[i] += norm.divide(2 * (lambda[i].real() - overlap * psi[i].real()));
  }

  [[nodiscard]] static std::string describe() {
    return detail::text("amplitude encoding, ", features, " features on ", N, " qubits");
  }

 private:
  /// ||x|| as largest |x_i| times what is left, so that neither very large nor subnormal features are lost.
  template <Scalar S>
  struct Norm {
    explicit Norm(const S* x) noexcept {
      for (int i = 0; i < features; ++i) largest = std::max(largest, std::abs(x[i]));
      S squares = 0;
      for (int i = 0; i < features; ++i) squares += (x[i] / largest) * (x[i] / largest);  // NaN for NaN and infinity
      ratio = std::sqrt(squares);
    }
    [[nodiscard]] S divide(S value) const noexcept { return value / largest / ratio; }

    S largest = 0, ratio = 0;
  };
};

/// Basis encoding: qubit q is one where feature q is above 1/2. It has no gradient, so only a backbone without
/// parameters fits before it, and its inputs are not standardised behind one that passes them on.
template <int N>
struct BasisEncoding {
  static constexpr int features = N;
  static constexpr bool differentiable = false;
  static constexpr auto circuit = make_circuit<N>();
  static constexpr bool real_amplitudes = true;
  using Squash = NoSquash;

  template <Scalar S>
  static void prepare(const S* x, std::complex<S>* psi) {
    Index basis = 0;
    for (int q = 0; q < N; ++q) basis |= static_cast<Index>(x[q] > S(0.5)) << q;
    std::fill_n(psi, dimension(N), std::complex<S>());
    psi[basis] = std::complex<S>(1);
  }

  [[nodiscard]] static std::string describe() { return detail::text("basis encoding on ", N, " qubits"); }
};

}  // namespace qmtl::inline QMTL_ABI
