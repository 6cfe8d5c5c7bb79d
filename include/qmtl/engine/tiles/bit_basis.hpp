#pragma once
// SPDX-License-Identifier: Apache-2.0
// Linear algebra over GF(2) on addresses.

#include <array>
#include <bit>
#include <span>
#include <vector>

#include "qmtl/engine/schedule/address_map.hpp"

namespace qmtl::inline QMTL_ABI::detail {

[[nodiscard]] constexpr bool parity(Address bits) noexcept { return (std::popcount(bits) & 1) != 0; }

/// Independent vectors over GF(2), in echelon form; a tag goes along with every sum.
class BitBasis {
 public:
  struct Vector {
    Address value = 0, tag = 0;
  };

  /// The vector minus its part in the span.
  [[nodiscard]] Vector reduce(Vector v) const noexcept {
    for (int bit = static_cast<int>(std::bit_width(v.value)) - 1; bit >= 0; --bit) {
      const Vector& row = rows_[static_cast<std::size_t>(bit)];
      if ((v.value >> bit & 1U) == 0 || row.value == 0) continue;
      v.value ^= row.value;
      v.tag ^= row.tag;
    }
    return v;
  }

  /// Adds a vector; false if it is in the span already.
  bool add(Address value, Address tag = 0) noexcept {
    const Vector v = reduce({value, tag});
    if (v.value == 0) return false;
    rows_[static_cast<std::size_t>(std::bit_width(v.value) - 1)] = v;
    ++size_;
    return true;
  }

  [[nodiscard]] int size() const noexcept { return size_; }

  /// The reduced basis in ascending order: no vector has another one's leading bit.
  [[nodiscard]] std::vector<Address> reduced() const {
    std::vector<Address> basis;
    for (const auto& row : rows_) {
      if (row.value == 0) continue;
      Address v = row.value;
      for (const Address lower : basis) {
        if ((v & std::bit_floor(lower)) != 0) v ^= lower;
      }
      basis.push_back(v);
    }
    return basis;
  }

 private:
  std::array<Vector, 32> rows_{};  // by leading bit
  int size_ = 0;
};

/// All v in the span of `basis` with even parity under every row, as a basis.
[[nodiscard]] inline std::vector<Address> kernel_of(std::span<const Address> rows, std::span<const Address> basis) {
  BitBasis images;
  std::vector<Address> kernel;
  for (const Address v : basis) {
    Address image = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) image |= static_cast<Address>(parity(rows[i] & v)) << i;
    const auto rest = images.reduce({image, v});
    if (rest.value == 0) {
      kernel.push_back(rest.tag);
    } else {
      images.add(image, v);
    }
  }
  return kernel;
}

}  // namespace qmtl::inline QMTL_ABI::detail
