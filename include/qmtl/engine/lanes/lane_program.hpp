#pragma once
// SPDX-License-Identifier: Apache-2.0
// A circuit compiled for lanes: what is a product state is built as one, what only relabels costs nothing, rotations go
// in groups, and the reverse sweep undoes no more of |psi> than gradients need.

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_steps.hpp"
#include "qmtl/engine/lanes/lane_windows.hpp"
#include "qmtl/engine/lanes/product_state.hpp"

namespace qmtl::inline QMTL_ABI::detail {

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
  void set_angles(std::span<const Pack<S>> x, std::span<const S> w) noexcept { angles_.set(x, w); }
  /// The same if all lanes have the same features.
  void set_uniform_angles(std::span<const Pack<S>> x, std::span<const S> w) noexcept { angles_.set_uniform(x, w); }

  /// Fills psi (2^n amplitudes, prepared ones already there) with the state of every lane.
  void forward(std::span<A> psi) noexcept {
    QMTL_ASSERT(psi.size() == size());
    if (!prepared_) {
      build_product();
      product_.write(psi);
    }
    for (const auto& step : steps_) apply(step, psi, false);
  }

  /// Room for the sines and cosines of so many groups of samples.
  void reserve_angles(std::size_t groups) { angles_.reserve_groups(groups); }
  /// Of a group.
  [[nodiscard]] std::size_t angle_bytes() const noexcept { return angles_.group_bytes(); }
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
  void densities(std::span<const A> psi, std::span<A> rho) const noexcept {
    QMTL_ASSERT(psi.size() == size() && rho.size() == density_size_);
    for (const auto& group : windows_) {
      lane_density<S>(psi.data(), group, rho.data());
      rho = rho.subspan(group.packed_size());
    }
  }

  /// lambda = sum over the windows of B psi, with the Hermitian B as packed entries.
  void apply_windows(std::span<const A> psi, std::span<const A> matrices, std::span<A> lambda) const noexcept {
    QMTL_ASSERT(psi.size() == size() && lambda.size() == size() && matrices.size() == density_size_);
    if (windows_.empty()) std::ranges::fill(lambda, A{});
    for (const auto& group : windows_) {
      lane_local<S>(psi.data(), lambda.data(), group, matrices.data(), &group != windows_.data());
      matrices = matrices.subspan(group.packed_size());
    }
  }

  /// From psi (the result of forward) and lambda = H psi, the derivatives of <psi|H|psi> by all angles; destroys both.
  /// For a prepared start lambda becomes U^dagger H U |start>.
  void backward(std::span<A> psi, std::span<A> lambda) noexcept {
    QMTL_ASSERT(psi.size() == size() && lambda.size() == size());
    const auto gradients = angles_.gradients();
    std::fill(gradients.begin(), gradients.end(), Pack<S>{});
    reverse_sweep(
        std::span<const Step>(steps_), [&](const Step& step) { add_gradient(step, lambda, psi); },
        [&](const Step& step, bool with_state) {
          apply(step, lambda, true);
          if (with_state) apply(step, psi, true);
        });
    if (!prepared_) product_.contract(angles_, lambda, gradients);
  }

  /// The chain rule from the angles' derivatives: adds to each lane's feature gradients, and to the weights' gradients
  /// (in lanes). What no angle depends on may be empty.
  void chain(std::span<const Pack<S>> x, std::span<const S> w, std::span<Pack<S>> grad_x,
             std::span<Pack<S>> grad_w) const noexcept {
    angles_.chain(x, w, grad_x, grad_w);
  }

 private:
  using Step = LaneStep<S>;
  static constexpr bool has_complex_lanes = std::is_same_v<A, ComplexPack<S>>;  // phases are complex

  LaneProgram(std::span<const Operation> ops, const AddressMap& start, bool prepared,
              std::span<const std::vector<int>> windows)
      : prepared_(prepared), map_(start) {
    const CircuitSchedule<S> schedule(ops, start, prepared, false, angles_);
    map_ = schedule.map;
    if (!prepared) product_ = ProductState<S, A>(schedule.leading);
    steps_ = LaneStepBuilder<S, A>(angles_).build(schedule.steps);
    for (std::size_t count = 0; !windows.empty(); windows = windows.subspan(count)) {
      count = next_group<S, A>(windows);
      const auto width = static_cast<int>(windows.front().size());
      windows_.push_back({Cosets(map_, joined(windows.first(count))), width, static_cast<int>(count)});
      density_size_ += windows_.back().packed_size();
    }
  }

