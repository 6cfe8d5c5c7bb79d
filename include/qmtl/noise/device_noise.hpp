#pragma once
// SPDX-License-Identifier: Apache-2.0
// The noise model of a device from its published calibration.

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/noise/device_calibration.hpp"
#include "qmtl/noise/gate_calibration.hpp"

namespace qmtl::inline QMTL_ABI {

/// A gate that a device has not, and the one of as many qubits that does it there, `uses` times: its noise is theirs,
/// depolarizing first and then the relaxation of the whole time.
struct StandIn {
  Gate gate;
  Gate native;
  int uses = 1;
};

/// What a device's noise model holds beside the noise of its gates and readout, which is that of device simulators.
struct DeviceNoiseOptions {
  /// Multiplies depolarizing strengths, rates of relaxation, readout errors and couplings: 0 for an ideal device with
  /// the same gates, 1 for this one. Strengths end at the largest that there is, readout errors at 1/2.
  double scale = 1.0;
  /// Qubits relax while they wait for others, every gate starting as soon as it can.
  bool idle_relaxation = false;
  /// The ZZ couplings that are published, all the time (NoiseModel::couple).
  bool zz_couplings = false;
  /// `{{Gate::RY, Gate::SX, 2}, {Gate::CX, Gate::ECR}}`, or usual_stand_ins (noise/stand_ins.hpp): for circuits that
  /// are not in the device's gates. One of two
  /// qubits that can be exchanged, or turned round by gates of one qubit, stands on both orders. A gate that the device
  /// has keeps its own figures, and of several stand-ins of a gate the first counts whose native one the device has.
  std::vector<StandIn> stand_ins{};
  /// Gates that the device has not are without noise, where otherwise `with_noise` throws a CircuitError.
  bool other_gates = false;
  /// Qubits any two of which have gates: where the device has none that is calibrated, they take the figures of that of
  /// the other order, or else of the one with the median error. This is less noise than routing costs.
  std::vector<int> all_to_all{};
};

namespace detail {

[[nodiscard]] inline const QubitCalibration& published_qubit(const DeviceCalibration& device, int qubit) {
  if (qubit >= 0 && static_cast<std::size_t>(qubit) < device.qubits.size()) {
    return device.qubits[static_cast<std::size_t>(qubit)];
  }
  throw CircuitError(
      text("qmtl: DeviceCalibration: a gate's qubit, expected below ", device.qubits.size(), ", got ", qubit));
}

/// The relaxation of a gate's qubits, with rates `scale` times those published.
[[nodiscard]] inline std::vector<Relaxation> relaxations_of(const DeviceCalibration& device,
                                                            std::span<const int> qubits, double scale) {
  std::vector<Relaxation> out;
  for (const int q : qubits) {
    const Relaxation published = published_qubit(device, q).relaxation();
    out.push_back({.t1 = published.t1 / scale, .t2 = published.t2 / scale});
  }
  return out;
}

}  // namespace detail

/// The strength of the depolarizing channel that, before the relaxation of its qubits, gives a gate its published error
/// (depolarizing_of_gate); nothing for a gate that is not calibrated, has no error or is none of the library's. Zero
/// where relaxation alone exceeds the error. Throws as depolarizing_of_gate, CircuitError for a qubit that the device
/// has not.
[[nodiscard]] inline std::optional<double> depolarizing_strength(const DeviceCalibration& device,
                                                                 const GateCalibration& gate) {
  if (!gate.gate || !gate.error || !gate.calibrated()) return std::nullopt;
  return depolarizing_of_gate(*gate.error, detail::relaxations_of(device, gate.qubits, 1.0), gate.length.value_or(0.0));
}

namespace detail {

inline void append_note(std::string& notes, std::string_view note) {
  if (!notes.empty()) notes += "; ";
  notes += note;
}

[[nodiscard]] inline std::string reported_on(const DeviceCalibration& device, std::string_view gate,
                                             std::span<const int> qubits) {
  std::string out;
  for (const auto& note : device.report) {
    if (note.gate == gate && std::ranges::equal(note.qubits, qubits)) append_note(out, reason_of(note));
  }
  return out;
}

}  // namespace detail

/// In words: what of a qubit was not taken as published, or nothing.
[[nodiscard]] inline std::string notes_on(const DeviceCalibration& device, int qubit) {
  return detail::reported_on(device, "", std::span(&qubit, 1));
}

/// The same of a gate, and where its error is not that of its channels.
[[nodiscard]] inline std::string notes_on(const DeviceCalibration& device, const GateCalibration& gate) {
  std::string out = detail::reported_on(device, gate.name, gate.qubits);
  const auto strength = depolarizing_strength(device, gate);
  if (strength == 0.0 && *gate.error > 0.0) detail::append_note(out, "relaxation alone exceeds the error");
  if (strength == max_depolarizing(static_cast<int>(gate.qubits.size()))) {
    detail::append_note(out, "error beyond the strongest depolarizing channel's");
  }
  return out;
}

namespace detail {

/// Puts a device's operations and qubits into a noise model.
class DeviceNoiseWriter {
 public:
  DeviceNoiseWriter(const DeviceCalibration& device, const DeviceNoiseOptions& options)
      : device_(&device), options_(&options) {
    require_range("noise_model: scale", options.scale, 0.0, 1e6);
    detail::check_device_qubits("noise_model: all_to_all", options.all_to_all);
    for (const int q : options.all_to_all) static_cast<void>(published_qubit(device, q));
    for (const auto& stand_in : options.stand_ins) {
      const auto& [gate, native, uses] = stand_in;
      if (uses < 1 || uses > 1000) {
        throw ValueError(text("qmtl: noise_model: stand_ins, uses of ", info(native).name, " for ", info(gate).name,
                              ", expected 1 to 1000, got ", uses));
      }
      if (info(gate).qubits != info(native).qubits) {
        throw ValueError(text("qmtl: noise_model: stand_ins, expected gates of as many qubits, got ", info(gate).name,
                              " of ", info(gate).qubits, " and ", info(native).name, " of ", info(native).qubits));
      }
      const bool known = has(gate) || std::ranges::find(stand_ins_, gate, &StandIn::gate) != stand_ins_.end();
      if (!known && has(native)) stand_ins_.push_back(stand_in);
    }
  }

  [[nodiscard]] NoiseModel write() && {
    const std::string name = device_->name.empty() ? "the device" : device_->name;
    if (!options_->other_gates) model_.refuse({}, name + " has no such gate there");
    for (const auto& gate : device_->gates) {
      if (gate.gate) {
        add_gate(gate);
      } else if (gate.name == "measure" || gate.name == "reset") {
        add_duration(gate);
      }
    }
    add_missing_pairs();
    for (std::size_t q = 0; q < device_->qubits.size(); ++q) add_qubit(static_cast<int>(q));
    if (options_->zz_couplings) {
      for (const auto& [a, b, shift] : device_->zz_couplings) model_.couple({a, b, options_->scale * shift});
    }
    return std::move(model_);
  }

 private:
  /// Whether the device has a gate anywhere.
  [[nodiscard]] bool has(Gate gate) const {
    return std::ranges::find(device_->gates, std::optional(gate), &GateCalibration::gate) != device_->gates.end();
  }

  /// A gate and those that it stands in for. One on two qubits of which but one order is published: itself in both if
  /// they can be exchanged, stand-ins always.
  void add_gate(const GateCalibration& gate) {
    const StandIn itself{*gate.gate, *gate.gate};
    std::vector<int> turned;
    if (gate.qubits.size() == 2) turned = {gate.qubits[1], gate.qubits[0]};
    if (!turned.empty() && find_gate(*device_, gate.name, turned) != nullptr) turned.clear();
    add_gate_as(itself, gate.qubits, gate);
    if (!turned.empty() && is_symmetric(*gate.gate)) add_gate_as(itself, turned, gate);
    for (const auto& stand_in : stand_ins_) {
      if (stand_in.native != *gate.gate) continue;
      add_gate_as(stand_in, gate.qubits, gate);
      if (!turned.empty()) add_gate_as(stand_in, turned, gate);
    }
  }

  /// A gate on qubits with the noise of one that is published, on the same qubits or on others.
  void add_gate_as(const StandIn& kind, const std::vector<int>& qubits, const GateCalibration& published) {
    const GateSelector selector{.gate = kind.gate, .qubits = qubits};
    if (!published.calibrated()) {
      model_.refuse(selector,
                    text(published.name, " is not calibrated there, its published error is ", *published.error));
      return;
    }
    model_.permit(selector);
    const double most = max_depolarizing(static_cast<int>(qubits.size()));
    const double once = std::min(options_->scale * depolarizing_strength(*device_, published).value_or(0.0), most);
    double strength = 0.0;
    for (int use = 0; use < kind.uses; ++use) strength += (1 - strength) * once;
    add_gate_noise(model_, kind.gate, qubits, std::min(strength, most),
                   relaxations_of(*device_, qubits, options_->scale), kind.uses * published.length.value_or(0.0));
  }

