#pragma once
// SPDX-License-Identifier: Apache-2.0
// Crossings: rotations on tiles whose qubits exchange lanes.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/schedule/circuit_schedule.hpp"
#include "qmtl/engine/tiles/tile_classes.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// RYs, and RZs after them, of qubits whose flips exchange lanes, all in one go: those that leave packs alone, and at
/// most two more whose moves of packs are independent. x <- cos x -+ sin (x flipped), as above with tangents; the RZs
/// of all qubits come to one phase.
template <Scalar S, class A>
class TileCrossings {
  static constexpr bool has_complex_lanes = std::is_same_v<A, ComplexPack<S>>;

 public:
  /// Qubits of one group; their cosines, of which each may be as small as rounding leaves of cos(pi/2), must have a
  /// product that is no denormal number.
  static constexpr std::size_t max_qubits = sizeof(S) == 8 ? 6 : 4;
  static constexpr int max_moving = 2;

  TileCrossings(const Tile& tile, std::span<const TileQubit> qubits, std::span<const RotatedQubit> angles)
      : classes_(in_order(qubits), tile.size(), pack_width<S>) {
    std::vector<Address> moves;
    const auto take = [&](bool moving) {
      for (std::size_t i = 0; i < qubits.size(); ++i) {
        if ((qubits[i].move != 0) != moving) continue;
        angles_.push_back(angles[i]);
        exchanges_.emplace_back(qubits[i].lane_move);
        lane_rows_.push_back({lane_signs<S>(qubits[i].lane_row, true), qubits[i].number});
        if (moving) moves.push_back(qubits[i].move);
      }
    };
    take(false);
    take(true);
    cosets_ = TileCosets(moves, classes_);
    QMTL_ASSERT(cosets_.width() == static_cast<int>(moves.size()));
    has_phases_ = std::any_of(angles.begin(), angles.end(), [](const RotatedQubit& a) { return a.phase >= 0; });
  }

  /// Turns the qubits of a tile, or turns them back if `undo`; `flips` are those of its pass.
  void apply(const TileView<A>& tile, Address flips, const AngleTable<S>& angles, bool undo) const noexcept {
    Pack<S> scale = broadcast<S>(S(1));
    for (const auto& a : angles_) scale *= angles.cosine(a.rotation);
    with_moving([&](auto m) {
      constexpr std::size_t rows = std::size_t{1} << m;
      for (std::size_t k = 0; k < cosets_.class_count(); ++k) {
        if (cosets_.bases(k).empty()) continue;
        Pack<S> t[max_qubits * rows];
        A phases[rows];
        for (std::size_t h = 0; h < rows; ++h) {
          phases[h] = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
          for (std::size_t q = 0; q < angles_.size(); ++q) {
            const Pack<S> one = undo ? -sign(q, k, h, flips) : sign(q, k, h, flips);
            t[q * rows + h] = one * angles.tangent(angles_[q].rotation);
            const int phase = angles_[q].phase;
            if (phase < 0) continue;
            phases[h] = make_amplitude<S, A>(angles.cosine(phase), one * angles.sine(phase)) * phases[h];
          }
        }
        if (has_complex_lanes && has_phases_) {
          undo ? apply_class<m, has_complex_lanes, true>(tile, k, scale, t, phases)
               : apply_class<m, has_complex_lanes, false>(tile, k, scale, t, phases);
        } else {
          apply_class<m, false, false>(tile, k, scale, t, phases);
        }
      }
    });
  }

  /// Adds a tile's part of the derivatives to those of all slots; lambda and psi are those after the step.
  void add_gradient(const TileView<A>& lambda, const TileView<A>& psi, Address flips, const AngleTable<S>& angles,
                    Pack<S>* gradients) const noexcept {
    with_moving([&](auto m) {
      constexpr std::size_t rows = std::size_t{1} << m;
      for (std::size_t k = 0; k < cosets_.class_count(); ++k) {
        if (cosets_.bases(k).empty()) continue;
        Sums<rows> sums{};
        if (has_complex_lanes && has_phases_) {
          sum_class<m, has_complex_lanes>(lambda, psi, k, sums);
        } else {
          sum_class<m, false>(lambda, psi, k, sums);
        }
        for (std::size_t q = 0; q < angles_.size(); ++q) {
          const auto [qubit, rotation, phase] = angles_[q];
          for (std::size_t h = 0; h < rows; ++h) {
            const Pack<S> one = sign(q, k, h, flips);
            Pack<S> slope = one * sums.y[q * rows + h];
            if (phase >= 0) {  // as for TileRotations
              const Pack<S>& c = angles.cosine(phase);
              const Pack<S>& s = angles.sine(phase);
              slope = (c * c - s * s) * slope - S(2) * s * c * sums.x[q * rows + h];
              gradients[phase] -= one * sums.z[h];
            }
            gradients[rotation] += slope;
          }
        }
      }
    });
  }

  [[nodiscard]] bool has_gradient(const AngleTable<S>& angles) const noexcept {
    return std::any_of(angles_.begin(), angles_.end(), [&angles](const RotatedQubit& a) {
      return angles.has_gradient(a.rotation) || angles.has_gradient(a.phase);
    });
  }

 private:
  struct LaneRow {
    Pack<S> sign;
    int number;
  };

