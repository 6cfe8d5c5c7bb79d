#pragma once
// SPDX-License-Identifier: Apache-2.0
// Groups of rotations on tiles whose qubits leave lanes alone.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/lanes/lane_kernels.hpp"
#include "qmtl/engine/schedule/circuit_schedule.hpp"
#include "qmtl/engine/tiles/tile_classes.hpp"

namespace qmtl::inline QMTL_ABI::detail {

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
    cosets_ = Cosets(moves, kernel_of(rows, units));
    has_phases_ = std::any_of(angles.begin(), angles.end(), [](const RotatedQubit& a) { return a.phase >= 0; });
  }

  /// Turns the qubits of a tile, or turns them back if `undo`; `flips` are those of its pass.
  void apply(const TileView<A>& tile, Address flips, const AngleTable<S>& angles, bool undo) const noexcept {
    with_group_size<S, A>(cosets_.width, [&](auto k) {
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
          return undo ? rotate_group<S, k, Phases::both, true>(tile.packs, cosets_, group, tile.origin)
                      : rotate_group<S, k, Phases::both, false>(tile.packs, cosets_, group, tile.origin);
        }
      }
      rotate_group<S, k, Phases::none, false>(tile.packs, cosets_, group, tile.origin);
    });
  }

  /// Adds a tile's part of the derivatives to those of all slots; lambda and psi are those after the step.
  void add_gradient(const TileView<A>& lambda, const TileView<A>& psi, Address flips, const AngleTable<S>& angles,
                    Pack<S>* gradients) const noexcept {
    with_group_size<S, A>(cosets_.width, [&](auto k) {
      std::array<RotationSums<S>, k> sums;
      if (has_complex_lanes && has_phases_) {
        rotation_sums<S, k, has_complex_lanes>(lambda.packs, psi.packs, cosets_, sums, psi.origin);
      } else {
        rotation_sums<S, k, false>(lambda.packs, psi.packs, cosets_, sums, psi.origin);
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

  [[nodiscard]] bool has_gradient(const AngleTable<S>& angles) const noexcept {
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
  Cosets cosets_;
  bool has_phases_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail
