#pragma once
// SPDX-License-Identifier: Apache-2.0
// Calls of gates become instructions of a program: definitions are expanded, modifiers carried out.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/openqasm/gate_call.hpp"
#include "qmtl/hardware/openqasm/openqasm_program.hpp"
#include "qmtl/hardware/openqasm/unitary_power.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// The gate of the table that is another one behind one more control: its name has one more c in front.
[[nodiscard]] inline std::optional<Gate> controlled_once(Gate gate) {
  static constexpr auto table = [] {
    std::array<std::optional<Gate>, static_cast<std::size_t>(gate_kinds)> out{};
    for (const auto& base : gate_table) {
      for (const auto& other : gate_table) {
        if (other.controls == base.controls + 1 && other.name.substr(1) == base.name)
          out[gate_index(base.gate)] = other.gate;
      }
    }
    return out;
  }();
  return table[gate_index(gate)];
}

/// The operation behind controls: a gate of the table if there is one, otherwise a controlled operation.
[[nodiscard]] inline Instruction behind_controls(const Operation& op, std::span<const int> controls) {
  Operation out = op;
  for (std::size_t left = controls.size(); left > 0; --left) {
    const auto gate = controlled_once(out.gate);
    if (!gate) return {ControlledOperation{{controls.begin(), controls.end()}, op}, {}};
    out.gate = *gate;
    for (std::size_t q = out.qubits.size() - 1; q > 0; --q) out.qubits[q] = out.qubits[q - 1];
    out.qubits[0] = controls[left - 1];
  }
  return {out, {}};
}

/// Appends what calls of gates come to. A control acts on all of a definition's gates, and on their phases.
class Expander {
 public:
  Expander(Program& program, const std::vector<GateDefinition>& gates, const OpenQasmLimits& limits)
      : program_(&program), gates_(&gates), limits_(&limits) {}

  /// Where the names of the gates of all further instructions go.
  void keep_names(std::vector<std::string>& names) noexcept { names_ = &names; }
  /// The name of what is appended next, which must stay until then.
  void set_name(std::string_view name) noexcept { called_ = name; }

  /// Counts work that the text does not spell out. Refuses more than the limit.
  void take_steps(std::size_t count) {
    if (count > limits_->steps - steps_) {
      refuse("too large when expanded, expected at most ", limits_->steps, " steps (OpenQasmLimits::steps)");
    }
    steps_ += count;
  }

  /// Does what a block appends only while this holds, beside what must hold already. `lost` says that its bits may have
  /// changed since it was asked for; returns whether they may have behind the block.
  template <class Block>
  bool under(const Condition& condition, bool lost, const Block& block) {
    const auto outer = condition_;
    condition_ = outer ? both(*outer, condition) : condition;
    condition_lost_ = condition_lost_ || lost;
    block();
    condition_ = outer;
    return std::exchange(condition_lost_, condition_lost_ && outer.has_value());
  }
  /// Does what a block checks and leaves out what it appends: its condition never holds.
  template <class Block>
  void never(const Block& block) {
    const bool outer = std::exchange(left_out_, true);
    block();
    left_out_ = outer;
  }
  [[nodiscard]] bool conditional() const noexcept { return condition_.has_value(); }

  /// A call whose qubits are those of the program and whose angles are known.
  void call(const GateCall& call) { expand(call, {}, {}, false); }

  void append(Instruction instruction) {
    if (condition_lost_) refuse("a block that goes on behind a measurement of its condition's bits is not supported");
    if (left_out_) return;
    instruction.condition = condition_;
    const bool named = names_ != nullptr && std::holds_alternative<Operation>(instruction.action);
    program_->append(std::move(instruction));
    if (names_ != nullptr) names_->emplace_back(named ? called_ : "");
  }
  void measure(int qubit, int bit) {
    append({Measurement{qubit, bit, {}}, {}});
    if (!condition_) return;
    const auto& r = program_->registers()[static_cast<std::size_t>(condition_->classical_register)];
    const int own = bit - r.first;
    condition_lost_ = own >= 0 && own < r.bits && (condition_->mask >> own & 1) != 0;
  }

 private:
  /// A call in a definition with the parameters' values and the qubits that it is applied to; of a program without.
  void expand(const GateCall& call, const std::vector<Value>& values, std::span<const int> map, bool inverted) {
    std::vector<int> qubits = call.qubits;
    if (!map.empty()) {
      for (int& q : qubits) q = map[static_cast<std::size_t>(q)];
    }
    take_steps((qubits.size() + call.exponents.size()) / 64);
    if (call.gate == GateCall::barrier) {
      if (recorded_ == nullptr) append({Barrier{std::move(qubits)}, {}});
      return;
    }
    std::vector<Value> angles;
    for (const Value& angle : call.angles) angles.push_back(DeferredSteps::at(values, 0, angle));
    std::vector<double> exponents{1.0};
    for (const Value& exponent : call.exponents) add_exponent(exponents, DeferredSteps::at(values, 0, exponent));
    if (inverted) exponents.back() = -exponents.back();
    const auto& gate = (*gates_)[static_cast<std::size_t>(call.gate)];
    const std::size_t controls = call.controls.size();
    flip_negative(call, qubits);
    controls_.insert(controls_.end(), qubits.begin(), qubits.begin() + static_cast<std::ptrdiff_t>(controls));
    apply(gate, angles, std::span(qubits).subspan(controls), exponents);
    controls_.resize(controls_.size() - controls);
    flip_negative(call, qubits);
  }

  void flip_negative(const GateCall& call, std::span<const int> qubits) {
    for (std::size_t c = 0; c < call.controls.size(); ++c) {
      if (!call.controls[c]) emit_gate(gate::x(qubits[c]), {});
    }
  }

  /// (g^a)^n = g^(a n) for an integer n; other exponents take the principal power of what is there.
  static void add_exponent(std::vector<double>& exponents, const Value& value) {
    const double exponent = number_of(value);
    if (exponent == std::trunc(exponent) || exponents.back() == 1.0) {
      exponents.back() *= exponent;
    } else {
      exponents.push_back(exponent);
    }
    if (!(std::abs(exponents.back()) < 0x1p53)) refuse("expected an exponent below 2^53, got ", exponents.back());
  }

  void apply(const GateDefinition& gate, const std::vector<Value>& angles, std::span<const int> qubits,
             std::span<const double> exponents) {
    if (gate.opaque) refuse("gate '", gate.name, "' is opaque: it has no definition to read");
    const bool whole = exponents.size() == 1 && exponents[0] == std::trunc(exponents[0]);
    if (!whole) {
      apply_fraction(gate, angles, qubits, exponents);
    } else if (gate.is_phase) {
      emit_phase(exponents[0] * angle_of(angles[0]));
    } else if (gate.gate) {
      if (!keeps_name_) called_ = gate.name;
      apply_gate(gate, angles, qubits, exponents[0]);
    } else {
      const bool outer = keeps_name_;
      const bool names_table_gate = gate.body.size() == 1 && (gate.name == "u2" || gate.name == "cu3");
      if (!outer && names_table_gate) called_ = gate.name;
      keeps_name_ = outer || names_table_gate;
      apply_definition(gate, angles, qubits, exponents[0]);
      keeps_name_ = outer;
    }
  }

  [[nodiscard]] static Operation operation(Gate gate, const std::vector<Value>& angles, std::span<const int> qubits) {
    Operation op{gate, {}, {}};
    for (std::size_t q = 0; q < qubits.size(); ++q) op.qubits[q] = qubits[q];
    for (std::size_t a = 0; a < angles.size(); ++a) op.angles[a] = angle_of(angles[a]);
    return op;
  }

