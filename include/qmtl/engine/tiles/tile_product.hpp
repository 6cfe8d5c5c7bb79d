#pragma once
// SPDX-License-Identifier: Apache-2.0
// The product state that a circuit's leading one-qubit gates make, as one large state.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/lanes/product_state.hpp"
#include "qmtl/engine/tiles/tile.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Amplitude packs of a product state, as rows: the qubits of lanes, of a pack's place in its row and of the row's
/// number each have a small state of their own, and a pack is the product of its entries in the three.
template <Scalar S, class A>
class TileProduct {
 public:
  TileProduct() = default;
  /// `gates[i]` acts on address bit i of a state of 2^log_packs packs.
  TileProduct(std::span<const std::vector<ScheduledGate>> gates, int log_packs) {
    const auto lanes = static_cast<std::size_t>(lane_bits<S>);
    constexpr std::size_t most_low = 8;  // 2^8 packs stay in an L1 cache while every row is multiplied with them
    const std::size_t low = std::min(static_cast<std::size_t>(log_packs), most_low);
    lanes_ = ProductState<S, A>(gates.first(lanes));
    low_ = ProductState<S, A>(gates.subspan(lanes, low));
    high_ = ProductState<S, A>(gates.subspan(lanes + low));
    lane_product_.resize(lanes_.size());
    low_product_.resize(low_.size());
    high_product_.resize(high_.size());
    high_adjoint_.resize(high_.size());
  }

  /// Packs of a row: low qubits. Zero before there is a state.
  [[nodiscard]] std::size_t row_size() const noexcept { return low_product_.size(); }
  [[nodiscard]] std::size_t rows() const noexcept { return high_product_.size(); }

  /// Computes the three states for the angles that are set.
  void build(const AngleTable<S>& angles) noexcept {
    const A one = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    lanes_.build(angles, one);
    lanes_.write(lane_product_);
    A start{};
    for (std::size_t lane = 0; lane < lane_product_.size(); ++lane) copy_lane<S>(start, lane, lane_product_[lane], 0);
    low_.build(angles, start);
    low_.write(low_product_);
    high_.build(angles, one);
    high_.write(high_product_);
  }

  /// Sets a tile's packs.
  void fill(const Tile& tile, const TileView<A>& view, Address base) const noexcept {
    if (tile.contiguous()) return write({view.packs, tile.size()}, base & ~static_cast<Address>(tile.size() - 1));
    for (Address c = 0; c < tile.size(); ++c) view.packs[c ^ view.origin] = at(base ^ tile.offsets()[c]);
  }

  /// Sets packs from number `first`, a multiple of how many they are, which is a power of two.
  void write(std::span<A> to, std::size_t first) const noexcept {
    const std::size_t row = std::min(to.size(), row_size());
    for (std::size_t i = 0; i < to.size(); i += row) {
      const A weight = high_product_[(first + i) / row_size()];
      const A* low = low_product_.data() + ((first + i) & (row_size() - 1));
      for (std::size_t j = 0; j < row; ++j) to[i + j] = weight * low[j];
    }
  }

  // Gradients of the leading gates. The product has rank one between rows and places in a row: contracting lambda with
  // either leaves a small vector for the other. Cost 2 multiplications an amplitude.

  /// For rows begin to end of lambda: what the row's numbers get, and adds to `sums` (row_size()) what the places get.
  void contract_rows(std::span<const A> lambda, std::size_t begin, std::size_t end, std::span<A> sums) noexcept {
    const std::size_t low = row_size();
    for (std::size_t row = begin; row < end; ++row) {
      const A weight = conjugate<S>(high_product_[row]);
      A dot{};
      for (std::size_t i = 0; i < low; ++i) {
        const A value = lambda[row * low + i];
        dot += times_conjugate<S>(value, low_product_[i]);
        sums[i] += weight * value;
      }
      high_adjoint_[row] = dot;
    }
  }

  /// Adds the gradients, with the sums over all rows; destroys these.
  void contract(const AngleTable<S>& angles, std::span<A> sums, std::span<Pack<S>> gradients) noexcept {
    high_.contract(angles, high_adjoint_, gradients);
    low_.contract(angles, sums, gradients);
    for (std::size_t lane = 0; lane < lane_product_.size(); ++lane) {
      lane_product_[lane] = A{};
      copy_lane<S>(lane_product_[lane], 0, sums[0], lane);
    }
    lanes_.contract(angles, lane_product_, gradients);
  }

 private:
  [[nodiscard]] QMTL_ALWAYS_INLINE A at(Address pack) const noexcept {
    const auto low_bits = static_cast<unsigned>(std::countr_zero(row_size()));
    return high_product_[pack >> low_bits] * low_product_[pack & (row_size() - 1)];
  }

  ProductState<S, A> lanes_, low_, high_;
  std::vector<A> lane_product_, low_product_, high_product_, high_adjoint_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
