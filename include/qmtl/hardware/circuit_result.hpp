#pragma once
// SPDX-License-Identifier: Apache-2.0
// What came of a circuit on a device: how often each register had which value.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// How often a classical register had each value, bit j of a value being the register's bit j. Values that never
/// occurred may be missing.
using RegisterCounts = std::map<std::uint64_t, std::int64_t>;

/// The counts of a circuit, or why there are none.
struct CircuitResult {
  std::vector<RegisterCounts> registers{};  ///< in the order of the program's
  std::string failure{};                    ///< empty if there are counts

  [[nodiscard]] bool complete() const noexcept { return failure.empty(); }

  friend bool operator==(const CircuitResult&, const CircuitResult&) = default;
};

/// A circuit without counts.
[[nodiscard]] inline CircuitResult failed_result(std::string reason) {
  return {{}, reason.empty() ? "no reason given" : std::move(reason)};
}

/// The circuits of a job that have no counts.
[[nodiscard]] inline std::vector<std::size_t> incomplete_circuits(std::span<const CircuitResult> results) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < results.size(); ++c) {
    if (!results[c].complete()) out.push_back(c);
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
