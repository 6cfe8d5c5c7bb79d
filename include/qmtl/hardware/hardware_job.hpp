#pragma once
// SPDX-License-Identifier: Apache-2.0
// HardwareJob: the circuits that a device is to run for a head, and which of their registers belongs to which run.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// Where a run is measured: bit j of the register is the job's measured qubit j.
struct RunPlace {
  int circuit = 0;
  int classical_register = 0;

  friend bool operator==(const RunPlace&, const RunPlace&) = default;
};

/// A job of an executor as it was planned: what tells that the same is asked for again, and where its runs are.
struct PlannedJob {
  std::uint64_t circuit = 0;  ///< hash of the circuit, its qubits and what is measured
  Batch<double> parameters;   ///< parameters x runs
  std::vector<RunPlace> runs;
};

/// Two circuits in which all qubits that are measured anywhere are read, once all in |0> and once all in |1>.
struct ReadoutCalibration {
  int zeros = 0;            ///< the circuit of |0...0>
  int ones = 0;             ///< the circuit of |1...1>
  std::vector<int> qubits;  ///< of the device; bit i of the circuits' registers, counted through all, is qubits[i]
};

/// Circuits for a device, all measured equally often, and how their bits map to the runs of jobs. A value: it is made
/// by plan_hardware_job, written to a file (provider/job_json.hpp), sent by a provider, and read again with the
/// results.
struct HardwareJob {
  std::string name;               ///< by which providers find it again: unique
  std::int64_t shots = 0;         ///< measurements of each circuit
  std::vector<Program> circuits;  ///< on the device's qubits, in its gates, without parameters
  std::vector<PlannedJob> jobs;   ///< in the order in which an executor was asked
  std::optional<ReadoutCalibration> calibration{};

  /// Runs of all jobs.
  [[nodiscard]] std::size_t runs() const noexcept {
    std::size_t count = 0;
    for (const auto& job : jobs) count += job.runs.size();
    return count;
  }
};

namespace detail {

/// Whether services, files and URLs can carry a job's name as it is.
[[nodiscard]] inline bool is_job_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

inline void check_job_name(std::string_view name) {
  if (is_job_name(name)) return;
  throw ValueError("qmtl: HardwareJob: name, expected 1 to 64 letters, digits, '-' and '_'");
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
