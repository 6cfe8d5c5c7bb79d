// SPDX-License-Identifier: Apache-2.0
// Index arithmetic: the qubit order, written once more by decimal digits of two.

#include "qmtl/core/bits.hpp"

#include <set>
#include <vector>

#include "support/catch.hpp"

namespace bits_test {

using namespace qmtl;

static_assert(dimension(0) == 1 && dimension(1) == 2 && dimension(30) == 1073741824);
static_assert(qubit_mask(0) == 1 && qubit_mask(5) == 32 && qubit_mask(63) == 0x8000000000000000u);
static_assert(bit_of(0b0110, 0) == 0 && bit_of(0b0110, 1) == 1 && bit_of(0b0110, 3) == 0);
static_assert(insert_zero(0b1011, 0) == 0b10110 && insert_zero(0b1011, 2) == 0b10011);
static_assert(parity_sign(0b101, 0b111) == 1 && parity_sign(0b101, 0b110) == -1 && parity_sign(0b101, 0) == 1);

/// Binary digits, least significant first, by repeated division.
std::vector<int> digits(Index value, int count) {
  std::vector<int> out;
  for (int i = 0; i < count; ++i, value /= 2) out.push_back(static_cast<int>(value % 2));
  return out;
}

Index from_digits(const std::vector<int>& bits) {
  Index value = 0;
  for (std::size_t i = bits.size(); i-- > 0;) value = 2 * value + static_cast<Index>(bits[i]);
  return value;
}

TEST_CASE("bits are binary digits, qubit 0 the least significant") {
  for (Index i = 0; i < 64; ++i) {
    const auto bits = digits(i, 6);
    for (int q = 0; q < 6; ++q) CHECK(bit_of(i, q) == bits[static_cast<std::size_t>(q)]);
  }
}

TEST_CASE("insert_zero puts a digit 0 at the place and moves the higher digits up") {
  for (Index i = 0; i < 32; ++i) {
    for (int q = 0; q <= 5; ++q) {
      auto bits = digits(i, 5);
      bits.insert(bits.begin() + q, 0);
      CHECK(insert_zero(i, q) == from_digits(bits));
    }
  }
}

TEST_CASE("insert_zero over all indices reaches exactly the indices whose bit is zero") {
  for (int q = 0; q < 5; ++q) {
    std::set<Index> reached, expected;
    for (Index i = 0; i < 16; ++i) reached.insert(insert_zero(i, q));
    for (Index i = 0; i < 32; ++i) {
      if (bit_of(i, q) == 0) expected.insert(i);
    }
    CHECK(reached == expected);
  }
}

TEST_CASE("parity_sign is the product of the eigenvalues of Z over the mask") {
  for (Index i = 0; i < 32; ++i) {
    for (Index mask = 0; mask < 32; ++mask) {
      int product = 1;
      for (int q = 0; q < 5; ++q) {
        if (digits(mask, 5)[static_cast<std::size_t>(q)] == 1 && digits(i, 5)[static_cast<std::size_t>(q)] == 1) {
          product = -product;
        }
      }
      if (parity_sign(i, mask) != product) FAIL("index " << i << ", mask " << mask);
    }
  }
}

}  // namespace bits_test
