#pragma once
// SPDX-License-Identifier: Apache-2.0
// The seeded random engine: the same seed gives the same numbers on every platform and standard library.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <utility>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// A seed, so that a plain integer is never taken for one by accident.
struct Seed {
  std::uint64_t value = 0;
};

/// An engine of random bits: what the standard calls a uniform random bit generator, without its expensive header.
template <class G>
concept BitGenerator = requires(G& engine) {
  { engine() } -> std::unsigned_integral;
  requires(G::min() < G::max());
};

/// A uniform number in [0, 1) with 53 random bits.
template <BitGenerator G>
[[nodiscard]] double uniform01(G& engine) {
  if constexpr (G::min() == 0 && G::max() == ~std::uint64_t{0}) {
    return static_cast<double>(engine() >> 11) * 0x1.0p-53;
  } else {
    // Digits to the base of the engine's range, until there are 53 bits.
    constexpr double range = static_cast<double>(G::max() - G::min()) + 1.0;
    double sum = 0.0, scale = 1.0;
    for (; scale < 0x1.0p53; scale *= range) sum += static_cast<double>(engine() - G::min()) * scale;
    return std::min(sum / scale, 1.0 - 0x1.0p-53);
  }
}

/// xoshiro256++ (Blackman and Vigna 2019, public domain), seeded through splitmix64.
/// Satisfies std::uniform_random_bit_generator. Not for cryptography.
class Rng {
 public:
  using result_type = std::uint64_t;
  using State = std::array<std::uint64_t, 4>;

  explicit constexpr Rng(Seed seed) noexcept {
    std::uint64_t x = seed.value;
    for (auto& word : state_) {
      x += 0x9e3779b97f4a7c15u;
      std::uint64_t z = x;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      word = z ^ (z >> 31);
    }
  }

  /// Continues from a saved state. Throws ValueError for the state of zeros, from which only zeros would follow.
  explicit constexpr Rng(const State& state) : state_(state) {
    if (state == State{}) throw ValueError("qmtl: Rng: a state must not be all zeros");
  }

  [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type max() noexcept { return ~result_type{0}; }

  constexpr result_type operator()() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, 1).
  [[nodiscard]] double uniform() noexcept { return uniform01(*this); }

  /// Uniform in [low, high), but for rounding, which may give `high` itself.
  [[nodiscard]] double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }

  /// Standard normal (Box-Muller; one of the pair is dropped so that the engine's state is all there is).
  [[nodiscard]] double normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * pi * uniform());
  }

  /// Uniform integer in [0, bound), bound > 0, without modulo bias.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    const std::uint64_t reject = (~bound + 1) % bound;  // 2^64 mod bound
    std::uint64_t draw = (*this)();
    while (draw < reject) draw = (*this)();
    return draw % bound;
  }

  /// A new engine with an independent stream; advances this one.
  [[nodiscard]] constexpr Rng split() noexcept { return Rng(Seed{(*this)()}); }

  /// The complete state, for checkpoints.
  [[nodiscard]] constexpr const State& state() const noexcept { return state_; }

 private:
  State state_{};
};

/// Fisher-Yates shuffle with a documented order of draws (std::shuffle's order differs between libraries).
template <class Range>
void shuffle(Range& range, Rng& rng) {
  for (std::size_t i = range.size(); i > 1; --i) {
    using std::swap;
    swap(range[i - 1], range[rng.below(i)]);
  }
}

}  // namespace qmtl::inline QMTL_ABI
