#pragma once
// SPDX-License-Identifier: Apache-2.0
// The device that an executor simulates: jobs as it runs them.

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/executor/executor.hpp"
#include "qmtl/noise/with_noise.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A job with a device's noise.
struct NoisyJob {
  Program program;
  std::vector<ReadoutError> readout_errors;  ///< of what is measured, in its order
};

/// A noise model, and which of its qubits those of a head are.
class JobDevice {
 public:
  /// The head's qubit q is qubit device_qubits[q], or q if the list is empty. Throws CircuitError for qubits that are
  /// negative or repeated, in the name of `executor`, which must outlive this.
  JobDevice(std::string_view executor, NoiseModel model, std::vector<int> device_qubits)
      : executor_(executor), model_(std::move(model)), device_qubits_(std::move(device_qubits)) {
    check_device_qubits(executor_, device_qubits_);
  }

  [[nodiscard]] const NoiseModel& model() const noexcept { return model_; }

  /// Throws ShapeError for a head with more qubits than the device's list, and as with_noise.
  [[nodiscard]] NoisyJob with_noise_of(const CircuitJob& job) const {
    const auto qubits = on_device(executor_, job.qubits, device_qubits_);
    std::vector<int> measured;
    for (const int q : job.measured) measured.push_back(qubits[static_cast<std::size_t>(q)]);
    return {with_noise(job.circuit, model_, qubits), model_.readout_errors(measured)};
  }

 private:
  std::string_view executor_;
  NoiseModel model_;
  std::vector<int> device_qubits_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
