#pragma once
// SPDX-License-Identifier: Apache-2.0
// 2x2 matrices of elementary gates in lanes, and what gradients by their angles follow from.

#include <array>
#include <type_traits>

#include "qmtl/circuit/elementary.hpp"
#include "qmtl/engine/lane_amplitude.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The real part of a real or complex pack.
[[nodiscard]] QMTL_ALWAYS_INLINE auto real_of(const auto& a) noexcept {
  if constexpr (requires { a.re; }) {
    return a.re;
  } else {
    return a;
  }
}
/// The imaginary part of a complex pack; zero for a real one.
[[nodiscard]] QMTL_ALWAYS_INLINE auto imaginary_of(const auto& a) noexcept {
  if constexpr (requires { a.im; }) {
    return a.im;
  } else {
    return std::remove_cvref_t<decltype(a)>{};
  }
}

/// The derivative by the angle of a parametric elementary gate from its pairs' products, as generator_product for
/// single states.
template <Scalar S, class A>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> generator_sum(PairGate gate, const std::array<A, 4>& t) noexcept {
  const auto& g = generator_of(gate);
  Pack<S> sum{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double re = g.re[i / 2][i % 2], im = g.im[i / 2][i % 2];
    if (re != 0.0) sum += static_cast<S>(2 * re) * imaginary_of(t[i]);
    if (im != 0.0) sum += static_cast<S>(2 * im) * real_of(t[i]);
  }
  return sum;
}

/// The product of 2x2 matrices.
template <class A>
[[nodiscard]] std::array<A, 4> multiply(const std::array<A, 4>& a, const std::array<A, 4>& b) noexcept {
  return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]};
}

/// The matrix of an elementary gate with each lane's own cosine and sine: of half the angle for RX, RY, RZ, of the
/// whole for P. Gates without an angle ignore them.
template <Scalar S, class A>
[[nodiscard]] std::array<A, 4> lane_matrix(PairGate gate, const Pack<S>& c, const Pack<S>& s) noexcept {
  const Pack<S> zero{};
  const auto real = [](const Pack<S>& x) { return make_amplitude<S, A>(x, Pack<S>{}); };
  switch (gate) {
    case PairGate::RX: return {real(c), make_amplitude<S, A>(zero, -s), make_amplitude<S, A>(zero, -s), real(c)};
    case PairGate::RY: return {real(c), real(-s), real(s), real(c)};
    case PairGate::RZ: return {make_amplitude<S, A>(c, -s), real(zero), real(zero), make_amplitude<S, A>(c, s)};
    case PairGate::P: return {real(zero + S(1)), real(zero), real(zero), make_amplitude<S, A>(c, s)};
    case PairGate::X:
    case PairGate::Y:
    case PairGate::Z:
    case PairGate::H:
    case PairGate::S:
    case PairGate::Sdg:
    case PairGate::T:
    case PairGate::Tdg:
    case PairGate::SX:
    case PairGate::SXdg:
    case PairGate::IX:
    case PairGate::IXdg:
    case PairGate::RootIX:
    case PairGate::RootIXdg: break;  // no angle; one that has would be missed by a default
  }
  const Matrix2<S> m = matrix_of(gate, S(0));
  const auto entry = [&m, &zero](int r, int k) { return make_amplitude<S, A>(zero + m.re[r][k], zero + m.im[r][k]); };
  return {entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)};
}

}  // namespace qmtl::inline QMTL_ABI::detail
