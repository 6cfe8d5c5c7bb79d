#pragma once
// SPDX-License-Identifier: Apache-2.0
// Provider: a service that runs circuits, as far as all have it in common.

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/hardware/circuit_result.hpp"

namespace qmtl::inline QMTL_ABI {

/// A service that refuses, fails, or answers what it must not.
struct ProviderError : Error {
  using Error::Error;
};

/// A request whose answer never came: nobody knows whether it was carried out.
struct UnansweredError : ProviderError {
  using ProviderError::ProviderError;
};

/// What a service takes in one piece.
struct ProviderLimits {
  std::int64_t circuits = std::int64_t{1} << 20;
  std::int64_t executions = std::int64_t{1} << 53;       ///< circuits times shots
  std::int64_t two_qubit_gates = std::int64_t{1} << 53;  ///< of all circuits together
};

/// Circuits that are sent in one piece.
struct ProviderJob {
  std::string_view tag;  ///< by which it is found again: of letters, digits, '-' and '_'
  std::span<const Program> circuits;
  std::int64_t shots = 0;
};

enum class JobState : std::uint8_t { queued, running, completed, failed, cancelled };

/// "queued", "running", "completed", "failed", "cancelled".
[[nodiscard]] constexpr std::string_view to_string(JobState state) noexcept {
  switch (state) {
    case JobState::queued: return "queued";
    case JobState::running: return "running";
    case JobState::completed: return "completed";
    case JobState::failed: return "failed";
    case JobState::cancelled: return "cancelled";
  }
  return "unknown";
}

/// How a job is doing, and, if it went wrong, why.
struct JobStatus {
  JobState state = JobState::queued;
  std::string reason{};

  [[nodiscard]] bool ended() const noexcept { return state != JobState::queued && state != JobState::running; }
};

/// A service that runs circuits. All calls throw ProviderError where the service refuses.
/// - `name()`: of service and device, for messages;
/// - `limits()`: what it takes in one piece;
/// - `check(circuit)`: throws CircuitError for a circuit that it cannot run. Nothing is sent;
/// - `submit(job)`: sends a job once and returns the service's name for it. Throws UnansweredError where the answer
/// does
///   not come, in which case the job may be there or not;
/// - `find(tag)`: the service's name of the job that was sent with this tag, if there is one;
/// - `status(id)`;
/// - `results(id, circuits)`: one result for each circuit of a job that has completed, which may be a failed one;
/// - `cancel(id)`: of a job that has ended nothing happens.
template <class P>
concept Provider = requires(P provider, const ProviderJob& job, const Program& circuit, const std::string& id,
                            std::span<const Program> circuits) {
  { provider.name() } -> std::convertible_to<std::string>;
  { provider.limits() } -> std::same_as<ProviderLimits>;
  provider.check(circuit);
  { provider.submit(job) } -> std::same_as<std::string>;
  { provider.find(job.tag) } -> std::same_as<std::optional<std::string>>;
  { provider.status(id) } -> std::same_as<JobStatus>;
  { provider.results(id, circuits) } -> std::same_as<std::vector<CircuitResult>>;
  provider.cancel(id);
};

/// Seconds, and waiting for them: so that tests need not wait. `now()` is of any origin and must not jump back.
template <class C>
concept WaitingClock = requires(C clock, double seconds) {
  { clock.now() } -> std::convertible_to<double>;
  clock.sleep(seconds);
};

}  // namespace qmtl::inline QMTL_ABI
