#pragma once
// SPDX-License-Identifier: Apache-2.0
// Any gate on a tile whose lanes are amplitudes of one state.

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <span>

#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/schedule/circuit_schedule.hpp"
#include "qmtl/engine/tiles/tile_classes.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Any elementary gate: x[c] <- stay x[c] + move x[c ^ flip], the second term with lanes exchanged if the flip says so;
/// the coefficients follow from the values of the gate's qubits.
template <Scalar S, class A>
class TileGate {
  static constexpr int max_classes = 1 << max_gate_qubits;

 public:
  /// `qubits` are those of `pairs.fixed`, in their order.
  TileGate(const Tile& tile, std::span<const TileQubit> qubits, const PairSet& pairs, PairGate gate, int slot)
      : classes_(qubits, tile.size(), pack_width<S>), gate_(gate), slot_(slot), diagonal_(is_diagonal_gate(gate)) {
    unsigned lane_move = 0;
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      const auto q = pairs.fixed[j];
      first_ |= static_cast<unsigned>(bit_of(pairs.set, q)) << j;
      second_ |= static_cast<unsigned>(bit_of(pairs.set ^ pairs.flip, q)) << j;
      if (diagonal_ || bit_of(pairs.flip, q) == 0) continue;
      flip_ ^= qubits[j].move;
      lane_move ^= qubits[j].lane_move;
    }
    exchange_ = LaneExchange<S>(lane_move);
  }

  /// Runs the gate on a tile, or its inverse if `undo`; `flips` are those of its pass.
  void apply(const TileView<A>& tile, Address flips, const AngleTable<S>& angles, bool undo) const noexcept {
    const auto m = angles.template matrix<A>(gate_, slot_, undo);
    if (gate_ == PairGate::RY || gate_ == PairGate::H || gate_ == PairGate::X) {
      apply_with(tile, flips,
                 std::array<Pack<S>, 4>{real_part(m[0]), real_part(m[1]), real_part(m[2]), real_part(m[3])});
    } else {
      apply_with(tile, flips, m);
    }
  }

  /// The derivative by the angle: sums of Re or Im(conj(lambda) psi) with the weights of the gate's generator, see
  /// pair_gradient.
  void add_gradient(const TileView<A>& lambda, const TileView<A>& psi, Address flips, const AngleTable<S>&,
                    Pack<S>* gradients) const noexcept {
    const bool real = gate_ == PairGate::RY;
    const auto& g = generator_of(gate_);
    const auto& entries = real ? g.im : g.re;
    const auto first = static_cast<S>(2 * entries[0][diagonal_ ? 0 : 1]);
    const auto second = static_cast<S>(2 * entries[1][diagonal_ ? 1 : 0]);
    Pack<S> weights[max_classes]{};
    for_each_coefficient(flips,
                         [&](std::size_t k, int lane, bool is_first) { weights[k][lane] = is_first ? first : second; });
    Pack<S> sum{};
    const auto over = [&](auto&& product) __attribute__((always_inline)) {
      for (Address c = 0; c < size(); ++c) {
        sum += weights[classes_[c]] * product(lambda.packs[c ^ psi.origin], partner(psi, c));
      }
    };
    if (real) {
      over([](const A& l, const A& p) __attribute__((always_inline)) { return real_product<S>(l, p); });
    } else {
      over([](const A& l, const A& p) __attribute__((always_inline)) { return imaginary_product<S>(l, p); });
    }
    gradients[slot_] += sum;
  }

  [[nodiscard]] bool has_gradient(const AngleTable<S>& angles) const noexcept { return angles.has_gradient(slot_); }

 private:
  [[nodiscard]] static bool is_diagonal_gate(PairGate gate) noexcept { return shape_of(gate) == PairShape::diagonal; }
  [[nodiscard]] static Pack<S> real_part(const Pack<S>& x) noexcept { return x; }
  [[nodiscard]] static Pack<S> real_part(const ComplexPack<S>& x) noexcept { return x.re; }
  [[nodiscard]] Address size() const noexcept { return static_cast<Address>(classes_.size()); }

  [[nodiscard]] QMTL_ALWAYS_INLINE A partner(const TileView<A>& tile, Address c) const noexcept {
    return exchange_(tile.packs[c ^ flip_ ^ tile.origin]);
  }

  /// Calls set(class, lane, is_first) wherever an amplitude belongs to a pair.
  template <class Set>
  void for_each_coefficient(Address flips, Set&& set) const noexcept {
    for (int lane = 0; lane < pack_width<S>; ++lane) {
      const unsigned in_lane = classes_.in_lane(lane, flips);
      set(static_cast<std::size_t>(first_ ^ in_lane), lane, true);
      set(static_cast<std::size_t>(second_ ^ in_lane), lane, false);
    }
  }

  template <class C>
  void apply_with(const TileView<A>& tile, Address flips, const std::array<C, 4>& m) const noexcept {
    C stay[max_classes], move[max_classes]{};
    std::fill(std::begin(stay), std::end(stay), make_amplitude<S, C>(broadcast<S>(S(1)), Pack<S>{}));
    for_each_coefficient(flips, [&](std::size_t k, int lane, bool first) {
      const auto l = static_cast<std::size_t>(lane);
      copy_lane<S>(stay[k], l, first ? m[0] : m[3], l);
      copy_lane<S>(move[k], l, first ? m[1] : m[2], l);
    });
    A* data = tile.packs;
    if (diagonal_) {
      for (Address c = 0; c < size(); ++c) {
        A& x = data[c ^ tile.origin];
        x = stay[classes_[c]] * x;
      }
    } else if (flip_ == 0) {
      for (Address c = 0; c < size(); ++c) {
        A& x = data[c ^ tile.origin];
        x = stay[classes_[c]] * x + move[classes_[c]] * exchange_(x);
      }
    } else {
      const Address top = std::bit_floor(flip_);
      const Address other = flip_ ^ tile.origin;
      for (Address high = 0; high < size(); high += 2 * top) {
        for (Address c = high; c < high + top; ++c) {
          A& x = data[c ^ tile.origin];
          A& y = data[c ^ other];
          const A a = x, b = y;
          const std::size_t k = classes_[c], l = classes_[c ^ flip_];
          x = stay[k] * a + move[k] * exchange_(b);
          y = stay[l] * b + move[l] * exchange_(a);
        }
      }
    }
  }

  TileClasses classes_;
  PairGate gate_;
  int slot_;
  bool diagonal_;
  unsigned first_ = 0, second_ = 0;  // classes of a pair's members
  Address flip_ = 0;
  LaneExchange<S> exchange_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