  /// Gates between qubits of `all_to_all` that the device has not, or not calibrated.
  void add_missing_pairs() {
    for (const auto& gate : device_->gates) {
      if (!gate.gate || gate.qubits.size() != 2 || std::ranges::find(seen_, *gate.gate) != seen_.end()) continue;
      seen_.push_back(*gate.gate);
      const GateCalibration* median = median_of(*gate.gate);
      if (median == nullptr) continue;
      for (const int a : options_->all_to_all) {
        for (const int b : options_->all_to_all) {
          if (a != b) add_missing_pair({a, b}, *median);
        }
      }
    }
  }

  void add_missing_pair(const std::vector<int>& qubits, const GateCalibration& median) {
    const auto* listed = find_gate(*device_, median.name, qubits);
    if (listed != nullptr && listed->calibrated()) return;
    const auto* turned = find_gate(*device_, median.name, std::vector{qubits[1], qubits[0]});
    if (turned != nullptr && !turned->calibrated()) turned = nullptr;
    const bool is_turned = listed == nullptr && turned != nullptr;  // by add_gate: stand-ins, and what can be exchanged
    if (is_turned && is_symmetric(*median.gate)) return;
    const GateCalibration& figures = turned != nullptr ? *turned : median;
    add_gate_as({*median.gate, *median.gate}, qubits, figures);
    if (is_turned) return;
    for (const auto& stand_in : stand_ins_) {
      if (stand_in.native == *median.gate) add_gate_as(stand_in, qubits, figures);
    }
  }

  /// Of a gate's calibrated places with an error the one with the median error, or nullptr.
  [[nodiscard]] const GateCalibration* median_of(Gate kind) const {
    std::vector<const GateCalibration*> all;
    for (const auto& gate : device_->gates) {
      if (gate.gate == kind && gate.error && gate.calibrated()) all.push_back(&gate);
    }
    if (all.empty()) return nullptr;
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::ranges::nth_element(all, middle, {}, [](const GateCalibration* gate) { return *gate->error; });
    return *middle;
  }

  void add_duration(const GateCalibration& operation) {
    if (!operation.length) return;
    if (operation.name == "reset") {
      model_.set_reset_duration(*operation.length, operation.qubits);
    } else {
      model_.set_measurement_duration(*operation.length, operation.qubits);
    }
  }

  void add_qubit(int q) {
    const auto& qubit = device_->qubits[static_cast<std::size_t>(q)];
    const ReadoutError published = qubit.readout_error();
    const auto scaled = [scale = options_->scale](double rate) {
      return scale <= 1.0 ? scale * rate : std::max(rate, std::min(scale * rate, 0.5));
    };
    model_.set_readout_error({scaled(published.p_1_given_0), scaled(published.p_0_given_1)}, {q});
    if (qubit.readout_length) model_.set_measurement_duration(*qubit.readout_length, {q});
    if (!options_->idle_relaxation) return;
    const Relaxation relaxation = qubit.relaxation();
    model_.while_idle({.t1 = relaxation.t1 / options_->scale, .t2 = relaxation.t2 / options_->scale}, {q});
  }

  const DeviceCalibration* device_;
  const DeviceNoiseOptions* options_;
  std::vector<StandIn> stand_ins_;  ///< of gates that the device has not, one each
  std::vector<Gate> seen_;          ///< of two qubits
  NoiseModel model_;
};

}  // namespace detail

/// A device's noise, times in nanoseconds: after each gate its depolarizing channel and the relaxation of its qubits
/// (add_calibrated_gate), how long gates, resets and measurements take, and both rates at which each qubit is misread.
/// A gate that is the same with its two qubits exchanged, as CZ, is had in both orders where one is published.
/// `with_noise` throws a CircuitError for a gate that is not calibrated and, unless `other_gates`, for one that the
/// device has not, also for the right gate on the wrong qubits. Throws ValueError for a scale that is negative, more
/// than 1e6 or not finite, stand-ins of another number of qubits, and for figures outside their domain, CircuitError
/// for gates of qubits that there are not.
[[nodiscard]] inline NoiseModel noise_model(const DeviceCalibration& device, const DeviceNoiseOptions& options = {}) {
  return detail::DeviceNoiseWriter(device, options).write();
}

}  // namespace qmtl::inline QMTL_ABI
