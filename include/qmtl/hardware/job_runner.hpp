#pragma once
// SPDX-License-Identifier: Apache-2.0
// JobRunner: has a provider run a job, each circuit once, whatever is interrupted.

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/clock.hpp"
#include "qmtl/hardware/hardware_job.hpp"
#include "qmtl/hardware/job_journal.hpp"
#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/hardware/provider.hpp"

namespace qmtl::inline QMTL_ABI {

/// The system's clock, which really waits.
struct SystemClock {
  [[nodiscard]] double now() const noexcept { return detail::steady_seconds(); }
  void sleep(double seconds) const noexcept {
    if (!(seconds > 0.0)) return;
    const double whole = std::floor(std::min(seconds, 1e9));
    timespec left{static_cast<time_t>(whole), static_cast<long>((std::min(seconds, 1e9) - whole) * 1e9)};
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
};

/// How a JobRunner waits; times in seconds.
struct RunnerOptions {
  double first_poll = 2.0;            ///< until a job is asked for the first time; then half as long again each time,
  double longest_poll = 60.0;         ///< up to this
  double longest_wait = 7 * 86400.0;  ///< in all, for wait()
  /// After a submission without an answer that the service does not list: until it is looked for once more, and sent
  /// again if it is still not there. Longer than the service may take to list what it has accepted.
  double settling = 30.0;
  int submissions = 4;  ///< at most so many of each part, as long as none is answered
};

namespace detail {

/// A result as it came, or a failed one where it is not of so many measurements in each of a circuit's registers.
[[nodiscard]] inline CircuitResult checked_result(CircuitResult result, const Program& circuit, std::int64_t shots) {
  if (!result.complete()) return result;
  const auto registers = circuit.registers();
  if (result.registers.size() != registers.size()) {
    return failed_result(
        text("expected counts of ", registers.size(), " registers, got those of ", result.registers.size()));
  }
  for (std::size_t r = 0; r < registers.size(); ++r) {
    std::int64_t total = 0;
    for (const auto& [value, count] : result.registers[r]) {
      if (registers[r].bits < 64 && value >> registers[r].bits != 0) {
        return failed_result(
            text("register '", registers[r].name, "': expected ", registers[r].bits, " bits, got ", value));
      }
      if (count < 0 || count > shots - total) {
        return failed_result(text("register '", registers[r].name, "': expected ", shots, " counts in all, got other"));
      }
      total += count;
    }
    if (total != shots) {
      return failed_result(text("register '", registers[r].name, "': expected ", shots, " counts, got ", total));
    }
  }
  return result;
}

/// Does something for each of so many parts, also if it fails for one; then throws the first failure.
template <class Do>
void try_each_part(std::size_t parts, const Do& body) {
  std::exception_ptr first;
  for (std::size_t p = 0; p < parts; ++p) {
    try {
      body(p);
    } catch (const ProviderError&) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace detail

/// Sends a job's circuits to a provider in as few parts as its limits allow, and collects what comes back. Before a
/// part is sent, the journal says so; if the answer never comes, or the process dies before it is written down, the
/// part is looked for by its tag, "<name of the job>-<part>", and sent again only if the service does not have it. So
/// no circuit runs twice unless the service lists a job later than `settling` after it has accepted it. A result must
/// be of as many measurements as were asked for, in every register, or it counts as failed. All that it refers to must
/// outlive it; only one runner may use a journal at a time.
template <Provider P, JobJournal J, WaitingClock C = SystemClock>
class JobRunner {
 public:
  /// Throws CircuitError for circuits that the provider cannot run, ValueError for a circuit that is too much for it
  /// alone, for a job without shots, a name that tags cannot have and options that would ask without a pause, and
  /// ShapeError for a journal with circuits that the job has not, before anything is sent.
  JobRunner(const HardwareJob& job, P& provider, J& journal, RunnerOptions options = {}, C clock = C())
      : job_(&job), provider_(&provider), journal_(&journal), options_(options), clock_(std::move(clock)) {
    if (job.shots < 1) {
      throw ValueError(detail::text("qmtl: JobRunner: shots of a job, expected at least 1, got ", job.shots));
    }
    if (!(options.first_poll > 0.0 && options.longest_poll > 0.0) || options.submissions < 1) {
      throw ValueError("qmtl: JobRunner: options, expected polls after more than 0 seconds and at least 1 submission");
    }
    detail::check_job_name(job.name);
    require_circuits();
    if (!journal.parts().empty()) return;
    for (std::size_t c = 0; c < job.circuits.size(); ++c) check(c);
    std::vector<int> all(job.circuits.size());
    for (std::size_t c = 0; c < all.size(); ++c) all[c] = static_cast<int>(c);
    journal_->write_parts(split(all));
  }

  /// Sends what is not there yet. Throws ProviderError where the service refuses, UnansweredError if it never answers;
  /// both leave the journal so that a further call goes on.
  void submit() {
    for (std::size_t p = 0; p < journal_->parts().size(); ++p) submit(p);
  }

  /// Asks for all that was sent and has not ended; true if nothing is left to ask for. Throws as the provider, after it
  /// has asked for the other parts.
  bool collect() {
    bool all = true;
    detail::try_each_part(journal_->parts().size(), [&](std::size_t p) { all &= collect(p); });
    return all;
  }

  /// submit(), and collect() until all has ended. Throws as they, and ProviderError after `longest_wait`.
  void wait() {
    submit();
    const double begin = clock_.now();
    for (double pause = options_.first_poll; !collect(); pause = std::min(1.5 * pause, options_.longest_poll)) {
      if (clock_.now() - begin > options_.longest_wait) {
        throw ProviderError(detail::text("qmtl: JobRunner: ", provider_->name(), ": job ", job_->name,
                                         " has not ended after ", options_.longest_wait, " seconds"));
      }
      clock_.sleep(pause);
    }
  }

  /// A result for each circuit; failed ones for what has none, as for parts that have not ended.
  [[nodiscard]] std::vector<CircuitResult> results() const {
    std::vector<CircuitResult> out(job_->circuits.size(), failed_result("its part has not ended"));
    const std::vector<JobPart> parts = journal_->parts();
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (parts[p].state != PartState::ended) continue;
      const std::vector<CircuitResult> of_part = journal_->results(p);
      detail::require_size("JobRunner: results of a part", of_part.size(), parts[p].circuits.size());
      for (std::size_t i = 0; i < of_part.size(); ++i) {
        out.at(static_cast<std::size_t>(parts[p].circuits[i])) = of_part[i];
      }
    }
    return out;
  }

  /// Plans circuits that have failed anew, in parts of their own, which submit() sends; how many.
  std::size_t retry_failed() {
    std::vector<JobPart> parts = journal_->parts();
    if (std::ranges::any_of(parts, [](const JobPart& part) { return part.state != PartState::ended; })) return 0;
    std::vector<int> again;
    const auto have = results();
    for (std::size_t c = 0; c < have.size(); ++c) {
      if (!have[c].complete()) again.push_back(static_cast<int>(c));
    }
    for (auto& part : split(again)) parts.push_back(std::move(part));
    journal_->write_parts(std::move(parts));
    return again.size();
  }

  /// Cancels all that was sent, or perhaps sent, and has not ended. Throws as the provider, after it has cancelled the
  /// other parts.
  void cancel() {
    detail::try_each_part(journal_->parts().size(), [&](std::size_t p) {
      if (journal_->parts()[p].state == PartState::sending) {
        if (auto id = find(tag(p))) mark(p, PartState::sent, *std::move(id));
      }
      const JobPart part = journal_->parts()[p];
      if (part.state == PartState::sent) provider_->cancel(part.id);
    });
  }

 private:
  [[nodiscard]] std::string tag(std::size_t part) const { return detail::text(job_->name, '-', part); }

  [[nodiscard]] static std::int64_t two_qubit_gates(const Program& circuit) {
    return std::ranges::count_if(circuit.instructions(), [](const Instruction& step) {
      const bool unitary = gate_of(step) != nullptr || std::holds_alternative<MatrixOperation>(step.action);
      return unitary && instruction_qubits(step).size() > 1;
    });
  }

  void check(std::size_t c) const {
    const Program& circuit = job_->circuits[c];
    if (circuit.bits() == 0) {
      throw CircuitError(detail::text("qmtl: JobRunner: circuit ", c, " measures nothing, expected a classical bit"));
    }
    provider_->check(circuit);
    const ProviderLimits limits = provider_->limits();
    const std::int64_t gates = two_qubit_gates(circuit);
    if (job_->shots > limits.executions || gates > limits.two_qubit_gates) {
      throw ValueError(detail::text("qmtl: JobRunner: ", provider_->name(), ": circuit ", c, " has ", gates,
                                    " two-qubit gates and ", job_->shots, " shots, expected at most ",
                                    limits.two_qubit_gates, " and ", limits.executions));
    }
  }

  /// Throws ShapeError for a journal of another job.
  void require_circuits() const {
    for (const JobPart& part : journal_->parts()) {
      for (const int c : part.circuits) {
        if (c >= 0 && static_cast<std::size_t>(c) < job_->circuits.size()) continue;
        throw ShapeError(detail::text("qmtl: JobRunner: the journal's circuits, expected below ", job_->circuits.size(),
                                      ", got ", c));
      }
    }
  }

  /// Parts of these circuits, within the limits.
  [[nodiscard]] std::vector<JobPart> split(const std::vector<int>& circuits) const {
    const ProviderLimits limits = provider_->limits();
    const std::int64_t most = std::min(limits.circuits, limits.executions / job_->shots);
    std::vector<JobPart> out;
    std::int64_t gates = 0;
    for (const int c : circuits) {
      const std::int64_t more = two_qubit_gates(job_->circuits[static_cast<std::size_t>(c)]);
      if (out.empty() || std::ssize(out.back().circuits) >= most || gates + more > limits.two_qubit_gates) {
        out.emplace_back();
        gates = 0;
      }
      out.back().circuits.push_back(c);
      gates += more;
    }
    return out;
  }

  [[nodiscard]] std::vector<Program> circuits_of(const JobPart& part) const {
    std::vector<Program> out;
    for (const int c : part.circuits) out.push_back(job_->circuits.at(static_cast<std::size_t>(c)));
    return out;
  }

  void mark(std::size_t p, PartState state, std::string id = {}) {
    std::vector<JobPart> parts = journal_->parts();
    parts[p].state = state;
    parts[p].id = std::move(id);
    journal_->write_parts(std::move(parts));
  }

  void submit(std::size_t p) {
    const JobPart part = journal_->parts()[p];
    if (part.state == PartState::sent || part.state == PartState::ended) return;
    bool perhaps_sent = part.state == PartState::sending;
    const std::vector<Program> circuits = circuits_of(part);
    const std::string tag = this->tag(p);
    for (int attempt = 0;; ++attempt) {
      if (perhaps_sent) {
        if (auto id = find(tag)) return mark(p, PartState::sent, *std::move(id));
      }
      try {
        mark(p, PartState::sending);
        return mark(p, PartState::sent, provider_->submit({tag, circuits, job_->shots}));
      } catch (const UnansweredError&) {
        perhaps_sent = true;
        if (attempt + 1 >= options_.submissions) throw;
      } catch (const ProviderError&) {
        if (!perhaps_sent) mark(p, PartState::planned);  // refused: it is not there
        throw;
      }
    }
  }

  /// Looks for a part twice, with time between for the service to list it.
  [[nodiscard]] std::optional<std::string> find(const std::string& tag) {
    if (auto id = provider_->find(tag)) return id;
    clock_.sleep(options_.settling);
    return provider_->find(tag);
  }

  bool collect(std::size_t p) {
    const JobPart part = journal_->parts()[p];
    if (part.state == PartState::ended) return true;
    if (part.state != PartState::sent) return false;
    const JobStatus status = provider_->status(part.id);
    if (!status.ended()) return false;
    std::vector<CircuitResult> results;
    if (status.state == JobState::completed) {
      const std::vector<Program> circuits = circuits_of(part);
      results = provider_->results(part.id, circuits);
      if (results.size() != part.circuits.size()) {
        throw ProviderError(detail::text("qmtl: JobRunner: ", provider_->name(), ": results of ", part.id,
                                         ", expected ", part.circuits.size(), ", got ", results.size()));
      }
      for (std::size_t i = 0; i < results.size(); ++i) {
        results[i] = detail::checked_result(std::move(results[i]), circuits[i], job_->shots);
      }
    } else {
      const std::string reason = status.reason.empty() ? "" : ": " + status.reason;
      results.assign(part.circuits.size(), failed_result(std::string(to_string(status.state)) + reason));
    }
    journal_->write_results(p, std::move(results));
    mark(p, PartState::ended, part.id);
    return true;
  }

  const HardwareJob* job_;
  P* provider_;
  J* journal_;
  RunnerOptions options_;
  C clock_;
};

}  // namespace qmtl::inline QMTL_ABI