  /// An integer power of a gate of the table. Without an angle its eighth power is 1; with one angle the powers are
  /// those of a rotation or a phase.
  void apply_gate(const GateDefinition& gate, const std::vector<Value>& angles, std::span<const int> qubits,
                  double exponent) {
    Operation op = operation(*gate.gate, angles, qubits);
    if (angles.size() == 1) {
      op.angles[0] = exponent * op.angles[0];
      if (exponent != 0.0) emit_gate(op, {});
      return;
    }
    auto times = static_cast<std::int64_t>(exponent);
    if (angles.empty()) times = inverse(op) == op ? times & 1 : (((times % 8) + 12) % 8) - 4;
    if (times < 0) op = inverse(op);
    const Angle phase = gate.half_theta_phase ? 0.5 * op.angles[0] : Angle();
    take_steps(static_cast<std::size_t>(std::abs(times)));
    for (; times != 0; times += times < 0 ? 1 : -1) emit_gate(op, phase);
  }

  void apply_definition(const GateDefinition& gate, const std::vector<Value>& angles, std::span<const int> qubits,
                        double exponent) {
    std::vector<Value> values = angles;
    gate.steps.evaluate(values);
    const auto times = static_cast<std::uint64_t>(std::abs(exponent));
    for (std::uint64_t n = 0; n < times; ++n) {
      take_steps(1 + gate.body.size() + gate.steps.size() / 8);
      if (exponent < 0) {
        for (std::size_t c = gate.body.size(); c-- > 0;) expand(gate.body[c], values, qubits, true);
      } else {
        for (const auto& c : gate.body) expand(c, values, qubits, false);
      }
    }
  }

  /// A power that is no integer: of phases, rotations, exchanges, and what is a matrix on one qubit behind controls.
  void apply_fraction(const GateDefinition& gate, const std::vector<Value>& angles, std::span<const int> qubits,
                      std::span<const double> exponents) {
    const auto powered = [&](double angle, double half) {
      for (const double exponent : exponents) angle = exponent * principal(angle, half);
      return angle;
    };
    constexpr double pi = std::numbers::pi;
    if (gate.is_phase) return emit_phase(powered(number_of(angles[0]), pi));
    if (gate.gate && angles.size() == 1) {
      Operation op = operation(*gate.gate, angles, qubits);
      const bool phase = info(op.gate).parts()[0].gate == PairGate::P;
      op.angles[0] = powered(number_of(angles[0]), phase ? pi : 2 * pi);
      return emit_gate(op, {});
    }
    if (gate.gate && is_exchange(info(*gate.gate))) return emit_exchange(*gate.gate, qubits, powered);
    const bool one_target = gate.gate ? info(*gate.gate).controls + 1 == info(*gate.gate).qubits : qubits.size() == 1;
    if (!one_target) refuse("powers of '", gate.name, "' that are no integers are not supported");
    Unitary matrix = gate.gate ? matrix_of(gate, angles, qubits) : recorded(gate, angles, qubits);
    for (const double exponent : exponents) matrix = power(matrix, exponent);
    const std::size_t own = qubits.size() - 1;
    controls_.insert(controls_.end(), qubits.begin(), qubits.end() - 1);
    emit_matrix(matrix, qubits.back());
    controls_.resize(controls_.size() - own);
  }

  /// SWAP and iSWAP and their roots, behind a control or not: one matrix on the pair of states 01 and 10.
  [[nodiscard]] static bool is_exchange(const GateInfo& facts) {
    return facts.angles == 0 && facts.part_count == 1 && facts.qubits == facts.controls + 2;
  }

  /// exp(i p n), with the eigenvalues' phases p, is XXPlusYY and, for SWAP, a phase on the pair besides.
  template <class Powered>
  void emit_exchange(Gate gate, std::span<const int> qubits, const Powered& powered) {
    const std::size_t own = qubits.size() - 2;
    const int a = qubits[own], b = qubits[own + 1];
    controls_.insert(controls_.end(), qubits.begin(), qubits.begin() + static_cast<std::ptrdiff_t>(own));
    const auto matrix = qmtl::matrix_of(info(gate).parts()[0].gate, 0.0);
    if (matrix.re[0][1] != 0.0) {  // X: the eigenvalues 1 and -1
      const double p = powered(std::numbers::pi, std::numbers::pi);
      emit_gate(gate::xx_plus_yy(a, b, p), {});
      emit_gate(gate::rzz(a, b, p / 2), {});
      emit_phase(p / 4);
    } else {  // exp(i p X)
      const double p = std::atan2(matrix.im[0][1], matrix.re[0][0]);
      emit_gate(gate::xx_plus_yy(a, b, -2 * powered(p, std::numbers::pi)), {});
    }
    controls_.resize(controls_.size() - own);
  }

  [[nodiscard]] static Unitary matrix_of(const GateDefinition& gate, const std::vector<Value>& angles,
                                         std::span<const int> qubits) {
    for (const Value& angle : angles) (void)number_of(angle);
    const Operation op = operation(*gate.gate, angles, qubits);
    Unitary out = matrix_behind_controls(op);
    if (gate.half_theta_phase) {
      for (auto& entry : out) entry *= std::polar(1.0, op.angles[0].offset / 2);
    }
    return out;
  }

  /// The matrix of a definition on one qubit.
  [[nodiscard]] Unitary recorded(const GateDefinition& gate, const std::vector<Value>& angles,
                                 std::span<const int> qubits) {
    Unitary out{1.0, 0.0, 0.0, 1.0};
    Unitary* const outer = std::exchange(recorded_, &out);
    auto controls = std::exchange(controls_, {});
    apply_definition(gate, angles, qubits, 1.0);
    controls_ = std::move(controls);
    recorded_ = outer;
    return out;
  }

  void record(const Unitary& matrix) { *recorded_ = product(matrix, *recorded_); }

  /// exp(i angle), which only controls can tell: a phase of the states in which all are one.
  void emit_phase(const Angle& angle) {
    if (angle == Angle()) return;
    if (recorded_ != nullptr) {
      const auto phase = std::polar(1.0, number_of({ValueKind::real, 0, angle, {}}));
      record({controls_.empty() ? phase : 1.0, 0.0, 0.0, phase});
    } else if (!controls_.empty()) {
      take_steps(controls_.size() / 64);
      const auto others = std::span<const int>(controls_).first(controls_.size() - 1);
      append(behind_controls(gate::p(controls_.back(), angle), others));
    }
  }

  /// exp(i phase) times a gate behind the controls.
  void emit_gate(const Operation& op, const Angle& phase) {
    take_steps(controls_.size() / 64);
    if (recorded_ != nullptr) {
      for (const Angle& angle : op.used_angles()) (void)number_of({ValueKind::real, 0, angle, {}});
      record(matrix_behind_controls(op));
      emit_phase(phase);
    } else if (op.gate == Gate::U && !controls_.empty()) {
      const auto others = std::span<const int>(controls_).first(controls_.size() - 1);
      const auto& [theta, phi, lambda, unused] = op.angles;
      append(behind_controls(gate::cu(controls_.back(), op.qubits[0], theta, phi, lambda, phase), others));
    } else {
      append(behind_controls(op, controls_));
    }
  }

  void emit_matrix(const Unitary& matrix, int qubit) {
    if (recorded_ != nullptr) return record(matrix);
    const auto [theta, phi, lambda, gamma] = angles_of(matrix);
    if (theta != 0.0) return emit_gate(gate::u(qubit, theta, phi, lambda), gamma);
    if (lambda != 0.0) emit_gate(gate::p(qubit, lambda), {});
    emit_phase(gamma);
  }

  Program* program_;
  const std::vector<GateDefinition>* gates_;
  const OpenQasmLimits* limits_;
  std::size_t steps_ = 0;
  std::optional<Condition> condition_;
  bool condition_lost_ = false;
  bool left_out_ = false;  ///< what is appended is under a condition that never holds
  std::vector<std::string>* names_ = nullptr;
  std::string_view called_;      ///< the gate that is being done
  bool keeps_name_ = false;      ///< whatever is in it
  std::vector<int> controls_;    ///< that act on what is emitted
  Unitary* recorded_ = nullptr;  ///< what is multiplied instead of appending
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
