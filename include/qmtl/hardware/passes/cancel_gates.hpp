#pragma once
// SPDX-License-Identifier: Apache-2.0
// cancel_gates: gates that undo each other go, and rotations about one axis add up, across all that commutes with them.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/hardware/synthesis/unitaries.hpp"

namespace qmtl::inline QMTL_ABI {

/// The Pauli matrix on a qubit that a gate commutes with, if there is one: Z on controls and where it is diagonal.
enum class GateAxis : std::uint8_t { none, x, y, z };

/// The axis of the gate's j-th qubit. Two gates commute if they have the same axis on each qubit that they share.
[[nodiscard]] constexpr GateAxis axis_of(Gate gate, int j) {
  const auto& facts = info(gate);
  if (facts.diagonal || j < facts.controls) return GateAxis::z;
  switch (gate) {
    case Gate::X:
    case Gate::SX:
    case Gate::SXdg:
    case Gate::RX:
    case Gate::CX:
    case Gate::CRX:
    case Gate::Toffoli:
    case Gate::RXX: return GateAxis::x;
    case Gate::Y:
    case Gate::RY:
    case Gate::CY:
    case Gate::CRY:
    case Gate::RYY: return GateAxis::y;
    case Gate::RZX: return j == 0 ? GateAxis::z : GateAxis::x;
    case Gate::ECR: return j == 0 ? GateAxis::none : GateAxis::x;
    default: return GateAxis::none;
  }
}

namespace detail {

/// The axis of a gate on a qubit of the register that it is on.
[[nodiscard]] inline GateAxis axis_on(const Operation& op, int qubit) {
  for (int j = 0; j < info(op.gate).qubits; ++j) {
    if (op.qubits[static_cast<std::size_t>(j)] == qubit) return axis_of(op.gate, j);
  }
  return GateAxis::none;
}

[[nodiscard]] inline bool have_same_axes(const Operation& a, const Operation& b) {
  for (const int q : a.targets()) {
    const auto others = b.targets();
    if (std::ranges::find(others, q) == others.end()) continue;
    const GateAxis axis = axis_on(a, q);
    if (axis == GateAxis::none || axis != axis_on(b, q)) return false;
  }
  return true;
}

/// Whether two gates are on the same qubits in the same roles.
[[nodiscard]] inline bool on_same_qubits(const Operation& a, const Operation& b) {
  const auto first = a.targets(), second = b.targets();
  if (std::ranges::equal(first, second)) return true;
  return first.size() == 2 && second.size() == 2 && is_symmetric(a.gate) && first[0] == second[1] &&
         first[1] == second[0];
}

/// The sum of two numbers of radians modulo 4 pi, of which all gates are periodic. Large ones lose no digits against
/// small ones, and do not overflow.
[[nodiscard]] inline double sum_of_radians(double a, double b) {
  constexpr double large = 1 << 20;
  const auto near_zero = [](double x) {
    return std::abs(x) < large ? x : 2 * std::atan2(std::sin(x / 2), std::cos(x / 2));
  };
  return near_zero(a) + near_zero(b);
}

/// A sum of angles that is an angle: of numbers, or with a number, or of the same source.
[[nodiscard]] inline std::optional<Angle> sum_of(Angle a, const Angle& b) {
  if (b.source == AngleSource::constant || a.source == AngleSource::constant) {
    Angle sum = b.source == AngleSource::constant ? a : b;
    sum.offset = sum_of_radians(a.offset, b.offset);
    return sum;
  }
  Angle same = b;
  same.scale = a.scale;
  same.offset = a.offset;
  if (same != a) return std::nullopt;
  a.scale += b.scale;
  a.offset = sum_of_radians(a.offset, b.offset);
  return a.scale == 0.0 ? Angle(a.offset) : a;
}

/// The angle of which a rotation is the identity up to a phase, or zero for what is none: half of it changes the sign
/// of the states that it turns, which is a phase if these are all.
[[nodiscard]] constexpr double period_of(Gate gate) {
  const auto& facts = info(gate);
  if (facts.angles != 1) return 0.0;
  const bool is_phase = facts.parts()[0].gate == PairGate::P;
  const bool turns_all = facts.part_count == 1 << (facts.qubits - 1);
  return is_phase || turns_all ? 2 * pi : 4 * pi;
}

/// The angle of a gate that is a rotation about Z, or about X, up to a phase.
[[nodiscard]] inline std::optional<Angle> angle_about(GateAxis axis, const Operation& op) {
  const bool z = axis == GateAxis::z, x = axis == GateAxis::x;
  switch (op.gate) {
    case Gate::Z: return z ? std::optional<Angle>(pi) : std::nullopt;
    case Gate::S: return z ? std::optional<Angle>(pi / 2) : std::nullopt;
    case Gate::Sdg: return z ? std::optional<Angle>(-pi / 2) : std::nullopt;
    case Gate::T: return z ? std::optional<Angle>(pi / 4) : std::nullopt;
    case Gate::Tdg: return z ? std::optional<Angle>(-pi / 4) : std::nullopt;
    case Gate::RZ:
    case Gate::P: return z ? std::optional(op.angles[0]) : std::nullopt;
    case Gate::X: return x ? std::optional<Angle>(pi) : std::nullopt;
    case Gate::SX: return x ? std::optional<Angle>(pi / 2) : std::nullopt;
    case Gate::SXdg: return x ? std::optional<Angle>(-pi / 2) : std::nullopt;
    case Gate::RX: return x ? std::optional(op.angles[0]) : std::nullopt;
    default: return std::nullopt;
  }
}

/// Whether a gate is the identity up to a phase.
[[nodiscard]] inline bool is_nothing(const Operation& op) {
  if (op.gate == Gate::Id) return true;
  const double period = period_of(op.gate);
  const Angle& angle = op.angles[0];
  if (period == 0.0 || angle.source != AngleSource::constant) return false;
  return std::abs(std::remainder(angle.offset, period)) < synthesis_tolerance;
}

/// What two gates that follow one another are together: nothing, one gate, or no one gate that is known.
struct Combined {
  bool known = false;
  std::optional<Operation> gate{};
};

/// Rotations by multiples of a quarter about X stay in the gates that they came in.
[[nodiscard]] inline Combined about_x(const Operation& a, const Operation& b, const Angle& sum) {
  const int q = a.qubits[0];
  if (a.gate == Gate::RX || b.gate == Gate::RX) return {true, gate::rx(q, sum)};
  const double angle = wrapped(sum.offset, synthesis_tolerance);
  if (angle == 0.0) return {true, std::nullopt};
  return {true, angle == pi ? gate::x(q) : angle > 0.0 ? gate::sx(q) : gate::sxdg(q)};
}

[[nodiscard]] inline Combined combine(const Operation& a, const Operation& b) {
  if (!on_same_qubits(a, b)) return {};
  Operation undo = inverse(a);
  undo.qubits = b.qubits;
  if (undo == b) return {true, std::nullopt};
  if (info(a.gate).qubits == 1) {
    for (const GateAxis axis : {GateAxis::z, GateAxis::x}) {
      const auto first = angle_about(axis, a), second = angle_about(axis, b);
      const auto sum = first && second ? sum_of(*first, *second) : std::nullopt;
      if (!sum) continue;
      if (axis == GateAxis::x) return about_x(a, b, *sum);
      const bool rz = a.gate == Gate::RZ || b.gate == Gate::RZ;
      return {true, rz ? gate::rz(a.qubits[0], *sum) : gate::p(a.qubits[0], *sum)};
    }
  }
  if (a.gate != b.gate || period_of(a.gate) == 0.0) return {};
  const auto sum = sum_of(a.angles[0], b.angles[0]);
  if (!sum) return {};
  return {true, Operation{a.gate, a.qubits, {*sum}}};
}

/// Takes instructions one by one, and looks back on the qubits of each for one that it can be combined with.
class GateCanceller {
 public:
  explicit GateCanceller(const Program& program)
      : source_(&program), wires_(static_cast<std::size_t>(program.qubits())) {}

