#pragma once
// SPDX-License-Identifier: Apache-2.0
// What has become of a job: in which parts it was sent, by what names the service knows them, what came back.

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/hardware/circuit_result.hpp"

namespace qmtl::inline QMTL_ABI {

/// planned: not sent. sending: perhaps sent. sent: the service has named it. ended: its results are in the journal.
enum class PartState : std::uint8_t { planned, sending, sent, ended };

/// Circuits of a job that are sent in one piece.
struct JobPart {
  std::vector<int> circuits;
  PartState state = PartState::planned;
  std::string id{};  ///< the service's name for it, once it is sent

  friend bool operator==(const JobPart&, const JobPart&) = default;
};

/// Where parts and results are kept. What is written is there for good when the call returns: a process that dies at
/// any moment leaves what was written before, and another one goes on from there.
template <class J>
concept JobJournal = requires(J journal, const J& kept, std::vector<JobPart> parts, std::size_t part,
                              std::vector<CircuitResult> results) {
  { kept.parts() } -> std::convertible_to<std::vector<JobPart>>;
  journal.write_parts(std::move(parts));
  { kept.results(part) } -> std::convertible_to<std::vector<CircuitResult>>;
  journal.write_results(part, std::move(results));
};

/// A journal that ends with the process, for jobs that are waited for.
class MemoryJournal {
 public:
  [[nodiscard]] const std::vector<JobPart>& parts() const noexcept { return parts_; }
  void write_parts(std::vector<JobPart> parts) {
    results_.resize(parts.size());
    parts_ = std::move(parts);
  }
  [[nodiscard]] const std::vector<CircuitResult>& results(std::size_t part) const { return results_.at(part); }
  void write_results(std::size_t part, std::vector<CircuitResult> results) { results_.at(part) = std::move(results); }

 private:
  std::vector<JobPart> parts_;
  std::vector<std::vector<CircuitResult>> results_;
};

}  // namespace qmtl::inline QMTL_ABI
