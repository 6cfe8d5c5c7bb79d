// SPDX-License-Identifier: Apache-2.0
// The random engine against the published algorithm, and its distributions against theirs.

#include "qmtl/core/rng.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "support/catch.hpp"

namespace rng_test {

using namespace qmtl;

static_assert(std::uniform_random_bit_generator<Rng>);
static_assert(!std::is_convertible_v<std::uint64_t, Seed> && !std::is_convertible_v<Seed, Rng>);
static_assert([] {
  Rng rng(Seed{1});
  const auto first = rng();
  return first != rng() && rng.below(6) < 6;
}());

/// xoshiro256++ 1.0 as published by Blackman and Vigna (prng.di.unimi.it), written on four separate words.
struct Published {
  std::uint64_t a, b, c, d;

  static std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) + (x >> (64 - k)); }

  std::uint64_t next() {
    const std::uint64_t result = a + rotate(a + d, 23);
    const std::uint64_t shifted = b * 131072;  // 2^17
    const std::uint64_t c1 = c ^ a, d1 = d ^ b;
    b = b ^ c1;
    a = a ^ d1;
    c = c1 ^ shifted;
    d = rotate(d1, 45);
    return result;
  }
};

/// Pearson's statistic of observed counts against equal expectations.
double chi_square(const std::vector<int>& counts) {
  double total = 0.0;
  for (const int n : counts) total += n;
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0.0;
  for (const int n : counts) sum += (n - expected) * (n - expected) / expected;
  return sum;
}

TEST_CASE("the engine yields the published sequence") {
  // From the authors' C program with the state 1, 2, 3, 4, and with 0, 0, 0, 1.
  Rng counted(Rng::State{1, 2, 3, 4});
  for (const std::uint64_t expected : {41943041ull, 58720359ull, 3588806011781223ull, 3591011842654386ull,
                                       9228616714210784205ull, 9973669472204895162ull, 14011001112246962877ull}) {
    CHECK(counted() == expected);
  }
  Rng sparse(Rng::State{0, 0, 0, 1});
  for (const std::uint64_t expected :
       {0x800000ull, 0x800011ull, 0x2200000800011ull, 0x2200044000020ull, 0x22000448008a1ull, 0x1102100802208a0ull}) {
    CHECK(sparse() == expected);
  }
}

TEST_CASE("the engine equals an independent implementation for a long time") {
  const Rng::State start = Rng(Seed{20}).state();
  Rng rng(start);
  Published published{start[0], start[1], start[2], start[3]};
  for (int i = 0; i < 100000; ++i) {
    if (rng() != published.next()) FAIL("draw " << i << " differs");
  }
  CHECK(rng.state() == Rng::State{published.a, published.b, published.c, published.d});
}

TEST_CASE("a seed fills the state by splitmix64") {
  // From Vigna's splitmix64.c with x = 1477776061723855037 and with x = 0.
  CHECK(Rng(Seed{1477776061723855037u}).state() ==
        Rng::State{1985237415132408290u, 2979275885539914483u, 13511426838097143398u, 8488337342461049707u});
  CHECK(Rng(Seed{0}).state() ==
        Rng::State{0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu, 0xf88bb8a8724c81ecu});
}

TEST_CASE("equal seeds give equal numbers, other seeds others") {
  Rng a(Seed{7}), b(Seed{7}), c(Seed{8});
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto draw = a();
    CHECK(draw == b());
    differs = differs || draw != c();
  }
  CHECK(differs);
}

TEST_CASE("a saved state continues the sequence") {
  Rng rng(Seed{3});
  for (int i = 0; i < 10; ++i) (void)rng.normal();
  Rng resumed(rng.state());
  for (int i = 0; i < 10; ++i) CHECK(resumed.normal() == rng.normal());
}

TEST_CASE("split advances the engine and starts a different stream") {
  Rng rng(Seed{5}), same(Seed{5});
  Rng child = rng.split();
  CHECK(child.state() == Rng(Seed{same()}).state());
  CHECK(rng.state() == same.state());
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 1000; ++i) {
    drawn.insert(rng());
    drawn.insert(child());
  }
  CHECK(drawn.size() == 2000);
}

