#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which Pauli coordinates can be other than zero on the way from |0...0>: a bound that costs little.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "qmtl/noise/pauli_map.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// For each qubit the letters that strings can have there, whatever they have elsewhere: bit 0 to 3 for I, X, Y, Z.
/// And whether all gates are real, and channels keep a real matrix real: then an odd number of Y gives zero.
class PauliReach {
 public:
  using Letters = std::uint8_t;
  static constexpr Letters all_letters = 0b1111, at_zero = 0b1001;

  PauliReach(std::span<const PauliMap> maps, int qubits) : letters_(static_cast<std::size_t>(qubits), at_zero) {
    for (const auto& map : maps) {
      std::visit([this](const auto& m) { this->pass(m); }, map);
    }
  }

  /// The letters on the qubits of a map, in their order, before it.
  [[nodiscard]] std::span<const Letters> letters_before(std::size_t map) const noexcept {
    const std::size_t first = map == 0 ? 0 : ends_[map - 1];
    return std::span(history_).subspan(first, ends_[map] - first);
  }
  [[nodiscard]] bool real() const noexcept { return real_; }

 private:
  void pass(const PauliRotation& rotation) {
    real_ = real_ && rotation.generator.y_count() % 2 == 1;
    pass(rotation.qubits, [&](Index from, const auto& reach) {
      const auto string = pauli_of_digits(from, static_cast<int>(rotation.qubits.size()));
      reach(from);
      if (anticommute(rotation.generator, string)) {
        reach(digits_of({rotation.generator.x ^ string.x, rotation.generator.z ^ string.z}));
      }
    });
  }
  void pass(const PauliTransfer& map) {
    for (Index row = 0; row < map.rows.size(); ++row) {
      for (const auto& [column, value] : map.rows[row]) real_ = real_ && y_parity(row) == y_parity(column);
    }
    std::vector<std::vector<Index>> rows_of(map.rows.size());
    for (Index row = 0; row < map.rows.size(); ++row) {
      for (const auto& [column, value] : map.rows[row]) rows_of[column].push_back(row);
    }
    pass(map.qubits, [&](Index from, const auto& reach) { std::ranges::for_each(rows_of[from], reach); });
  }

  /// Calls visit(digits, reach) for the digits that the qubits can have, and reach(digits) is for what becomes of them.
  template <class Visit>
  void pass(std::span<const int> qubits, const Visit& visit) {
    std::array<Letters, 8> before{}, after{};
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      before[j] = letters_[static_cast<std::size_t>(qubits[j])];
      history_.push_back(before[j]);
    }
    ends_.push_back(history_.size());
    for (Index from = 0; from < dimension(2 * static_cast<int>(qubits.size())); ++from) {
      bool possible = true;
      for (std::size_t j = 0; j < qubits.size(); ++j) possible = possible && ((before[j] >> digit(from, j)) & 1) != 0;
      if (!possible) continue;
      visit(from, [&](Index to) {
        for (std::size_t j = 0; j < qubits.size(); ++j) after[j] |= static_cast<Letters>(1 << digit(to, j));
      });
    }
    for (std::size_t j = 0; j < qubits.size(); ++j) letters_[static_cast<std::size_t>(qubits[j])] = after[j];
  }

  [[nodiscard]] static int digit(Index digits, std::size_t j) noexcept {
    return static_cast<int>((digits >> (2 * j)) & 3);
  }
  [[nodiscard]] static bool y_parity(Index digits) noexcept {
    const Index y = (digits >> 1) & ~digits & 0x5555555555555555u;  // digit 2
    return std::popcount(y) % 2 == 1;
  }

  std::vector<Letters> letters_;  // now
  std::vector<Letters> history_;
  std::vector<std::size_t> ends_;
  bool real_ = true;
};

}  // namespace qmtl::inline QMTL_ABI::detail
