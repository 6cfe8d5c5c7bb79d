#pragma once
// SPDX-License-Identifier: Apache-2.0
// A circuit compiled for lanes: what is a product state is built as one, what only relabels costs nothing, rotations go
// in groups, and the reverse sweep undoes no more of |psi> than gradients need.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/state/lane_windows.hpp"
#include "qmtl/state/product_state.hpp"

namespace qmtl::detail {

/// A circuit on n qubits for pack_width<S> samples at a time; A is Pack<S> or ComplexPack<S>. Amplitudes of basis state
/// i lie at `map().at(i)`.
template <Scalar S, class A>
class LaneProgram {
 public:
  /// Compiles operations on n qubits (n <= max_lane_qubits) that start from |0...0> or, if `prepared`, from amplitudes
  /// which the caller prepares in their order; and windows, lists of qubits.
  LaneProgram(std::span<const Operation> ops, int n, bool prepared = false,
              std::span<const std::vector<int>> windows = {})
      : LaneProgram(ops, AddressMap(n), prepared, windows) {}

  /// Compiles operations that start from amplitudes which the caller prepares, lying as `start` says.
  LaneProgram(std::span<const Operation> ops, const AddressMap& start) : LaneProgram(ops, start, true, {}) {}

  /// Every lane is a sample.
  static constexpr int samples = pack_width<S>;

  [[nodiscard]] const AddressMap& map() const noexcept { return map_; }
  [[nodiscard]] int qubits() const noexcept { return map_.qubits; }
  /// Amplitudes of a state.
  [[nodiscard]] std::size_t size() const noexcept { return std::size_t{1} << map_.qubits; }

  /// Sets all angles from each lane's features and the common weights.
  void set_angles(const Pack<S>* x, const S* w) noexcept { angles_.set(x, w); }
  /// The same if all lanes have the same features.
  void set_uniform_angles(const Pack<S>* x, const S* w) noexcept { angles_.set_uniform(x, w); }

  /// Fills psi (2^n amplitudes, prepared ones already there) with the state of every lane.
  void forward(A* psi) noexcept {
    if (!prepared_) {
      build_product();
      product_.write(psi);
    }
    for (const auto& step : steps_) apply(step, psi, false);
  }

  /// Room for the sines and cosines of so many groups of samples.
  void reserve_angles(std::size_t groups) { angles_.reserve_groups(groups); }
  /// Which group's sines and cosines are set and used next.
  void select_angles(std::size_t group) noexcept { angles_.select_group(group); }
  /// What backward needs of forward besides psi and the group's angles, when other samples have been in between.
  void resume() noexcept {
    if (!prepared_) build_product();
  }
  /// Whether `chain` needs the features.
  [[nodiscard]] bool chain_reads_features() const noexcept { return angles_.chain_reads_features(); }

  /// Amplitudes of all windows' density matrices together, in packed entries.
  [[nodiscard]] std::size_t density_size() const noexcept { return density_size_; }

  /// All windows' density matrices one after another.
  void densities(const A* psi, A* rho) const noexcept {
    for (const auto& group : windows_) {
      lane_density<S>(psi, group, rho);
      rho += group.packed_size();
    }
  }

  /// lambda = sum over the windows of B psi, with the Hermitian B as packed entries.
  void apply_windows(const A* psi, const A* matrices, A* lambda) const noexcept {
    if (windows_.empty()) std::fill_n(lambda, size(), A{});
    for (const auto& group : windows_) {
      lane_local<S>(psi, lambda, group, matrices, &group != windows_.data());
      matrices += group.packed_size();
    }
  }

  /// From psi (the result of forward) and lambda = H psi, the derivatives of <psi|H|psi> by all angles; destroys both.
  /// For a prepared start lambda becomes U^dagger H U |start>.
  void backward(A* psi, A* lambda) noexcept {
    const auto gradients = angles_.gradients();
    std::fill(gradients.begin(), gradients.end(), Pack<S>{});
    for (std::size_t last = steps_.size(); last > 0;) {
      const std::size_t first = steps_[last - 1].run_start;
      for (std::size_t i = last; i-- > first;) add_gradient(steps_[i], lambda, psi);
      for (std::size_t i = last; i-- > first;) {
        apply(steps_[i], lambda, true);
        if (steps_[i].state_needed_before) apply(steps_[i], psi, true);
      }
      last = first;
    }
    if (!prepared_) product_.contract(angles_, lambda, gradients.data());
  }