  [[nodiscard]] Program run() && {
    for (const auto& step : source_->instructions()) take(step);
    ProgramCopy out(*source_);
    for (auto& step : steps_) {
      if (step) out.copy(std::move(*step));
    }
    return std::move(out.program);
  }

 private:
  using Place = std::size_t;

  /// How far to look back.
  static constexpr int most_steps = 256;

  void take(const Instruction& step) {
    const Operation* op = plain_gate(step);
    if (op == nullptr) return add(step);
    if (is_nothing(*op)) return;
    const auto place = partner(*op);
    if (!place) return add(step);
    const auto combined = combine(*plain_gate(*steps_[*place]), *op);
    if (combined.gate && !is_nothing(*combined.gate)) {
      steps_[*place]->action = *combined.gate;
    } else {
      remove(*place, *op);
    }
  }

  void add(const Instruction& step) {
    for (const int q : instruction_qubits(step)) wires_[static_cast<std::size_t>(q)].push_back(steps_.size());
    steps_.emplace_back(step);
  }

  void remove(Place place, const Operation& op) {
    for (const int q : op.targets()) {
      auto& wire = wires_[static_cast<std::size_t>(q)];
      wire.erase(std::find(wire.rbegin(), wire.rend(), place).base() - 1);
    }
    steps_[place].reset();
  }

  /// The place of the last gate that a new one can be combined with, if all behind it commute with the new one.
  [[nodiscard]] std::optional<Place> partner(const Operation& op) const {
    const auto qubits = op.targets();
    std::array<std::size_t, max_gate_qubits> left{};
    for (std::size_t j = 0; j < qubits.size(); ++j) left[j] = wire(qubits[j]).size();
    for (int looked = 0; looked < most_steps; ++looked) {
      std::optional<Place> last;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        if (left[j] > 0) last = std::max(last.value_or(0), wire(qubits[j])[left[j] - 1]);
      }
      if (!last) return std::nullopt;
      const Operation* other = plain_gate(*steps_[*last]);
      if (other == nullptr) return std::nullopt;
      if (combine(*other, op).known) return last;
      if (!have_same_axes(*other, op)) return std::nullopt;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        if (left[j] > 0 && wire(qubits[j])[left[j] - 1] == *last) --left[j];
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::vector<Place>& wire(int qubit) const { return wires_[static_cast<std::size_t>(qubit)]; }

  const Program* source_;
  std::vector<std::optional<Instruction>> steps_;
  std::vector<std::vector<Place>> wires_;  ///< of each qubit, the places of its instructions
};

}  // namespace detail

/// The program without gates that undo one another, with the rotations about one axis that meet added up, and without
/// those by nothing, up to a phase of the state. Gates meet across all that commutes with them: rotations about Z
/// across controls and diagonal gates, those about X across targets of CX. What is no gate, or done on a condition,
/// stops them. Angles of the same feature or weight add up too.
[[nodiscard]] inline Program cancel_gates(const Program& program) { return detail::GateCanceller(program).run(); }

}  // namespace qmtl::inline QMTL_ABI
