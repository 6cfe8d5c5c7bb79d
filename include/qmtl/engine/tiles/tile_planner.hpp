#pragma once
// SPDX-License-Identifier: Apache-2.0
// Makes the plan of how one large state is worked on: steps join a sweep as long as its tiles have room.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/schedule/reverse_sweep.hpp"
#include "qmtl/engine/tiles/tile_plan.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Plans for tiles of at most 2^width packs (more if a single step needs it).
template <Scalar S, class A>
class TilePlanner {
  using Plan = TilePlan<S, A>;

 public:
  TilePlanner(int log_packs, int width, const AngleTable<S>& angles) noexcept
      : log_packs_(log_packs), tile_width_(width), angles_(&angles) {}

  /// For steps on 2^log_packs packs, after which amplitudes lie as `map` says; `windows` are lists of qubits.
  [[nodiscard]] Plan plan(std::span<const ScheduledStep> steps, const AddressMap& map,
                          std::span<const std::vector<int>> windows) && {
    for (const auto& step : steps) add(step);
    finish_sweep();
    bool needed = false;
    for (auto& sweep : plan_.sweeps) {
      mark_needed_states(std::span(sweep.steps), needed);
      sweep.state_needed = needed;
    }
    add_windows(map, windows);
    return std::move(plan_);
  }

 private:
  // What a sweep is to be made of, while steps are added.
  struct Planned {
    ScheduledStep step;
    std::vector<int> qubits;  // those of a group of rotations, or of a gate
    std::vector<SplitQubit> split;
    std::vector<RotatedQubit> rotations;
    std::size_t commutes_with;  // number of a run of commuting steps
  };

  void add(const ScheduledStep& step) {
    if (step.kind == ScheduledStep::Kind::signs) return add_signs(step);
    const auto split = split_qubits(step.map, lane_bits<S>);
    ++runs_;
    if (step.kind != ScheduledStep::Kind::rotations) {
      for (const auto& gate : step.gates) {
        plan_gate(step.map, gate, split);
        if (step.kind != ScheduledStep::Kind::diagonal) ++runs_;  // diagonal gates commute
      }
      return;
    }
    add_rotations(step, split);
  }

  void plan_gate(const AddressMap& map, const ScheduledGate& gate, std::span<const SplitQubit> split) {
    const auto& pairs = gate.part.pairs;
    ScheduledStep step{.kind = ScheduledStep::Kind::gate, .map = map};
    step.gates = {gate};
    plan(step, std::vector<int>(pairs.fixed.begin(), pairs.fixed.begin() + pairs.fixed_count), split, {});
  }

  /// Groups of rotations that leave lanes alone, then the others.
  void add_rotations(const ScheduledStep& step, std::span<const SplitQubit> split) {
    constexpr auto most = static_cast<std::size_t>(max_rotation_group<S, A>);
    std::vector<RotatedQubit> plain, crossing;
    for (const auto& r : step.rotations) {
      (split[static_cast<std::size_t>(r.qubit)].lane_move == 0 ? plain : crossing).push_back(r);
    }
    for (std::size_t first = 0; first < plain.size(); first += most) {
      std::vector<RotatedQubit> group(
          plain.begin() + static_cast<std::ptrdiff_t>(first),
          plain.begin() + static_cast<std::ptrdiff_t>(std::min(first + most, plain.size())));
      std::vector<int> qubits;
      qubits.reserve(group.size());
      for (const auto& r : group) qubits.push_back(r.qubit);
      plan(step, std::move(qubits), split, std::move(group));
    }
    add_crossings(step, split, crossing);
  }

