#pragma once
// SPDX-License-Identifier: Apache-2.0
// From the published figures of a gate, its error and length and its qubits' T1 and T2, to channels.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/noise/noise_model.hpp"

namespace qmtl::inline QMTL_ABI {

/// The strength p of the depolarizing channel that, followed by the relaxation of each of its qubits for the gate's
/// time, has the average fidelity F = 1 - gate_error: p = d (F_relax - F) / (d F_relax - 1), as device simulators
/// define it. Zero where relaxation alone exceeds the error; at most 4^k / (4^k - 1), for errors larger than any
/// channel of this kind has. `qubits` are the gate's, 1 to 3 of them; their times and `time` have one unit. Throws
/// ShapeError for another number of qubits, ValueError for an error outside [0, 1] and as thermal_relaxation.
[[nodiscard]] inline double depolarizing_of_gate(double gate_error, std::span<const Relaxation> qubits, double time) {
  const auto count = static_cast<int>(qubits.size());
  detail::require_channel_qubits("depolarizing_of_gate", count, 3);
  detail::require_range("depolarizing_of_gate: gate error", gate_error, 0.0, 1.0);
  const auto size = static_cast<double>(dimension(count));
  const double relaxed = relaxation_fidelity(qubits, time), excess = relaxed - (1 - gate_error);
  if (excess <= 0.0) return 0.0;
  return std::min(size * excess / (size * relaxed - 1), max_depolarizing(count));
}

namespace detail {

/// A gate's length and channels: depolarizing on all its qubits, then the relaxation of each for that long.
inline void add_gate_noise(NoiseModel& model, Gate gate, const std::vector<int>& qubits, double strength,
                           std::span<const Relaxation> relaxations, double time) {
  const GateSelector selector{.gate = gate, .qubits = qubits};
  model.set_duration(selector, time);
  if (strength > 0.0) model.after(selector, depolarizing(strength, static_cast<int>(qubits.size())));
  if (time == 0.0) return;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    model.after(selector, thermal_relaxation(relaxations[j], time), {qubits[j]});
  }
}

}  // namespace detail

/// Adds a gate on qubits of a device to a noise model: how long it takes, then the depolarizing channel of
/// depolarizing_of_gate on all its qubits, then the relaxation of each, relaxations[j] being that of qubits[j]. Returns
/// the depolarizing strength. Throws as it and as NoiseModel::after, before the model has changed.
inline double add_calibrated_gate(NoiseModel& model, Gate gate, const std::vector<int>& qubits, double gate_error,
                                  std::span<const Relaxation> relaxations, double time) {
  detail::require_size("add_calibrated_gate: relaxations", relaxations.size(), qubits.size());
  const double strength = depolarizing_of_gate(gate_error, relaxations, time);
  detail::add_gate_noise(model, gate, qubits, strength, relaxations, time);
  return strength;
}

}  // namespace qmtl::inline QMTL_ABI
