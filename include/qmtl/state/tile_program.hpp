#pragma once
// SPDX-License-Identifier: Apache-2.0
// One large state at a time: SIMD lanes hold amplitudes, and every sweep over memory does all that a tile has at hand.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/page_vector.hpp"
#include "qmtl/state/product_state.hpp"
#include "qmtl/state/tile_steps.hpp"
#include "qmtl/state/tile_windows.hpp"

namespace qmtl::detail {

/// log2 of the packs of a tile. A state that fills no more than half of an L2 cache of 2 MB is worked on in place, as
/// one tile; larger ones in tiles of which two fit well. Smaller tiles, for L1, lose more by copying than they gain.
template <class A>
[[nodiscard]] constexpr int default_tile_width(int packs) noexcept {
  constexpr int in_place = 13;
  constexpr bool complex = sizeof(A) > pack_bytes;
  return packs <= in_place ? packs : (complex ? in_place - 3 : in_place);
}

/// From here on one state at a time is faster than pack_width<S> of them side by side, which outgrow the caches.
inline constexpr int least_qubits_for_tiles = 13;

/// A circuit on n qubits, its windows, and one state: amplitude i of the state is lane `at & (pack_width<S> - 1)` of
/// pack `at >> lane_bits<S>`, at = map().at(i). The same steps as LaneProgram, with memory traffic in mind.
template <Scalar S, class A>
class TileProgram {
 public:
  /// Compiles operations on n qubits, lane_bits<S> <= n <= max_lane_qubits, that start from |0...0> or, if `prepared`,
  /// from amplitudes which the caller prepares in their order; and windows, lists of qubits.
  TileProgram(std::span<const Operation> ops, int n, bool prepared, std::span<const std::vector<int>> windows)
      : TileProgram(ops, n, prepared, windows, default_tile_width<A>(n - lane_bits<S>)) {}

  /// The same with tiles of another width.
  TileProgram(std::span<const Operation> ops, int n, bool prepared, std::span<const std::vector<int>> windows,
              int tile_width)
      : prepared_(prepared), tile_width_(tile_width), packs_(n - lane_bits<S>), map_(n) {
    const LaneSchedule<S> schedule(ops, map_, prepared, true, angles_);
    map_ = schedule.map;
    if (!prepared) make_product(schedule);
    for (const auto& step : schedule.steps) add(step);
    finish_sweep();
    mark_needed_states();
    add_windows(windows);
    set_workers(nullptr);
  }

  /// Lanes are amplitudes of one sample.
  static constexpr int samples = 1;

  [[nodiscard]] const AddressMap& map() const noexcept { return map_; }
  [[nodiscard]] int qubits() const noexcept { return map_.qubits; }
  /// Packs of a state.
  [[nodiscard]] std::size_t size() const noexcept { return std::size_t{1} << packs_; }

  /// Threads that may share the sweeps, or none. Makes their work buffers; nothing is shared before share_states(true).
  void set_workers(Workers* workers) {
    workers_ = workers;
    share_states(false);
    scratch_.resize(workers == nullptr ? 1 : static_cast<std::size_t>(workers->count()));
    for (auto& scratch : scratch_) {
      scratch.psi.resize(buffer_size_);
      scratch.lambda.resize(buffer_size_);
      scratch.raw.resize(raw_size_);
      scratch.densities.resize(density_size_);
      scratch.gradients.resize(angles_.size());
      scratch.contraction.resize(low_.size());
    }
  }

  void share_states(bool shared) noexcept { threads_ = shared && workers_ != nullptr ? scratch_.size() : 1; }

  /// Sets all angles; every lane has the same features.
  void set_angles(const Pack<S>* x, const S* w) noexcept { angles_.set_uniform(x, w); }