  /// As many at once as TileCrossings takes.
  void add_crossings(const ScheduledStep& step, std::span<const SplitQubit> split,
                     std::span<const RotatedQubit> crossing) {
    std::vector<RotatedQubit> group;
    std::vector<int> qubits;
    BitBasis moves;
    const auto finish = [&] {
      if (!group.empty()) plan(step, std::exchange(qubits, {}), split, std::exchange(group, {}));
      moves = {};
    };
    for (const auto& r : crossing) {
      const Address move = split[static_cast<std::size_t>(r.qubit)].move;
      if (group.size() == TileCrossings<S, A>::max_qubits) finish();
      if (move != 0 && (moves.size() == TileCrossings<S, A>::max_moving || moves.reduce({move, 0}).value == 0))
        finish();
      if (move != 0) moves.add(move);
      group.push_back(r);
      qubits.push_back(r.qubit);
    }
    finish();
  }

  /// Adds a step to the sweep that is being planned, or starts a new one where it would need too large tiles or too
  /// many passes.
  void plan(const ScheduledStep& step, std::vector<int> qubits, std::span<const SplitQubit> split,
            std::vector<RotatedQubit> rotations) {
    TileNeeds needs;
    Address flip = 0;
    for (const int q : qubits) {
      const auto& qubit = split[static_cast<std::size_t>(q)];
      needs.qubits.push_back(qubit);
      if (!rotations.empty()) {
        needs.moves.push_back(qubit.move);
      } else if (moves(step.gates.front(), q)) {
        flip ^= qubit.move;
      }
    }
    if (flip != 0) needs.moves.push_back(flip);
    if (!planned_.empty() && !fits(needs_, needs)) finish_sweep();
    needs_.add(needs);
    planned_.push_back({step, std::move(qubits), needs.qubits, std::move(rotations), runs_});
  }

  [[nodiscard]] static bool moves(const ScheduledGate& gate, int qubit) noexcept {
    return bit_of(gate.part.pairs.flip, qubit) != 0 && shape_of(gate.part.gate) != PairShape::diagonal;
  }

  [[nodiscard]] bool fits(TileNeeds together, const TileNeeds& more) const {
    constexpr int most_pass_bits = 4;
    together.add(more);
    if (together.qubits.size() > Tile::max_qubits) return false;
    BitBasis span;
    for (const Address move : together.moves) span.add(move);
    return span.size() <= tile_width_ && Tile::pass_bits(together, log_packs_, tile_width_) <= most_pass_bits;
  }

  [[nodiscard]] Tile make_tile(const TileNeeds& needs) {
    Tile tile(needs, log_packs_, tile_width_);
    plan_.buffer_size = std::max(plan_.buffer_size, tile.size());
    plan_.least_tiles = std::min<std::size_t>(plan_.least_tiles, tile.tiles_in_pass());
    return tile;
  }

  [[nodiscard]] static std::vector<TileQubit> place(const Tile& tile, std::span<const SplitQubit> split, int first) {
    std::vector<TileQubit> qubits;
    for (const auto& qubit : split) qubits.emplace_back(tile, qubit, first++);
    return qubits;
  }

  void finish_sweep() {
    if (planned_.empty()) return;
    typename Plan::Sweep sweep{.tile = make_tile(needs_)};
    int number = 0;
    std::size_t run_start = 0;
    for (std::size_t i = 0; i < planned_.size(); ++i) {
      const auto& planned = planned_[i];
      if (i > 0 && planned.commutes_with != planned_[i - 1].commutes_with) run_start = i;
      const auto qubits = place(*sweep.tile, planned.split, number);
      number += static_cast<int>(qubits.size());
      const auto push = [&](auto gate) {
        const bool parametric = gate.has_gradient(*angles_);
        sweep.steps.push_back({std::move(gate), run_start, parametric});
      };
      if (planned.rotations.empty()) {
        const auto& [part, slot] = planned.step.gates.front();
        push(TileGate<S, A>(*sweep.tile, qubits, part.pairs, part.gate, slot));
      } else if (qubits.front().lane_move != 0) {
        push(TileCrossings<S, A>(*sweep.tile, qubits, planned.rotations));
      } else {
        push(TileRotations<S, A>(*sweep.tile, qubits, planned.rotations));
      }
    }
    plan_.sweeps.push_back(std::move(sweep));
    planned_.clear();
    needs_ = {};
  }

