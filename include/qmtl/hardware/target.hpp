#pragma once
// SPDX-License-Identifier: Apache-2.0
// Target: what a transpiler must know of a device, its couplings, its basis gates and what its publisher says of both.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/hardware/coupling_map.hpp"
#include "qmtl/noise/device_calibration.hpp"

namespace qmtl::inline QMTL_ABI {

/// A device, or one that is made up: without a calibration all its qubits and couplings are equally good.
struct Target {
  std::string name{};
  CouplingMap couplings{1, {}};
  std::vector<std::string> basis_gates{};  ///< by the publisher's names: "rz", "sx", "ecr"
  std::optional<DeviceCalibration> calibration{};
};

/// A device as published. Couplings that are given twice count once. Throws CircuitError for a device without qubits or
/// with couplings of qubits that there are not.
[[nodiscard]] inline Target target_from(DeviceCalibration device) {
  auto couplings = device.coupling_map;
  std::ranges::sort(couplings);
  couplings.erase(std::unique(couplings.begin(), couplings.end()), couplings.end());
  const auto qubits = static_cast<int>(std::min<std::size_t>(device.qubits.size(), std::numeric_limits<int>::max()));
  return {device.name, CouplingMap(qubits, std::move(couplings)), device.basis_gates, std::move(device)};
}

namespace detail {

/// The largest error that is published of a device's calibrated gates on so many qubits, zero if none is: what gates
/// without a published error are taken to have, so that none looks perfect of which nothing is known.
[[nodiscard]] inline double worst_error(const DeviceCalibration& device, std::size_t qubits) {
  double worst = 0.0;
  for (const auto& gate : device.gates) {
    if (gate.gate && gate.qubits.size() == qubits && gate.error && gate.calibrated()) {
      worst = std::max(worst, *gate.error);
    }
  }
  return worst;
}

}  // namespace detail

/// The basis gates of most devices today.
[[nodiscard]] inline std::vector<std::string> usual_basis_gates() { return {"rz", "sx", "x", "cz"}; }

/// A made-up device: `generic_target(CouplingMap::heavy_hex(8, 16))`.
[[nodiscard]] inline Target generic_target(CouplingMap couplings, std::string name = "generic",
                                           std::vector<std::string> basis_gates = usual_basis_gates()) {
  return {std::move(name), std::move(couplings), std::move(basis_gates), std::nullopt};
}

}  // namespace qmtl::inline QMTL_ABI