  /// The chain rule from the angles' derivatives: adds to each lane's feature gradients, and to the weights' gradients
  /// (in lanes) unless null.
  void chain(const Pack<S>* x, Pack<S>* grad_x, Pack<S>* grad_w) const noexcept { angles_.chain(x, grad_x, grad_w); }

 private:
  static constexpr bool has_complex_lanes = std::is_same_v<A, ComplexPack<S>>;  // phases are complex

  LaneProgram(std::span<const Operation> ops, const AddressMap& start, bool prepared,
              std::span<const std::vector<int>> windows)
      : prepared_(prepared), map_(start) {
    const LaneSchedule<S> schedule(ops, start, prepared, false, angles_);
    map_ = schedule.map;
    if (!prepared) product_ = ProductState<S, A>(schedule.leading);
    for (const auto& step : schedule.steps) {
      switch (step.kind) {
        case ScheduledStep::Kind::rotations: push_rotations(step); break;
        case ScheduledStep::Kind::signs: push_signs(step); break;
        case ScheduledStep::Kind::diagonal: push_diagonal(step); break;
        case ScheduledStep::Kind::run:
        case ScheduledStep::Kind::gate: push_gates(step); break;
      }
    }
    mark_needed_states();
    for (std::size_t count = 0; !windows.empty(); windows = windows.subspan(count)) {
      count = next_group<S, A>(windows);
      const auto width = static_cast<int>(windows.front().size());
      windows_.push_back({Blocks(map_, joined(windows.first(count))), width, static_cast<int>(count)});
      density_size_ += windows_.back().packed_size();
    }
  }

  /// A diagonal gate, and which amplitudes of a block its two phases go to: 1, 2, or 0 for neither.
  struct PhaseGate {
    LaneGate gate;
    std::array<std::uint8_t, (1 << LaneSchedule<S>::max_diagonal_qubits)> place{};
  };

  struct Step {
    enum class Kind { rotations, signs, exchange, diagonal, gates } kind;
    Blocks blocks{};                            // of the rotated qubits, or of a diagonal layer's
    std::array<int, 4> rotations{};             // of the RYs
    std::array<int, 4> phases{-1, -1, -1, -1};  // of the gates after the RYs, -1 without one
    std::vector<LaneGate> gates{};              // on the same pairs, first to last
    PairBlocks pairs{AddressMap(1), PairSet{{0}, 1, 0, 1}};
    std::vector<PhaseGate> phase_gates{};  // of a diagonal layer
    std::vector<Address> negated{};
    std::size_t run_start = 0;  // first of the neighbouring rotations whose gradients are taken together
    bool has_phases = false;
    bool parametric = false;           // has an angle with a gradient
    bool state_needed_before = false;  // some step before it needs |psi> for its gradient
  };

  void push(Step step) {
    step.run_start = steps_.size();
    steps_.push_back(std::move(step));
  }

  void push_rotations(const ScheduledStep& scheduled) {
    const std::size_t run_start = steps_.size();
    constexpr auto most = static_cast<std::size_t>(max_rotation_group<S, A>);
    const std::span<const RotatedQubit> all(scheduled.rotations);
    for (std::size_t first = 0; first < all.size(); first += most) {
      push_group(scheduled.map, all.subspan(first, std::min(most, all.size() - first)));
      // Rotations of different qubits commute: their gradients can be taken before any of them is undone.
      steps_.back().run_start = run_start;
    }
  }

  void push_group(const AddressMap& map, std::span<const RotatedQubit> group) {
    Step step{.kind = Step::Kind::rotations};
    std::vector<int> qubits;
    for (std::size_t i = 0; i < group.size(); ++i) {
      qubits.push_back(group[i].qubit);
      step.rotations[i] = group[i].rotation;
      step.phases[i] = group[i].phase;
      step.has_phases = step.has_phases || group[i].phase >= 0;
      step.parametric =
          step.parametric || angles_.has_gradient(group[i].rotation) || angles_.has_gradient(group[i].phase);
    }
    step.blocks = Blocks(map, qubits);
    push(std::move(step));
  }

  void push_signs(const ScheduledStep& scheduled) {
    Step step{.kind = Step::Kind::signs};
    for (Index i = 0; i < dimension(qubits()); ++i) {
      if (is_negated(scheduled.signs, i)) step.negated.push_back(scheduled.map.at(i));
    }
    push(std::move(step));
  }

  void push_gates(const ScheduledStep& scheduled) {
    Step step{.kind = Step::Kind::gates};
    step.gates = scheduled.gates;
    if (step.gates.size() == 1 && step.gates[0].part.gate == PairGate::X) step.kind = Step::Kind::exchange;
    step.pairs = PairBlocks(scheduled.map, step.gates.front().part.pairs);
    step.parametric = has_gradient(step.gates);
    push(std::move(step));
  }

