#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tiles: the packs of a large state, split into cosets of a subspace so small that all gates of a step stay in cache.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "qmtl/engine/tiles/bit_basis.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A qubit as packs and lanes see it: the XOR that flips it moves a pack by `move` and a lane by `lane_move`, and its
/// value is the parity of the pack's number under `row`, of the lane's number under `lane_row`, and `constant`.
struct SplitQubit {
  Address move = 0, row = 0;
  unsigned lane_move = 0, lane_row = 0;
  bool constant = false;
};

/// All qubits of a map whose lowest `lane_bits` address bits number lanes.
[[nodiscard]] inline std::vector<SplitQubit> split_qubits(const AddressMap& map, int lane_bits) {
  BitBasis columns;
  for (int q = 0; q < map.qubits; ++q) columns.add(map.columns[static_cast<std::size_t>(q)], Address{1} << q);
  std::vector<SplitQubit> qubits(static_cast<std::size_t>(map.qubits));
  const Address lanes = (Address{1} << lane_bits) - 1;
  for (int q = 0; q < map.qubits; ++q) {
    auto& qubit = qubits[static_cast<std::size_t>(q)];
    const Address column = map.columns[static_cast<std::size_t>(q)];
    qubit.move = column >> lane_bits;
    qubit.lane_move = column & lanes;
  }
  for (int bit = 0; bit < map.qubits; ++bit) {
    const Address values = columns.reduce({Address{1} << bit, 0}).tag;  // of the basis state at address 2^bit
    for (int q = 0; q < map.qubits; ++q) {
      if ((values >> q & 1U) == 0) continue;
      auto& qubit = qubits[static_cast<std::size_t>(q)];
      if (bit < lane_bits) {
        qubit.lane_row |= 1U << bit;
      } else {
        qubit.row |= Address{1} << (bit - lane_bits);
      }
      qubit.constant ^= (map.origin >> bit & 1U) != 0;
    }
  }
  return qubits;
}

/// What a tile has to hold: the moves of all its gates, and the qubits whose values they ask for.
struct TileNeeds {
  std::vector<Address> moves;
  std::vector<SplitQubit> qubits;  ///< a qubit's place in this list is its number in `Tile`

  void add(const TileNeeds& more) {
    for (const Address move : more.moves) moves.push_back(move);
    for (const SplitQubit& qubit : more.qubits) qubits.push_back(qubit);
  }
};

// The classes below are templates with one instance each, so that a program without large states compiles none of them:
// as plain classes they made up a tenth of what it costs to include the library.

/// A subspace of pack numbers and its cosets. A pack of a tile has a coordinate c below 2^width; its number is
/// base ^ offsets[c] with a base for each tile. Along a pass, bases are such that the qubits' values depend on c and
/// the lane only.
template <class = void>
class BasicTile {
 public:
  static constexpr int max_qubits = 32;

  struct Pass {
    Address first = 0;
    Address flips = 0;  ///< bit i: the value of the i-th qubit is inverted
  };

  /// Tiles of 2^width packs of 2^dimensions, more if the moves need it.
  BasicTile(const TileNeeds& needs, int dimensions, int width) {
    BitBasis span;
    for (const Address move : needs.moves) span.add(move);
    for (int d = 0; d < dimensions && span.size() < width; ++d) span.add(Address{1} << d);
    basis_ = span.reduced();
    offsets_.resize(std::size_t{1} << basis_.size());
    for (std::size_t c = 1; c < offsets_.size(); ++c) {
      offsets_[c] = offsets_[c & (c - 1)] ^ basis_[static_cast<std::size_t>(std::countr_zero(c))];
    }
    contiguous_ = offsets_.back() == offsets_.size() - 1;
    make_passes(needs, dimensions, span);
  }

