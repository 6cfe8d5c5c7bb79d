#pragma once
// SPDX-License-Identifier: Apache-2.0
// From the counts of a job's circuits back to what its executor was asked: frequencies, expectation values, errors.

#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/hardware/bound_runs.hpp"
#include "qmtl/hardware/circuit_result.hpp"
#include "qmtl/hardware/hardware_job.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Measurements of a register. Throws ValueError for counts that cannot be; `what` names them.
[[nodiscard]] inline std::int64_t total_of(const RegisterCounts& counts, int bits, std::string_view what) {
  std::int64_t total = 0;
  for (const auto& [value, count] : counts) {
    if (count < 0 || count > std::int64_t{1} << 53) {
      throw ValueError(text("qmtl: ", what, ": counts, expected 0 to 2^53, got ", count));
    }
    if (bits < 64 && value >> bits != 0) {
      throw ValueError(text("qmtl: ", what, ": values, expected below 2^", bits, ", got ", value));
    }
    total += count;
    if (total > std::int64_t{1} << 53) throw ValueError(text("qmtl: ", what, ": more than 2^53 counts"));
  }
  if (total == 0) throw ValueError(text("qmtl: ", what, ": counts, expected at least 1, got none"));
  return total;
}

}  // namespace detail

/// The results of a job, looked at as its runs. Both must outlive it.
class JobResults {
 public:
  /// Throws ShapeError unless there is a result for each circuit, ValueError where readout is calibrated and its
  /// circuits have failed or show a qubit whose reading says nothing.
  JobResults(const HardwareJob& job, std::span<const CircuitResult> results) : job_(&job), results_(results) {
    detail::require_size("JobResults: results of circuits", results.size(), job.circuits.size());
    if (job.calibration) calibrate(*job.calibration);
  }

  /// Whether there are counts of a run.
  [[nodiscard]] bool has(std::size_t job, std::size_t run) const {
    const RunPlace at = place(job, run);
    const auto& result = results_[static_cast<std::size_t>(at.circuit)];
    const auto r = static_cast<std::size_t>(at.classical_register);
    return result.complete() && r < result.registers.size() && !result.registers[r].empty();
  }

  /// Of each measured qubit of the device, from the job's calibration: with shots of their own, hence with errors
  /// sqrt(p (1 - p) / shots). Empty without a calibration.
  [[nodiscard]] const std::map<int, ReadoutError>& readout_errors() const noexcept { return readout_errors_; }

  /// Frequencies of a run's outcomes (2^k), and how many measurements there are. Throws ValueError, with job, run,
  /// circuit and reason, where there are none or impossible ones, ShapeError for a register of more than 30 bits.
  struct Frequencies {
    Eigen::VectorXd values;
    double shots = 0.0;
  };
  [[nodiscard]] Frequencies frequencies(std::size_t job, std::size_t run) const {
    const RunPlace at = place(job, run);
    const auto& result = results_[static_cast<std::size_t>(at.circuit)];
    const std::string what = detail::text("JobResults: run ", run, " of job ", job, ", circuit ", at.circuit);
    if (!result.complete()) throw ValueError("qmtl: " + what + ": has no counts: " + result.failure);
    const auto r = static_cast<std::size_t>(at.classical_register);
    if (r >= result.registers.size()) {
      throw ValueError(detail::text("qmtl: ", what, ": expected counts of register ", r, ", got ",
                                    result.registers.size(), " registers"));
    }
    const int bits = circuit_of(at).registers()[r].bits;
    if (bits > 30)
      throw ShapeError(detail::text("qmtl: ", what, ": bits of a register, expected at most 30, got ", bits));
    Frequencies out{Eigen::VectorXd::Zero(Eigen::Index{1} << bits), 0.0};
    out.shots = static_cast<double>(detail::total_of(result.registers[r], bits, what));
    for (const auto& [value, count] : result.registers[r]) {
      out.values[static_cast<Eigen::Index>(value)] = static_cast<double>(count) / out.shots;
    }
    return out;
  }

  /// Outcome frequencies of all runs of a job, 2^k x runs.
  [[nodiscard]] Batch<double> probabilities(std::size_t job) const {
    const std::size_t runs = planned(job).runs.size();
    Batch<double> out;
    for (std::size_t r = 0; r < runs; ++r) {
      const auto of_run = frequencies(job, r);
      if (r == 0) out.resize(of_run.values.size(), static_cast<Eigen::Index>(runs));
      out.col(static_cast<Eigen::Index>(r)) = of_run.values;
    }
    return out;
  }

