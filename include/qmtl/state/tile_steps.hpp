#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gates on a tile whose lanes are amplitudes of one state: the lane kernels where a gate leaves lanes alone, and one
// general kernel where it does not.

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/state/lane_exchange.hpp"
#include "qmtl/state/lane_schedule.hpp"
#include "qmtl/state/tile.hpp"

namespace qmtl::detail {

template <class A>
using TileView = Tile::View<A>;

/// RYs, and RZs after them, of qubits whose flips leave lanes alone. In a lane where such a qubit has the opposite
/// value of coordinate zero, |0> and |1> are exchanged: the tangent changes its sign there, and so does the gradient.
template <Scalar S, class A>
class TileRotations {
  static constexpr bool has_complex_lanes = std::is_same_v<A, ComplexPack<S>>;

 public:
  TileRotations(const Tile& tile, std::span<const TileQubit> qubits, std::span<const RotatedQubit> angles)
      : qubits_(qubits.begin(), qubits.end()), angles_(angles.begin(), angles.end()) {
    std::vector<Address> moves, rows, units;
    for (const auto& qubit : qubits_) {
      moves.push_back(qubit.move);
      rows.push_back(qubit.row);
      signs_.push_back(lane_signs<S>(qubit.lane_row, false));
    }
    for (int i = 0; i < tile.width(); ++i) units.push_back(Address{1} << i);
    blocks_ = Blocks(moves, kernel_of(rows, units));
    has_phases_ = std::any_of(angles.begin(), angles.end(), [](const RotatedQubit& a) { return a.phase >= 0; });
  }

  void apply(const TileView<A>& tile, Address flips, const LaneAngles<S>& angles, bool undo) const noexcept {
    with_group_size<S, A>(blocks_.width, [&](auto k) {
      RotationGroup<S, k, A> group{.tangents = {}, .scale = broadcast<S>(S(1))};
      for (std::size_t i = 0; i < k; ++i) {
        const Pack<S> sign = signs(i, flips);
        const Pack<S>& tangent = angles.tangent(angles_[i].rotation);
        group.tangents[i] = undo ? -sign * tangent : sign * tangent;
        group.scale *= angles.cosine(angles_[i].rotation);
        if constexpr (has_complex_lanes) {
          group.phases[i] = angles.template phase<A>(angles_[i].phase, undo);
          group.phases[i].im *= sign;
        }
      }
      if constexpr (has_complex_lanes) {
        if (has_phases_) {
          return undo ? rotate_group<S, k, Phases::both, true>(tile.packs, blocks_, group, tile.origin)
                      : rotate_group<S, k, Phases::both, false>(tile.packs, blocks_, group, tile.origin);
        }
      }
      rotate_group<S, k, Phases::none, false>(tile.packs, blocks_, group, tile.origin);
    });
  }

  void add_gradient(const TileView<A>& lambda, const TileView<A>& psi, Address flips, const LaneAngles<S>& angles,
                    Pack<S>* gradients) const noexcept {
    with_group_size<S, A>(blocks_.width, [&](auto k) {
      std::array<RotationSums<S>, k> sums;
      if (has_complex_lanes && has_phases_) {
        rotation_sums<S, k, has_complex_lanes>(lambda.packs, psi.packs, blocks_, sums, psi.origin);
      } else {
        rotation_sums<S, k, false>(lambda.packs, psi.packs, blocks_, sums, psi.origin);
      }
      for (std::size_t i = 0; i < k; ++i) {
        const Pack<S> sign = signs(i, flips);
        const int phase = angles_[i].phase;
        Pack<S> rotation = sign * sums[i].y;
        if (phase >= 0) {  // the slot is of half the angle; see LaneProgram for the formula
          const Pack<S>& c = angles.cosine(phase);
          const Pack<S>& s = angles.sine(phase);
          rotation = (c * c - s * s) * rotation - S(2) * s * c * sums[i].x;
          gradients[phase] -= sign * sums[i].z;
        }
        gradients[angles_[i].rotation] += rotation;
      }
    });
  }

  [[nodiscard]] bool has_gradient(const LaneAngles<S>& angles) const noexcept {
    return std::any_of(angles_.begin(), angles_.end(), [&angles](const RotatedQubit& a) {
      return angles.has_gradient(a.rotation) || angles.has_gradient(a.phase);
    });
  }

 private:
  [[nodiscard]] Pack<S> signs(std::size_t i, Address flips) const noexcept {
    return qubits_[i].flipped(flips) ? -signs_[i] : signs_[i];
  }

  std::vector<TileQubit> qubits_;
  std::vector<RotatedQubit> angles_;
  std::vector<Pack<S>> signs_;
  Blocks blocks_;
  bool has_phases_ = false;
};

/// Any elementary gate: x[c] <- stay x[c] + move x[c ^ flip], the second term with lanes exchanged if the flip says so;
/// the coefficients follow from the values of the gate's qubits.
template <Scalar S, class A>
class TileGate {
  static constexpr int max_classes = 8;

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

  void apply(const TileView<A>& tile, Address flips, const LaneAngles<S>& angles, bool undo) const noexcept {
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
  void add_gradient(const TileView<A>& lambda, const TileView<A>& psi, Address flips, const LaneAngles<S>&,
                    Pack<S>* gradients) const noexcept {
    const bool real = gate_ == PairGate::RY;
    const S first = gate_ == PairGate::P ? S(0) : (real ? S(-1) : S(1));
    const S second = gate_ == PairGate::P ? S(-2) : (gate_ == PairGate::RZ ? S(-1) : S(1));
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

  [[nodiscard]] bool has_gradient(const LaneAngles<S>& angles) const noexcept { return angles.has_gradient(slot_); }

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
      set_lane(stay[k], first ? m[0] : m[3], lane);
      set_lane(move[k], first ? m[1] : m[2], lane);
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

  static void set_lane(Pack<S>& to, const Pack<S>& from, int lane) noexcept { to[lane] = from[lane]; }
  static void set_lane(ComplexPack<S>& to, const ComplexPack<S>& from, int lane) noexcept {
    to.re[lane] = from.re[lane];
    to.im[lane] = from.im[lane];
  }

  TileClasses classes_;
  PairGate gate_;
  int slot_;
  bool diagonal_;
  unsigned first_ = 0, second_ = 0;  // classes of a pair's members
  Address flip_ = 0;
  LaneExchange<S> exchange_;
};

}  // namespace qmtl::detail