  void add_signs(const ScheduledStep& step) {
    finish_sweep();
    typename Plan::Sweep sweep;
    std::vector<std::uint32_t> negated_lanes(std::size_t{1} << log_packs_);
    for (Index i = 0; i < dimension(step.map.qubits); ++i) {
      if (!is_negated(step.signs, i)) continue;
      const Address at = step.map.at(i);
      negated_lanes[at >> lane_bits<S>] |= 1U << (at & (pack_width<S> - 1));
    }
    std::vector<std::uint32_t> distinct;
    for (const std::uint32_t lanes : negated_lanes) {
      auto found = std::find(distinct.begin(), distinct.end(), lanes);
      if (found == distinct.end()) {
        // At most two for each linear function of the lanes.
        found = distinct.insert(distinct.end(), lanes);
        Pack<S> signs{};
        for (int lane = 0; lane < pack_width<S>; ++lane) signs[lane] = (lanes >> lane & 1U) != 0 ? S(-1) : S(1);
        sweep.signs.push_back(signs);
      }
      sweep.sign_numbers.push_back(static_cast<std::uint8_t>(found - distinct.begin()));
    }
    plan_.sweeps.push_back(std::move(sweep));
  }

  void add_windows(const AddressMap& map, std::span<const std::vector<int>> windows) {
    const auto split = split_qubits(map, lane_bits<S>);
    TileNeeds needs;
    std::size_t first = 0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      TileNeeds more;
      for (const int q : windows[i]) {
        more.qubits.push_back(split[static_cast<std::size_t>(q)]);
        more.moves.push_back(more.qubits.back().move);
      }
      if (i > first && !fits(needs, more)) {
        add_reading(needs, windows.subspan(first, i - first), split);
        needs = {};
        first = i;
      }
      needs.add(more);
    }
    if (first < windows.size()) add_reading(needs, windows.subspan(first), split);
  }

  /// Windows that share tiles, in groups where their kernels allow it.
  void add_reading(const TileNeeds& needs, std::span<const std::vector<int>> windows,
                   std::span<const SplitQubit> split) {
    typename Plan::Reading reading{.tile = make_tile(needs), .groups = {}};
    const auto crosses = [&split](const std::vector<int>& window) {
      return std::any_of(window.begin(), window.end(),
                         [&split](int q) { return split[static_cast<std::size_t>(q)].lane_move != 0; });
    };
    std::size_t raw = 0;
    int number = 0;
    for (std::size_t count = 0; !windows.empty(); windows = windows.subspan(count)) {
      count = crosses(windows.front()) ? 1 : next_group<S, A>(windows);
      for (std::size_t i = 1; i < count; ++i) {
        if (crosses(windows[i])) count = i;
      }
      std::vector<SplitQubit> qubits;
      for (const int q : joined(windows.first(count))) qubits.push_back(split[static_cast<std::size_t>(q)]);
      reading.groups.push_back(
          {TileWindows<S, A>(*reading.tile, place(*reading.tile, qubits, number), count), plan_.density_size});
      number += static_cast<int>(qubits.size());
      raw += reading.groups.back().windows.raw_size();
      plan_.density_size += reading.groups.back().windows.packed_size();
    }
    plan_.raw_size = std::max(plan_.raw_size, raw);
    // Plain kernels walk in a regular order, which processors foresee: they go first, when psi may be far away.
    std::stable_partition(reading.groups.begin(), reading.groups.end(),
                          [](const typename Plan::GroupAt& at) { return at.windows.plain(); });
    plan_.readings.push_back(std::move(reading));
  }

  int log_packs_;  // log2 of the packs of a state
  int tile_width_;
  const AngleTable<S>* angles_;
  Plan plan_;
  std::vector<Planned> planned_;  // of the sweep at hand
  TileNeeds needs_;
  std::size_t runs_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
