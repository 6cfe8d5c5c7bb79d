#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head's circuits under a noise model, exactly.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/job_device.hpp"
#include "qmtl/noise/pauli_simulator.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

/// Runs circuits on density matrices, with a noise model's channels and readout errors: outcome probabilities without
/// any statistical error. `ShotExecutor<NoisyExecutor>` draws finite shots of them. Circuits are of at most 15 qubits.
/// Cost of a run: about 4^N a pair of qubits that gates bring together, whatever the gates and channels on it; that of
/// `density_matrix` where a circuit has matrices of its own. All of a circuit's gates are run, also those
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
    Batch<double> table(job.outcomes(), job.runs());
    const auto fill = [&](auto probabilities) {
      for (Eigen::Index r = 0; r < job.runs(); ++r) {
        const auto parameters = static_cast<std::size_t>(job.parameters.rows());
        std::vector<double> read = probabilities(std::span(job.parameters.col(r).data(), parameters));
        apply_readout_errors(read, noisy.readout_errors);
        std::ranges::copy(read, table.col(r).begin());
      }
    };
    if (detail::PauliSimulator::runs(noisy.program)) {
      detail::PauliSimulator simulator(noisy.program);
      fill([&](std::span<const double> parameters) {
        simulator.run(parameters, {});
        return simulator.probabilities(job.measured);
      });
    } else {
      detail::DensitySimulator simulator(noisy.program);
      fill([&](std::span<const double> parameters) {
        return simulator.run(parameters, {}).front().rho.probabilities(job.measured);  // a circuit has one branch
      });
    }
    return table;
  }

  detail::JobDevice device_;
};

}  // namespace qmtl::inline QMTL_ABI
