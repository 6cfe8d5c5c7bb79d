#pragma once
// SPDX-License-Identifier: Apache-2.0
// Cosets: all addresses in groups that a few qubits span, the order in which kernels walk through a state.

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "qmtl/core/config.hpp"
#include "qmtl/engine/schedule/address_map.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// All addresses as cosets of the span of a few qubits: address(coset, local) = base(coset) ^ offsets[local], where bit
/// j of `local` is the value of the j-th qubit. Bases follow one another by one XOR each (a binary counter's carries).
struct Cosets {
  int width = 0;
  Address count = 0;             ///< number of cosets
  Address first = 0;             ///< base of coset 0
  std::vector<Address> offsets;  ///< 2^width
  std::vector<Address> steps;    ///< steps[k]: from coset j-1 to j where j has k trailing zeros

  Cosets() = default;
  Cosets(const AddressMap& map, std::span<const int> qubits)
      : Cosets(columns_of(map, qubits, true), columns_of(map, qubits, false)) {
    first = map.origin;
  }

  /// From explicit vectors: cosets of the span of `moves` with bases in the span of `bases`.
  Cosets(std::span<const Address> moves, std::span<const Address> bases)
      : width(static_cast<int>(moves.size())), count(Address{1} << bases.size()) {
    offsets.resize(std::size_t{1} << width);
    for (std::size_t local = 1; local < offsets.size(); ++local) {
      offsets[local] = offsets[local & (local - 1)] ^ moves[static_cast<std::size_t>(std::countr_zero(local))];
    }
    Address carry = 0;
    for (const Address base : bases) steps.push_back(carry ^= base);
    steps.push_back(0);  // after the last coset
  }

  /// Calls visit(base) for every coset; all addresses are relative to `origin`.
  template <class Visit>
  QMTL_ALWAYS_INLINE void for_each(Visit&& visit, Address origin = 0) const noexcept {
    Address base = first ^ origin;
    for (Address j = 1; j <= count; ++j) {
      visit(base);
      base ^= steps[static_cast<std::size_t>(std::countr_zero(j))];
    }
  }

 private:
  [[nodiscard]] static std::vector<Address> columns_of(const AddressMap& map, std::span<const int> qubits,
                                                       bool inside) {
    std::vector<Address> columns;
    if (inside) {
      for (const int q : qubits) columns.push_back(map.columns[static_cast<std::size_t>(q)]);
      return columns;
    }
    for (int q = 0; q < map.qubits; ++q) {
      if (std::find(qubits.begin(), qubits.end(), q) == qubits.end()) {
        columns.push_back(map.columns[static_cast<std::size_t>(q)]);
      }
    }
    return columns;
  }
};

}  // namespace qmtl::inline QMTL_ABI::detail
