#pragma once
// SPDX-License-Identifier: Apache-2.0
// DeviceCalibration: what a device's publisher says of its qubits and gates, whatever the format it comes in.

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/gate.hpp"
#include "qmtl/circuit/readout_error.hpp"
#include "qmtl/noise/relaxation.hpp"
#include "qmtl/noise/zz_coupling.hpp"

namespace qmtl::inline QMTL_ABI {

/// A qubit as published, times in nanoseconds; empty where nothing is said.
struct QubitCalibration {
  std::optional<double> t1{};
  std::optional<double> t2{};           ///< at most 2 T1
  std::optional<double> p_1_given_0{};  ///< probability to read 1 where there is 0
  std::optional<double> p_0_given_1{};
  std::optional<double> readout_length{};
  std::optional<double> frequency{};  ///< GHz

  /// A qubit without T1 does not decay; one without T2 has no dephasing beside that of its decay, T2 = 2 T1.
  [[nodiscard]] Relaxation relaxation() const noexcept {
    const double decay = t1.value_or(Relaxation{}.t1);
    return {.t1 = decay, .t2 = t2.value_or(2 * decay)};
  }
  /// Rates that are not published are zero.
  [[nodiscard]] ReadoutError readout_error() const noexcept {
    return {.p_1_given_0 = p_1_given_0.value_or(0.0), .p_0_given_1 = p_0_given_1.value_or(0.0)};
  }
};

/// A gate on certain qubits as published, or another operation, as "measure" and "reset".
struct GateCalibration {
  std::string name;                ///< the publisher's: "sx", "ecr"
  std::optional<Gate> gate{};      ///< the library's gate of that name, if there is one
  std::vector<int> qubits{};       ///< controls first
  std::optional<double> error{};   ///< 1 - average fidelity; 1 or more: not calibrated
  std::optional<double> length{};  ///< ns

  [[nodiscard]] bool calibrated() const noexcept { return !error || *error < 1.0; }
};

/// Something published that was not taken as it is.
struct CalibrationNote {
  std::string gate{};            ///< of which gate, or empty: of the qubit or of the device
  std::vector<int> qubits{};     ///< on which qubits, none for the device
  std::string quantity{};        ///< "T2"
  std::string what{};            ///< "above 2 T1"
  std::optional<double> from{};  ///< as published
  std::optional<double> to{};    ///< as taken
  std::string unit{};            ///< of both
};

/// All that is published of a device. Qubits are numbered from 0.
struct DeviceCalibration {
  std::string name{};
  std::vector<QubitCalibration> qubits{};
  std::vector<GateCalibration> gates{};
  std::vector<std::pair<int, int>> coupling_map{};  ///< pairs that have a gate, as published, in one direction or both
  std::vector<std::string> basis_gates{};
  std::vector<ZzCoupling> zz_couplings{};
  std::optional<double> dt{};  ///< time step of the device's control, ns
  std::vector<CalibrationNote>
      report{};  ///< what was clamped, replaced or left out, in the order of the qubits and gates
};

/// The published figures of a gate there, or nullptr: "ecr" on {1, 0} is not "ecr" on {0, 1}. Cost: the number of
/// gates.
[[nodiscard]] inline const GateCalibration* find_gate(const DeviceCalibration& device, std::string_view name,
                                                      std::span<const int> qubits) {
  const auto found = std::ranges::find_if(
      device.gates, [&](const auto& gate) { return gate.name == name && std::ranges::equal(gate.qubits, qubits); });
  return found == device.gates.end() ? nullptr : &*found;
}

/// What happened to a quantity: "T2 312.5 us, above 2 T1: 300.1 us taken".
[[nodiscard]] inline std::string reason_of(const CalibrationNote& note) {
  const std::string unit = note.unit.empty() ? "" : ' ' + note.unit;
  std::string out = note.quantity;
  if (note.from) out += detail::text(' ', *note.from, unit);
  if (!note.what.empty()) out += (note.from ? ", " : " ") + note.what;
  return note.to ? out + detail::text(": ", *note.to, unit, " taken") : out;
}

/// A line of a report: "qubit 7: T2 312.5 us, above 2 T1: 300.1 us taken", "ecr on q8 q9: error 1, not calibrated".
[[nodiscard]] inline std::string to_string(const CalibrationNote& note) {
  std::string where;
  if (!note.gate.empty()) {
    where = note.gate + " on";
    for (const int q : note.qubits) where += detail::text(" q", q);
    where += ": ";
  } else if (!note.qubits.empty()) {
    where = detail::text("qubit ", note.qubits.front(), ": ");
  }
  return where + reason_of(note);
}

/// The report, a line a note.
[[nodiscard]] inline std::string to_string(std::span<const CalibrationNote> report) {
  std::string out;
  for (const auto& note : report) out += to_string(note) + '\n';
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
