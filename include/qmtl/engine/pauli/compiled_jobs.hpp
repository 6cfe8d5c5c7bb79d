#pragma once
// SPDX-License-Identifier: Apache-2.0
// What an executor's jobs were compiled to, kept for its next calls.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/engine/pauli/pauli_lanes.hpp"
#include "qmtl/executor/executor.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A job with its noise, ready to run: all products of Z on what is measured.
struct CompiledJob {
  PauliLanes<double> lanes;
  std::vector<ReadoutError> readout_errors;  ///< of what is measured, in its order
};

/// Compiled jobs by their circuits, qubits and what is measured: those used last, as many as fit. Copies share them, on
/// any threads: what several ask for at a time is compiled by one of them, while the others wait.
class CompiledJobs {
 public:
  explicit CompiledJobs(std::size_t max_jobs = 1024, std::size_t max_bytes = std::size_t{1} << 30)
      : shared_(std::make_shared<Shared>()), max_jobs_(max_jobs), max_bytes_(max_bytes) {}
  CompiledJobs(const CompiledJobs&) = default;  // what is moved from stays as good
  CompiledJobs& operator=(const CompiledJobs&) = default;
  ~CompiledJobs() = default;

  /// What was kept of a job that is the same but for its parameters and observables, or what compile() makes of it.
  /// What compile() throws passes through.
  template <class Compile>
  [[nodiscard]] std::shared_ptr<const CompiledJob> get(const CircuitJob& job, const Compile& compile) const {
    const std::scoped_lock lock(shared_->mutex);
    auto& kept = shared_->kept;
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const Kept& k) { return k.is_of(job); });
    if (found != kept.end()) {
      std::rotate(found, found + 1, kept.end());
      return kept.back().compiled;
    }
    return keep({DynamicCircuit(job.circuit),
                 {job.qubits.begin(), job.qubits.end()},
                 {job.measured.begin(), job.measured.end()},
                 std::make_shared<const CompiledJob>(compile())});
  }

 private:
  struct Kept {
    DynamicCircuit circuit;
    std::vector<int> qubits, measured;
    std::shared_ptr<const CompiledJob> compiled;

    [[nodiscard]] bool is_of(const CircuitJob& job) const {
      return std::ranges::equal(measured, job.measured) && std::ranges::equal(qubits, job.qubits) &&
             CircuitView(circuit) == job.circuit;
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
      return compiled->lanes.table_bytes() + CircuitView(circuit).size() * sizeof(Operation);
    }
  };
  /// Circuits that come in the same order in every call are found at the front.
  struct Shared {
    std::mutex mutex;
    std::vector<Kept> kept;  // the one used last at the end
    std::size_t bytes = 0;
  };

  [[nodiscard]] std::shared_ptr<const CompiledJob> keep(Kept made) const {
    auto compiled = made.compiled;
    const std::size_t bytes = made.bytes();
    if (bytes > max_bytes_) return compiled;
    auto& kept = shared_->kept;
    while (!kept.empty() && (kept.size() >= max_jobs_ || shared_->bytes + bytes > max_bytes_)) {
      shared_->bytes -= kept.front().bytes();
      kept.erase(kept.begin());
    }
    kept.push_back(std::move(made));
    shared_->bytes += bytes;
    return compiled;
  }

  std::shared_ptr<Shared> shared_;
  std::size_t max_jobs_, max_bytes_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
