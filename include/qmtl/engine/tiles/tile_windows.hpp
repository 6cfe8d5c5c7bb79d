#pragma once
// SPDX-License-Identifier: Apache-2.0
// A window on tiles: its part of the reduced density matrix, and a local Hermitian operator on it.

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/lanes/lane_windows.hpp"
#include "qmtl/engine/tiles/tile_classes.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Windows of k qubits as the tiles of one state see them. Where no flip of their qubits touches lanes, several windows
/// go in cosets of packs as for samples in lanes, and a lane only numbers rows and columns anew. Otherwise, for a
/// single window, a pack is a row, by its class, and its partners under the 2^k flips are columns.
template <Scalar S, class A>
class TileWindows {
 public:
  /// `qubits` are those of `count` windows, one after another.
  TileWindows(const Tile& tile, std::span<const TileQubit> qubits, std::size_t count)
      : size_(std::size_t{1} << (qubits.size() / count)), count_(count) {
    const std::size_t k = qubits.size() / count;
    std::vector<Address> moves, rows, units;
    for (const auto& qubit : qubits) {
      moves.push_back(qubit.move);
      rows.push_back(qubit.row);
      plain_ = plain_ && qubit.lane_move == 0;
    }
    for (std::size_t w = 0; w < count; ++w) {
      classes_.emplace_back(qubits.subspan(w * k, k), plain_ ? 0 : tile.size(), pack_width<S>);
    }
    if (plain_) {
      for (int i = 0; i < tile.width(); ++i) units.push_back(Address{1} << i);
      group_ = {Cosets(moves, kernel_of(rows, units)), static_cast<int>(k), static_cast<int>(count)};
      raw_size_ = group_.packed_size();
      return;
    }
    QMTL_ASSERT(count == 1);
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
    cosets_ = TileCosets(moves, classes_.front());
  }

  /// Whether no flip touches lanes.
  [[nodiscard]] bool plain() const noexcept { return plain_; }
  /// Packed entries of all the windows.
  [[nodiscard]] std::size_t packed_size() const noexcept { return count_ * (size_ * (size_ + 1) / 2); }
  /// Amplitudes of what `read` adds to.
  [[nodiscard]] std::size_t raw_size() const noexcept { return raw_size_; }

  /// Adds a tile to `raw`, which `collect` turns into density matrices.
  void read(const TileView<A>& psi, A* raw) const noexcept {
    if (plain_) return lane_density<S>(psi.packs, group_, raw, true, psi.origin);
    read_rows(psi, raw);
  }

  /// Adds what `read` gathered in a pass to rho in packed entries, each lane's part by itself.
  void collect(const A* raw, Address flips, A* rho) const noexcept {
    for_each_entry(flips, [&](std::size_t entry, int lane, const RawEntry& at, const RawEntry&) {
      add_lane(rho[entry], raw[at.index], lane, at.conjugated);
    });
  }

  /// Turns a packed Hermitian matrix into the coefficients that `apply` takes, raw_size() amplitudes.
  void prepare(const A* matrix, Address flips, A* raw) const noexcept {
    std::fill_n(raw, raw_size_, A{});
    for_each_entry(flips, [&](std::size_t entry, int lane, const RawEntry& at, const RawEntry& transposed) {
      add_lane(raw[at.index], matrix[entry], lane, at.conjugated);
      if (transposed.index != at.index) add_lane(raw[transposed.index], matrix[entry], lane, transposed.conjugated);
    });
  }

  /// out = B psi on a tile, or out += B psi if `add`.
  void apply(const TileView<A>& psi, const TileView<A>& out, const A* raw, bool add) const noexcept {
    if (plain_) return lane_local<S>(psi.packs, out.packs, group_, raw, add, psi.origin);
    apply_rows(psi, out, raw, add);
  }

 private:
  struct Flip {
    Address move;
    LaneExchange<S> exchange;
  };

  struct RawEntry {
    std::size_t index;
    bool conjugated;
  };

  /// Calls visit(entry, lane, where, where_transposed) for the packed entries of logical rows and columns; a Hermitian
  /// matrix in packed form has no transposed entries of its own.
  template <class Visit>
  void for_each_entry(Address flips, Visit&& visit) const noexcept {
    std::size_t entry = 0;
    for (std::size_t w = 0; w < count_; ++w) {
      const std::size_t first = entry;
      std::array<unsigned, static_cast<std::size_t>(pack_width<S>)> in_lane;
      for (int lane = 0; lane < pack_width<S>; ++lane) {
        in_lane[static_cast<std::size_t>(lane)] = classes_[w].in_lane(lane, flips);
      }
      for (std::size_t column = 0; column < size_; ++column) {
        for (std::size_t row = column; row < size_; ++row, ++entry) {
          for (int lane = 0; lane < pack_width<S>; ++lane) {
            const std::size_t r = row ^ in_lane[static_cast<std::size_t>(lane)];
            const std::size_t c = column ^ in_lane[static_cast<std::size_t>(lane)];
            if (plain_) {
              const bool upper = r < c;
              const int index = triangle_index(static_cast<int>(size_), static_cast<int>(upper ? c : r),
                                               static_cast<int>(upper ? r : c));
              const RawEntry at{first + static_cast<std::size_t>(index), upper};
              visit(entry, lane, at, at);
            } else {
              visit(entry, lane, RawEntry{r * size_ + (r ^ c), false}, RawEntry{c * size_ + (r ^ c), true});
            }
          }
        }
      }
    }
  }

  static void add_lane(Pack<S>& to, const Pack<S>& from, int lane, bool) noexcept { to[lane] += from[lane]; }
  static void add_lane(ComplexPack<S>& to, const ComplexPack<S>& from, int lane, bool conjugated) noexcept {
    to.re[lane] += from.re[lane];
    to.im[lane] += conjugated ? -from.im[lane] : from.im[lane];
  }

  /// Sums of a row's products with its partners, for 2^D rows of a coset at a time: by class, so that they stay in
  /// registers.
  template <int Size, int D>
  void read_cosets(const TileView<A>& psi, A* raw) const noexcept {
    constexpr int rows = 1 << D;
    std::array<Flip, static_cast<std::size_t>(Size)> flips;
    std::copy_n(flips_.begin(), Size, flips.begin());
    for (std::size_t k = 0; k < cosets_.class_count(); ++k) {
      std::array<A, static_cast<std::size_t>(rows * Size)> sums{};
      std::array<Address, static_cast<std::size_t>(rows)> offsets;
      for (std::size_t h = 0; h < offsets.size(); ++h) offsets[h] = cosets_.offset(h) ^ psi.origin;
      for (const Address base : cosets_.bases(k)) {
        unroll<rows>([&](auto h) __attribute__((always_inline)) {
          const Address c = base ^ offsets[h];
          const A row = psi.packs[c];
          add_real<S>(sums[h * Size], real_product<S>(row, row));
          unroll<Size - 1>([&](auto i) __attribute__((always_inline)) {
            constexpr int j = i + 1;
            sums[h * Size + j] += times_conjugate<S>(row, flips[j].exchange(psi.packs[c ^ flips[j].move]));
          });
        });
      }
      for (std::size_t h = 0; h < rows; ++h) {
        A* of_row = raw + (k ^ cosets_.offset_class(h)) * size_;
        for (std::size_t j = 0; j < Size; ++j) of_row[j] += sums[h * Size + j];
      }
    }
  }

  /// Rows of the operator, for 2^D packs of a coset at a time, out of one read of them.
  template <int Size, int D>
  void apply_cosets(const TileView<A>& psi, const TileView<A>& out, const A* raw, bool add) const noexcept {
    constexpr int rows = 1 << D;
    std::array<Flip, static_cast<std::size_t>(Size)> flips;
    std::copy_n(flips_.begin(), Size, flips.begin());
    for (std::size_t k = 0; k < cosets_.class_count(); ++k) {
      std::array<A, static_cast<std::size_t>(rows * Size)> coefficients;
      std::array<Address, static_cast<std::size_t>(rows)> offsets;
      for (std::size_t h = 0; h < offsets.size(); ++h) {
        const std::size_t row = k ^ cosets_.offset_class(h);
        std::copy_n(raw + row * size_, Size, coefficients.data() + h * Size);
        offsets[h] = cosets_.offset(h) ^ psi.origin;
      }
      for (const Address base : cosets_.bases(k)) {
        unroll<rows>([&](auto h) __attribute__((always_inline)) {
          const Address c = base ^ offsets[h];
          A sum = coefficients[h * Size] * psi.packs[c];
          if (add) sum += out.packs[c];
          unroll<Size - 1>([&](auto i) __attribute__((always_inline)) {
            constexpr int j = i + 1;
            sum += coefficients[h * Size + j] * flips[j].exchange(psi.packs[c ^ flips[j].move]);
          });
          out.packs[c] = sum;
        });
      }
    }
  }

  /// Calls body(size, dimension of cosets) with the sizes that have kernels; returns false for others.
  template <class Body>
  bool with_sizes(Body&& body) const noexcept {
    constexpr auto two = std::integral_constant<int, 2>{};
    constexpr auto four = std::integral_constant<int, 4>{};
    const auto with_width = [&](auto size, auto width) {
      body(size, width);
      return true;
    };
    switch (cosets_.width() + 4 * std::countr_zero(size_)) {
      case 4: return with_width(two, std::integral_constant<int, 0>{});
      case 5: return with_width(two, std::integral_constant<int, 1>{});
      case 8: return with_width(four, std::integral_constant<int, 0>{});
      case 9: return with_width(four, std::integral_constant<int, 1>{});
      case 10: return with_width(four, std::integral_constant<int, 2>{});
      default: return false;
    }
  }

  void read_rows(const TileView<A>& psi, A* raw) const noexcept {
    if (with_sizes([&](auto size, auto width) { read_cosets<size, width>(psi, raw); })) return;
    for_each_row(psi, [&](std::size_t k, Address c) {
      for (std::size_t j = 0; j < size_; ++j) {
        raw[k * size_ + j] += times_conjugate<S>(psi.packs[c], flips_[j].exchange(psi.packs[c ^ flips_[j].move]));
      }
    });
  }

  void apply_rows(const TileView<A>& psi, const TileView<A>& out, const A* raw, bool add) const noexcept {
    if (with_sizes([&](auto size, auto width) { apply_cosets<size, width>(psi, out, raw, add); })) return;
    for_each_row(psi, [&](std::size_t k, Address c) {
      A sum = add ? out.packs[c] : A{};
      for (std::size_t j = 0; j < size_; ++j) {
        sum += raw[k * size_ + j] * flips_[j].exchange(psi.packs[c ^ flips_[j].move]);
      }
      out.packs[c] = sum;
    });
  }

  /// Calls visit(class, place) for all packs of a tile, coset by coset.
  template <class Visit>
  QMTL_ALWAYS_INLINE void for_each_row(const TileView<A>& psi, Visit&& visit) const noexcept {
    const std::size_t rows = std::size_t{1} << cosets_.width();
    for (std::size_t k = 0; k < cosets_.class_count(); ++k) {
      for (const Address base : cosets_.bases(k)) {
        for (std::size_t h = 0; h < rows; ++h) {
          visit(k ^ cosets_.offset_class(h), base ^ cosets_.offset(h) ^ psi.origin);
        }
      }
    }
  }

  std::size_t size_;  // 2^k
  std::size_t count_;
  std::vector<TileClasses> classes_;
  bool plain_ = true;
  std::size_t raw_size_ = 0;
  WindowGroup group_{};      // of plain windows
  std::vector<Flip> flips_;  // of another one
  TileCosets cosets_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