  void build_product() noexcept { product_.build(angles_, make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{})); }

  void apply(const Step& step, std::span<A> data, bool undo) const noexcept {
    switch (step.kind) {
      case Step::Kind::rotations: return apply_rotations(step, data, undo);
      case Step::Kind::signs: return negate(data.data(), step.negated);
      case Step::Kind::exchange: return exchange_pairs(data.data(), step.pairs);
      case Step::Kind::diagonal: return apply_diagonal(step, data, undo);
      case Step::Kind::gates: return apply_pairs<S>(data.data(), step.pairs, matrix(step, undo));
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
  [[nodiscard]] std::array<A, 4> matrix(const ScheduledGate& gate, bool undo) const noexcept {
    return angles_.template matrix<A>(gate.part.gate, gate.slot, undo);
  }

  void apply_diagonal(const Step& step, std::span<A> data, bool undo) const noexcept {
    std::array<A, (1 << CircuitSchedule<S>::max_diagonal_qubits)> phases;
    phases.fill(make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{}));
    for (const auto& gate : step.phase_gates) {
      const auto m = matrix(gate.gate, undo);
      for (std::size_t j = 0; j < step.cosets.offsets.size(); ++j) {
        if (gate.place[j] != 0) phases[j] = (gate.place[j] == 1 ? m[0] : m[3]) * phases[j];
      }
    }
    apply_phases(data.data(), step.cosets, phases.data());
  }

  void apply_rotations(const Step& step, std::span<A> data, bool undo) const noexcept {
    with_group_size<S, A>(step.cosets.width, [&](auto k) {
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
          return undo ? rotate_group<S, k, Phases::one, true>(data.data(), step.cosets, group)
                      : rotate_group<S, k, Phases::one, false>(data.data(), step.cosets, group);
        }
      }
      rotate_group<S, k, Phases::none, false>(data.data(), step.cosets, group);
    });
  }

  void add_gradient(const Step& step, std::span<const A> lambda, std::span<const A> psi) noexcept {
    switch (step.kind) {
      case Step::Kind::rotations: return add_rotation_gradients(step, lambda, psi);
      case Step::Kind::diagonal: return add_diagonal_gradient(step, lambda, psi);
      case Step::Kind::gates: return add_run_gradient(step, lambda, psi);
      case Step::Kind::signs:
      case Step::Kind::exchange: return;  // without angles
    }
  }

  void add_rotation_gradients(const Step& step, std::span<const A> lambda, std::span<const A> psi) noexcept {
    with_group_size<S, A>(step.cosets.width, [&](auto k) {
      std::array<RotationSums<S>, k> sums;
      if (has_complex_lanes && step.has_phases) {
        rotation_sums<S, k, has_complex_lanes>(lambda.data(), psi.data(), step.cosets, sums);
      } else {
        rotation_sums<S, k, false>(lambda.data(), psi.data(), step.cosets, sums);
      }
      for (std::size_t i = 0; i < k; ++i) add_rotation_gradient(step.rotations[i], step.phases[i], sums[i]);
    });
  }

  void add_diagonal_gradient(const Step& step, std::span<const A> lambda, std::span<const A> psi) noexcept {
    std::array<Pack<S>, (1 << CircuitSchedule<S>::max_diagonal_qubits)> sums{};
    phase_sums<S>(lambda.data(), psi.data(), step.cosets, sums.data());
    for (const auto& gate : step.phase_gates) {
      if (gate.gate.slot < 0) continue;
      Pack<S> first{}, second{};
      for (std::size_t j = 0; j < step.cosets.offsets.size(); ++j) {
        if (gate.place[j] == 1) first += sums[j];
        if (gate.place[j] == 2) second += sums[j];
      }
      const auto& g = generator_of(gate.gate.part.gate).re;
      angles_.gradients()[static_cast<std::size_t>(gate.gate.slot)] +=
          static_cast<S>(2 * g[0][0]) * first + static_cast<S>(2 * g[1][1]) * second;
    }
  }

  /// From the products after the last gate of a run, gate by gate backwards: |psi> <- U^dagger |psi>, likewise lambda.
  void add_run_gradient(const Step& step, std::span<const A> lambda, std::span<const A> psi) noexcept {
    if (step.gates.size() == 1) {
      const auto& [part, slot] = step.gates.front();
      angles_.gradients()[static_cast<std::size_t>(slot)] +=
          pair_gradient<S>(part.gate, lambda.data(), psi.data(), step.pairs);
      return;
    }
    std::array<A, 4> products = pair_products<S>(lambda.data(), psi.data(), step.pairs);
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
  AngleTable<S> angles_;
  ProductState<S, A> product_;
  std::vector<Step> steps_;
  std::vector<WindowGroup> windows_;
  std::size_t density_size_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
