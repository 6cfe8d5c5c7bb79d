#pragma once
// SPDX-License-Identifier: Apache-2.0
// The steps of a circuit on lanes, and how they are made of its schedule.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_kernels.hpp"
#include "qmtl/engine/schedule/circuit_schedule.hpp"
#include "qmtl/engine/schedule/reverse_sweep.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A diagonal gate, and which amplitudes of a coset its two phases go to: 1, 2, or 0 for neither.
template <Scalar S>
struct PhaseGate {
  ScheduledGate gate;
  std::array<std::uint8_t, (1 << CircuitSchedule<S>::max_diagonal_qubits)> place{};
};

/// A step of a circuit on lanes, with the addresses that it works on.
template <Scalar S>
struct LaneStep {
  enum class Kind { rotations, signs, exchange, diagonal, gates } kind;
  Cosets cosets{};                            // of the rotated qubits, or of a diagonal layer's
  std::array<int, 4> rotations{};             // of the RYs
  std::array<int, 4> phases{-1, -1, -1, -1};  // of the gates after the RYs, -1 without one
  std::vector<ScheduledGate> gates{};         // on the same pairs, first to last
  PairCosets pairs{AddressMap(1), PairSet{{0}, 1, 0, 1}};
  std::vector<PhaseGate<S>> phase_gates{};  // of a diagonal layer
  std::vector<Address> negated{};
  std::size_t run_start = 0;  // first of the neighbouring rotations whose gradients are taken together
  bool has_phases = false;
  bool parametric = false;           // has an angle with a gradient
  bool state_needed_before = false;  // some step before it needs |psi> for its gradient
};

/// Makes steps of a schedule's.
template <Scalar S, class A>
class LaneStepBuilder {
 public:
  explicit LaneStepBuilder(const AngleTable<S>& angles) noexcept : angles_(&angles) {}

  [[nodiscard]] std::vector<LaneStep<S>> build(std::span<const ScheduledStep> scheduled) && {
    for (const auto& step : scheduled) {
      switch (step.kind) {
        case ScheduledStep::Kind::rotations: push_rotations(step); break;
        case ScheduledStep::Kind::signs: push_signs(step); break;
        case ScheduledStep::Kind::diagonal: push_diagonal(step); break;
        case ScheduledStep::Kind::run:
        case ScheduledStep::Kind::gate: push_gates(step); break;
      }
    }
    bool needed = false;
    mark_needed_states(std::span(steps_), needed);
    return std::move(steps_);
  }

 private:
  void push(LaneStep<S> step) {
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
    LaneStep<S> step{.kind = LaneStep<S>::Kind::rotations};
    std::vector<int> qubits;
    for (std::size_t i = 0; i < group.size(); ++i) {
      qubits.push_back(group[i].qubit);
      step.rotations[i] = group[i].rotation;
      step.phases[i] = group[i].phase;
      step.has_phases = step.has_phases || group[i].phase >= 0;
      step.parametric =
          step.parametric || angles_->has_gradient(group[i].rotation) || angles_->has_gradient(group[i].phase);
    }
    step.cosets = Cosets(map, qubits);
    push(std::move(step));
  }

  void push_signs(const ScheduledStep& scheduled) {
    LaneStep<S> step{.kind = LaneStep<S>::Kind::signs};
    for (Index i = 0; i < dimension(scheduled.map.qubits); ++i) {
      if (is_negated(scheduled.signs, i)) step.negated.push_back(scheduled.map.at(i));
    }
    push(std::move(step));
  }

  void push_gates(const ScheduledStep& scheduled) {
    LaneStep<S> step{.kind = LaneStep<S>::Kind::gates};
    step.gates = scheduled.gates;
    if (step.gates.size() == 1 && step.gates[0].part.gate == PairGate::X) step.kind = LaneStep<S>::Kind::exchange;
    step.pairs = PairCosets(scheduled.map, step.gates.front().part.pairs);
    step.parametric = has_gradient(step.gates);
    push(std::move(step));
  }

  void push_diagonal(const ScheduledStep& scheduled) {
    LaneStep<S> step{.kind = LaneStep<S>::Kind::diagonal};
    std::vector<int> qubits;
    for (const auto& gate : scheduled.gates) {
      const auto& pairs = gate.part.pairs;
      for (int f = 0; f < pairs.fixed_count; ++f) {
        const int q = pairs.fixed[static_cast<std::size_t>(f)];
        if (std::find(qubits.begin(), qubits.end(), q) == qubits.end()) qubits.push_back(q);
      }
    }
    step.cosets = Cosets(scheduled.map, qubits);
    for (const auto& gate : scheduled.gates) step.phase_gates.push_back(place(gate, qubits));
    step.parametric = has_gradient(scheduled.gates);
    push(std::move(step));
  }

  [[nodiscard]] static PhaseGate<S> place(const ScheduledGate& gate, std::span<const int> qubits) {
    PhaseGate<S> placed{gate};
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

  [[nodiscard]] bool has_gradient(std::span<const ScheduledGate> gates) const noexcept {
    return std::any_of(gates.begin(), gates.end(),
                       [this](const ScheduledGate& gate) { return angles_->has_gradient(gate.slot); });
  }

  const AngleTable<S>* angles_;
  std::vector<LaneStep<S>> steps_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
