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

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/state/lane_kernels.hpp"

namespace qmtl::detail {

/// An angle that occurs in the circuit, with its sine and cosine in every lane: of half the angle for RX, RY and RZ, of
/// the whole angle for P. Equal angles share a slot.
struct AngleSlot {
  Angle angle;
  double sign = 1.0;
  bool half = true;
  friend bool operator==(const AngleSlot&, const AngleSlot&) = default;
};

/// A circuit on n qubits for pack_width<S> samples at a time; A is Pack<S> or ComplexPack<S>. Amplitudes of basis state
/// i lie at `map().at(i)`.
template <Scalar S, class A>
class LaneProgram {
 public:
  /// Compiles operations on n qubits (n <= max_lane_qubits) that start from |0...0>.
  LaneProgram(std::span<const Operation> ops, int n) : LaneProgram(ops, AddressMap(n), false) {}

  /// Compiles operations that start from amplitudes which the caller prepares, lying as `start` says.
  LaneProgram(std::span<const Operation> ops, const AddressMap& start) : LaneProgram(ops, start, true) {}

  [[nodiscard]] const AddressMap& map() const noexcept { return map_; }
  [[nodiscard]] int qubits() const noexcept { return qubits_; }

  /// Sets all angles from each lane's features and the common weights.
  void set_angles(const Pack<S>* x, const S* w) noexcept {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Pack<S> angle =
          value(slots_[i].angle, x, w) * static_cast<S>(slots_[i].sign * (slots_[i].half ? 0.5 : 1.0));
      sincos<S>(angle, sines_[i], cosines_[i]);
      tangents_[i] = sines_[i] / cosines_[i];  // no float is so near to a multiple of pi/2 that a cosine is zero
    }
  }

  /// Fills psi (2^n amplitudes, prepared ones already there) with the state of every lane.
  void forward(A* psi) noexcept {
    if (!prepared_) {
      build_product();
      finish_product(psi);
    }
    for (const auto& step : steps_) apply(step, psi, false);
  }

  /// What backward needs of forward besides psi, when other samples have been in between.
  void resume() noexcept {
    if (!prepared_) build_product();
  }

  /// From psi (the result of forward) and lambda = H psi, the derivatives of <psi|H|psi> by all angles; destroys both.
  /// For a prepared start lambda becomes U^dagger H U |start>.
  void backward(A* psi, A* lambda) noexcept {
    std::fill(gradients_.begin(), gradients_.end(), Pack<S>{});
    for (std::size_t last = steps_.size(); last > 0;) {
      const std::size_t first = steps_[last - 1].run_start;
      for (std::size_t i = last; i-- > first;) add_gradient(steps_[i], lambda, psi);
      for (std::size_t i = last; i-- > first;) {
        apply(steps_[i], lambda, true);
        if (steps_[i].state_needed_before) apply(steps_[i], psi, true);
      }
      last = first;
    }
    if (!prepared_) contract_product(lambda);
  }