  [[nodiscard]] int width() const noexcept { return static_cast<int>(basis_.size()); }
  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size(); }
  /// Whether a tile lies in one piece, and is worked on in place.
  [[nodiscard]] bool contiguous() const noexcept { return contiguous_; }
  [[nodiscard]] std::span<const Pass> passes() const noexcept { return passes_; }
  [[nodiscard]] Address tiles_in_pass() const noexcept { return Address{1} << outer_.size(); }
  [[nodiscard]] const std::vector<Address>& offsets() const noexcept { return offsets_; }

  /// The coordinate of a vector of the subspace.
  [[nodiscard]] Address coordinate(Address v) const noexcept {
    Address c = 0;
    for (std::size_t i = 0; i < basis_.size(); ++i)
      c |= static_cast<Address>((v & std::bit_floor(basis_[i])) != 0) << i;
    return c;
  }

  /// What is left of a parity row on coordinates.
  [[nodiscard]] Address row(Address numbers) const noexcept {
    Address row = 0;
    for (std::size_t i = 0; i < basis_.size(); ++i) row |= static_cast<Address>(parity(numbers & basis_[i])) << i;
    return row;
  }

  /// Calls visit(base) for the j-th tiles of a pass, begin <= j < end.
  template <class Visit>
  void for_each(const Pass& pass, Address begin, Address end, Visit&& visit) const noexcept {
    Address base = pass.first;
    for (std::size_t i = 0; i < outer_.size(); ++i) {
      if (((begin ^ begin >> 1) >> i & 1U) != 0) base ^= outer_[i];
    }
    for (Address j = begin; j < end; ++j) {
      visit(base);
      if (j + 1 < end) base ^= outer_[static_cast<std::size_t>(std::countr_zero(j + 1))];  // a Gray code
    }
  }

  /// The packs of the tile at `base`: where they lie in `data`, or copied to `buffer`. A pack of coordinate c is the
  /// one at [c ^ origin].
  template <class A>
  struct View {
    A* packs;
    Address origin;
  };
  template <class A>
  [[nodiscard]] View<A> load(A* data, Address base, A* buffer) const noexcept {
    if (contiguous_) return in_place(data, base);
    for (std::size_t c = 0; c < offsets_.size(); ++c) buffer[c] = data[base ^ offsets_[c]];
    return {buffer, 0};
  }
  /// As load, for packs that are to be written without being read.
  template <class A>
  [[nodiscard]] View<A> open(A* data, Address base, A* buffer) const noexcept {
    return contiguous_ ? in_place(data, base) : View<A>{buffer, 0};
  }
  /// Puts changed packs back.
  template <class A>
  void store(const View<A>& view, A* data, Address base) const noexcept {
    if (contiguous_) return;
    for (std::size_t c = 0; c < offsets_.size(); ++c) data[base ^ offsets_[c]] = view.packs[c];
  }

  /// How many passes a tile with such needs has, as a power of two.
  [[nodiscard]] static int pass_bits(const TileNeeds& needs, int dimensions, int width) {
    return std::countr_zero(BasicTile(needs, dimensions, width).passes_.size());
  }

 private:
  template <class A>
  [[nodiscard]] View<A> in_place(A* data, Address base) const noexcept {
    const auto inside = static_cast<Address>(offsets_.size() - 1);
    return {data + (base & ~inside), base & inside};
  }

  void make_passes(const TileNeeds& needs, int dimensions, BitBasis span) {
    std::vector<Address> rows, units, apart;
    for (const auto& qubit : needs.qubits) rows.push_back(qubit.row);
    for (int d = 0; d < dimensions; ++d) units.push_back(Address{1} << d);
    for (const Address v : kernel_of(rows, units)) {
      if (span.add(v)) outer_.push_back(v);
    }
    for (const Address v : units) {
      if (span.add(v)) apart.push_back(v);
    }
    passes_.resize(std::size_t{1} << apart.size());
    for (std::size_t p = 0; p < passes_.size(); ++p) {
      for (std::size_t i = 0; i < apart.size(); ++i) {
        if ((p >> i & 1U) != 0) passes_[p].first ^= apart[i];
      }
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool flip = parity(rows[i] & passes_[p].first) != needs.qubits[i].constant;
        passes_[p].flips |= static_cast<Address>(flip) << i;
      }
    }
  }

  std::vector<Address> basis_;  // reduced, ascending
  std::vector<Address> outer_;  // bases of tiles within a pass
  std::vector<Address> offsets_;
  std::vector<Pass> passes_;
  bool contiguous_ = false;
};
using Tile = BasicTile<>;

template <class A>
using TileView = Tile::View<A>;

/// A qubit of a step in the coordinates of a tile.
struct TileQubit {
  Address move = 0, row = 0;
  unsigned lane_move = 0, lane_row = 0;
  int number = 0;  ///< in the tile's list

  TileQubit() = default;
  TileQubit(const Tile& tile, const SplitQubit& qubit, int place)
      : move(tile.coordinate(qubit.move)),
        row(tile.row(qubit.row)),
        lane_move(qubit.lane_move),
        lane_row(qubit.lane_row),
        number(place) {}

  [[nodiscard]] bool flipped(Address flips) const noexcept { return (flips >> number & 1U) != 0; }
};

}  // namespace qmtl::inline QMTL_ABI::detail
