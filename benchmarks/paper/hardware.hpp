#pragma once
// SPDX-License-Identifier: Apache-2.0
// Trained models on a device, all the way from circuits to predictions, with a service that simulates the device.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "paper/head_kind.hpp"
#include "qmtl/noise/device_calibration.hpp"

namespace qmtl::benchmark::paper {

/// What is done with the model of the first seed of the first fold.
struct HardwarePlan {
  std::shared_ptr<const DeviceCalibration> device{};  ///< none: nothing
  int shots = 4096;                                   ///< of each circuit
  int rows = 32;                                      ///< of the test rows, at most
  std::uint64_t row_seed = 2024;                      ///< chooses them
  int qubits = 8;  ///< of the device in use at most; the service's time grows by four with each, and ends at 15
};

/// A model's mean test AUC over its tasks on the chosen rows, and what its circuits were; NaN where it does not fit.
struct HardwareResult {
  double ideal = undefined_metric;
  double simulated = undefined_metric;  ///< of exact expectation values under the device's noise, without routing
  double measured = undefined_metric;   ///< from what came back of the jobs
  std::size_t circuits = 0;             ///< of all jobs, those that calibrate the readout among them
  std::int64_t shots = 0;               ///< of all of them together
  int qubits = 0;                       ///< of the device, the most of a job
  std::size_t transpiled = 0;           ///< circuits that differ by more than by their rows' angles
  double pairs_before = undefined_metric, pairs_after = undefined_metric;  ///< two-qubit gates, mean of those
  double swaps = undefined_metric;                                         ///< that routing added, mean of those
  double success = undefined_metric;                                       ///< as estimated, mean of those
};

/// The rows of a plan, drawn by its seed: the same for all models.
[[nodiscard]] Dataset<double> hardware_rows(const Dataset<double>& test, const HardwarePlan& plan);

/// A trained model by way of jobs, one of each of its heads: recorded, planned (tasks' light cones, transpiled to the
/// device's best path of coupled qubits, with calibrated readout; circuits shared by tasks where the whole head is no
/// wider than the plan's qubits), run by a SimulatedProvider, and answered from its results. The model is as before
/// then. NaN for heads without circuits, and where one takes more qubits than the plan or the device has.
[[nodiscard]] HardwareResult judge_on_hardware(Trained& model, const HardwarePlan& plan, const TrainRequest& training,
                                               const Dataset<double>& test);

}  // namespace qmtl::benchmark::paper
