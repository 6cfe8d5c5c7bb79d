#pragma once
// SPDX-License-Identifier: Apache-2.0
// The exact executor: state vectors, without noise.

#include <algorithm>
#include <cmath>
#include <complex>
#include <span>
#include <vector>

#include "qmtl/core/memory.hpp"
#include "qmtl/executor/executor.hpp"
#include "qmtl/state/apply.hpp"
#include "qmtl/state/sampling.hpp"

namespace qmtl::inline QMTL_ABI {

/// Runs circuits of at most 30 qubits exactly, on one state vector after another, with amplitudes of type S. What runs
/// in a row have in common is simulated once: jobs that begin with the same operations, and shifts of one circuit up to
/// the first angle that is shifted. Throws MemoryError for wider circuits.
template <Scalar S = double>
class IdealExecutor {
 public:
  static constexpr bool exact = true;
  static constexpr bool light_cones = true;

  /// The outcome probabilities (2^k x runs) of each job.
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    std::vector<Batch<double>> results;
    results.reserve(jobs.size());
    run_all(jobs, results);
    return results;
  }

 private:
  // `auto` where the type is known: so that whoever includes this and runs nothing pays for the parsing only.

  void run_all(auto jobs, auto& results) {
    for (const auto& job : jobs) results.emplace_back(Batch<double>::Zero(job.outcomes(), job.runs()));
    for (std::size_t first = 0; first < jobs.size();) {
      std::size_t last = first + 1;
      while (last < jobs.size() && begin_alike(jobs[first], jobs[last])) ++last;
      run(jobs.subspan(first, last - first), std::span(results).subspan(first, last - first));
      first = last;
    }
  }

  using Operations = std::span<const Operation>;

  /// Amplitudes after the first `done` operations of a run.
  struct State {
    std::vector<std::complex<S>> amplitudes;
    std::size_t done = 0;

    void restart() {
      std::fill(amplitudes.begin(), amplitudes.end(), std::complex<S>());
      amplitudes[0] = S(1);
      done = 0;
    }
    void advance(Operations ops, std::size_t end, const S* parameters) {
      if (end <= done) return;
      detail::apply_all<S>(ops.subspan(done, end - done), parameters, nullptr, amplitudes.data(), amplitudes.size());
      done = end;
    }
  };

  /// Whether run by run two jobs have the same state after their shared operations.
  [[nodiscard]] static bool begin_alike(const auto& a, const auto& b) {
    if (a.circuit.qubits != b.circuit.qubits || a.shared != b.shared || a.runs() != b.runs()) return false;
    const Operations ops = a.circuit.ops().first(a.shared);
    const Eigen::Index parameters = feature_count(ops);
    return std::ranges::equal(ops, b.circuit.ops().first(b.shared)) &&
           a.parameters.topRows(parameters) == b.parameters.topRows(parameters);
  }

  /// The first operation that is not the same in a run as in the next one.
  [[nodiscard]] static std::size_t first_difference(const auto& job, Eigen::Index run) {
    const auto ops = job.circuit.ops();
    if (run + 1 == job.runs()) return 0;
    return static_cast<std::size_t>(
        std::ranges::find_if(ops,
                             [&](const Operation& op) {
                               return std::ranges::any_of(op.used_angles(), [&](const Angle& angle) {
                                 return angle.source == AngleSource::feature &&
                                        job.parameters(angle.index, run) != job.parameters(angle.index, run + 1);
                               });
                             }) -
        ops.begin());
  }

  /// Jobs that begin alike, or a single one.
  void run(auto jobs, auto results) {
    const auto& first = jobs.front();
    const auto ops = first.circuit.ops();
    make_room(first.circuit.qubits);
    const std::size_t common = jobs.size() == 1 ? ops.size() : first.shared;
    common_.restart();
    for (Eigen::Index r = 0; r < first.runs(); ++r) {
      const std::size_t differs = first_difference(first, r);
      load(first, r);
      common_.advance(ops, std::min(differs, common), parameters_.data());
      shared_ = common_;
      shared_.advance(ops, common, parameters_.data());
      for (std::size_t j = 0; j < jobs.size(); ++j) {
        load(jobs[j], r);
        own_ = shared_;
        own_.advance(jobs[j].circuit.ops(), jobs[j].circuit.ops().size(), parameters_.data());
        read(jobs[j].measured, results[j].col(r).data());
      }
      if (common_.done > differs) common_.restart();
    }
  }

  void make_room(int qubits) {
    const double bytes = detail::bytes_of<std::complex<S>>(std::ldexp(3.0, qubits));
    if (qubits > max_qubits) detail::throw_no_memory("IdealExecutor", bytes);
    detail::with_memory("IdealExecutor", bytes, [&] {
      for (State* state : {&common_, &shared_, &own_}) state->amplitudes.resize(dimension(qubits));
    });
  }

  void load(const auto& job, Eigen::Index run) {
    const auto column = job.parameters.col(run);
    parameters_.assign(column.begin(), column.end());
  }

  void read(std::span<const int> measured, double* probabilities) const noexcept {
    for (Index i = 0; i < own_.amplitudes.size(); ++i) {
      probabilities[detail::gather(i, measured)] += static_cast<double>(std::norm(own_.amplitudes[i]));
    }
  }

  State common_, shared_, own_;  // of this run and the next; after what jobs share; of a job
  std::vector<S> parameters_;
};

}  // namespace qmtl::inline QMTL_ABI