  /// Fills psi, where prepared amplitudes already are, with the state.
  void forward(A* psi) noexcept {
    if (!prepared_) build_product();
    bool filled = prepared_;
    for (const auto& sweep : sweeps_) {
      if (!filled && !sweep.tile) write_product(psi, 0, size());
      run(sweep, [&](Scratch& scratch, const Part& part) {
        if (!sweep.tile) return flip_signs(sweep, psi, part);
        sweep.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          const auto view = filled ? sweep.tile->load(psi, base, scratch.psi.data())
                                   : sweep.tile->open(psi, base, scratch.psi.data());
          if (!filled) fill_from_product(*sweep.tile, view, base);
          for (const auto& step : sweep.steps) step.apply(view, part.pass.flips, angles_, false);
          sweep.tile->store(view, psi, base);
        });
      });
      filled = true;
    }
    if (!filled) write_product(psi, 0, size());
  }

  /// What backward needs of forward besides psi, when other samples have been in between.
  void resume() noexcept {
    if (!prepared_) build_product();
  }

  /// Amplitudes of all windows' density matrices together, in packed entries.
  [[nodiscard]] std::size_t density_size() const noexcept { return density_size_; }

  /// All windows' density matrices one after another; their lanes have yet to be added up.
  void densities(const A* psi, A* rho) noexcept {
    for (auto& scratch : scratch_) std::fill(scratch.densities.begin(), scratch.densities.end(), A{});
    for (const auto& view : views_) {
      run(view, [&](Scratch& scratch, const Part& part) {
        std::fill(scratch.raw.begin(), scratch.raw.end(), A{});
        view.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          // Nothing is written through the view.
          const auto packs = view.tile->load(const_cast<A*>(psi), base, scratch.psi.data());
          A* raw = scratch.raw.data();
          for (const auto& at : view.groups) {
            at.windows.read(packs, raw);
            raw += at.windows.raw_size();
          }
        });
        const A* raw = scratch.raw.data();
        for (const auto& at : view.groups) {
          at.windows.collect(raw, part.pass.flips, scratch.densities.data() + at.first_entry);
          raw += at.windows.raw_size();
        }
      });
    }
    std::copy(scratch_[0].densities.begin(), scratch_[0].densities.end(), rho);
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < density_size_; ++i) rho[i] += scratch_[t].densities[i];
    }
  }

  /// lambda = sum over the windows of B psi, with the Hermitian B as packed entries, equal in all lanes.
  void apply_windows(const A* psi, const A* matrices, A* lambda) noexcept {
    if (views_.empty()) std::fill_n(lambda, size(), A{});
    bool add = false;
    for (const auto& view : views_) {
      run(view, [&](Scratch& scratch, const Part& part) {
        A* raw = scratch.raw.data();
        for (const auto& at : view.groups) {
          at.windows.prepare(matrices + at.first_entry, part.pass.flips, raw);
          raw += at.windows.raw_size();
        }
        view.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          const auto from = view.tile->load(const_cast<A*>(psi), base, scratch.psi.data());
          const auto to = add ? view.tile->load(lambda, base, scratch.lambda.data())
                              : view.tile->open(lambda, base, scratch.lambda.data());
          const A* coefficients = scratch.raw.data();
          bool add_window = add;
          for (const auto& at : view.groups) {
            at.windows.apply(from, to, coefficients, add_window);
            coefficients += at.windows.raw_size();
            add_window = true;
          }
          view.tile->store(to, lambda, base);
        });
      });
      add = true;
    }
  }

  /// From psi (the result of forward) and lambda = H psi, the derivatives of <psi|H|psi> by all angles; destroys both.
  /// For a prepared start lambda becomes U^dagger H U |start>.
  void backward(A* psi, A* lambda) noexcept {
    for (auto& scratch : scratch_) std::fill(scratch.gradients.begin(), scratch.gradients.end(), Pack<S>{});
    for (std::size_t i = sweeps_.size(); i-- > 0;) sweep_back(sweeps_[i], psi, lambda);
    if (!prepared_) contract_product(lambda);
    auto& gradients = angles_.gradients();
    gradients = scratch_[0].gradients;
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] += scratch_[t].gradients[i];
    }
  }

  /// The chain rule from the angles' derivatives; lanes have yet to be added up.
  void chain(const Pack<S>* x, Pack<S>* grad_x, Pack<S>* grad_w) const noexcept { angles_.chain(x, grad_x, grad_w); }

 private:
  struct Step {
    std::variant<TileRotations<S, A>, TileCrossings<S, A>, TileGate<S, A>> gate;
    std::size_t run_start;  // first of the neighbouring steps that commute: their gradients are taken together
    bool parametric;        // has an angle with a gradient
    bool state_needed_before = false;

    void apply(const TileView<A>& tile, Address flips, const LaneAngles<S>& angles, bool undo) const noexcept {
      std::visit([&](const auto& g) { g.apply(tile, flips, angles, undo); }, gate);
    }
  };

  /// Steps on tiles, or without a tile a layer of signs: a number for each pack, of its sign in every lane.
  struct Sweep {
    std::optional<Tile> tile{};
    std::vector<Step> steps{};
    std::vector<std::uint8_t> sign_numbers{};
    std::vector<Pack<S>> signs{};
  };

  /// Windows that share tiles.
  struct GroupAt {
    TileWindows<S, A> windows;
    std::size_t first_entry;  // among all windows' packed entries
  };
  struct View {
    std::optional<Tile> tile;
    std::vector<GroupAt> groups;
  };

  /// A thread's own buffers.
  struct Scratch {
    PageVector<A> psi, lambda;
    std::vector<A> raw, densities, contraction;
    std::vector<Pack<S>> gradients;
  };

  /// Consecutive tiles of one pass, or packs.
  struct Part {
    Tile::Pass pass;
    Address begin, end;
  };

  // What a sweep is to be made of, while steps are added.
  struct Planned {
    ScheduledStep step;
    std::vector<int> qubits;  // those of a group of rotations, or of a gate
    std::vector<SplitQubit> split;
    std::vector<RotatedQubit> rotations;
    std::size_t commutes_with;  // number of a run of commuting steps
  };

  // ---- Compiling ----

  void make_product(const LaneSchedule<S>& schedule) {
    const std::span<const std::vector<LaneGate>> gates(schedule.leading);
    const auto lanes = static_cast<std::size_t>(lane_bits<S>);
    const std::size_t low = std::min<std::size_t>(static_cast<std::size_t>(packs_), 8);
    lanes_ = ProductState<S, A>(gates.first(lanes));
    low_ = ProductState<S, A>(gates.subspan(lanes, low));
    high_ = ProductState<S, A>(gates.subspan(lanes + low));
    lane_product_.resize(lanes_.size());
    low_product_.resize(low_.size());
    high_product_.resize(high_.size());
    high_adjoint_.resize(high_.size());
  }

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

  void plan_gate(const AddressMap& map, const LaneGate& gate, std::span<const SplitQubit> split) {
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
    needs_.moves.insert(needs_.moves.end(), needs.moves.begin(), needs.moves.end());
    needs_.qubits.insert(needs_.qubits.end(), needs.qubits.begin(), needs.qubits.end());
    planned_.push_back({step, std::move(qubits), needs.qubits, std::move(rotations), runs_});
  }

  [[nodiscard]] static bool moves(const LaneGate& gate, int qubit) noexcept {
    return bit_of(gate.part.pairs.flip, qubit) != 0 && shape_of(gate.part.gate) != PairShape::diagonal;
  }

  [[nodiscard]] bool fits(TileNeeds together, const TileNeeds& more) const {
    constexpr int most_pass_bits = 4;
    together.moves.insert(together.moves.end(), more.moves.begin(), more.moves.end());
    together.qubits.insert(together.qubits.end(), more.qubits.begin(), more.qubits.end());
    if (together.qubits.size() > Tile::max_qubits) return false;
    BitBasis span;
    for (const Address move : together.moves) span.add(move);
    return span.size() <= tile_width_ && Tile::pass_bits(together, packs_, tile_width_) <= most_pass_bits;
  }

  [[nodiscard]] Tile make_tile(const TileNeeds& needs) {
    Tile tile(needs, packs_, tile_width_);
    buffer_size_ = std::max(buffer_size_, tile.size());
    return tile;
  }

  [[nodiscard]] static std::vector<TileQubit> place(const Tile& tile, std::span<const SplitQubit> split, int first) {
    std::vector<TileQubit> qubits;
    for (const auto& qubit : split) qubits.emplace_back(tile, qubit, first++);
    return qubits;
  }

  void finish_sweep() {
    if (planned_.empty()) return;
    Sweep sweep{.tile = make_tile(needs_)};
    int number = 0;
    std::size_t run_start = 0;
    for (std::size_t i = 0; i < planned_.size(); ++i) {
      const auto& planned = planned_[i];
      if (i > 0 && planned.commutes_with != planned_[i - 1].commutes_with) run_start = i;
      const auto qubits = place(*sweep.tile, planned.split, number);
      number += static_cast<int>(qubits.size());
      const auto push = [&](auto gate) {
        const bool parametric = gate.has_gradient(angles_);
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
    sweeps_.push_back(std::move(sweep));
    planned_.clear();
    needs_ = {};
  }

  void add_signs(const ScheduledStep& step) {
    finish_sweep();
    Sweep sweep;
    std::vector<std::uint32_t> negated_lanes(size());
    for (Index i = 0; i < dimension(qubits()); ++i) {
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
    sweeps_.push_back(std::move(sweep));
  }

  void mark_needed_states() noexcept {
    bool needed = false;
    for (auto& sweep : sweeps_) {
      for (std::size_t first = 0; first < sweep.steps.size();) {
        std::size_t last = first + 1;
        while (last < sweep.steps.size() && sweep.steps[last].run_start == first) ++last;
        for (std::size_t i = first; i < last; ++i) sweep.steps[i].state_needed_before = needed;
        for (std::size_t i = first; i < last; ++i) needed = needed || sweep.steps[i].parametric;
        first = last;
      }
      sweep_needed_.push_back(needed);
    }
  }

  void add_windows(std::span<const std::vector<int>> windows) {
    const auto split = split_qubits(map_, lane_bits<S>);
    TileNeeds needs;
    std::size_t first = 0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      TileNeeds more;
      for (const int q : windows[i]) {
        more.qubits.push_back(split[static_cast<std::size_t>(q)]);
        more.moves.push_back(more.qubits.back().move);
      }
      if (i > first && !fits(needs, more)) {
        add_view(needs, windows.subspan(first, i - first), split);
        needs = {};
        first = i;
      }
      needs.moves.insert(needs.moves.end(), more.moves.begin(), more.moves.end());
      needs.qubits.insert(needs.qubits.end(), more.qubits.begin(), more.qubits.end());
    }
    if (first < windows.size()) add_view(needs, windows.subspan(first), split);
  }

  /// Windows that share tiles, in groups where their kernels allow it.
  void add_view(const TileNeeds& needs, std::span<const std::vector<int>> windows, std::span<const SplitQubit> split) {
    View view{.tile = make_tile(needs), .groups = {}};
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
      view.groups.push_back({TileWindows<S, A>(*view.tile, place(*view.tile, qubits, number), count), density_size_});
      number += static_cast<int>(qubits.size());
      raw += view.groups.back().windows.raw_size();
      density_size_ += view.groups.back().windows.packed_size();
    }
    raw_size_ = std::max(raw_size_, raw);
    // Plain kernels walk in a regular order, which processors foresee: they go first, when psi may be far away.
    std::stable_partition(view.groups.begin(), view.groups.end(), [](const GroupAt& at) { return at.windows.plain(); });
    views_.push_back(std::move(view));
  }

  // ---- Running ----

  /// Calls body(scratch, part) for all tiles of all passes, each thread with a share of its own.
  template <class Tiled, class Body>
  void run(const Tiled& tiled, const Body& body) noexcept {
    in_threads([&](std::size_t thread) {
      auto& scratch = scratch_[thread];
      const auto share = [&](const Tile::Pass& pass, std::size_t count) {
        const Part part{pass, static_cast<Address>(count * thread / threads_),
                        static_cast<Address>(count * (thread + 1) / threads_)};
        if (part.begin < part.end) body(scratch, part);
      };
      if (!tiled.tile) return share({}, size());
      for (const auto& pass : tiled.tile->passes()) share(pass, tiled.tile->tiles_in_pass());
    });
  }

  template <class Body>
  void in_threads(const Body& body) noexcept {
    if (threads_ == 1) return body(0);
    workers_->run([&body](int thread) { body(static_cast<std::size_t>(thread)); });
  }

  void flip_signs(const Sweep& sweep, A* data, const Part& part) const noexcept {
    for (Address i = part.begin; i < part.end; ++i) data[i] = sweep.signs[sweep.sign_numbers[i]] * data[i];
  }

  void sweep_back(const Sweep& sweep, A* psi, A* lambda) noexcept {
    run(sweep, [&](Scratch& scratch, const Part& part) {
      const bool reads_state = sweep_needed_[static_cast<std::size_t>(&sweep - sweeps_.data())];
      if (!sweep.tile) {
        if (reads_state) flip_signs(sweep, psi, part);
        return flip_signs(sweep, lambda, part);
      }
      const bool writes_state = sweep.steps.front().state_needed_before;
      sweep.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
        const auto l = sweep.tile->load(lambda, base, scratch.lambda.data());
        auto p = TileView<A>{scratch.psi.data(), l.origin};
        if (reads_state) p = sweep.tile->load(psi, base, scratch.psi.data());
        undo_steps(sweep, l, p, part.pass.flips, scratch.gradients.data());
        sweep.tile->store(l, lambda, base);
        if (writes_state) sweep.tile->store(p, psi, base);
      });
    });
  }

  void undo_steps(const Sweep& sweep, const TileView<A>& lambda, const TileView<A>& psi, Address flips,
                  Pack<S>* gradients) const noexcept {
    for (std::size_t last = sweep.steps.size(); last > 0;) {
      const std::size_t first = sweep.steps[last - 1].run_start;
      for (std::size_t i = last; i-- > first;) {
        if (!sweep.steps[i].parametric) continue;
        std::visit([&](const auto& g) { g.add_gradient(lambda, psi, flips, angles_, gradients); }, sweep.steps[i].gate);
      }
      for (std::size_t i = last; i-- > first;) {
        sweep.steps[i].apply(lambda, flips, angles_, true);
        if (sweep.steps[i].state_needed_before) sweep.steps[i].apply(psi, flips, angles_, true);
      }
      last = first;
    }
  }

  // ---- Product states: pack number = high part * size of the low part + low part ----

  void build_product() noexcept {
    const A one = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    lanes_.build(angles_, one);
    lanes_.write(lane_product_.data());
    A start{};
    for (std::size_t lane = 0; lane < lane_product_.size(); ++lane) set_lane(start, lane, lane_product_[lane], 0);
    low_.build(angles_, start);
    low_.write(low_product_.data());
    high_.build(angles_, one);
    high_.write(high_product_.data());
  }

  static void set_lane(A& to, std::size_t lane, const A& from, std::size_t from_lane) noexcept {
    if constexpr (std::is_same_v<A, ComplexPack<S>>) {
      to.re[lane] = from.re[from_lane];
      to.im[lane] = from.im[from_lane];
    } else {
      to[lane] = from[from_lane];
    }
  }

  [[nodiscard]] QMTL_ALWAYS_INLINE A product_at(Address pack) const noexcept {
    const auto low_bits = static_cast<unsigned>(std::countr_zero(low_product_.size()));
    return high_product_[pack >> low_bits] * low_product_[pack & (low_product_.size() - 1)];
  }

  void fill_from_product(const Tile& tile, const TileView<A>& view, Address base) const noexcept {
    if (tile.contiguous()) return write_product(view.packs, base & ~static_cast<Address>(tile.size() - 1), tile.size());
    for (Address c = 0; c < tile.size(); ++c) view.packs[c ^ view.origin] = product_at(base ^ tile.offsets()[c]);
  }

  /// `count` packs from number `first`, which is a multiple of `count`, a power of two.
  void write_product(A* to, std::size_t first, std::size_t count) const noexcept {
    const std::size_t row = std::min(count, low_product_.size());
    for (std::size_t i = 0; i < count; i += row) {
      const A weight = high_product_[(first + i) / low_product_.size()];
      const A* low = low_product_.data() + ((first + i) & (low_product_.size() - 1));
      for (std::size_t j = 0; j < row; ++j) to[i + j] = weight * low[j];
    }
  }

  /// Gradients of the leading gates. The product has rank one between low and high part: contracting lambda with either
  /// leaves a small vector for the other. Cost 2 multiplications an amplitude.
  void contract_product(A* lambda) noexcept {
    const std::size_t low = low_.size();
    for (auto& scratch : scratch_) std::fill(scratch.contraction.begin(), scratch.contraction.end(), A{});
    in_threads([&](std::size_t thread) {
      const std::size_t begin = high_.size() * thread / threads_;
      const std::size_t end = high_.size() * (thread + 1) / threads_;
      A* sums = scratch_[thread].contraction.data();
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
    });
    A* sums = scratch_[0].contraction.data();
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < low; ++i) sums[i] += scratch_[t].contraction[i];
    }
    Pack<S>* gradients = scratch_[0].gradients.data();
    high_.contract(angles_, high_adjoint_.data(), gradients);
    low_.contract(angles_, sums, gradients);
    for (std::size_t lane = 0; lane < lane_product_.size(); ++lane) {
      lane_product_[lane] = A{};
      set_lane(lane_product_[lane], 0, sums[0], lane);
    }
    lanes_.contract(angles_, lane_product_.data(), gradients);
  }

  bool prepared_;
  int tile_width_;
  int packs_;  // log2 of the packs of a state
  AddressMap map_;
  LaneAngles<S> angles_;
  ProductState<S, A> lanes_, low_, high_;
  std::vector<A> lane_product_, low_product_, high_product_, high_adjoint_;
  std::vector<Sweep> sweeps_;
  std::vector<bool> sweep_needed_;  // some step up to this sweep's last needs |psi> for its gradient
  std::vector<View> views_;
  std::size_t density_size_ = 0, raw_size_ = 0, buffer_size_ = 1;
  Workers* workers_ = nullptr;
  std::size_t threads_ = 1;  // that work on one state
  std::vector<Scratch> scratch_;
  std::vector<Planned> planned_;  // while compiling
  TileNeeds needs_;
  std::size_t runs_ = 0;
};

}  // namespace qmtl::detail
