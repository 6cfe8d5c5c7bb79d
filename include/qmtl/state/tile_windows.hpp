#pragma once
// SPDX-License-Identifier: Apache-2.0
// A window on tiles: its part of the reduced density matrix, and a local Hermitian operator on it.

#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/state/lane_exchange.hpp"
#include "qmtl/state/lane_windows.hpp"
#include "qmtl/state/tile.hpp"

namespace qmtl::detail {

/// A window of k qubits as the tiles of one state see it. Where no flip of its qubits touches lanes, blocks of 2^k
/// packs as for samples in lanes, and a lane only numbers rows and columns anew. Otherwise a pack is a row, by its
/// class, and its partners under the 2^k flips are columns.
template <Scalar S, class A>
class TileWindow {
 public:
  TileWindow(const Tile& tile, std::span<const TileQubit> qubits)
      : size_(std::size_t{1} << qubits.size()), classes_(qubits, tile.size(), pack_width<S>) {
    std::vector<Address> moves, rows, units;
    for (const auto& qubit : qubits) {
      moves.push_back(qubit.move);
      rows.push_back(qubit.row);
      plain_ = plain_ && qubit.lane_move == 0;
    }
    if (plain_) {
      for (int i = 0; i < tile.width(); ++i) units.push_back(Address{1} << i);
      blocks_ = Blocks(moves, kernel_of(rows, units));
      raw_size_ = size_ * (size_ + 1) / 2;
      return;
    }
    raw_size_ = size_ * size_;
    for (std::size_t j = 0; j < size_; ++j) {
      Address move = 0;
      unsigned lanes = 0;
      for (std::size_t i = 0; i < qubits.size(); ++i) {
        if (bit_of(j, static_cast<int>(i)) == 0) continue;
        move ^= qubits[i].move;
        lanes ^= qubits[i].lane_move;
      }
      flips_.push_back({move, LaneExchange<S>(lanes)});
    }
    for (std::size_t k = 0; k < size_; ++k) {
      for (Address c = 0; c < tile.size(); ++c) {
        if (classes_[c] == k) members_.push_back(c);
      }
      class_ends_.push_back(members_.size());
    }
  }

  /// Amplitudes of what `read` adds to.
  [[nodiscard]] std::size_t raw_size() const noexcept { return raw_size_; }

  /// Adds a tile to `raw`, which `collect` turns into density matrices.
  void read(const Tile::View<A>& psi, A* raw) const noexcept {
    if (plain_) return lane_density<S>(psi.packs, blocks_, raw, true, psi.origin);
    with_size([&](auto size) { read_rows<size>(psi, raw); });
  }

  /// Adds what `read` gathered in a pass to rho in packed entries, each lane's part by itself.
  void collect(const A* raw, Address flips, A* rho) const noexcept {
    for_each_entry([&](std::size_t entry, int lane, std::size_t row, std::size_t column) {
      const unsigned in_lane = classes_.in_lane(lane, flips);
      const auto [index, conjugated] = raw_index(row ^ in_lane, column ^ in_lane, row ^ column);
      add_lane(rho[entry], raw[index], lane, conjugated);
    });
  }

  /// Turns a packed Hermitian matrix into the coefficients that `apply` takes, raw_size() amplitudes.
  void prepare(const A* matrix, Address flips, A* raw) const noexcept {
    std::fill_n(raw, raw_size_, A{});
    for_each_entry([&](std::size_t entry, int lane, std::size_t row, std::size_t column) {
      const unsigned in_lane = classes_.in_lane(lane, flips);
      const auto [index, conjugated] = raw_index(row ^ in_lane, column ^ in_lane, row ^ column);
      add_lane(raw[index], matrix[entry], lane, conjugated);
      if (!plain_ && row != column) {
        add_lane(raw[raw_index(column ^ in_lane, row ^ in_lane, row ^ column).first], matrix[entry], lane, true);
      }
    });
  }

  /// out = B psi on a tile, or out += B psi if `add`.
  void apply(const Tile::View<A>& psi, const Tile::View<A>& out, const A* raw, bool add) const noexcept {
    if (plain_) return lane_local<S>(psi.packs, out.packs, blocks_, raw, add, psi.origin);
    with_size([&](auto size) { apply_rows<size>(psi, out, raw, add); });
  }