  /// RotationSums of each qubit and row of a coset; z is the same for all qubits but for signs.
  template <std::size_t Rows>
  struct Sums {
    Pack<S> y[max_qubits * Rows], x[max_qubits * Rows], z[Rows];
  };

  [[nodiscard]] static std::vector<TileQubit> in_order(std::span<const TileQubit> qubits) {
    std::vector<TileQubit> ordered(qubits.begin(), qubits.end());
    std::stable_partition(ordered.begin(), ordered.end(), [](const TileQubit& q) { return q.move == 0; });
    return ordered;
  }

  /// -1 where the q-th qubit is zero, +1 where it is one, in every lane of row h of a coset of class k.
  [[nodiscard]] Pack<S> sign(std::size_t q, std::size_t k, std::size_t h, Address flips) const noexcept {
    const std::size_t pack_class = k ^ cosets_.offset_class(h);
    const bool one = ((pack_class >> q) & 1) != ((flips >> lane_rows_[q].number) & 1);
    return one ? -lane_rows_[q].sign : lane_rows_[q].sign;
  }

  template <class Body>
  void with_moving(Body&& body) const noexcept {
    switch (cosets_.width()) {
      case 0: return body(std::integral_constant<int, 0>{});
      case 1: return body(std::integral_constant<int, 1>{});
      default: return body(std::integral_constant<int, 2>{});
    }
  }

  template <int M, bool HasPhases, bool Undo>
  void apply_class(const TileView<A>& tile, std::size_t k, const Pack<S>& scale, const Pack<S>* t,
                   const A* phases) const noexcept {
    constexpr int rows = 1 << M;
    const std::size_t staying = angles_.size() - M;
    std::array<Address, static_cast<std::size_t>(rows)> offsets;
    for (std::size_t h = 0; h < offsets.size(); ++h) offsets[h] = cosets_.offset(h) ^ tile.origin;
    for (const Address base : cosets_.bases(k)) {
      A x[static_cast<std::size_t>(rows)];
      unroll<rows>([&](auto h) __attribute__((always_inline)) {
        x[h] = scale * tile.packs[base ^ offsets[h]];
        if constexpr (HasPhases && Undo) x[h] = phases[h] * x[h];
      });
      for (std::size_t q = 0; q < staying; ++q) {
        const LaneExchange<S>& exchange = exchanges_[q];
        unroll<rows>([&](auto h) __attribute__((always_inline)) { x[h] += t[q * rows + h] * exchange(x[h]); });
      }
      unroll<M>([&](auto m) __attribute__((always_inline)) {
        const LaneExchange<S>& exchange = exchanges_[staying + m];
        const Pack<S>* of_qubit = t + (staying + m) * rows;
        unroll<rows / 2>([&](auto half) __attribute__((always_inline)) {
          constexpr int low = static_cast<int>(insert_zero(static_cast<Index>(half), m));
          constexpr int high = low | (1 << m);
          const A a = x[low], b = x[high];
          x[low] = a + of_qubit[low] * exchange(b);
          x[high] = b + of_qubit[high] * exchange(a);
        });
      });
      unroll<rows>([&](auto h) __attribute__((always_inline)) {
        if constexpr (HasPhases && !Undo) x[h] = phases[h] * x[h];
        tile.packs[base ^ offsets[h]] = x[h];
      });
    }
  }

  template <int M, bool HasPhases>
  void sum_class(const TileView<A>& lambda, const TileView<A>& psi, std::size_t k,
                 Sums<(std::size_t{1} << M)>& sums) const noexcept {
    constexpr int rows = 1 << M;
    const std::size_t staying = angles_.size() - M;
    std::array<Address, static_cast<std::size_t>(rows)> offsets;
    for (std::size_t h = 0; h < offsets.size(); ++h) offsets[h] = cosets_.offset(h) ^ psi.origin;
    for (const Address base : cosets_.bases(k)) {
      A l[static_cast<std::size_t>(rows)], p[static_cast<std::size_t>(rows)];
      unroll<rows>([&](auto h) __attribute__((always_inline)) {
        l[h] = lambda.packs[base ^ offsets[h]];
        p[h] = psi.packs[base ^ offsets[h]];
        if constexpr (HasPhases) sums.z[h] += imaginary_product<S>(l[h], p[h]);
      });
      const auto add = [&](std::size_t q, const LaneExchange<S>& exchange, auto flip) __attribute__((always_inline)) {
        unroll<rows>([&](auto h) __attribute__((always_inline)) {
          const A flipped = exchange(p[h ^ flip]);
          sums.y[q * rows + h] += real_product<S>(l[h], flipped);
          if constexpr (HasPhases) sums.x[q * rows + h] += imaginary_product<S>(l[h], flipped);
        });
      };
      for (std::size_t q = 0; q < staying; ++q) add(q, exchanges_[q], std::integral_constant<int, 0>{});
      unroll<M>([&](auto m) __attribute__((always_inline)) {
        add(staying + m, exchanges_[staying + m], std::integral_constant<int, (1 << m)>{});
      });
    }
  }

  TileClasses classes_;
  TileCosets cosets_;
  std::vector<RotatedQubit> angles_;  // those that leave packs alone, then the others
  std::vector<LaneExchange<S>> exchanges_;
  std::vector<LaneRow> lane_rows_;
  bool has_phases_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail
