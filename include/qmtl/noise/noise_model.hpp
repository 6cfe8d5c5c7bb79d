#pragma once
// SPDX-License-Identifier: Apache-2.0
// NoiseModel: which channels a device adds to a circuit, and where; how long its gates take; how it misreads qubits.

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/readout_error.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "qmtl/noise/zz_coupling.hpp"

namespace qmtl::inline QMTL_ABI {

/// Gates of a circuit, by what they are and where: `{.gate = Gate::CX, .qubits = {0, 1}}`, `{.width = 1}`, `{}` for
/// all. Qubits are the device's.
struct GateSelector {
  std::optional<Gate> gate{};  ///< of this kind; gates behind further controls and matrices are of none
  int width = 0;               ///< on so many qubits, controls included; 0 for any number
  std::vector<int> qubits{};   ///< on these, in this order, controls first; anywhere if empty

  friend bool operator==(const GateSelector&, const GateSelector&) = default;
};

/// When the channel of a rule comes.
enum class NoiseMoment { preparation, after_gate, idle, before_measurement };

/// A channel and where it comes. `gates` says after which gates; at other moments only its qubits count, each on its
/// own.
struct NoiseRule {
  NoiseMoment moment = NoiseMoment::after_gate;
  GateSelector gates;
  std::variant<QuantumChannel, Relaxation> noise;  ///< a relaxation for as long as a qubit is idle
  std::vector<int> acts_on{};                      ///< these qubits of the device, or the gate's if empty
};

namespace detail {

/// Throws CircuitError for qubits of a device that are negative or repeated.
inline void check_device_qubits(std::string_view where, std::span<const int> qubits) {
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    if (qubits[j] < 0) throw CircuitError(text("qmtl: ", where, ": a qubit, expected 0 or more, got ", qubits[j]));
    if (std::find(qubits.begin(), qubits.begin() + static_cast<std::ptrdiff_t>(j), qubits[j]) !=
        qubits.begin() + static_cast<std::ptrdiff_t>(j)) {
      throw CircuitError(text("qmtl: ", where, ": qubits, expected each once, got ", qubits[j], " twice"));
    }
  }
}

/// Which qubits of a device a head's are: device_qubits[q], or q if that list is empty. Throws ShapeError for a head
/// with more qubits than the list.
[[nodiscard]] inline std::vector<int> on_device(std::string_view where, std::span<const int> qubits,
                                                std::span<const int> device_qubits) {
  std::vector<int> out(qubits.begin(), qubits.end());
  if (device_qubits.empty()) return out;
  for (int& q : out) {
    if (static_cast<std::size_t>(q) >= device_qubits.size()) {
      throw ShapeError(text("qmtl: ", where, ": qubits of the head, expected at most ", device_qubits.size(),
                            ", as the device's list has, got at least ", q + 1));
    }
    q = device_qubits[static_cast<std::size_t>(q)];
  }
  return out;
}

/// Number of qubits of the gates that a selector selects, or 0 for any. Throws CircuitError where its fields disagree.
[[nodiscard]] inline int width_of(std::string_view where, const GateSelector& gates) {
  check_device_qubits(where, gates.qubits);
  int width = 0;
  for (const int known :
       {gates.gate ? info(*gates.gate).qubits : 0, gates.width, static_cast<int>(gates.qubits.size())}) {
    if (known < 0 || (known != 0 && width != 0 && known != width)) {
      throw CircuitError(
          text("qmtl: ", where, ": qubits of the gates, expected one number, got ", width, " and ", known));
    }
    width = std::max(width, known);
  }
  return width;
}

/// What is known of qubits one by one or of all alike, a later entry counting before an earlier one.
template <class T>
struct ByQubit {
  std::vector<int> qubits;  ///< all if empty
  T value;

  [[nodiscard]] bool covers(int qubit) const {
    return qubits.empty() || std::find(qubits.begin(), qubits.end(), qubit) != qubits.end();
  }
};

/// The value of the last entry that covers a qubit, or T().
template <class T>
[[nodiscard]] T latest(std::span<const ByQubit<T>> entries, int qubit) {
  const auto found =
      std::find_if(entries.rbegin(), entries.rend(), [qubit](const ByQubit<T>& entry) { return entry.covers(qubit); });
  return found == entries.rend() ? T() : found->value;
}

}  // namespace detail

/// A device's noise as rules, which know nothing of any file format: `with_noise` (noise/with_noise.hpp) makes a noisy
/// program of a circuit. Where several rules match, all apply, in the order in which they were added. Qubits are the
/// device's; an empty list means all. Of durations, permissions and readout errors, which are single
/// values, the one set last holds.
class NoiseModel {
 public:
  struct Duration {
    GateSelector gates;
    double time = 0.0;
  };
  struct Permission {
    GateSelector gates;
    std::optional<std::string> refused{};  ///< why, or nothing where they are permitted
  };

  /// A channel after the gates selected: on the gate's qubits, in their order, or one of a single qubit on each of
  /// them. Throws CircuitError where the selector's fields disagree, ShapeError for a channel of another number of
  /// qubits.
  NoiseModel& after(GateSelector gates, QuantumChannel channel) {
    const int width = detail::width_of("NoiseModel::after", gates);
    if (channel.qubits() != 1 && channel.qubits() != width) {
      throw ShapeError(detail::text("qmtl: NoiseModel::after: qubits of the channel, expected 1",
                                    width > 1 ? detail::text(" or the ", width, " of the gates") : "", ", got ",
                                    channel.qubits()));
    }
    return add({NoiseMoment::after_gate, std::move(gates), std::move(channel)});
  }

  /// The same on qubits that are named, as neighbours that feel the gate. Where a circuit does not use all of them, it
  /// is left out. Throws as above; CircuitError for qubits that are negative or repeated.
  NoiseModel& after(GateSelector gates, QuantumChannel channel, std::vector<int> acts_on) {
    static_cast<void>(detail::width_of("NoiseModel::after", gates));
    detail::check_device_qubits("NoiseModel::after", acts_on);
    detail::require_size("NoiseModel::after: qubits of the channel", channel.qubits(), acts_on.size());
    return add({NoiseMoment::after_gate, std::move(gates), std::move(channel), std::move(acts_on)});
  }

  /// A channel of one qubit on each qubit at the start, and after a reset. Throws ShapeError for a wider one,
  /// CircuitError for qubits that are negative or repeated, as do the next two.
  NoiseModel& at_preparation(QuantumChannel channel, std::vector<int> qubits = {}) {
    return add_on_each(NoiseMoment::preparation, std::move(channel), std::move(qubits));
  }
  /// A channel of one qubit on each qubit that is measured, right before.
  NoiseModel& before_measurement(QuantumChannel channel, std::vector<int> qubits = {}) {
    return add_on_each(NoiseMoment::before_measurement, std::move(channel), std::move(qubits));
  }
  /// Relaxation of qubits that wait for others, each gate starting as soon as its qubits are free; T1 and T2 in the
  /// unit of the durations. Throws ValueError for T2 > 2 T1 and as thermal_relaxation.
  NoiseModel& while_idle(const Relaxation& relaxation, std::vector<int> qubits = {}) {
    detail::check_relaxation("NoiseModel::while_idle", relaxation);
    detail::check_device_qubits("NoiseModel::while_idle", qubits);
    return add({NoiseMoment::idle, {.qubits = std::move(qubits)}, relaxation});
  }

  /// Two qubits turn by RZZ(pi shift t) all the time, whatever else is done to them. Gates act when they start; in
  /// front of every instruction on either qubit comes the turn of the time since the pair's last one started. Where a
  /// program lists an instruction behind one on the other qubit that starts later, the turn of both times comes in
  /// front of the latter. Where a circuit does not use both, it is left out. Throws CircuitError for qubits that are
  /// negative or the same, ValueError for a shift that is not finite.
  NoiseModel& couple(const ZzCoupling& coupling) {
    detail::check_device_qubits("NoiseModel::couple", std::array{coupling.first, coupling.second});
    detail::require_range("NoiseModel::couple: shift", coupling.shift, std::numeric_limits<double>::lowest(),
                          std::numeric_limits<double>::max());
    couplings_.push_back(coupling);
    return *this;
  }

  /// How long gates take; 0 for those that no call selects. Throws ValueError for a time that is negative or not
  /// finite, as do the next two, and as after.
  NoiseModel& set_duration(GateSelector gates, double time) {
    static_cast<void>(detail::width_of("NoiseModel::set_duration", gates));
    detail::check_time("NoiseModel::set_duration", time);
    durations_.push_back({std::move(gates), time});
    return *this;
  }
  NoiseModel& set_measurement_duration(double time, std::vector<int> qubits = {}) {
    return set(measurement_durations_, "NoiseModel::set_measurement_duration", time, std::move(qubits));
  }
  NoiseModel& set_reset_duration(double time, std::vector<int> qubits = {}) {
    return set(reset_durations_, "NoiseModel::set_reset_duration", time, std::move(qubits));
  }

  /// Has `with_noise` throw a CircuitError for a circuit that has one of these gates: what a device lacks, or cannot do
  /// well enough for anything to be known. `why` ends the message: "not calibrated". All are permitted at first, and
  /// of several entries that select a gate the one added last holds. Throws as after.
  NoiseModel& refuse(GateSelector gates, std::string why) {
    static_cast<void>(detail::width_of("NoiseModel::refuse", gates));
    permissions_.push_back({std::move(gates), std::move(why)});
    return *this;
  }
  /// Takes back a refusal, of all of its gates or of some.
  NoiseModel& permit(GateSelector gates) {
    static_cast<void>(detail::width_of("NoiseModel::permit", gates));
    permissions_.push_back({std::move(gates)});
    return *this;
  }

  /// How qubits are misread. Throws ValueError for rates outside [0, 1].
  NoiseModel& set_readout_error(const ReadoutError& error, std::vector<int> qubits = {}) {
    detail::check_readout_error("NoiseModel::set_readout_error", error);
    detail::check_device_qubits("NoiseModel::set_readout_error", qubits);
    readout_errors_.push_back({std::move(qubits), error});
    return *this;
  }

  [[nodiscard]] std::span<const NoiseRule> rules() const& noexcept { return rules_; }
  std::span<const NoiseRule> rules() && = delete;
  [[nodiscard]] std::span<const Duration> durations() const& noexcept { return durations_; }
  std::span<const Duration> durations() && = delete;
  [[nodiscard]] std::span<const Permission> permissions() const& noexcept { return permissions_; }
  std::span<const Permission> permissions() && = delete;
  [[nodiscard]] std::span<const ZzCoupling> couplings() const& noexcept { return couplings_; }
  std::span<const ZzCoupling> couplings() && = delete;
  [[nodiscard]] double measurement_duration(int qubit) const {
    return detail::latest<double>(measurement_durations_, qubit);
  }
  [[nodiscard]] double reset_duration(int qubit) const { return detail::latest<double>(reset_durations_, qubit); }
  /// No error for a qubit of which nothing was said.
  [[nodiscard]] ReadoutError readout_error(int qubit) const {
    return detail::latest<ReadoutError>(readout_errors_, qubit);
  }
  /// Those of measured qubits, in their order: for apply_readout_errors.
  [[nodiscard]] std::vector<ReadoutError> readout_errors(std::span<const int> qubits) const {
    std::vector<ReadoutError> errors;
    for (const int q : qubits) errors.push_back(readout_error(q));
    return errors;
  }

  friend std::string to_string(const NoiseModel& model);

 private:
  NoiseModel& add(NoiseRule rule) {
    rules_.push_back(std::move(rule));
    return *this;
  }
  NoiseModel& add_on_each(NoiseMoment moment, QuantumChannel channel, std::vector<int> qubits) {
    detail::require_size("NoiseModel: qubits of the channel", channel.qubits(), 1);
    detail::check_device_qubits("NoiseModel", qubits);
    return add({moment, {.qubits = std::move(qubits)}, std::move(channel)});
  }
  NoiseModel& set(std::vector<detail::ByQubit<double>>& durations, std::string_view where, double time,
                  std::vector<int> qubits) {
    detail::check_time(where, time);
    detail::check_device_qubits(where, qubits);
    durations.push_back({std::move(qubits), time});
    return *this;
  }

  std::vector<NoiseRule> rules_;
  std::vector<Duration> durations_;
  std::vector<Permission> permissions_;
  std::vector<ZzCoupling> couplings_;
  std::vector<detail::ByQubit<double>> measurement_durations_, reset_durations_;
  std::vector<detail::ByQubit<ReadoutError>> readout_errors_;
};

namespace detail {

[[nodiscard]] inline std::string device_qubits_text(std::span<const int> qubits) {
  std::string out;
  for (const int q : qubits) out += text(" q", q);
  return out.empty() ? " any qubit" : out;
}

[[nodiscard]] inline std::string gates_text(const GateSelector& gates) {
  std::string out = gates.gate        ? std::string(info(*gates.gate).name)
                    : gates.width > 0 ? text("gates of ", gates.width, gates.width == 1 ? " qubit" : " qubits")
                                      : "gates";
  return gates.qubits.empty() ? out : out + " on" + device_qubits_text(gates.qubits);
}

[[nodiscard]] inline std::string rule_text(const NoiseRule& rule) {
  std::string out;
  switch (rule.moment) {
    case NoiseMoment::preparation: out = "preparation of" + device_qubits_text(rule.gates.qubits); break;
    case NoiseMoment::after_gate: out = "after " + gates_text(rule.gates); break;
    case NoiseMoment::idle: out = "idle" + device_qubits_text(rule.gates.qubits); break;
    case NoiseMoment::before_measurement: out = "measurement of" + device_qubits_text(rule.gates.qubits); break;
  }
  if (const auto* channel = std::get_if<QuantumChannel>(&rule.noise)) {
    out += ": " + channel->name();
  } else {
    const auto& r = std::get<Relaxation>(rule.noise);
    out += text(": relaxation, T1 ", r.t1, ", T2 ", r.t2, ", P(1) ", r.excited);
  }
  return rule.acts_on.empty() ? out : out + " on" + device_qubits_text(rule.acts_on);
}

}  // namespace detail

/// The model for people, a rule, coupling, permission, duration or readout error a line, in the order in which they
/// were added: "after cx on q0 q1: depolarizing 0.02", "cx takes 300", "reading any qubit: P(1|0) = 0.015, P(0|1) =
/// 0.03".
[[nodiscard]] inline std::string to_string(const NoiseModel& model) {
  std::string out;
  for (const auto& rule : model.rules_) out += detail::rule_text(rule) + '\n';
  for (const auto& [first, second, shift] : model.couplings_) {
    out += detail::text('q', first, " q", second, " coupled: RZZ at ", shift, '\n');
  }
  for (const auto& [gates, refused] : model.permissions_) {
    out += detail::gates_text(gates) + (refused ? " refused: " + *refused : " permitted") + '\n';
  }
  for (const auto& [gates, time] : model.durations_)
    out += detail::text(detail::gates_text(gates), " takes ", time, '\n');
  for (const auto& [qubits, time] : model.measurement_durations_) {
    out += detail::text("measuring", detail::device_qubits_text(qubits), " takes ", time, '\n');
  }
  for (const auto& [qubits, time] : model.reset_durations_) {
    out += detail::text("resetting", detail::device_qubits_text(qubits), " takes ", time, '\n');
  }
  for (const auto& [qubits, error] : model.readout_errors_) {
    out += detail::text("reading", detail::device_qubits_text(qubits), ": P(1|0) = ", error.p_1_given_0,
                        ", P(0|1) = ", error.p_0_given_1, '\n');
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
