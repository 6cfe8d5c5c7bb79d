#pragma once
// SPDX-License-Identifier: Apache-2.0
// One large state at a time: SIMD lanes hold amplitudes, and every sweep over memory does all that a tile has at hand.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/page_vector.hpp"
#include "qmtl/engine/tiles/tile_planner.hpp"
#include "qmtl/engine/tiles/tile_product.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// log2 of the packs of a tile. A state that fills no more than half of an L2 cache of 2 MB is worked on in place, as
/// one tile; larger ones in tiles of which two fit well. Smaller tiles, for L1, lose more by copying than they gain.
template <class A>
[[nodiscard]] constexpr int default_tile_width(int log_packs) noexcept {
  constexpr int in_place = 13;
  constexpr bool complex = sizeof(A) > pack_bytes;
  return log_packs <= in_place ? log_packs : (complex ? in_place - 3 : in_place);
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
      : prepared_(prepared),
        tile_width_(tile_width),
        log_packs_(n - lane_bits<S>),
        map_(n),
        windows_(windows.begin(), windows.end()) {
    QMTL_ASSERT(log_packs_ >= 0 && n <= max_lane_qubits);
    CircuitSchedule<S> schedule(ops, map_, prepared, true, angles_);
    map_ = schedule.map;
    if (!prepared) product_ = TileProduct<S, A>(schedule.leading, log_packs_);
    steps_ = std::move(schedule.steps);
    plan_ = make_plan(tile_width);
    set_workers(nullptr);
  }

  /// Lanes are amplitudes of one sample.
  static constexpr int samples = 1;

  [[nodiscard]] const AddressMap& map() const noexcept { return map_; }
  [[nodiscard]] int qubits() const noexcept { return map_.qubits; }
  /// Packs of a state.
  [[nodiscard]] std::size_t size() const noexcept { return std::size_t{1} << log_packs_; }

  /// Threads that may share the sweeps, or none. Makes their work buffers, and smaller tiles if there are fewer than
  /// threads; nothing is shared before share_states(true).
  void set_workers(Workers* workers) {
    const std::size_t threads = workers == nullptr ? 1 : static_cast<std::size_t>(workers->count());
    std::optional<TilePlan<S, A>> shared_plan;
    if (plan_.least_tiles < threads) {
      // Twice as many tiles as threads if they cannot come out even.
      const std::size_t tiles = std::has_single_bit(threads) ? threads : 2 * threads;
      int width = std::min(tile_width_, log_packs_);
      do {
        shared_plan = make_plan(--width);
      } while (width > 0 && shared_plan->least_tiles < tiles);
    }
    std::vector<Scratch> scratch(threads);
    const auto largest = [&](auto part) {
      return shared_plan ? std::max(plan_.*part, (*shared_plan).*part) : plan_.*part;
    };
    for (auto& buffers : scratch) {
      buffers.psi.resize(largest(&TilePlan<S, A>::buffer_size));
      buffers.lambda.resize(buffers.psi.size());
      buffers.raw.resize(largest(&TilePlan<S, A>::raw_size));
      buffers.densities.resize(plan_.density_size);
      buffers.gradients.resize(angles_.size());
      buffers.contraction.resize(product_.row_size());
    }
    scratch_ = std::move(scratch);
    shared_plan_ = std::move(shared_plan);
    workers_ = workers;
    share_states(false);
  }
  void share_states(bool shared) noexcept { threads_ = shared && workers_ != nullptr ? scratch_.size() : 1; }

  /// Tiles of the sweep over memory that has fewest.
  [[nodiscard]] std::size_t tiles_of_a_sweep() const noexcept { return plan().least_tiles; }

  /// Sets all angles; every lane has the same features.
  void set_angles(std::span<const Pack<S>> x, std::span<const S> w) noexcept { angles_.set_uniform(x, w); }

  /// Fills psi, where prepared amplitudes already are, with the state.
  void forward(std::span<A> psi) noexcept {
    QMTL_ASSERT(psi.size() == size());
    if (!prepared_) product_.build(angles_);
    bool filled = prepared_;
    for (const auto& sweep : plan().sweeps) {
      if (!filled && !sweep.tile) product_.write(psi, 0);
      run(sweep, [&](Scratch& scratch, const Part& part) {
        if (!sweep.tile) return flip_signs(sweep, psi, part);
        sweep.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          const auto view = filled ? sweep.tile->load(psi.data(), base, scratch.psi.data())
                                   : sweep.tile->open(psi.data(), base, scratch.psi.data());
          if (!filled) product_.fill(*sweep.tile, view, base);
          for (const auto& step : sweep.steps) step.apply(view, part.pass.flips, angles_, false);
          sweep.tile->store(view, psi.data(), base);
        });
      });
      filled = true;
    }
    if (!filled) product_.write(psi, 0);
  }

  /// Room for the sines and cosines of so many groups of samples.
  void reserve_angles(std::size_t groups) { angles_.reserve_groups(groups); }
  /// Of a group.
  [[nodiscard]] std::size_t angle_bytes() const noexcept { return angles_.group_bytes(); }
  /// Which group's sines and cosines are set and used next.
  void select_angles(std::size_t group) noexcept { angles_.select_group(group); }
  /// What backward needs of forward besides psi and the group's angles, when other samples have been in between.
  void resume() noexcept {
    if (!prepared_) product_.build(angles_);
  }
  /// Whether `chain` needs the features.
  [[nodiscard]] bool chain_reads_features() const noexcept { return angles_.chain_reads_features(); }

  /// Amplitudes of all windows' density matrices together, in packed entries.
  [[nodiscard]] std::size_t density_size() const noexcept { return plan_.density_size; }

  /// All windows' density matrices one after another; their lanes have yet to be added up.
  void densities(std::span<const A> psi, std::span<A> rho) noexcept {
    QMTL_ASSERT(psi.size() == size() && rho.size() == density_size());
    for (auto& scratch : scratch_) std::fill(scratch.densities.begin(), scratch.densities.end(), A{});
    for (const auto& reading : plan().readings) {
      run(reading, [&](Scratch& scratch, const Part& part) {
        std::fill(scratch.raw.begin(), scratch.raw.end(), A{});
        reading.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          // Nothing is written through the view.
          const auto packs = reading.tile->load(const_cast<A*>(psi.data()), base, scratch.psi.data());
          A* raw = scratch.raw.data();
          for (const auto& at : reading.groups) {
            at.windows.read(packs, raw);
            raw += at.windows.raw_size();
          }
        });
        const A* raw = scratch.raw.data();
        for (const auto& at : reading.groups) {
          at.windows.collect(raw, part.pass.flips, scratch.densities.data() + at.first_entry);
          raw += at.windows.raw_size();
        }
      });
    }
    std::copy(scratch_[0].densities.begin(), scratch_[0].densities.end(), rho.begin());
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < density_size(); ++i) rho[i] += scratch_[t].densities[i];
    }
  }

  /// lambda = sum over the windows of B psi, with the Hermitian B as packed entries, equal in all lanes.
  void apply_windows(std::span<const A> psi, std::span<const A> matrices, std::span<A> lambda) noexcept {
    QMTL_ASSERT(lambda.size() == size() && matrices.size() == density_size());
    if (plan().readings.empty()) std::ranges::fill(lambda, A{});
    bool add = false;
    for (const auto& reading : plan().readings) {
      run(reading, [&](Scratch& scratch, const Part& part) {
        A* raw = scratch.raw.data();
        for (const auto& at : reading.groups) {
          at.windows.prepare(matrices.data() + at.first_entry, part.pass.flips, raw);
          raw += at.windows.raw_size();
        }
        reading.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
          const auto from = reading.tile->load(const_cast<A*>(psi.data()), base, scratch.psi.data());
          const auto to = add ? reading.tile->load(lambda.data(), base, scratch.lambda.data())
                              : reading.tile->open(lambda.data(), base, scratch.lambda.data());
          const A* coefficients = scratch.raw.data();
          bool add_window = add;
          for (const auto& at : reading.groups) {
            at.windows.apply(from, to, coefficients, add_window);
            coefficients += at.windows.raw_size();
            add_window = true;
          }
          reading.tile->store(to, lambda.data(), base);
        });
      });
      add = true;
    }
  }

  /// From psi (the result of forward) and lambda = H psi, the derivatives of <psi|H|psi> by all angles; destroys both.
  /// For a prepared start lambda becomes U^dagger H U |start>.
  void backward(std::span<A> psi, std::span<A> lambda) noexcept {
    QMTL_ASSERT(psi.size() == size() && lambda.size() == size());
    for (auto& scratch : scratch_) std::fill(scratch.gradients.begin(), scratch.gradients.end(), Pack<S>{});
    const auto& sweeps = plan().sweeps;
    for (std::size_t i = sweeps.size(); i-- > 0;) sweep_back(sweeps[i], psi, lambda);
    if (!prepared_) contract_product(lambda);
    const auto gradients = angles_.gradients();
    std::copy(scratch_[0].gradients.begin(), scratch_[0].gradients.end(), gradients.begin());
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] += scratch_[t].gradients[i];
    }
  }

  /// The chain rule from the angles' derivatives; lanes have yet to be added up.
  void chain(std::span<const Pack<S>> x, std::span<const S> w, std::span<Pack<S>> grad_x,
             std::span<Pack<S>> grad_w) const noexcept {
    angles_.chain(x, w, grad_x, grad_w);
  }

 private:
  using Step = typename TilePlan<S, A>::Step;
  using Sweep = typename TilePlan<S, A>::Sweep;

  [[nodiscard]] TilePlan<S, A> make_plan(int tile_width) const {
    return TilePlanner<S, A>(log_packs_, tile_width, angles_).plan(steps_, map_, windows_);
  }
  [[nodiscard]] const TilePlan<S, A>& plan() const noexcept {
    return threads_ > 1 && shared_plan_ ? *shared_plan_ : plan_;
  }

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

  void flip_signs(const Sweep& sweep, std::span<A> data, const Part& part) const noexcept {
    for (Address i = part.begin; i < part.end; ++i) data[i] = sweep.signs[sweep.sign_numbers[i]] * data[i];
  }

  void sweep_back(const Sweep& sweep, std::span<A> psi, std::span<A> lambda) noexcept {
    run(sweep, [&](Scratch& scratch, const Part& part) {
      const bool reads_state = sweep.state_needed;
      if (!sweep.tile) {
        if (reads_state) flip_signs(sweep, psi, part);
        return flip_signs(sweep, lambda, part);
      }
      const bool writes_state = sweep.steps.front().state_needed_before;
      sweep.tile->for_each(part.pass, part.begin, part.end, [&](Address base) {
        const auto l = sweep.tile->load(lambda.data(), base, scratch.lambda.data());
        auto p = TileView<A>{scratch.psi.data(), l.origin};
        if (reads_state) p = sweep.tile->load(psi.data(), base, scratch.psi.data());
        undo_steps(sweep, l, p, part.pass.flips, scratch.gradients.data());
        sweep.tile->store(l, lambda.data(), base);
        if (writes_state) sweep.tile->store(p, psi.data(), base);
      });
    });
  }

  void undo_steps(const Sweep& sweep, const TileView<A>& lambda, const TileView<A>& psi, Address flips,
                  Pack<S>* gradients) const noexcept {
    reverse_sweep(
        std::span<const Step>(sweep.steps),
        [&](const Step& step) {
          std::visit([&](const auto& g) { g.add_gradient(lambda, psi, flips, angles_, gradients); }, step.gate);
        },
        [&](const Step& step, bool with_state) {
          step.apply(lambda, flips, angles_, true);
          if (with_state) step.apply(psi, flips, angles_, true);
        });
  }

  void contract_product(std::span<const A> lambda) noexcept {
    for (auto& scratch : scratch_) std::fill(scratch.contraction.begin(), scratch.contraction.end(), A{});
    in_threads([&](std::size_t thread) {
      const std::size_t rows = product_.rows();
      product_.contract_rows(lambda, rows * thread / threads_, rows * (thread + 1) / threads_,
                             scratch_[thread].contraction);
    });
    const std::span<A> sums = scratch_[0].contraction;
    for (std::size_t t = 1; t < threads_; ++t) {
      for (std::size_t i = 0; i < product_.row_size(); ++i) sums[i] += scratch_[t].contraction[i];
    }
    product_.contract(angles_, sums, scratch_[0].gradients);
  }

  bool prepared_;
  int tile_width_;
  int log_packs_;  // log2 of the packs of a state
  AddressMap map_;
  std::vector<std::vector<int>> windows_;
  std::vector<ScheduledStep> steps_;
  AngleTable<S> angles_;
  TilePlan<S, A> plan_;
  std::optional<TilePlan<S, A>> shared_plan_;  // for threads that share a state, where plan_ has too few tiles
  TileProduct<S, A> product_;                  // what the leading gates make, unless prepared_
  Workers* workers_ = nullptr;
  std::size_t threads_ = 1;  // that work on one state
  std::vector<Scratch> scratch_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