  void push_diagonal(const ScheduledStep& scheduled) {
    Step step{.kind = Step::Kind::diagonal};
    std::vector<int> qubits;
    for (const auto& gate : scheduled.gates) {
      const auto& pairs = gate.part.pairs;
      for (int f = 0; f < pairs.fixed_count; ++f) {
        const int q = pairs.fixed[static_cast<std::size_t>(f)];
        if (std::find(qubits.begin(), qubits.end(), q) == qubits.end()) qubits.push_back(q);
      }
    }
    step.blocks = Blocks(scheduled.map, qubits);
    for (const auto& gate : scheduled.gates) step.phase_gates.push_back(place(gate, qubits));
    step.parametric = has_gradient(scheduled.gates);
    push(std::move(step));
  }

  [[nodiscard]] static PhaseGate place(const LaneGate& gate, std::span<const int> qubits) {
    PhaseGate placed{gate};
    const auto& pairs = gate.part.pairs;
    Index fixed = 0;
    for (int f = 0; f < pairs.fixed_count; ++f) fixed |= qubit_mask(pairs.fixed[static_cast<std::size_t>(f)]);
    for (std::size_t local = 0; local < (std::size_t{1} << qubits.size()); ++local) {
      Index basis = 0;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        if (bit_of(local, static_cast<int>(j)) != 0) basis |= qubit_mask(qubits[j]);
      }
      if ((basis & fixed) == pairs.set) placed.place[local] = 1;
      if ((basis & fixed) == (pairs.set ^ pairs.flip)) placed.place[local] = 2;
    }
    return placed;
  }

  [[nodiscard]] bool has_gradient(std::span<const LaneGate> gates) const noexcept {
    return std::any_of(gates.begin(), gates.end(),
                       [this](const LaneGate& gate) { return angles_.has_gradient(gate.slot); });
  }

  void mark_needed_states() noexcept {
    bool needed = false;
    for (std::size_t first = 0; first < steps_.size();) {
      std::size_t last = first + 1;
      while (last < steps_.size() && steps_[last].run_start == first) ++last;
      for (std::size_t i = first; i < last; ++i) steps_[i].state_needed_before = needed;
      for (std::size_t i = first; i < last; ++i) needed = needed || steps_[i].parametric;
      first = last;
    }
  }

