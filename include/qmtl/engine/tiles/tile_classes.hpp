#pragma once
// SPDX-License-Identifier: Apache-2.0
// The packs of a tile by the values of a few qubits, in cosets of the span of a few moves.

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "qmtl/engine/schedule/cosets.hpp"
#include "qmtl/engine/tiles/tile.hpp"

namespace qmtl::inline QMTL_ABI::detail {

// Templates with one instance each, for the reason given in tile.hpp.

/// The values of a few qubits, as bits, by the coordinate and by the lane.
template <class = void>
class BasicTileClasses {
 public:
  BasicTileClasses() = default;
  BasicTileClasses(std::span<const TileQubit> qubits, std::size_t size, int lanes)
      : qubits_(qubits.begin(), qubits.end()), of_coordinate_(size), of_lane_(static_cast<std::size_t>(lanes)) {
    QMTL_ASSERT(qubits_.size() <= 16);
    for (std::size_t j = 0; j < qubits_.size(); ++j) {
      for (std::size_t c = 0; c < size; ++c) {
        of_coordinate_[c] =
            static_cast<std::uint16_t>(of_coordinate_[c] | parity(qubits_[j].row & static_cast<Address>(c)) << j);
      }
      for (std::size_t l = 0; l < of_lane_.size(); ++l) {
        of_lane_[l] |= static_cast<unsigned>(parity(qubits_[j].lane_row & static_cast<Address>(l))) << j;
      }
    }
  }

  [[nodiscard]] std::size_t count() const noexcept { return std::size_t{1} << qubits_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return of_coordinate_.size(); }
  [[nodiscard]] std::size_t operator[](Address c) const noexcept { return of_coordinate_[c]; }
  /// What the lane and the pass add to the class of a coordinate, by XOR.
  [[nodiscard]] unsigned in_lane(int lane, Address flips) const noexcept {
    unsigned value = of_lane_[static_cast<std::size_t>(lane)];
    for (std::size_t j = 0; j < qubits_.size(); ++j) value ^= static_cast<unsigned>(qubits_[j].flipped(flips)) << j;
    return value;
  }

 private:
  std::vector<TileQubit> qubits_;  // at most 16
  std::vector<std::uint16_t> of_coordinate_;
  std::vector<unsigned> of_lane_;
};
using TileClasses = BasicTileClasses<>;

/// The packs of a tile in cosets of the span of a few moves, sorted by the values of a few qubits: for kernels whose
/// coefficients depend on those values.
template <class = void>
class BasicTileCosets {
 public:
  BasicTileCosets() = default;
  BasicTileCosets(std::span<const Address> moves, const TileClasses& classes) : ends_(classes.count()) {
    BitBasis span;
    std::vector<Address> independent, bases;
    for (const Address move : moves) {
      if (span.add(move)) independent.push_back(move);
    }
    for (Address unit = 1; unit < classes.size(); unit <<= 1) {
      if (span.add(unit)) bases.push_back(unit);
    }
    const Cosets cosets(independent, bases);
    offsets_ = cosets.offsets;
    for (const Address offset : offsets_) classes_.push_back(classes[offset]);
    for (std::size_t k = 0; k < ends_.size(); ++k) {
      cosets.for_each([&](Address base) {
        if (classes[base] == k) members_.push_back(base);
      });
      ends_[k] = members_.size();
    }
  }

  /// Dimension of a coset.
  [[nodiscard]] int width() const noexcept { return std::countr_zero(offsets_.size()); }
  [[nodiscard]] Address offset(std::size_t h) const noexcept { return offsets_[h]; }
  /// What the offset adds to the class of a coset's base, by XOR.
  [[nodiscard]] std::size_t offset_class(std::size_t h) const noexcept { return classes_[h]; }
  /// The bases of one class.
  [[nodiscard]] std::span<const Address> bases(std::size_t k) const noexcept {
    const std::size_t begin = k == 0 ? 0 : ends_[k - 1];
    return std::span(members_).subspan(begin, ends_[k] - begin);
  }
  [[nodiscard]] std::size_t class_count() const noexcept { return ends_.size(); }

 private:
  std::vector<Address> offsets_, members_;
  std::vector<std::size_t> classes_, ends_;
};
using TileCosets = BasicTileCosets<>;

}  // namespace qmtl::inline QMTL_ABI::detail
