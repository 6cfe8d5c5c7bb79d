#pragma once
// SPDX-License-Identifier: Apache-2.0
// Trained models on noisy devices.

#include <memory>
#include <string>
#include <vector>

#include "paper/head_kind.hpp"
#include "qmtl/noise/device_calibration.hpp"

namespace qmtl::benchmark::paper {

/// A device whose errors, rates and couplings are multiplied by a number.
struct NoiseCase {
  std::shared_ptr<const DeviceCalibration> device;
  double scale = 1.0;
};

/// What is done with each final model of the first fold.
struct NoisePlan {
  std::vector<NoiseCase> cases{};
  int shots = 4096;
  int qubits = 8;  ///< heads that measure more at a time have exact values only, as all have where errors are scaled
  int epochs = 5;  ///< trained on under noise
  double rate_factor = 0.3;  ///< times the learning rate of the training before
};

/// A model's mean test AUC over its tasks in one case; NaN where it is not known.
struct NoiseResult {
  double exact = undefined_metric;  ///< of expectation values
  double shots = undefined_metric;
  double mitigated = undefined_metric;  ///< of half the shots for each of factors 1 and 3: extrapolated, readout undone
  double trained = undefined_metric;    ///< of expectation values, having been trained on under noise
  double trained_ideally = undefined_metric;  ///< the same without noise in training
};

/// Over the tasks that have one on these rows.
[[nodiscard]] double mean_auc(Trained& model, const Dataset<double>& test);

/// Devices at scale 1, then the first one at other scales. A path is that of one of a device's two files,
/// conf_NAME.json and props_NAME.json, beside which the other one lies. Throws FileError.
[[nodiscard]] std::vector<NoiseCase> load_noise_cases(const std::vector<std::string>& paths,
                                                      const std::vector<double>& scales);

/// A trained model in all cases, on the path of the device's qubits with the highest fidelity; pairs that are entangled
/// and not coupled take the median coupling's figures. The model is as before then. NaN for a device without a path
/// of so many qubits, and for heads without circuits.
[[nodiscard]] std::vector<NoiseResult> judge_under_noise(Trained& model, const NoisePlan& plan,
                                                         const TrainRequest& training, const Dataset<double>& test);

}  // namespace qmtl::benchmark::paper
