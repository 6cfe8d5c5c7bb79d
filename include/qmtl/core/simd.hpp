#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pack<S>: as many scalars as the widest vector register that the compiler targets holds, by the compilers' vectors.

#include <bit>
#include <cmath>
#include <cstddef>

#include "qmtl/core/config.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl {

#if defined(__AVX512F__)
inline constexpr std::size_t pack_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t pack_bytes = 32;
#else
inline constexpr std::size_t pack_bytes = 16;  // SSE2, NEON
#endif

namespace detail {
template <Scalar S>
struct PackOf {
  typedef S type __attribute__((vector_size(pack_bytes)));  // NOLINT(modernize-use-using)
};
}  // namespace detail

/// A SIMD register of S with the usual arithmetic, element by element; scalars broadcast in `pack * scalar`.
template <Scalar S>
using Pack = typename detail::PackOf<S>::type;

/// Scalars in a Pack<S>: 8 doubles under AVX-512, 4 under AVX, 2 under SSE2 and NEON; twice as many floats.
template <Scalar S>
inline constexpr int pack_width = static_cast<int>(pack_bytes / sizeof(S));

/// All lanes equal.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> broadcast(S value) noexcept {
  return Pack<S>{} + value;
}

/// The sum over the lanes, in lane order.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE S lane_sum(const Pack<S>& pack) noexcept {
  S sum = 0;
  for (int i = 0; i < pack_width<S>; ++i) sum += pack[i];
  return sum;
}

namespace detail {

/// The same value, which the compiler may no longer combine with what it was computed from: roundings that
/// -funsafe-math-optimizations would cancel stay where they are. Costs no instruction.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> rounded(Pack<S> pack) noexcept {
#if defined(__SSE2__)
  __asm__("" : "+v"(pack));
#elif defined(__aarch64__)
  __asm__("" : "+w"(pack));
#else
  __asm__("" : "+m"(pack));
#endif
  return pack;
}

/// Every lane rounded to an integer, for |x| < 2^51 (float: 2^22).
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> nearest_integer(const Pack<S>& x) noexcept {
  constexpr S shift = sizeof(S) == 8 ? S(6755399441055744.0) : S(12582912.0);  // 1.5 * 2^52, 1.5 * 2^23
  return rounded<S>(rounded<S>(x + shift) - shift);
}

/// sum_k coefficients[k] * x^k by Horner's rule.
template <Scalar S, std::size_t K>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> polynomial(const Pack<S>& x, const S (&coefficients)[K]) noexcept {
  Pack<S> sum = broadcast<S>(coefficients[K - 1]);
  for (std::size_t k = K - 1; k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

/// Largest angle that the reduction below handles: up to here quadrant * (high part of pi/2) is exact.
template <Scalar S>
inline constexpr S largest_reduced_angle = sizeof(S) == 8 ? S(1e5) : S(1e3);

template <Scalar S>
QMTL_ALWAYS_INLINE void reduced_sincos(const Pack<S>& x, Pack<S>& sine, Pack<S>& cosine) noexcept {
  // pi/2 in three parts, the first two short enough for exact products with small integers.
  constexpr S high = sizeof(S) == 8 ? S(1.57079632673412561417e+00) : S(1.5703125);
  constexpr S middle = sizeof(S) == 8 ? S(6.07710050630396597660e-11) : S(4.837512969970703e-4);
  constexpr S low = sizeof(S) == 8 ? S(2.02226624879595063154e-21) : S(7.549789948768648e-8);
  const Pack<S> quadrant = nearest_integer<S>(x * static_cast<S>(2 / pi));
  const Pack<S> r = rounded<S>(rounded<S>(x - quadrant * high) - quadrant * middle) - quadrant * low;
  // Taylor series on |r| <= pi/4: the first term left out is below 1e-17 relative.
  const Pack<S> r2 = r * r;
  constexpr S s[] = {S(-1.0 / 6),        S(1.0 / 120),         S(-1.0 / 5040),          S(1.0 / 362880),
                     S(-1.0 / 39916800), S(1.0 / 6227020800.), S(-1.0 / 1307674368000.)};
  constexpr S c[] = {S(1.0 / 24),         S(-1.0 / 720),          S(1.0 / 40320),          S(-1.0 / 3628800),
                     S(1.0 / 479001600.), S(-1.0 / 87178291200.), S(1.0 / 20922789888000.)};
  const Pack<S> sin_r = r + r * r2 * polynomial<S>(r2, s);
  const Pack<S> cos_r = S(1) - S(0.5) * r2 + r2 * r2 * polynomial<S>(r2, c);
  // Quadrant mod 4 rotates (cos, sin) by quarter turns.
  const Pack<S> quarter = quadrant - S(4) * nearest_integer<S>(quadrant * S(0.25));  // -2 .. 2
  const auto odd = (quarter == S(1)) | (quarter == S(-1));
  const auto flip_sine = (quarter == S(2)) | (quarter == S(-2)) | (quarter == S(-1));
  const auto flip_cosine = (quarter == S(2)) | (quarter == S(-2)) | (quarter == S(1));
  const Pack<S> a = odd ? cos_r : sin_r;
  const Pack<S> b = odd ? sin_r : cos_r;
  sine = flip_sine ? -a : a;
  cosine = flip_cosine ? -b : b;
}

}  // namespace detail

/// Sine and cosine of every lane, within 2 ulp (of the largest value, near zeros of large angles); angles beyond
/// +-1e5 (float: 1e3) take the standard library's functions.
template <Scalar S>
QMTL_ALWAYS_INLINE void sincos(const Pack<S>& x, Pack<S>& sine, Pack<S>& cosine) noexcept {
  detail::reduced_sincos<S>(x, sine, cosine);
  for (int i = 0; i < pack_width<S>; ++i) {
    if (!(std::abs(x[i]) <= detail::largest_reduced_angle<S>)) [[unlikely]] {
      sine[i] = std::sin(x[i]);
      cosine[i] = std::cos(x[i]);
    }
  }
}

}  // namespace qmtl
