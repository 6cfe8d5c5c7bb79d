#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head's circuits under a noise model, exactly.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/job_device.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

/// Runs circuits on density matrices, with a noise model's channels and readout errors: outcome probabilities without
/// any statistical error. `ShotExecutor<NoisyExecutor>` draws finite shots of them. Circuits are of at most 15 qubits.
/// Cost of a run: that of `density_matrix`, about 4^N a gate or channel. All of a circuit's gates are run, also those
/// outside a window's light cone.
class NoisyExecutor {
 public:
  static constexpr bool exact = true;

  /// The head's qubit q is qubit device_qubits[q] of the device, or q if the list is empty. Throws CircuitError for
  /// qubits that are negative or repeated.
  explicit NoisyExecutor(NoiseModel model, std::vector<int> device_qubits = {})
      : device_("NoisyExecutor", std::move(model), std::move(device_qubits)) {}

  [[nodiscard]] const NoiseModel& model() const noexcept { return device_.model(); }

  /// The probabilities (2^k x runs) of what is read in each job. Throws ShapeError for a head with more qubits than the
  /// device's list, MemoryError for circuits that are too wide.
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) const {
    std::vector<Batch<double>> results;
    results.reserve(jobs.size());
    for (const auto& job : jobs) results.push_back(run(job));
    return results;
  }

 private:
  [[nodiscard]] Batch<double> run(const CircuitJob& job) const {
    const detail::NoisyJob noisy = device_.with_noise_of(job);
    detail::DensitySimulator simulator(noisy.program);
    Batch<double> table(job.outcomes(), job.runs());
    for (Eigen::Index r = 0; r < job.runs(); ++r) {
      const auto parameters = static_cast<std::size_t>(job.parameters.rows());
      const auto branches = simulator.run({job.parameters.col(r).data(), parameters}, {});
      auto read = branches.front().rho.probabilities(job.measured);  // a circuit has one branch
      apply_readout_errors(read, noisy.readout_errors);
      std::ranges::copy(read, table.col(r).begin());
    }
    return table;
  }

  detail::JobDevice device_;
};

}  // namespace qmtl::inline QMTL_ABI
