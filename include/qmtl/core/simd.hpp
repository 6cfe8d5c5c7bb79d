#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pack<S>: as many scalars as the widest vector register that the compiler targets holds, by the compilers' vectors.

#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

#include "qmtl/core/config.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

inline constexpr std::size_t pack_bytes = QMTL_VECTOR_BYTES;

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

/// The pack whose lane l is lane(l).
template <Scalar S, class Lane>
[[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> make_pack(Lane&& lane) noexcept {
  return [&]<int... Ls>(std::integer_sequence<int, Ls...>) __attribute__((always_inline)) {
    return Pack<S>{lane(Ls)...};
  }
  (std::make_integer_sequence<int, pack_width<S>>{});
}

/// The sum over the lanes, in lane order.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE S lane_sum(const Pack<S>& pack) noexcept {
  S sum = 0;
  for (int i = 0; i < pack_width<S>; ++i) sum += pack[i];
  return sum;
}

namespace detail {

/// Integers of the size of S, as comparisons of packs give them.
template <Scalar S>
using IntegerPack = decltype(Pack<S>{} == Pack<S>{});

/// Whether every lane of a comparison's result is true.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE bool all_lanes(const IntegerPack<S>& mask) noexcept {
  auto all = mask[0];
  for (int i = 1; i < pack_width<S>; ++i) all &= mask[i];
  return all != 0;
}

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

/// Adding this rounds |x| < 2^51 (float: 2^22) to an integer, which the lowest bits of the sum then hold.
template <Scalar S>
inline constexpr S rounding_shift = sizeof(S) == 8 ? S(6755399441055744.0) : S(12582912.0);  // 1.5 * 2^52, 1.5 * 2^23

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
  const Pack<S> shifted = rounded<S>(x * static_cast<S>(2 / pi) + rounding_shift<S>);
  const Pack<S> quadrant = rounded<S>(shifted - rounding_shift<S>);
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
  const auto turns = std::bit_cast<IntegerPack<S>>(shifted);
  constexpr int to_sign = 8 * static_cast<int>(sizeof(S)) - 2;  // from the second lowest bit
  const auto sine_sign = (turns & 2) << to_sign;
  const auto cosine_sign = ((turns + 1) & 2) << to_sign;
  const auto odd = (turns & 1) != 0;
  sine = std::bit_cast<Pack<S>>(std::bit_cast<IntegerPack<S>>(odd ? cos_r : sin_r) ^ sine_sign);
  cosine = std::bit_cast<Pack<S>>(std::bit_cast<IntegerPack<S>>(odd ? sin_r : cos_r) ^ cosine_sign);
}

}  // namespace detail

/// Sine and cosine of every lane, within 2 ulp (of the largest value, near zeros of large angles); angles beyond
/// +-1e5 (float: 1e3) take the standard library's functions.
template <Scalar S>
QMTL_ALWAYS_INLINE void sincos(const Pack<S>& x, Pack<S>& sine, Pack<S>& cosine) noexcept {
  constexpr S largest = detail::largest_reduced_angle<S>;
  detail::reduced_sincos<S>(x, sine, cosine);
  const auto reduced = (x <= largest) & (x >= -largest);
  if (detail::all_lanes<S>(reduced)) [[likely]]
    return;
  for (int i = 0; i < pack_width<S>; ++i) {
    if (reduced[i] == 0) {
      sine[i] = std::sin(x[i]);
      cosine[i] = std::cos(x[i]);
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI
