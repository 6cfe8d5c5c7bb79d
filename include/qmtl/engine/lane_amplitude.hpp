#pragma once
// SPDX-License-Identifier: Apache-2.0
// Amplitudes of several samples side by side in SIMD lanes: Pack<S> where they are real, ComplexPack<S> where not.

#include <type_traits>
#include <utility>

#include "qmtl/core/simd.hpp"

namespace qmtl::inline QMTL_ABI {

/// One complex amplitude of each of pack_width<S> samples.
template <Scalar S>
struct ComplexPack {
  Pack<S> re;
  Pack<S> im;

  friend QMTL_ALWAYS_INLINE ComplexPack operator+(const ComplexPack& a, const ComplexPack& b) noexcept {
    return {a.re + b.re, a.im + b.im};
  }
  friend QMTL_ALWAYS_INLINE ComplexPack operator-(const ComplexPack& a, const ComplexPack& b) noexcept {
    return {a.re - b.re, a.im - b.im};
  }
  friend QMTL_ALWAYS_INLINE ComplexPack operator-(const ComplexPack& a) noexcept { return {-a.re, -a.im}; }
  friend QMTL_ALWAYS_INLINE ComplexPack operator*(const Pack<S>& a, const ComplexPack& b) noexcept {
    return {a * b.re, a * b.im};
  }
  friend QMTL_ALWAYS_INLINE ComplexPack operator*(const ComplexPack& a, const ComplexPack& b) noexcept {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  ComplexPack& operator+=(const ComplexPack& b) noexcept { return *this = *this + b; }
};

/// The amplitude type of a lane engine.
template <Scalar S, bool IsComplex>
using LaneAmplitude = std::conditional_t<IsComplex, ComplexPack<S>, Pack<S>>;

namespace detail {

/// The conjugate, of a complex amplitude.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> conjugate(const Pack<S>& a) noexcept {
  return a;
}
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE ComplexPack<S> conjugate(const ComplexPack<S>& a) noexcept {
  return {a.re, -a.im};
}

/// a * conj(b).
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> times_conjugate(const Pack<S>& a, const Pack<S>& b) noexcept {
  return a * b;
}
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE ComplexPack<S> times_conjugate(const ComplexPack<S>& a,
                                                                const ComplexPack<S>& b) noexcept {
  return {a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
}

/// Re(conj(a) b).
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> real_product(const Pack<S>& a, const Pack<S>& b) noexcept {
  return a * b;
}
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> real_product(const ComplexPack<S>& a, const ComplexPack<S>& b) noexcept {
  return a.re * b.re + a.im * b.im;
}

/// a += x for a real x.
template <Scalar S>
QMTL_ALWAYS_INLINE void add_real(Pack<S>& a, const Pack<S>& x) noexcept {
  a += x;
}
template <Scalar S>
QMTL_ALWAYS_INLINE void add_real(ComplexPack<S>& a, const Pack<S>& x) noexcept {
  a.re += x;
}

/// Im(conj(a) b), zero for real amplitudes.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> imaginary_product(const Pack<S>&, const Pack<S>&) noexcept {
  return Pack<S>{};
}
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> imaginary_product(const ComplexPack<S>& a, const ComplexPack<S>& b) noexcept {
  return a.re * b.im - a.im * b.re;
}

/// The amplitude re + i im; a real amplitude has no place for im.
template <Scalar S, class A>
[[nodiscard]] QMTL_ALWAYS_INLINE A make_amplitude(const Pack<S>& re, const Pack<S>& im) noexcept {
  if constexpr (std::is_same_v<A, ComplexPack<S>>) {
    return {re, im};
  } else {
    return re;
  }
}

/// Calls body(std::integral_constant<int, i>) for i = 0 .. Count-1, unrolled at every optimisation level.
template <int Count, class Body>
QMTL_ALWAYS_INLINE void unroll(Body&& body) noexcept {
  [&]<int... Is>(std::integer_sequence<int, Is...>) __attribute__((always_inline)) {
    (body(std::integral_constant<int, Is>{}), ...);
  }
  (std::make_integer_sequence<int, Count>{});
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
