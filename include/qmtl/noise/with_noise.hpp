#pragma once
// SPDX-License-Identifier: Apache-2.0
// From a circuit to its noisy program: the channels of a noise model between the instructions.

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/noise/noise_model.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// A gate, whatever stands for it: its kind, if it is one of the table, and its qubits in the program, controls first.
struct GateFacts {
  std::optional<Gate> gate;
  std::vector<int> qubits;
};

[[nodiscard]] inline GateFacts facts_of(const Operation& op) {
  return {op.gate, {op.targets().begin(), op.targets().end()}};
}
[[nodiscard]] inline GateFacts facts_of(const ControlledOperation& op) { return {{}, controlled_entry(op).qubits}; }
[[nodiscard]] inline GateFacts facts_of(const MatrixOperation& op) { return {{}, op.qubits}; }

/// Adds noise to a program, instruction by instruction, each starting as soon as its qubits are free. A copy of a
/// writer that has written goes on where that one is.
class NoiseWriter {
 public:
  NoiseWriter(const Program& ideal, const NoiseModel& model, std::span<const int> device)
      : ideal_(&ideal), model_(&model), device_(device.begin(), device.end()), out_(ideal) {
    if (device_.empty()) {
      device_.resize(static_cast<std::size_t>(ideal.qubits()));
      std::iota(device_.begin(), device_.end(), 0);
    }
    require_size("with_noise: qubits of the device", device_.size(), ideal.qubits());
    check_device_qubits("with_noise", device_);
    ready_.resize(device_.size());
    for (std::size_t q = 0; q < device_.size(); ++q) program_qubit_.emplace(device_[q], q);
    rules_ = by_qubit(model.rules(), [](const NoiseRule& rule) {
      return rule.moment == NoiseMoment::after_gate ? first_of(rule.gates) : std::span(rule.gates.qubits);
    });
    durations_ = by_qubit(model.durations(), [](const auto& entry) { return first_of(entry.gates); });
    permissions_ = by_qubit(model.permissions(), [](const auto& entry) { return first_of(entry.gates); });
    find_couplings();
    known_.resize(ideal.registers().size());
  }

  [[nodiscard]] Program write(bool measured_at_end) {
    for (int q = 0; q < ideal_->qubits(); ++q) on_qubit(NoiseMoment::preparation, q);
    return write_rest(measured_at_end);
  }

  /// Of a circuit behind what was written, on as many qubits: its own noise, in a program of its own.
  [[nodiscard]] Program write_next(const Program& ideal, bool measured_at_end) {
    ideal_ = &ideal;
    out_ = ProgramCopy(ideal);
    channels_.clear();
    return write_rest(measured_at_end);
  }

 private:
  [[nodiscard]] Program write_rest(bool measured_at_end) {
    for (const auto& step : ideal_->instructions()) {
      std::visit([&](const auto& action) { this->add(action, step.condition); }, step.action);
    }
    if (measured_at_end) {
      wait_for_each_other(all_qubits());
      for (int q = 0; q < ideal_->qubits(); ++q) on_qubit(NoiseMoment::before_measurement, q);
    }
    return std::move(out_.program);
  }

  using If = std::optional<Condition>;

  /// For each of the program's qubits, positions of the model's entries that can concern it, in their order: a gate's
  /// are those of its first qubit.
  using Positions = std::vector<std::vector<std::size_t>>;

  [[nodiscard]] static std::span<const int> first_of(const GateSelector& gates) {
    return std::span(gates.qubits).first(gates.qubits.empty() ? 0 : 1);
  }
  [[nodiscard]] static const std::vector<std::size_t>& of_qubit(const Positions& positions, int q) noexcept {
    return positions[static_cast<std::size_t>(q)];
  }
  template <class Entry, class QubitsOf>
  [[nodiscard]] Positions by_qubit(std::span<const Entry> entries, const QubitsOf& qubits_of) const {
    Positions out(device_.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::span<const int> qubits = qubits_of(entries[i]);
      if (qubits.empty()) {
        for (auto& positions : out) positions.push_back(i);
      }
      for (const int device_qubit : qubits) {
        const auto found = program_qubit_.find(device_qubit);
        if (found != program_qubit_.end()) out[found->second].push_back(i);
      }
    }
    return out;
  }

  /// A coupling of two of the program's qubits, and until when they have turned.
  struct Turning {
    std::vector<int> qubits;
    std::size_t coupling;  ///< of the model
    double until = 0.0;
  };

  void find_couplings() {
    turnings_of_.resize(device_.size());
    for (std::size_t c = 0; c < model_->couplings().size(); ++c) {
      const auto& coupling = model_->couplings()[c];
      const auto first = program_qubit_.find(coupling.first), second = program_qubit_.find(coupling.second);
      if (first == program_qubit_.end() || second == program_qubit_.end()) continue;
      for (const auto& end : {first, second}) turnings_of_[end->second].push_back(turnings_.size());
      turnings_.push_back({{static_cast<int>(first->second), static_cast<int>(second->second)}, c});
    }
  }

  [[nodiscard]] int device(int q) const noexcept { return device_[static_cast<std::size_t>(q)]; }
  [[nodiscard]] double& ready(int q) noexcept { return ready_[static_cast<std::size_t>(q)]; }
  [[nodiscard]] std::vector<int> all_qubits() const {
    std::vector<int> qubits(device_.size());
    std::iota(qubits.begin(), qubits.end(), 0);
    return qubits;
  }

  template <class Op>
  void add(const Op& op, const If& condition) {
    const GateFacts facts = facts_of(op);
    std::vector<int> on_device;
    for (const int q : facts.qubits) on_device.push_back(device(q));
    require_permitted(facts, on_device);
    occupy(facts.qubits, condition, duration_of(facts, on_device));
    out_.copy({op, condition});
    for (const std::size_t r : of_qubit(rules_, facts.qubits.front())) {
      const NoiseRule& rule = model_->rules()[r];
      if (rule.moment == NoiseMoment::after_gate && selects(rule.gates, facts, on_device)) {
        after_gate(r, facts.qubits, condition);
      }
    }
  }
  void add(const Channel& channel, const If& condition) {
    occupy(channel.qubits, condition, 0.0);
    out_.copy({channel, condition});
  }
  void add(Measurement m, const If& condition) {
    occupy({&m.qubit, 1}, condition, 0.0);
    on_qubit(NoiseMoment::before_measurement, m.qubit, condition);
    m.error = compose(m.error, model_->readout_error(device(m.qubit)));
    out_.copy({m, condition});
    ready(m.qubit) += model_->measurement_duration(device(m.qubit));
    const std::size_t r = ideal_->register_of(m.bit);
    known_[r] = std::max(known_[r], ready(m.qubit));
  }
  void add(const Reset& reset, const If& condition) {
    occupy({&reset.qubit, 1}, condition, model_->reset_duration(device(reset.qubit)));
    out_.copy({reset, condition});
    on_qubit(NoiseMoment::preparation, reset.qubit, condition);
  }
  void add(const Barrier& barrier, const If& condition) {
    wait_for_each_other(barrier.qubits);
    out_.copy({barrier, condition});
  }

  [[nodiscard]] static bool selects(const GateSelector& selector, const GateFacts& facts,
                                    std::span<const int> on_device) {
    return (!selector.gate || selector.gate == facts.gate) &&
           (selector.width == 0 || selector.width == static_cast<int>(on_device.size())) &&
           (selector.qubits.empty() || std::ranges::equal(selector.qubits, on_device));
  }

  /// The last of the model's entries that selects a gate, or nullptr.
  template <class Entry>
  [[nodiscard]] const Entry* latest(std::span<const Entry> entries, const Positions& positions, const GateFacts& facts,
                                    std::span<const int> on_device) const {
    const auto& candidates = of_qubit(positions, facts.qubits.front());
    const auto found = std::find_if(candidates.rbegin(), candidates.rend(),
                                    [&](std::size_t i) { return selects(entries[i].gates, facts, on_device); });
    return found == candidates.rend() ? nullptr : &entries[*found];
  }
  [[nodiscard]] double duration_of(const GateFacts& facts, std::span<const int> on_device) const {
    const auto* known = latest(model_->durations(), durations_, facts, on_device);
    return known == nullptr ? 0.0 : known->time;
  }
  void require_permitted(const GateFacts& facts, std::span<const int> on_device) const {
    const auto* permission = latest(model_->permissions(), permissions_, facts, on_device);
    if (permission == nullptr || !permission->refused) return;
    throw CircuitError(text("qmtl: with_noise: ", facts.gate ? info(*facts.gate).name : "a matrix or controlled gate",
                            " on", device_qubits_text(on_device), " of the device: ", *permission->refused));
  }

  /// Has qubits wait until all of them are free, and what a condition needs is known, and keeps them busy for a time.
  void occupy(std::span<const int> qubits, const If& condition, double duration) {
    double start = condition ? known_[static_cast<std::size_t>(condition->classical_register)] : 0.0;
    for (const int q : qubits) start = std::max(start, ready(q));
    for (const int q : qubits) {
      wait(q, start);
      ready(q) = start + duration;
    }
    for (const int q : qubits) {
      for (const std::size_t t : of_qubit(turnings_of_, q)) turn(turnings_[t], start);
    }
  }
  void wait_for_each_other(std::span<const int> qubits) { occupy(qubits, {}, 0.0); }

  void wait(int q, double until) {
    const double time = until - ready(q);
    if (time > 0.0) on_qubit(NoiseMoment::idle, q, {}, time);
  }

  void turn(Turning& turning, double until) {
    const double time = until - turning.until;
    if (!(time > 0.0)) return;
    turning.until = until;
    append_channel(model_->rules().size() + turning.coupling, time, turning.qubits, {},
                   [&] { return zz_crosstalk(model_->couplings()[turning.coupling].shift, time); });
  }

  /// The rules of a moment other than after gates.
  void on_qubit(NoiseMoment moment, int q, const If& condition = {}, double time = 0.0) {
    for (const std::size_t r : of_qubit(rules_, q)) {
      if (model_->rules()[r].moment == moment) append_noise(r, {q}, condition, time);
    }
  }

  void after_gate(std::size_t r, const std::vector<int>& gate_qubits, const If& condition) {
    const NoiseRule& rule = model_->rules()[r];
    const auto width = static_cast<std::size_t>(std::get<QuantumChannel>(rule.noise).qubits());
    if (!rule.acts_on.empty()) {
      std::vector<int> qubits;
      for (const int neighbour : rule.acts_on) {
        const auto found = program_qubit_.find(neighbour);
        if (found == program_qubit_.end()) return;
        qubits.push_back(static_cast<int>(found->second));
      }
      append_noise(r, std::move(qubits), condition);
    } else if (width == gate_qubits.size()) {
      append_noise(r, gate_qubits, condition);
    } else {
      for (const int q : gate_qubits) append_noise(r, {q}, condition);
    }
  }

  /// The channel of a rule.
  void append_noise(std::size_t r, std::vector<int> qubits, const If& condition, double time = 0.0) {
    append_channel(r, time, std::move(qubits), condition, [&] {
      const auto& noise = model_->rules()[r].noise;
      const auto* relaxation = std::get_if<Relaxation>(&noise);
      return relaxation != nullptr ? thermal_relaxation(*relaxation, time) : std::get<QuantumChannel>(noise);
    });
  }

  /// What `make` makes of the rule or, behind the rules, coupling of a number; channels that do nothing are left out.
  template <class Make>
  void append_channel(std::size_t number, double time, std::vector<int> qubits, const If& condition, const Make& make) {
    const auto [known, is_new] = channels_.try_emplace(std::pair(number, time));
    if (is_new) {
      const QuantumChannel channel = make();
      if (!channel.is_identity()) {
        known->second = {{}, out_.program.add_matrices(channel.kraus()), static_cast<int>(channel.kraus().size())};
      }
    }
    Channel instruction = known->second;
    if (instruction.count == 0) return;
    instruction.qubits = std::move(qubits);
    out_.program.append(Instruction{std::move(instruction), condition});
  }

  const Program* ideal_;
  const NoiseModel* model_;
  std::vector<int> device_;                   ///< which qubit of the device each of the program's is
  std::map<int, std::size_t> program_qubit_;  ///< the inverse
  Positions rules_, durations_, permissions_;
  std::vector<Turning> turnings_;
  Positions turnings_of_;
  ProgramCopy out_;
  std::vector<double> ready_;  ///< when a qubit's last instruction ends
  std::vector<double> known_;  ///< when a register's last measurement ends
  std::map<std::pair<std::size_t, double>, Channel>
      channels_;  ///< by rule or coupling, and time; without operators: the identity
};

}  // namespace detail

/// The program with the channels of a noise model, after instructions and, where they are conditional, under the same
/// condition. Qubit q of the program is qubit device_qubits[q] of the device, or q if the list is empty. Channels that
/// do nothing are left out, so that of a model of strength zero it is the same program. Measurements get the model's
/// readout errors, behind those that they have; what is read of the state at the end by other means, as probabilities,
/// is not misread: `model.readout_errors(qubits)` has these errors. A qubit is idle from the start, and between its
/// instructions, until the one that it waits for starts, in the schedule in which all instructions begin as soon as
/// their qubits, and the register of their condition, are ready; barriers wait for all of their qubits. Throws
/// ShapeError for another number of device qubits, CircuitError for negative or repeated ones and for a gate that the
/// model refuses. Cost: that of the model's rules once, and for each instruction that of the rules that name its first
/// qubit or none.
[[nodiscard]] inline Program with_noise(const Program& program, const NoiseModel& model,
                                        std::span<const int> device_qubits = {}) {
  return detail::NoiseWriter(program, model, device_qubits).write(false);
}

/// The same of a circuit whose qubits are all measured at the end, together, by whoever runs it: they wait for the last
/// one, and what comes before measurement comes at the end. Readout errors are not in it, as no measurement is.
[[nodiscard]] inline Program with_noise(CircuitView circuit, const NoiseModel& model,
                                        std::span<const int> device_qubits = {}) {
  const Program program(circuit);
  return detail::NoiseWriter(program, model, device_qubits).write(true);
}

}  // namespace qmtl::inline QMTL_ABI
