#pragma once
// SPDX-License-Identifier: Apache-2.0
// Circuits under a noise model by Pauli coordinates, exactly.

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/pauli/compiled_jobs.hpp"
#include "qmtl/engine/pauli/pauli_scheduler.hpp"
#include "qmtl/engine/pauli/pauli_tracer.hpp"
#include "qmtl/noise/job_device.hpp"
#include "qmtl/noise/readout_error.hpp"
#include "qmtl/noise/walsh_hadamard.hpp"

namespace qmtl::inline QMTL_ABI {

/// The same probabilities as NoisyExecutor's, and as exact, from the Pauli coordinates that what is measured depends on
/// instead of density matrices: many runs at a time, and circuits of any number of qubits. A circuit is compiled by the
/// first call that has it; copies of the executor, on any threads, share what they have compiled, of which up to 1024
/// circuits and 1 GiB are kept. To draw shots under noise, `ShotExecutor(1000, seed, PauliExecutor(noise))`; exact
/// values and gradients are cheaper by NoisyBackend, which compiles a head once, and encodes once for all tasks.
class PauliExecutor {
 public:
  static constexpr bool exact = true;

  /// The head's qubit q is qubit device_qubits[q] of the device, or q if the list is empty. Throws CircuitError for
  /// qubits that are negative or repeated.
  explicit PauliExecutor(NoiseModel model, std::vector<int> device_qubits = {})
      : device_("PauliExecutor", std::move(model), std::move(device_qubits)) {}

  [[nodiscard]] const NoiseModel& model() const noexcept { return device_.model(); }

  /// The probabilities (2^k x runs) of what is read in each job. Throws ShapeError for a head with more qubits than the
  /// device's list, CircuitError or MemoryError where what is measured depends on more than 64 qubits or on
  /// more coordinates than fit in 4 GiB.
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) const {
    std::vector<Batch<double>> results;
    results.reserve(jobs.size());
    for (const auto& job : jobs) results.push_back(run(job));
    return results;
  }

 private:
  using Lanes = detail::PauliLanes<double>;
  static constexpr int width = pack_width<double>;

  [[nodiscard]] Batch<double> run(const CircuitJob& job) const {
    const auto compiled = jobs_.get(job, [&] { return compile(job); });
    Lanes lanes = compiled->lanes;
    Batch<double> table(static_cast<Eigen::Index>(lanes.program().ends.size()), job.runs());
    std::vector<Pack<double>> numbers(lanes.size()), angles(static_cast<std::size_t>(job.parameters.rows()));
    for (Eigen::Index first = 0; first < job.runs(); first += width) {
      const Eigen::Index last = job.runs() - 1;
      for (std::size_t i = 0; i < angles.size(); ++i) {
        const auto parameter = job.parameters.row(static_cast<Eigen::Index>(i));
        angles[i] = make_pack<double>([&](int lane) { return parameter(std::min(first + lane, last)); });
      }
      lanes.angles().set(angles, {});
      lanes.begin(numbers);
      lanes.forward(numbers);
      for (int lane = 0; lane < width && first + lane <= last; ++lane) {
        auto column = table.col(first + lane);
        read(lanes.program(), lanes.last(numbers), lane, {column.data(), static_cast<std::size_t>(column.size())});
        apply_readout_errors({column.data(), static_cast<std::size_t>(column.size())}, compiled->readout_errors);
      }
    }
    return table;
  }

  /// The coordinates of all products of Z on what is measured: bit j of an end's number is measured[j].
  [[nodiscard]] detail::CompiledJob compile(const CircuitJob& job) const {
    detail::NoisyJob noisy = device_.with_noise_of(job);
    const detail::PauliMaps maps(noisy.program);
    const detail::PauliReach reach(maps.all(), noisy.program.qubits());
    detail::PauliTracer tracer;
    const Index outcomes = dimension(static_cast<int>(job.measured.size()));
    for (Index z = 0; z < outcomes; ++z) (void)tracer.need({0, z}, job.measured);
    tracer.trace_back(maps.all(), &reach);
    const detail::PauliProgram traced = std::move(tracer).finish();
    detail::PauliProgram program = detail::PauliScheduler(traced, true).run();
    program.drop_saves();
    return {Lanes(std::move(program)), std::move(noisy.readout_errors)};
  }

  /// From the coordinates of one lane to the probabilities of outcomes: P(a) = sum_z (-1)^(a z) r_z / 2^k.
  static void read(const detail::PauliProgram& program, std::span<const Pack<double>> last, int lane,
                   std::span<double> probabilities) {
    for (std::size_t z = 0; z < probabilities.size(); ++z) {
      const auto& end = program.ends[z];
      probabilities[z] = end.factor == 0.0 ? 0.0 : end.factor * last[end.place][lane];
    }
    detail::walsh_hadamard(probabilities);
    for (double& p : probabilities) p = std::max(p / static_cast<double>(probabilities.size()), 0.0);  // rounding
  }

  detail::JobDevice device_;
  detail::CompiledJobs jobs_;
};

}  // namespace qmtl::inline QMTL_ABI
