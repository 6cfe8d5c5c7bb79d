#pragma once
// SPDX-License-Identifier: Apache-2.0
// RoutingProblem: what a router must know of a program, which steps come one after another on which wires.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/hardware/interactions.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What comes in an order on its wires: the qubits, then a wire for each classical register whose order counts, that is
/// which a condition reads or in which a bit is written twice. A step may be done once it is the next on all its wires
/// and, if it is one on two qubits, these are coupled.
class RoutingProblem {
 public:
  using Number = std::uint32_t;
  static constexpr Number no_step = ~Number{0};

  /// A step on qubits `first` and `second` that must be coupled, or one that asks for nothing (first = -1). Its wires
  /// are `wires[begin .. end)`.
  struct Step {
    int first = -1, second = -1;
    Number begin = 0, end = 0;
  };

  /// A step on a wire. One on two qubits and nothing else has the other one.
  struct Entry {
    Number number = no_step;
    int other = -1;
  };

  /// All instructions, each a step; or only those that couple wires, with those that follow one another on the same two
  /// qubits taken together.
  enum class Detail { instructions, couplings };

  /// Throws CircuitError for an instruction, other than a barrier, on more than two qubits.
  RoutingProblem(const Program& program, Detail detail)
      : qubits_(program.qubits()), detail_(detail), wires_(program.qubits()) {
    number_registers(program);
    std::vector<std::vector<Number>> sequences(static_cast<std::size_t>(wires_));
    for (const auto& instruction : program.instructions()) add(program, instruction, sequences);
    link(sequences);
  }

  /// The same steps, last first.
  [[nodiscard]] RoutingProblem reversed() const {
    RoutingProblem out = *this;
    for (std::size_t w = 0; w + 1 < starts_.size(); ++w) {
      std::reverse(out.sequence_.begin() + starts_[w], out.sequence_.begin() + starts_[w + 1] - 1);
    }
    return out;
  }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] int wires() const noexcept { return wires_; }
  [[nodiscard]] std::span<const Step> steps() const noexcept { return steps_; }
  [[nodiscard]] const Step& step(Number s) const noexcept { return steps_[s]; }
  [[nodiscard]] std::span<const int> wires_of(const Step& step) const noexcept {
    return std::span(step_wires_).subspan(step.begin, step.end - step.begin);
  }
  /// Where the steps of each wire begin in `sequence()`, in which each wire's end with `no_step`.
  [[nodiscard]] std::span<const Number> starts() const noexcept {
    return std::span(starts_).first(static_cast<std::size_t>(wires_));
  }
  [[nodiscard]] std::span<const Entry> sequence() const noexcept { return sequence_; }

 private:
  /// Registers that a condition reads, or of which a bit is written twice, are wires.
  void number_registers(const Program& program) {
    std::vector<bool> ordered(program.registers().size()), written(static_cast<std::size_t>(program.bits()));
    for (const auto& instruction : program.instructions()) {
      if (instruction.condition) ordered[static_cast<std::size_t>(instruction.condition->classical_register)] = true;
      if (const auto* m = std::get_if<Measurement>(&instruction.action)) {
        const auto bit = static_cast<std::size_t>(m->bit);
        if (written[bit]) ordered[program.register_of(m->bit)] = true;
        written[bit] = true;
      }
    }
    for (const bool is_wire : ordered) register_wires_.push_back(is_wire ? wires_++ : -1);
  }

  void add_register_wire(std::size_t r) {
    const int wire = register_wires_[r];
    const auto begin = step_wires_.begin() + steps_.back().begin;
    if (wire >= 0 && std::find(begin, step_wires_.end(), wire) == step_wires_.end()) step_wires_.push_back(wire);
  }

  void add(const Program& program, const Instruction& instruction, std::vector<std::vector<Number>>& sequences) {
    const auto begin = static_cast<Number>(step_wires_.size());
    steps_.push_back({-1, -1, begin, begin});
    for (const int q : instruction_qubits(instruction)) step_wires_.push_back(q);
    const auto [first, second] = coupled_qubits("routing", instruction);
    if (instruction.condition) add_register_wire(static_cast<std::size_t>(instruction.condition->classical_register));
    if (const auto* m = std::get_if<Measurement>(&instruction.action)) add_register_wire(program.register_of(m->bit));
    Step& step = steps_.back();
    step.end = static_cast<Number>(step_wires_.size());
    step.first = first;
    step.second = second;
    if (detail_ == Detail::couplings && is_dispensable(step, sequences)) {
      step_wires_.resize(begin);
      steps_.pop_back();
      return;
    }
    const auto number = static_cast<Number>(steps_.size() - 1);
    for (const int w : wires_of(step)) sequences[static_cast<std::size_t>(w)].push_back(number);
  }

  /// Whether a step changes nothing for those on other wires: it is on one, or repeats what is before it on its qubits.
  [[nodiscard]] bool is_dispensable(const Step& step, const std::vector<std::vector<Number>>& sequences) const {
    const auto wires = wires_of(step);
    if (wires.size() < 2) return true;
    if (step.first < 0 || wires.size() > 2) return false;
    const auto& a = sequences[static_cast<std::size_t>(step.first)];
    const auto& b = sequences[static_cast<std::size_t>(step.second)];
    return !a.empty() && !b.empty() && a.back() == b.back() && steps_[a.back()].first >= 0;
  }

  void link(const std::vector<std::vector<Number>>& sequences) {
    for (int wire = 0; wire < wires_; ++wire) {
      starts_.push_back(static_cast<Number>(sequence_.size()));
      for (const Number number : sequences[static_cast<std::size_t>(wire)]) {
        const Step& step = steps_[number];
        const bool plain = step.first >= 0 && step.end - step.begin == 2;
        sequence_.push_back({number, plain ? step.first + step.second - wire : -1});
      }
      sequence_.push_back({});
    }
    starts_.push_back(static_cast<Number>(sequence_.size()));
  }

  int qubits_;
  Detail detail_;
  int wires_;
  std::vector<int> register_wires_;  ///< of each register, or -1
  std::vector<Step> steps_;
  std::vector<int> step_wires_;
  std::vector<Number> starts_;
  std::vector<Entry> sequence_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
