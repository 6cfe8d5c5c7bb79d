#pragma once
// SPDX-License-Identifier: Apache-2.0
// How one large state is worked on: which steps of a circuit, and which windows, share the tiles of a sweep over
// memory.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "qmtl/engine/tiles/tile_crossings.hpp"
#include "qmtl/engine/tiles/tile_gate.hpp"
#include "qmtl/engine/tiles/tile_rotations.hpp"
#include "qmtl/engine/tiles/tile_windows.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Sweeps for the steps of a circuit and readings for the windows; see TilePlanner.
template <Scalar S, class A>
struct TilePlan {
  struct Step {
    std::variant<TileRotations<S, A>, TileCrossings<S, A>, TileGate<S, A>> gate;
    std::size_t run_start;  // first of the neighbouring steps that commute: their gradients are taken together
    bool parametric;        // has an angle with a gradient
    bool state_needed_before = false;

    void apply(const TileView<A>& tile, Address flips, const AngleTable<S>& angles, bool undo) const noexcept {
      std::visit([&](const auto& g) { g.apply(tile, flips, angles, undo); }, gate);
    }
  };

  /// Steps on tiles, or without a tile a layer of signs: a number for each pack, of its sign in every lane.
  struct Sweep {
    std::optional<Tile> tile{};
    std::vector<Step> steps{};
    std::vector<std::uint8_t> sign_numbers{};
    std::vector<Pack<S>> signs{};
    bool state_needed = false;  // some step up to its last needs |psi> for its gradient
  };

  /// Windows that share tiles.
  struct GroupAt {
    TileWindows<S, A> windows;
    std::size_t first_entry;  // among all windows' packed entries
  };
  struct Reading {
    std::optional<Tile> tile;
    std::vector<GroupAt> groups;
  };

  std::vector<Sweep> sweeps{};
  std::vector<Reading> readings{};
  std::size_t density_size = 0;  ///< amplitudes of all windows' density matrices together, in packed entries
  std::size_t raw_size = 0;      ///< amplitudes of what the windows of a reading gather
  std::size_t buffer_size = 1;   ///< packs of the largest tile
  std::size_t least_tiles = ~std::size_t{0};  ///< tiles of the sweep or reading that has fewest
};

}  // namespace qmtl::inline QMTL_ABI::detail
