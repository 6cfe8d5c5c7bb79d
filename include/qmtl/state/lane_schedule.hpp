#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a circuit comes to in lanes: gates on product states, address maps, layers of rotations, layers of signs, and
// gates that fit nowhere.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/state/lane_angles.hpp"

namespace qmtl::detail {

/// A qubit's RY and the phase on |1> after it; slots of angles, -1 for no phase.
struct RotatedQubit {
  int qubit, rotation, phase;
};

/// A one-qubit gate on a qubit that nothing has entangled yet.
struct LeadingGate {
  Elementary part;
  int slot;
};

struct ScheduledStep {
  enum class Kind { rotations, signs, gate } kind;
  AddressMap map;                         ///< where the amplitudes lie
  std::vector<RotatedQubit> rotations{};  ///< of different qubits
  std::vector<Index> signs{};             ///< masks of CZ and Z: the sign is -1 where all bits of a mask are one
  Elementary gate{};
  int slot = -1;
};

/// A circuit on lanes, before addresses are worked out. RZ after RY counts as a phase on |1>: they differ by a global
/// phase, which no expectation value and no gradient sees.
template <Scalar S>
struct LaneSchedule {
  AddressMap map;                                 ///< where the amplitudes lie after the last step
  std::vector<std::vector<LeadingGate>> leading;  ///< for each qubit; empty for prepared states
  std::vector<ScheduledStep> steps{};

  /// Starts from |0...0>, or from amplitudes that lie as `start` says if they are `prepared`. Phases have slots of half
  /// their angle if `half_phases`.
  LaneSchedule(std::span<const Operation> ops, const AddressMap& start, bool prepared, bool half_phases,
               LaneAngles<S>& angles)
      : map(start), leading(static_cast<std::size_t>(start.qubits)), angles_(&angles), half_phases_(half_phases) {
    std::vector<bool> entangled(leading.size(), prepared);
    for (const auto& op : ops) {
      const auto q = static_cast<std::size_t>(op.qubits[0]);
      if (info(op.gate).qubits == 1 && !entangled[q]) {
        for (const auto& part : expand(op)) leading[q].push_back({part, angles_->add(op, part)});
        continue;
      }
      for (const int target : op.targets()) entangled[static_cast<std::size_t>(target)] = true;
      add(op);
    }
    flush();
  }

 private:
  void add(const Operation& op) {
    if (op.gate == Gate::RY) return add_rotation(op);
    if ((op.gate == Gate::RZ || op.gate == Gate::P) && add_phase(op)) return;
    if (op.gate == Gate::CZ || op.gate == Gate::Z) return add_sign(op);
    flush();
    if (map.follow(op)) return;
    for (const auto& part : expand(op)) {
      steps.push_back({.kind = ScheduledStep::Kind::gate, .map = map, .gate = part, .slot = angles_->add(op, part)});
    }
  }

  [[nodiscard]] auto find_pending(int qubit) {
    return std::find_if(rotations_.begin(), rotations_.end(),
                        [qubit](const RotatedQubit& r) { return r.qubit == qubit; });
  }

  void add_rotation(const Operation& op) {
    flush_signs();
    if (find_pending(op.qubits[0]) != rotations_.end()) flush_rotations();
    rotations_.push_back({op.qubits[0], angles_->add(op, *expand(op).begin()), -1});
  }

  /// A phase right after a qubit's RY goes with it.
  [[nodiscard]] bool add_phase(const Operation& op) {
    const auto found = find_pending(op.qubits[0]);
    if (found == rotations_.end() || found->phase >= 0) return false;
    found->phase = angles_->add({op.angles[0], 1.0, half_phases_});
    return true;
  }

  void add_sign(const Operation& op) {
    flush_rotations();
    Index mask = 0;
    for (const int q : op.targets()) mask |= qubit_mask(q);
    signs_.push_back(mask);
  }

  void flush() {
    flush_rotations();
    flush_signs();
  }

  void flush_rotations() {
    if (rotations_.empty()) return;
    steps.push_back({.kind = ScheduledStep::Kind::rotations, .map = map, .rotations = std::exchange(rotations_, {})});
  }

  void flush_signs() {
    if (signs_.empty()) return;
    steps.push_back({.kind = ScheduledStep::Kind::signs, .map = map, .signs = std::exchange(signs_, {})});
  }

  LaneAngles<S>* angles_;
  bool half_phases_;
  std::vector<RotatedQubit> rotations_;  // not yet in a step
  std::vector<Index> signs_;
};

/// Whether basis state i has the sign -1 in a layer of signs.
[[nodiscard]] inline bool is_negated(std::span<const Index> signs, Index i) noexcept {
  return std::count_if(signs.begin(), signs.end(), [i](Index mask) { return (i & mask) == mask; }) % 2 != 0;
}

}  // namespace qmtl::detail