 private:
  struct Flip {
    Address move;
    LaneExchange<S> exchange;
  };

  /// Calls body with the number of rows as a constant, or 0 where it is large.
  template <class Body>
  void with_size(Body&& body) const noexcept {
    switch (size_) {
      case 2: return body(std::integral_constant<int, 2>{});
      case 4: return body(std::integral_constant<int, 4>{});
      case 8: return body(std::integral_constant<int, 8>{});
      default: return body(std::integral_constant<int, 0>{});
    }
  }

  /// Calls visit(entry, lane, row, column) for the packed entries of logical rows and columns.
  template <class Visit>
  void for_each_entry(Visit&& visit) const noexcept {
    std::size_t entry = 0;
    for (std::size_t column = 0; column < size_; ++column) {
      for (std::size_t row = column; row < size_; ++row, ++entry) {
        for (int lane = 0; lane < pack_width<S>; ++lane) visit(entry, lane, row, column);
      }
    }
  }

  /// Where the entry (row, column) of a block lies in raw storage, and whether as its conjugate.
  [[nodiscard]] std::pair<std::size_t, bool> raw_index(std::size_t row, std::size_t column,
                                                       std::size_t flip) const noexcept {
    if (!plain_) return {row * size_ + flip, false};
    const bool upper = row < column;
    const auto index = triangle_index(static_cast<int>(size_), static_cast<int>(upper ? column : row),
                                      static_cast<int>(upper ? row : column));
    return {static_cast<std::size_t>(index), upper};
  }

  static void add_lane(Pack<S>& to, const Pack<S>& from, int lane, bool) noexcept { to[lane] += from[lane]; }
  static void add_lane(ComplexPack<S>& to, const ComplexPack<S>& from, int lane, bool conjugated) noexcept {
    to.re[lane] += from.re[lane];
    to.im[lane] += conjugated ? -from.im[lane] : from.im[lane];
  }

  template <int Size>
  void read_rows(const Tile::View<A>& psi, A* raw) const noexcept {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < size_; begin = class_ends_[k++]) {
      A* sums = raw + k * size_;
      if constexpr (Size > 0) {
        std::array<A, Size> local{};
        for (std::size_t i = begin; i < class_ends_[k]; ++i) {
          const Address c = members_[i] ^ psi.origin;
          const A row = psi.packs[c];
          unroll<Size>([&](auto j) __attribute__((always_inline)) {
            const Flip& flip = flips_[j];
            local[j] += times_conjugate<S>(row, flip.exchange(psi.packs[c ^ flip.move]));
          });
        }
        for (std::size_t j = 0; j < Size; ++j) sums[j] += local[j];
      } else {
        for (std::size_t i = begin; i < class_ends_[k]; ++i) {
          const Address c = members_[i] ^ psi.origin;
          for (std::size_t j = 0; j < size_; ++j) {
            sums[j] += times_conjugate<S>(psi.packs[c], flips_[j].exchange(psi.packs[c ^ flips_[j].move]));
          }
        }
      }
    }
  }

  template <int Size>
  void apply_rows(const Tile::View<A>& psi, const Tile::View<A>& out, const A* raw, bool add) const noexcept {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < size_; begin = class_ends_[k++]) {
      const A* coefficients = raw + k * size_;
      for (std::size_t i = begin; i < class_ends_[k]; ++i) {
        const Address c = members_[i] ^ psi.origin;
        A sum = add ? out.packs[c] : A{};
        const auto term = [&](std::size_t j) __attribute__((always_inline)) {
          const Flip& flip = flips_[j];
          sum += coefficients[j] * flip.exchange(psi.packs[c ^ flip.move]);
        };
        if constexpr (Size > 0) {
          unroll<Size>([&](auto j) __attribute__((always_inline)) { term(j); });
        } else {
          for (std::size_t j = 0; j < size_; ++j) term(j);
        }
        out.packs[c] = sum;
      }
    }
  }

  std::size_t size_;  // 2^k
  TileClasses classes_;
  bool plain_ = true;
  std::size_t raw_size_ = 0;
  Blocks blocks_;                        // of a plain window
  std::vector<Flip> flips_;              // of the others
  std::vector<Address> members_;         // coordinates, by class
  std::vector<std::size_t> class_ends_;  // in members_
};

}  // namespace qmtl::detail