  /// Means of a job's observables with their covariances; readout errors are undone if they were calibrated (the
  /// inverse of their rates, unbiased). Standard errors are those of the job's own shots, of which one more is imagined
  /// (see ProbabilityExecutor); that of the rates is not among them. Throws ShapeError for a job of another size.
  [[nodiscard]] Estimates expectations(std::size_t job, const CircuitJob& asked) const {
    const std::size_t runs = planned(job).runs.size();
    detail::require_size("JobResults: runs of a job", asked.runs(), runs);
    Estimates out{Batch<double>(asked.observables(), asked.runs()), {}, {}};
    for (std::size_t r = 0; r < runs; ++r) {
      const auto of_run = frequencies(job, r);
      detail::require_size("JobResults: outcomes of a job", asked.outcomes(), of_run.values.size());
      const ColMajorMatrix<double> eigenvalues = corrected(asked, place(job, r));
      out.values.col(static_cast<Eigen::Index>(r)) = eigenvalues.transpose() * of_run.values;
      out.covariances.push_back(covariance(eigenvalues, of_run));
    }
    return out;
  }

 private:
  [[nodiscard]] const PlannedJob& planned(std::size_t job) const {
    if (job < job_->jobs.size()) return job_->jobs[job];
    throw ShapeError(detail::text("qmtl: JobResults: jobs, expected below ", job_->jobs.size(), ", got ", job));
  }
  [[nodiscard]] RunPlace place(std::size_t job, std::size_t run) const {
    const auto& runs = planned(job).runs;
    if (run >= runs.size()) {
      throw ShapeError(
          detail::text("qmtl: JobResults: runs of job ", job, ", expected below ", runs.size(), ", got ", run));
    }
    return runs[run];
  }
  [[nodiscard]] const Program& circuit_of(const RunPlace& at) const {
    return job_->circuits[static_cast<std::size_t>(at.circuit)];
  }

  void calibrate(const ReadoutCalibration& calibration) {
    const auto up = ones_read(calibration.zeros, calibration.qubits.size());
    const auto ones = ones_read(calibration.ones, calibration.qubits.size());
    for (std::size_t i = 0; i < calibration.qubits.size(); ++i) {
      const ReadoutError error{up[i], 1 - ones[i]};
      detail::require_invertible(detail::text("JobResults: calibration of qubit ", calibration.qubits[i]),
                                 std::span(&error, 1));
      readout_errors_.emplace(calibration.qubits[i], error);
    }
  }

  /// How often each bit of a circuit was read as one.
  [[nodiscard]] std::vector<double> ones_read(int circuit, std::size_t bits) const {
    const auto& result = results_[static_cast<std::size_t>(circuit)];
    const auto& program = job_->circuits[static_cast<std::size_t>(circuit)];
    const std::string what = detail::text("JobResults: readout calibration, circuit ", circuit);
    if (!result.complete()) throw ValueError("qmtl: " + what + ": has no counts: " + result.failure);
    detail::require_size(what + ": registers", result.registers.size(), program.registers().size());
    std::vector<double> out;
    for (std::size_t r = 0; r < result.registers.size(); ++r) {
      const int width = program.registers()[r].bits;
      const auto total = static_cast<double>(detail::total_of(result.registers[r], width, what));
      for (int bit = 0; bit < width; ++bit) {
        std::int64_t ones = 0;
        for (const auto& [value, count] : result.registers[r]) {
          if (((value >> bit) & 1u) != 0) ones += count;
        }
        out.push_back(static_cast<double>(ones) / total);
      }
    }
    detail::require_size(what + ": bits", out.size(), bits);
    return out;
  }

  /// Eigenvalues whose means over what is read are those of the job's over what is there.
  [[nodiscard]] ColMajorMatrix<double> corrected(const CircuitJob& asked, const RunPlace& at) const {
    ColMajorMatrix<double> out = asked.eigenvalues;
    if (readout_errors_.empty()) return out;
    std::vector<ReadoutError> errors;
    for (const int q : detail::measured_into(circuit_of(at), static_cast<std::size_t>(at.classical_register))) {
      const auto known = readout_errors_.find(q);
      if (known == readout_errors_.end()) {
        throw ValueError(
            detail::text("qmtl: JobResults: readout calibration, expected qubit ", q, " among its qubits"));
      }
      errors.push_back(known->second);
    }
    for (Eigen::Index o = 0; o < out.cols(); ++o) {
      invert_readout_errors_of_observable({out.col(o).data(), static_cast<std::size_t>(out.rows())}, errors);
    }
    return out;
  }

  [[nodiscard]] static ColMajorMatrix<double> covariance(const ColMajorMatrix<double>& eigenvalues,
                                                         const Frequencies& seen) {
    const double imagined = 1.0 / static_cast<double>(eigenvalues.rows());
    const Eigen::VectorXd p = (seen.shots * seen.values.array() + imagined) / (seen.shots + 1.0);
    const ColMajorMatrix<double> centred = eigenvalues.rowwise() - (p.transpose() * eigenvalues).eval();
    return centred.transpose() * p.asDiagonal() * centred / seen.shots;
  }

  const HardwareJob* job_;
  std::span<const CircuitResult> results_;
  std::map<int, ReadoutError> readout_errors_;
};

}  // namespace qmtl::inline QMTL_ABI