  void build_product() noexcept { product_.build(angles_, make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{})); }

  void apply(const Step& step, A* data, bool undo) const noexcept {
    switch (step.kind) {
      case Step::Kind::rotations: return apply_rotations(step, data, undo);
      case Step::Kind::signs: return negate(data, step.negated);
      case Step::Kind::exchange: return exchange_pairs(data, step.pairs);
      case Step::Kind::diagonal: return apply_diagonal(step, data, undo);
      case Step::Kind::gates: return apply_pairs<S>(data, step.pairs, matrix(step, undo));
    }
  }

  /// The product of a run's matrices, or its inverse.
  [[nodiscard]] std::array<A, 4> matrix(const Step& step, bool undo) const noexcept {
    auto product = matrix(step.gates[0], undo);
    for (std::size_t i = 1; i < step.gates.size(); ++i) {
      const auto next = matrix(step.gates[i], undo);
      product = undo ? multiply(product, next) : multiply(next, product);
    }
    return product;
  }
  [[nodiscard]] std::array<A, 4> matrix(const LaneGate& gate, bool undo) const noexcept {
    return angles_.template matrix<A>(gate.part.gate, gate.slot, undo);
  }

  void apply_diagonal(const Step& step, A* data, bool undo) const noexcept {
    std::array<A, (1 << LaneSchedule<S>::max_diagonal_qubits)> phases;
    phases.fill(make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{}));
    for (const auto& gate : step.phase_gates) {
      const auto m = matrix(gate.gate, undo);
      for (std::size_t j = 0; j < step.blocks.offsets.size(); ++j) {
        if (gate.place[j] != 0) phases[j] = (gate.place[j] == 1 ? m[0] : m[3]) * phases[j];
      }
    }
    apply_phases(data, step.blocks, phases.data());
  }

  void apply_rotations(const Step& step, A* data, bool undo) const noexcept {
    with_group_size<S, A>(step.blocks.width, [&](auto k) {
      RotationGroup<S, k, A> group;
      group.scale = angles_.cosine(step.rotations[0]);
      for (std::size_t i = 0; i < k; ++i) {
        const Pack<S>& tangent = angles_.tangent(step.rotations[i]);
        group.tangents[i] = undo ? -tangent : tangent;
        if (i > 0) group.scale *= angles_.cosine(step.rotations[i]);
        if constexpr (has_complex_lanes) group.phases[i] = angles_.template phase<A>(step.phases[i], undo);
      }
      if constexpr (has_complex_lanes) {
        if (step.has_phases) {
          return undo ? rotate_group<S, k, Phases::one, true>(data, step.blocks, group)
                      : rotate_group<S, k, Phases::one, false>(data, step.blocks, group);
        }
      }
      rotate_group<S, k, Phases::none, false>(data, step.blocks, group);
    });
  }

  void add_gradient(const Step& step, const A* lambda, const A* psi) noexcept {
    if (!step.parametric) return;
    if (step.kind == Step::Kind::diagonal) return add_diagonal_gradient(step, lambda, psi);
    if (step.kind == Step::Kind::gates) return add_run_gradient(step, lambda, psi);
    with_group_size<S, A>(step.blocks.width, [&](auto k) {
      std::array<RotationSums<S>, k> sums;
      if (has_complex_lanes && step.has_phases) {
        rotation_sums<S, k, has_complex_lanes>(lambda, psi, step.blocks, sums);
      } else {
        rotation_sums<S, k, false>(lambda, psi, step.blocks, sums);
      }
      for (std::size_t i = 0; i < k; ++i) add_rotation_gradient(step.rotations[i], step.phases[i], sums[i]);
    });
  }

  void add_diagonal_gradient(const Step& step, const A* lambda, const A* psi) noexcept {
    std::array<Pack<S>, (1 << LaneSchedule<S>::max_diagonal_qubits)> sums{};
    phase_sums<S>(lambda, psi, step.blocks, sums.data());
    for (const auto& gate : step.phase_gates) {
      if (gate.gate.slot < 0) continue;
      Pack<S> first{}, second{};
      for (std::size_t j = 0; j < step.blocks.offsets.size(); ++j) {
        if (gate.place[j] == 1) first += sums[j];
        if (gate.place[j] == 2) second += sums[j];
      }
      const auto& g = generator_of(gate.gate.part.gate).re;
      angles_.gradients()[static_cast<std::size_t>(gate.gate.slot)] +=
          static_cast<S>(2 * g[0][0]) * first + static_cast<S>(2 * g[1][1]) * second;
    }
  }

  /// From the products after the last gate of a run, gate by gate backwards: |psi> <- U^dagger |psi>, likewise lambda.
  void add_run_gradient(const Step& step, const A* lambda, const A* psi) noexcept {
    if (step.gates.size() == 1) {
      const auto& [part, slot] = step.gates.front();
      angles_.gradients()[static_cast<std::size_t>(slot)] += pair_gradient<S>(part.gate, lambda, psi, step.pairs);
      return;
    }
    std::array<A, 4> products = pair_products<S>(lambda, psi, step.pairs);
    for (std::size_t i = step.gates.size(); i-- > 0;) {
      const auto& gate = step.gates[i];
      if (gate.slot >= 0) {
        angles_.gradients()[static_cast<std::size_t>(gate.slot)] += generator_sum<S>(gate.part.gate, products);
      }
      if (i == 0) break;
      const auto m = matrix(gate, true);
      const std::array<A, 4> conjugated{conjugate<S>(m[0]), conjugate<S>(m[1]), conjugate<S>(m[2]), conjugate<S>(m[3])};
      const std::array<A, 4> transposed{m[0], m[2], m[1], m[3]};
      products = multiply(multiply(conjugated, products), transposed);
    }
  }

  /// The sums are of psi and lambda after the phase w: before it they would be those of conj(w) psi_1, conj(w)
  /// lambda_1.
  void add_rotation_gradient(int rotation, int phase, const RotationSums<S>& sums) noexcept {
    const auto gradients = angles_.gradients();
    const auto r = static_cast<std::size_t>(rotation);
    if (phase < 0) {
      gradients[r] += sums.y;
      return;
    }
    gradients[r] += angles_.cosine(phase) * sums.y - angles_.sine(phase) * sums.x;
    gradients[static_cast<std::size_t>(phase)] -= sums.z;
  }

  bool prepared_;
  AddressMap map_;
  LaneAngles<S> angles_;
  ProductState<S, A> product_;
  std::vector<Step> steps_;
  std::vector<WindowGroup> windows_;
  std::size_t density_size_ = 0;
};

}  // namespace qmtl::detail
