#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads asked today and answered tomorrow: an executor that writes down what it is asked, and one that answers it from
// a job's results.

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/hardware/job_estimates.hpp"
#include "qmtl/hardware/plan_job.hpp"

namespace qmtl::inline QMTL_ABI {

/// Writes down the jobs that it is given, of all copies in one list, and answers that all outcomes are equally
/// likely. `model.head().set_executor(recorder)`, then `model.predict(rows)`: the predictions mean nothing, and
/// `recorder.plan(options)` is the job that asks for them. Only forward calls can be recorded, as what a backward is
/// asked depends on the answers. With LightCones tasks are cut down to their windows' light cones.
template <bool LightCones = false>
class JobRecorder {
 public:
  static constexpr bool light_cones = LightCones;

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    std::vector<Batch<double>> out;
    for (const auto& job : jobs) {
      recorded_->emplace_back(job);
      const double equally = 1.0 / static_cast<double>(job.outcomes());
      out.emplace_back(job.outcomes(), job.runs()).setConstant(equally);
    }
    return out;
  }

  [[nodiscard]] std::size_t jobs() const noexcept { return recorded_->size(); }
  void clear() noexcept { recorded_->clear(); }

  /// The circuits for all that was asked. Throws as plan_hardware_job.
  [[nodiscard]] HardwareJob plan(const HardwareOptions& options = {}) const {
    std::vector<CircuitJob> jobs;
    for (const auto& recorded : *recorded_) jobs.push_back(recorded.job());
    return plan_hardware_job(jobs, options);
  }

 private:
  /// A job that owns what it names.
  struct Recorded {
    explicit Recorded(const CircuitJob& job)
        : circuit(job.circuit),
          qubits(job.qubits.begin(), job.qubits.end()),
          measured(job.measured.begin(), job.measured.end()),
          parameters(job.parameters),
          eigenvalues(job.eigenvalues),
          shared(job.shared) {}

    [[nodiscard]] CircuitJob job() const { return {circuit, qubits, measured, parameters, eigenvalues, shared}; }

    DynamicCircuit circuit;
    std::vector<int> qubits, measured;
    Batch<double> parameters, eigenvalues;
    std::size_t shared;
  };

  std::shared_ptr<std::vector<Recorded>> recorded_ = std::make_shared<std::vector<Recorded>>();
};

/// Answers the calls that a JobRecorder has written down from the results of its job, in the same order, and from the
/// start again after the last: so predictions of the same model for the same rows are those of the device. Answers
/// are expectation values with covariances, readout errors undone if the job has calibrated them.
template <bool LightCones = false>
class RecordedAnswers {
 public:
  static constexpr bool light_cones = LightCones;

  /// Throws as JobResults.
  RecordedAnswers(HardwareJob job, std::vector<CircuitResult> results)
      : kept_(std::make_shared<const Kept>(std::move(job), std::move(results))) {}

  [[nodiscard]] const HardwareJob& job() const noexcept { return kept_->job; }
  [[nodiscard]] const JobResults& results() const noexcept { return kept_->view; }

  /// Throws LogicError where something else is asked than what was recorded, as by a model with other weights, of other
  /// rows or in another order, and as JobResults where results are missing.
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) {
    std::vector<Estimates> out;
    for (const auto& asked : jobs) {
      if (next_ == kept_->job.jobs.size()) next_ = 0;
      require_recorded(asked);
      out.push_back(kept_->view.expectations(next_, asked));
      ++next_;
    }
    return out;
  }

 private:
  struct Kept {
    Kept(HardwareJob j, std::vector<CircuitResult> r)
        : job(std::move(j)), circuits(std::move(r)), view(job, circuits) {}
    Kept(const Kept&) = delete;

    HardwareJob job;
    std::vector<CircuitResult> circuits;
    JobResults view;
  };

  /// Other compilers round otherwise, other weights differ by more.
  static constexpr double angle_tolerance = 1e-5;

  void require_recorded(const CircuitJob& asked) const {
    if (next_ >= kept_->job.jobs.size()) throw LogicError("qmtl: RecordedAnswers: the job is of no runs");
    const auto& known = kept_->job.jobs[next_];
    const bool same = detail::JobProgram(asked).hash() == known.circuit &&
                      asked.parameters.rows() == known.parameters.rows() && asked.runs() == known.parameters.cols();
    // What is no number is close to nothing.
    const bool close = same && ((asked.parameters - known.parameters).array().abs() <= angle_tolerance).all();
    if (close) return;
    throw LogicError(detail::text("qmtl: RecordedAnswers: job ", next_, " is not the one that was recorded: ",
                                  same
                                      ? "its angles differ, as of other weights or rows"
                                      : "its circuit or its number of runs differs, as of another head or other rows"));
  }

  std::shared_ptr<const Kept> kept_;
  std::size_t next_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI
