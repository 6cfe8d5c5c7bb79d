#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head's circuits under a noise model, by trajectories.

#include <span>
#include <utility>
#include <vector>

#include "qmtl/noise/job_device.hpp"
#include "qmtl/noise/readout_error.hpp"
#include "qmtl/noise/trajectories.hpp"

namespace qmtl::inline QMTL_ABI {

/// Runs circuits on random trajectories of state vectors, with a noise model's channels and readout errors: expectation
/// values with standard errors, where `NoisyExecutor` has exact ones at 4^N. A trajectory is looked at exactly, not
/// measured. Random numbers are drawn from a seed of its own, anew for each run. Circuits are of at most 30 qubits.
/// Cost of a run: as many trajectories, at most 2^N a gate or channel each.
class TrajectoryExecutor {
 public:
  /// The head's qubit q is qubit device_qubits[q] of the device, or q if the list is empty. Throws CircuitError for
  /// qubits that are negative or repeated, ValueError as `trajectories`.
  explicit TrajectoryExecutor(NoiseModel model, const TrajectoryOptions& options = {},
                              std::vector<int> device_qubits = {})
      : device_("TrajectoryExecutor", std::move(model), std::move(device_qubits)),
        options_(options),
        rng_(options.seed) {
    detail::check(options);
  }

  [[nodiscard]] const NoiseModel& model() const noexcept { return device_.model(); }
  /// From now on the random numbers are those of this seed.
  void reseed(Seed seed) noexcept { rng_ = Rng(seed); }

  /// Expectation values with their covariances, those of a run being from the same trajectories. Throws ShapeError for
  /// a head with more qubits than the device's list, MemoryError for circuits that are too wide.
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) {
    std::vector<Estimates> results;
    results.reserve(jobs.size());
    for (const auto& job : jobs) results.push_back(run(job));
    return results;
  }

 private:
  [[nodiscard]] Estimates run(const CircuitJob& job) {
    const detail::NoisyJob noisy = device_.with_noise_of(job);
    ColMajorMatrix<double> eigenvalues = job.eigenvalues;  // as they are read
    for (Eigen::Index o = 0; o < eigenvalues.cols(); ++o) {
      apply_readout_errors_to_observable({eigenvalues.col(o).data(), static_cast<std::size_t>(eigenvalues.rows())},
                                         noisy.readout_errors);
    }
    detail::TrajectoryRunner<double> runner(noisy.program);
    Estimates out{Batch<double>(job.observables(), job.runs()), {}, {}};
    for (Eigen::Index r = 0; r < job.runs(); ++r) {
      runner.bind({job.parameters.col(r).data(), static_cast<std::size_t>(job.parameters.rows())}, {});
      auto means = detail::sample_trajectories(
          runner, options_, rng_, job.observables(), [&](const DynamicStateVector<double>& state) {
            return Eigen::VectorXd(eigenvalues.transpose() * marginal(state, job.measured));
          });
      out.values.col(r) = means.mean;
      out.covariances.push_back(std::move(means.covariance));
    }
    return out;
  }

  detail::JobDevice device_;
  TrajectoryOptions options_;
  Rng rng_;
};

}  // namespace qmtl::inline QMTL_ABI