  /// The chain rule from the angles' derivatives: adds to each lane's feature gradients, and to the weights' gradients
  /// (in lanes) unless null.
  void chain(const Pack<S>* x, Pack<S>* grad_x, Pack<S>* grad_w) const noexcept {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Angle& angle = slots_[i].angle;
      const Pack<S> scaled = gradients_[i] * static_cast<S>(slots_[i].sign * angle.scale);
      switch (angle.source) {
        case AngleSource::constant: break;
        case AngleSource::feature: grad_x[angle.index] += scaled; break;
        case AngleSource::weight: grad_w[angle.index] += scaled; break;
        case AngleSource::feature_product:
          grad_x[angle.index] += scaled * (x[angle.second] + static_cast<S>(angle.second_shift));
          grad_x[angle.second] += scaled * (x[angle.index] + static_cast<S>(angle.shift));
          break;
      }
    }
  }

 private:
  static constexpr bool has_complex_lanes = std::is_same_v<A, ComplexPack<S>>;  // phases are complex

  LaneProgram(std::span<const Operation> ops, const AddressMap& start, bool prepared)
      : qubits_(start.qubits), prepared_(prepared), map_(start) {
    const int n = start.qubits;
    leading_.resize(static_cast<std::size_t>(n));
    std::vector<bool> entangled(static_cast<std::size_t>(n), prepared);
    for (const auto& op : ops) {
      const auto q = static_cast<std::size_t>(op.qubits[0]);
      if (info(op.gate).qubits == 1 && !entangled[q]) {
        for (const auto& part : expand(op)) leading_[q].push_back({part, slot_of(op, part)});
        continue;
      }
      for (const int target : op.targets()) entangled[static_cast<std::size_t>(target)] = true;
      add(op);
    }
    flush();
    mark_needed_states();
    cosines_.resize(slots_.size());
    sines_.resize(slots_.size());
    tangents_.resize(slots_.size());
    gradients_.resize(slots_.size());
    product_.resize(static_cast<std::size_t>(n));
    prefix_.resize(prepared ? 0 : dimension(n));
  }

  struct LeadingGate {
    Elementary part;
    int slot;
  };
  struct Step {
    enum class Kind { rotations, signs, exchange, diagonal, general } kind;
    Blocks blocks{};                            // of the rotated qubits
    std::array<int, 4> slots{};                 // of the RYs, else only the first, -1 without an angle
    std::array<int, 4> phases{-1, -1, -1, -1};  // of the gates after the RYs, -1 without one
    PairGate gate{};
    PairBlocks pairs{AddressMap(1), PairSet{{0}, 1, 0, 1}};
    std::vector<Address> negated{};
    std::size_t run_start = 0;  // first of the neighbouring rotations whose gradients are taken together
    bool has_phases = false;
    bool parametric = false;           // has an angle with a gradient
    bool state_needed_before = false;  // some step before it needs |psi> for its gradient
  };

  [[nodiscard]] int slot_of(const Operation& op, const Elementary& part) {
    if (!part.parametric()) return -1;
    return add_slot({op.angles[static_cast<std::size_t>(part.angle)], part.sign, part.gate != PairGate::P});
  }

  [[nodiscard]] int add_slot(const AngleSlot& slot) {
    const auto found = std::find(slots_.begin(), slots_.end(), slot);
    if (found != slots_.end()) return static_cast<int>(found - slots_.begin());
    slots_.push_back(slot);
    return static_cast<int>(slots_.size()) - 1;
  }

  void add(const Operation& op) {
    if (op.gate == Gate::RY) return add_rotation(op);
    if ((op.gate == Gate::RZ || op.gate == Gate::P) && add_phase(op)) return;
    if (op.gate == Gate::CZ || op.gate == Gate::Z) return add_sign(op);
    flush();
    if (map_.follow(op)) return;
    for (const auto& part : expand(op)) add_pairs(part, slot_of(op, part));
  }

  [[nodiscard]] auto find_pending(int qubit) {
    return std::find_if(pending_.begin(), pending_.end(), [qubit](const Pending& p) { return p.qubit == qubit; });
  }

  void add_rotation(const Operation& op) {
    flush_signs();
    if (find_pending(op.qubits[0]) != pending_.end()) flush_rotations();
    pending_.push_back({op.qubits[0], slot_of(op, *expand(op).begin()), -1});
  }

  /// A phase right after a qubit's RY joins its group. RZ is a phase on |1> but for a global phase, which no
  /// expectation value and no gradient sees.
  [[nodiscard]] bool add_phase(const Operation& op) {
    const auto found = find_pending(op.qubits[0]);
    if (found == pending_.end() || found->phase >= 0) return false;
    found->phase = add_slot({op.angles[0], 1.0, false});
    return true;
  }

  void add_sign(const Operation& op) {
    flush_rotations();
    Index mask = 0;
    for (const int q : op.targets()) mask |= qubit_mask(q);
    signs_.push_back(mask);
  }

  void add_pairs(const Elementary& part, int slot) {
    Step step{.kind = Step::Kind::general};
    if (part.gate == PairGate::X) step.kind = Step::Kind::exchange;
    if (shape_of(part.gate) == PairShape::diagonal) step.kind = Step::Kind::diagonal;
    step.gate = part.gate;
    step.slots[0] = slot;
    step.pairs = PairBlocks(map_, part.pairs);
    step.parametric = has_gradient(slot);
    push(std::move(step));
  }

  void flush() {
    flush_rotations();
    flush_signs();
  }

  void flush_rotations() {
    const std::size_t run_start = steps_.size();
    constexpr auto most = static_cast<std::size_t>(max_rotation_group<S, A>);
    for (std::size_t first = 0; first < pending_.size(); first += most) {
      push_group(std::span(pending_).subspan(first, std::min(most, pending_.size() - first)));
      // Rotations of different qubits commute: their gradients can be taken before any of them is undone.
      steps_.back().run_start = run_start;
    }
    pending_.clear();
  }

  struct Pending {
    int qubit, rotation, phase;
  };

  void push_group(std::span<const Pending> group) {
    Step step{.kind = Step::Kind::rotations};
    std::vector<int> qubits;
    for (std::size_t i = 0; i < group.size(); ++i) {
      qubits.push_back(group[i].qubit);
      step.slots[i] = group[i].rotation;
      step.phases[i] = group[i].phase;
      step.has_phases = step.has_phases || group[i].phase >= 0;
      step.parametric = step.parametric || has_gradient(group[i].rotation) || has_gradient(group[i].phase);
    }
    step.blocks = Blocks(map_, qubits);
    push(std::move(step));
  }

  [[nodiscard]] bool has_gradient(int slot) const {
    return slot >= 0 && slots_[static_cast<std::size_t>(slot)].angle.source != AngleSource::constant;
  }

  void flush_signs() {
    if (signs_.empty()) return;
    Step step{.kind = Step::Kind::signs};
    for (Index i = 0; i < dimension(qubits_); ++i) {
      const auto odd = std::count_if(signs_.begin(), signs_.end(), [i](Index mask) { return (i & mask) == mask; }) % 2;
      if (odd != 0) step.negated.push_back(map_.at(i));
    }
    push(std::move(step));
    signs_.clear();
  }

  void push(Step step) {
    step.run_start = steps_.size();
    steps_.push_back(std::move(step));
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

  [[nodiscard]] static Pack<S> value(const Angle& angle, const Pack<S>* x, const S* w) noexcept {
    const auto scale = static_cast<S>(angle.scale);
    const Pack<S> offset = broadcast<S>(static_cast<S>(angle.offset));
    switch (angle.source) {
      case AngleSource::feature: return x[angle.index] * scale + offset;
      case AngleSource::weight: return scale * w[angle.index] + offset;
      case AngleSource::feature_product:
        return scale * (x[angle.index] + static_cast<S>(angle.shift)) *
                   (x[angle.second] + static_cast<S>(angle.second_shift)) +
               offset;
      default: return offset;
    }
  }

  /// The matrix of a gate, or of its inverse: an angle's inverse has the opposite sine.
  [[nodiscard]] std::array<A, 4> matrix(PairGate gate, int slot, bool undo) const noexcept {
    if (slot >= 0) {
      const auto i = static_cast<std::size_t>(slot);
      return lane_matrix<S, A>(gate, cosines_[i], undo ? -sines_[i] : sines_[i]);
    }
    auto m = lane_matrix<S, A>(gate, Pack<S>{}, Pack<S>{});
    if (!undo) return m;
    return {conjugate<S>(m[0]), conjugate<S>(m[2]), conjugate<S>(m[1]), conjugate<S>(m[3])};
  }

  void apply(const Step& step, A* data, bool undo) const noexcept {
    switch (step.kind) {
      case Step::Kind::rotations: return apply_rotations(step, data, undo);
      case Step::Kind::signs: return negate(data, step.negated);
      case Step::Kind::exchange: return exchange_pairs(data, step.pairs);
      case Step::Kind::diagonal: {
        const auto m = matrix(step.gate, step.slots[0], undo);
        return apply_diagonal_pairs<S>(data, step.pairs, m[0], m[3], step.gate != PairGate::RZ);
      }
      case Step::Kind::general: return apply_pairs<S>(data, step.pairs, matrix(step.gate, step.slots[0], undo));
    }
  }

  void apply_rotations(const Step& step, A* data, bool undo) const noexcept {
    with_group_size<S, A>(step.blocks.width, [&](auto k) {
      RotationGroup<S, k, A> group{.tangents = {}, .scale = broadcast<S>(S(1))};
      for (std::size_t i = 0; i < k; ++i) {
        const auto slot = static_cast<std::size_t>(step.slots[i]);
        group.tangents[i] = undo ? -tangents_[slot] : tangents_[slot];
        group.scale *= cosines_[slot];
        group.phases[i] = phase(step.phases[i], undo);
      }
      if constexpr (has_complex_lanes) {
        if (step.has_phases) {
          return undo ? rotate_group<S, k, true, true>(data, step.blocks, group)
                      : rotate_group<S, k, true, false>(data, step.blocks, group);
        }
      }
      rotate_group<S, k, false, false>(data, step.blocks, group);
    });
  }

  [[nodiscard]] A phase(int slot, bool undo) const noexcept {
    if (slot < 0) return make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    const auto i = static_cast<std::size_t>(slot);
    return make_amplitude<S, A>(cosines_[i], undo ? -sines_[i] : sines_[i]);
  }

  void add_gradient(const Step& step, const A* lambda, const A* psi) noexcept {
    if (!step.parametric) return;
    if (step.kind != Step::Kind::rotations) {
      gradients_[static_cast<std::size_t>(step.slots[0])] += pair_gradient<S>(step.gate, lambda, psi, step.pairs);
      return;
    }
    with_group_size<S, A>(step.blocks.width, [&](auto k) {
      std::array<RotationSums<S>, k> sums;
      if (has_complex_lanes && step.has_phases) {
        rotation_sums<S, k, has_complex_lanes>(lambda, psi, step.blocks, sums);
      } else {
        rotation_sums<S, k, false>(lambda, psi, step.blocks, sums);
      }
      for (std::size_t i = 0; i < k; ++i) add_rotation_gradient(step.slots[i], step.phases[i], sums[i]);
    });
  }

  /// The sums are of psi and lambda after the phase w: before it they would be those of conj(w) psi_1, conj(w)
  /// lambda_1.
  void add_rotation_gradient(int rotation, int phase, const RotationSums<S>& sums) noexcept {
    const auto r = static_cast<std::size_t>(rotation);
    if (phase < 0) {
      gradients_[r] += sums.y;
      return;
    }
    const auto p = static_cast<std::size_t>(phase);
    gradients_[r] += cosines_[p] * sums.y - sines_[p] * sums.x;
    gradients_[p] -= S(2) * sums.one;
  }

  /// One-qubit states after the leading gates, and their products: prefix_[2^q ... 2^(q+1)) is that of the qubits below
  /// q. Cost 2^n.
  void build_product() noexcept {
    prefix_[1] = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    for (std::size_t q = 0; q < product_.size(); ++q) {
      product_[q] = {prefix_[1], A{}};
      for (const auto& gate : leading_[q]) {
        apply_pairs<S>(product_[q].data(), single_, matrix(gate.part.gate, gate.slot, false));
      }
      const std::size_t half = std::size_t{1} << q;
      if (q + 1 < product_.size()) extend_product(q, prefix_.data() + 2 * half);
    }
  }

  void finish_product(A* psi) const noexcept { extend_product(product_.size() - 1, psi); }

  /// Product of the qubits up to q from that of the qubits below.
  void extend_product(std::size_t q, A* to) const noexcept {
    const std::size_t half = std::size_t{1} << q;
    const A* from = prefix_.data() + half;
    const A u0 = product_[q][0], u1 = product_[q][1];
    for (std::size_t i = 0; i < half; ++i) {
      const A v = from[i];
      to[i] = u0 * v;
      to[half + i] = u1 * v;
    }
  }

  /// Gradients of the leading gates: contracts lambda with the product state of all other qubits, from the top down.
  /// Cost 4 * 2^n in all.
  void contract_product(A* lambda) noexcept {
    for (std::size_t q = product_.size(); q-- > 0;) {
      const auto& u = product_[q];
      const A u0 = conjugate<S>(u[0]), u1 = conjugate<S>(u[1]);
      const std::size_t half = std::size_t{1} << q;
      const A* others = prefix_.data() + half;
      A e0{}, e1{};
      for (std::size_t i = 0; i < half; ++i) {
        const A low = lambda[i], high = lambda[half + i];
        e0 += times_conjugate<S>(low, others[i]);
        e1 += times_conjugate<S>(high, others[i]);
        lambda[i] = u0 * low + u1 * high;
      }
      leading_gradients(q, {e0, e1});
    }
  }

  /// The adjoint sweep through one qubit's leading gates, with `e` its part of lambda.
  void leading_gradients(std::size_t q, std::array<A, 2> e) noexcept {
    auto u = product_[q];
    for (std::size_t i = leading_[q].size(); i-- > 0;) {
      const auto& gate = leading_[q][i];
      if (gate.slot >= 0) {
        gradients_[static_cast<std::size_t>(gate.slot)] +=
            pair_gradient<S>(gate.part.gate, e.data(), u.data(), single_);
      }
      if (i == 0) break;
      const auto undo = matrix(gate.part.gate, gate.slot, true);
      apply_pairs<S>(u.data(), single_, undo);
      apply_pairs<S>(e.data(), single_, undo);
    }
  }

  int qubits_;
  bool prepared_;
  AddressMap map_;
  PairBlocks single_{AddressMap(1), PairSet{{0}, 1, 0, 1}};  // the one pair of one qubit
  std::vector<std::vector<LeadingGate>> leading_;
  std::vector<Step> steps_;
  std::vector<AngleSlot> slots_;
  std::vector<Pending> pending_;  // while compiling: rotations of different qubits
  std::vector<Index> signs_;
  std::vector<Pack<S>> cosines_, sines_, tangents_, gradients_;
  std::vector<std::array<A, 2>> product_;
  std::vector<A> prefix_;
};

}  // namespace qmtl::detail
