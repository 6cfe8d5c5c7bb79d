#pragma once
// SPDX-License-Identifier: Apache-2.0
// A device's noise model as JSON, an object a gate and a qubit (nlohmann-json).

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "qmtl/core/utf.hpp"
#include "qmtl/noise/device_noise.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {
[[nodiscard]] inline nlohmann::ordered_json value_or_null(std::optional<double> value, double unit = 1.0) {
  return value ? nlohmann::ordered_json(*value / unit) : nlohmann::ordered_json(nullptr);
}
}  // namespace detail

/// {"kind": "gate", "gate", "qubits", "reported_error", "length_ns", "depolarizing", "note"} of a gate of the device:
/// null for what is not known, and for the depolarizing strength of a gate that is not calibrated; a note may be empty.
[[nodiscard]] inline nlohmann::ordered_json to_json(const DeviceCalibration& device, const GateCalibration& gate) {
  return {{"kind", "gate"},
          {"gate", detail::replace_invalid_utf8(gate.name)},
          {"qubits", gate.qubits},
          {"reported_error", detail::value_or_null(gate.error)},
          {"length_ns", detail::value_or_null(gate.length)},
          {"depolarizing", detail::value_or_null(depolarizing_strength(device, gate))},
          {"note", detail::replace_invalid_utf8(notes_on(device, gate))}};
}

/// The gates in their order, then {"kind": "qubit", "qubit", "t1_us", "t2_us", "p_1_given_0", "p_0_given_1", "note"} of
/// each qubit.
[[nodiscard]] inline std::vector<nlohmann::ordered_json> to_json_lines(const DeviceCalibration& device) {
  constexpr double us = 1e3;
  std::vector<nlohmann::ordered_json> lines;
  for (const auto& gate : device.gates) lines.push_back(to_json(device, gate));
  for (std::size_t q = 0; q < device.qubits.size(); ++q) {
    const auto& qubit = device.qubits[q];
    lines.push_back({{"kind", "qubit"},
                     {"qubit", q},
                     {"t1_us", detail::value_or_null(qubit.t1, us)},
                     {"t2_us", detail::value_or_null(qubit.t2, us)},
                     {"p_1_given_0", detail::value_or_null(qubit.p_1_given_0)},
                     {"p_0_given_1", detail::value_or_null(qubit.p_0_given_1)},
                     {"note", detail::replace_invalid_utf8(notes_on(device, static_cast<int>(q)))}});
  }
  return lines;
}

}  // namespace qmtl::inline QMTL_ABI
