#pragma once
// SPDX-License-Identifier: Apache-2.0
// HardwareExecutor: a head's circuits run by a provider, waited for call by call.

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/hardware/job_estimates.hpp"
#include "qmtl/hardware/job_runner.hpp"
#include "qmtl/hardware/plan_job.hpp"

namespace qmtl::inline QMTL_ABI {

/// Plans the jobs of a call into few circuits, sends them, waits, and answers with expectation values and covariances,
/// readout errors undone if the options say so; or with bare frequencies, for MitigatedExecutor. Copies share the
/// provider. A call takes as long as the queue: for jobs that outlive the process see JobRecorder. With LightCones the
/// head hands over its windows' light cones only: smaller circuits, of which fewer can be shared, and errors of fewer
/// gates.
template <Provider P, bool LightCones = false, WaitingClock C = SystemClock>
class HardwareExecutor {
 public:
  static constexpr bool light_cones = LightCones;

  /// Throws ValueError for options with a name, which only one job can have, or without shots.
  explicit HardwareExecutor(std::shared_ptr<P> provider, HardwareOptions options = {}, RunnerOptions waiting = {},
                            C clock = C())
      : provider_(std::move(provider)), options_(std::move(options)), waiting_(waiting), clock_(std::move(clock)) {
    if (!options_.name.empty()) throw ValueError("qmtl: HardwareExecutor: name, expected none: each call is a job");
    if (options_.shots < 1) {
      throw ValueError(detail::text("qmtl: HardwareExecutor: shots, expected at least 1, got ", options_.shots));
    }
  }

  [[nodiscard]] double shots() const noexcept { return static_cast<double>(options_.shots); }
  [[nodiscard]] const HardwareOptions& options() const noexcept { return options_; }
  [[nodiscard]] P& provider() const noexcept { return *provider_; }
  /// Circuits that were run so far, by this executor and not by its copies.
  [[nodiscard]] std::size_t circuits() const noexcept { return circuits_; }

  /// Outcome frequencies (2^k x runs) of each job, as they are read. Throws as plan_hardware_job, JobRunner and
  /// JobResults.
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    return answer<Batch<double>>(jobs,
                                 [](const JobResults& results, std::size_t j) { return results.probabilities(j); });
  }

  /// Expectation values of each job with their covariances. Throws as probabilities.
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) {
    return answer<Estimates>(
        jobs, [jobs](const JobResults& results, std::size_t j) { return results.expectations(j, jobs[j]); });
  }

 private:
  template <class Answer, class Read>
  [[nodiscard]] std::vector<Answer> answer(std::span<const CircuitJob> jobs, const Read& read) {
    const HardwareJob job = plan_hardware_job(jobs, options_);
    MemoryJournal journal;
    JobRunner<P, MemoryJournal, C> runner(job, *provider_, journal, waiting_, clock_);
    runner.wait();
    circuits_ += job.circuits.size();
    const auto circuits = runner.results();
    const JobResults results(job, circuits);
    std::vector<Answer> out;
    for (std::size_t j = 0; j < jobs.size(); ++j) out.push_back(read(results, j));
    return out;
  }

  std::shared_ptr<P> provider_;
  HardwareOptions options_;
  RunnerOptions waiting_;
  C clock_;
  std::size_t circuits_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI
