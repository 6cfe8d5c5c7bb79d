#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a circuit comes to in lanes: gates on product states, address maps, layers of rotations, layers of signs, and
// gates that fit nowhere.

#include <algorithm>
#include <bit>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/engine/schedule/address_map.hpp"
#include "qmtl/engine/schedule/angle_table.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A qubit's RY and the phase on |1> after it; slots of angles, -1 for no phase.
struct RotatedQubit {
  int qubit, rotation, phase;
};

/// An elementary gate and the slot of its angle, -1 without one.
struct ScheduledGate {
  Elementary part;
  int slot;
};

/// What a kernel does at a time, in terms of qubits; only the members of its kind are filled.
struct ScheduledStep {
  /// rotations: RYs and phases of different qubits. signs: CZ and Z. run: one-qubit gates of one qubit, first to last.
  /// diagonal: any diagonal gates of a few qubits. gate: a single one that is none of these.
  enum class Kind { rotations, signs, run, diagonal, gate } kind;
  AddressMap map;                         ///< where the amplitudes lie
  std::vector<RotatedQubit> rotations{};  ///< of different qubits
  std::vector<Index> signs{};             ///< masks of CZ and Z: the sign is -1 where all bits of a mask are one
  std::vector<ScheduledGate> gates{};     ///< of a run, a diagonal, or the gate
};

/// A circuit on lanes, before addresses are worked out. Gates wait as long as they commute with what comes: one-qubit
/// gates for more of their qubit, diagonal ones for more of their kind. RZ after RY counts as a phase on |1>: they
/// differ by a global phase, which no expectation value and no gradient sees.
template <Scalar S>
struct CircuitSchedule {
  /// Qubits of a diagonal step: its 2^k phases, and as many sums, stay in cache and registers.
  static constexpr std::size_t max_diagonal_qubits = 4;

  AddressMap map;                                   ///< where the amplitudes lie after the last step
  std::vector<std::vector<ScheduledGate>> leading;  ///< for each qubit; empty for prepared states
  std::vector<ScheduledStep> steps{};

  /// Starts from |0...0>, or from amplitudes that lie as `start` says if they are `prepared`. Phases have slots of half
  /// their angle if `half_phases`.
  CircuitSchedule(std::span<const Operation> ops, const AddressMap& start, bool prepared, bool half_phases,
                  AngleTable<S>& angles)
      : map(start), leading(static_cast<std::size_t>(start.qubits)), angles_(&angles), half_phases_(half_phases) {
    std::vector<bool> entangled(leading.size(), prepared);
    for (const auto& op : ops) {
      const auto q = static_cast<std::size_t>(op.qubits[0]);
      if (info(op.gate).qubits == 1 && !entangled[q]) {
        expand_into(op, leading[q]);
        continue;
      }
      for (const int target : op.targets()) entangled[static_cast<std::size_t>(target)] = true;
      add(op);
    }
    flush();
  }

 private:
  struct Run {
    int qubit;
    std::vector<Operation> ops;
  };

  void add(const Operation& op) {
    const int a = op.qubits[0], b = op.qubits[1];
    switch (op.gate) {
      case Gate::Id: return;
      case Gate::Z:
      case Gate::CZ: return add_sign(op);
      case Gate::ISWAP:
      case Gate::ISWAPdg:  // phases and a permutation: iSWAP = SWAP CZ (S x S)
        add(op.gate == Gate::ISWAP ? gate::s(a) : gate::sdg(a));
        add(op.gate == Gate::ISWAP ? gate::s(b) : gate::sdg(b));
        add(gate::cz(a, b));
        return add(gate::swap(a, b));
      default: break;
    }
    if (is_diagonal(op)) return add_diagonal(op);
    if (info(op.gate).qubits == 1 && op.gate != Gate::X) return add_to_run(op);
    flush();
    if (map.follow(op)) return;
    std::vector<ScheduledGate> gates;
    expand_into(op, gates);
    for (auto& part : gates) push(ScheduledStep::Kind::gate).gates = {part};
  }

  [[nodiscard]] static bool is_diagonal(const Operation& op) noexcept {
    const Expansion parts = expand(op);
    return std::all_of(parts.begin(), parts.end(),
                       [](const Elementary& part) { return shape_of(part.gate) == PairShape::diagonal; });
  }

  [[nodiscard]] Run* find_run(int qubit) {
    const auto found = std::find_if(runs_.begin(), runs_.end(), [qubit](const Run& r) { return r.qubit == qubit; });
    return found == runs_.end() ? nullptr : &*found;
  }

  void add_to_run(const Operation& op) {
    if (!signs_.empty() || !diagonals_.empty()) flush();
    if (Run* run = find_run(op.qubits[0])) {
      run->ops.push_back(op);
    } else {
      runs_.push_back({op.qubits[0], {op}});
    }
  }

  /// Diagonal gates commute, so one on a single qubit may still go with its qubit's waiting gates.
  void add_diagonal(const Operation& op) {
    Run* run = info(op.gate).qubits == 1 ? find_run(op.qubits[0]) : nullptr;
    if (run != nullptr) {
      run->ops.push_back(op);
    } else {
      diagonals_.push_back(op);
    }
  }

  void add_sign(const Operation& op) {
    Index mask = 0;
    for (const int q : op.targets()) mask |= qubit_mask(q);
    signs_.push_back(mask);
  }

  void flush() {
    flush_runs();
    if (!signs_.empty()) push(ScheduledStep::Kind::signs).signs = std::exchange(signs_, {});
    flush_diagonals();
  }

  void flush_runs() {
    std::vector<RotatedQubit> rotations;
    for (const auto& run : runs_) {
      const auto& ops = run.ops;
      const bool phase = ops.size() == 2 && (ops[1].gate == Gate::RZ || ops[1].gate == Gate::P);
      if (ops[0].gate != Gate::RY || (ops.size() > 1 && !phase)) continue;
      rotations.push_back({run.qubit, angles_->add(ops[0], *expand(ops[0]).begin()),
                           phase ? angles_->add({ops[1].angles[0], 1.0, half_phases_}) : -1});
    }
    for (const auto& run : std::exchange(runs_, {})) {
      const auto is_this = [&run](const RotatedQubit& r) { return r.qubit == run.qubit; };
      if (std::any_of(rotations.begin(), rotations.end(), is_this)) continue;
      auto& gates = push(ScheduledStep::Kind::run).gates;
      for (const auto& op : run.ops) expand_into(op, gates);
    }
    if (!rotations.empty()) push(ScheduledStep::Kind::rotations).rotations = std::move(rotations);
  }

  /// Each gate goes to the first step that has room for its qubits.
  void flush_diagonals() {
    std::vector<std::pair<Index, std::vector<ScheduledGate>>> groups;
    for (const auto& op : std::exchange(diagonals_, {})) {
      Index mask = 0;
      for (const int q : op.targets()) mask |= qubit_mask(q);
      auto group = std::find_if(groups.begin(), groups.end(), [mask](const auto& g) {
        return static_cast<std::size_t>(std::popcount(g.first | mask)) <= max_diagonal_qubits;
      });
      if (group == groups.end()) group = groups.insert(groups.end(), {0, {}});
      group->first |= mask;
      expand_into(op, group->second);
    }
    for (auto& group : groups) push(ScheduledStep::Kind::diagonal).gates = std::move(group.second);
  }

  ScheduledStep& push(ScheduledStep::Kind kind) {
    steps.push_back({.kind = kind, .map = map});
    return steps.back();
  }

  void expand_into(const Operation& op, std::vector<ScheduledGate>& gates) {
    for (const auto& part : expand(op)) gates.push_back({part, angles_->add(op, part)});
  }

  AngleTable<S>* angles_;
  bool half_phases_;
  std::vector<Run> runs_;  // not yet in steps, and before the diagonal gates that are not
  std::vector<Index> signs_;
  std::vector<Operation> diagonals_;
};

/// Whether basis state i has the sign -1 in a layer of signs.
[[nodiscard]] inline bool is_negated(std::span<const Index> signs, Index i) noexcept {
  return std::count_if(signs.begin(), signs.end(), [i](Index mask) { return (i & mask) == mask; }) % 2 != 0;
}

}  // namespace qmtl::inline QMTL_ABI::detail
