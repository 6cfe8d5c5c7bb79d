#pragma once
// SPDX-License-Identifier: Apache-2.0
// Lanes as part of an address: exchanging lanes, and signs that depend on a lane's number.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "qmtl/engine/lane_amplitude.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The lowest bits of an address that number a lane.
template <Scalar S>
inline constexpr int lane_bits = std::bit_width(static_cast<unsigned>(pack_width<S>)) - 1;

/// y[lane] = x[lane ^ mask].
template <Scalar S>
class LaneExchange {
 public:
  explicit LaneExchange(unsigned mask = 0) noexcept : mask_(mask) {
#if !defined(__clang__)
    for (int lane = 0; lane < pack_width<S>; ++lane) {
      source_[lane] = static_cast<Integer>(static_cast<unsigned>(lane) ^ mask);
    }
#endif
  }

  [[nodiscard]] QMTL_ALWAYS_INLINE Pack<S> operator()(const Pack<S>& x) const noexcept {
#if defined(__clang__)
    Pack<S> y = x;
    unroll<lane_bits<S>>([&](auto bit) __attribute__((always_inline)) {
      if ((mask_ >> bit & 1U) != 0)
        y = swap_neighbours<(1 << bit)>(y, std::make_integer_sequence<int, pack_width<S>>{});
    });
    return y;
#else
    return __builtin_shuffle(x, source_);
#endif
  }
  [[nodiscard]] QMTL_ALWAYS_INLINE ComplexPack<S> operator()(const ComplexPack<S>& x) const noexcept {
    return {(*this)(x.re), (*this)(x.im)};
  }

 private:
#if defined(__clang__)
  template <int Distance, int... Is>
  [[nodiscard]] static QMTL_ALWAYS_INLINE Pack<S> swap_neighbours(const Pack<S>& x,
                                                                  std::integer_sequence<int, Is...>) noexcept {
    return __builtin_shufflevector(x, x, (Is ^ Distance)...);
  }
#else
  using Integer = std::conditional_t<sizeof(S) == 8, std::int64_t, std::int32_t>;
  typedef Integer IntegerPack __attribute__((vector_size(pack_bytes)));  // NOLINT(modernize-use-using)
  IntegerPack source_;
#endif
  unsigned mask_;
};

/// -1 in the lanes whose number has an odd count of the bits of `row`, +1 in the others; all negated if `negate`.
template <Scalar S>
[[nodiscard]] inline Pack<S> lane_signs(unsigned row, bool negate) noexcept {
  Pack<S> signs{};
  for (int lane = 0; lane < pack_width<S>; ++lane) {
    const bool odd = (std::popcount(static_cast<unsigned>(lane) & row) & 1) != 0;
    signs[lane] = odd != negate ? S(-1) : S(1);
  }
  return signs;
}

/// Copies one lane of a pack to a lane of another one.
template <Scalar S>
void copy_lane(Pack<S>& to, std::size_t lane, const Pack<S>& from, std::size_t from_lane) noexcept {
  to[lane] = from[from_lane];
}
template <Scalar S>
void copy_lane(ComplexPack<S>& to, std::size_t lane, const ComplexPack<S>& from, std::size_t from_lane) noexcept {
  to.re[lane] = from.re[from_lane];
  to.im[lane] = from.im[from_lane];
}

}  // namespace qmtl::inline QMTL_ABI::detail