/// An engine that repeats one word.
template <class Word, Word Value>
struct Constant {
  using result_type = Word;
  static constexpr Word min() { return 0; }
  static constexpr Word max() { return std::numeric_limits<Word>::max(); }
  Word operator()() const { return Value; }
};

TEST_CASE("uniform01 is in [0, 1) also for the extreme words") {
  Constant<std::uint64_t, 0> zeros;
  Constant<std::uint64_t, ~std::uint64_t{0}> ones;
  CHECK(uniform01(zeros) == 0.0);
  CHECK(uniform01(ones) == 1.0 - 0x1.0p-53);
  std::mt19937 other(1);
  for (int i = 0; i < 1000; ++i) {
    const double u = uniform01(other);
    CHECK((u >= 0.0 && u < 1.0));
  }
}

TEST_CASE("uniform numbers are uniform") {
  Rng rng(Seed{11});
  std::vector<int> counts(100, 0);
  for (int i = 0; i < 100000; ++i) ++counts[static_cast<std::size_t>(rng.uniform() * 100)];
  CHECK(chi_square(counts) < 148.2);  // 0.999 quantile for 99 degrees of freedom
  CHECK(chi_square(counts) > 59.0);   // and not more even than chance allows: about the 0.0005 quantile
  for (int i = 0; i < 1000; ++i) {
    const double u = rng.uniform(-2.0, 3.0);
    CHECK((u >= -2.0 && u < 3.0));
  }
}

TEST_CASE("normal numbers follow the normal distribution") {
  Rng rng(Seed{12});
  std::vector<double> draws;
  for (int i = 0; i < 100000; ++i) draws.push_back(rng.normal());
  std::sort(draws.begin(), draws.end());
  double distance = 0.0;  // Kolmogorov-Smirnov
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double cdf = 0.5 * std::erfc(-draws[i] / std::sqrt(2.0));
    const double n = static_cast<double>(draws.size());
    distance = std::max(
        {distance, std::abs(cdf - static_cast<double>(i) / n), std::abs(cdf - static_cast<double>(i + 1) / n)});
  }
  CHECK(distance * std::sqrt(100000.0) < 1.95);  // 0.999 quantile
  CHECK(std::abs(draws.front()) > 3.5);
  CHECK(draws.back() > 3.5);
}

TEST_CASE("below is uniform, without modulo bias") {
  Rng rng(Seed{13});
  std::vector<int> dice(6, 0);
  for (int i = 0; i < 60000; ++i) ++dice[rng.below(6)];
  CHECK(chi_square(dice) < 20.5);  // 0.999 quantile for 5 degrees of freedom
  // With a bound of 3/4 of the range, draw % bound alone would hit the lower third half of the time.
  const std::uint64_t third = std::uint64_t{1} << 62;
  std::vector<int> thirds(3, 0);
  for (int i = 0; i < 30000; ++i) ++thirds[rng.below(3 * third) / third];
  CHECK(chi_square(thirds) < 13.8);  // 0.999 quantile for 2 degrees of freedom
  CHECK(rng.below(1) == 0);
}

TEST_CASE("shuffle is Fisher-Yates from the end, in the documented order of draws") {
  std::vector<int> values(20), expected(20);
  for (int i = 0; i < 20; ++i) values[static_cast<std::size_t>(i)] = expected[static_cast<std::size_t>(i)] = i;
  Rng rng(Seed{14}), same(Seed{14});
  shuffle(values, rng);
  for (std::size_t i = 19; i >= 1; --i) std::swap(expected[i], expected[same.below(i + 1)]);
  CHECK(values == expected);
  CHECK(rng.state() == same.state());
}

TEST_CASE("shuffle makes all orders equally often") {
  Rng rng(Seed{15});
  std::vector<int> counts(27, 0);
  for (int i = 0; i < 6000; ++i) {
    std::array<int, 3> values{0, 1, 2};
    shuffle(values, rng);
    ++counts[static_cast<std::size_t>(9 * values[0] + 3 * values[1] + values[2])];
  }
  std::vector<int> orders;
  for (const int n : counts) {
    if (n != 0) orders.push_back(n);
  }
  REQUIRE(orders.size() == 6);
  CHECK(chi_square(orders) < 20.5);  // 0.999 quantile for 5 degrees of freedom
}

}  // namespace rng_test
