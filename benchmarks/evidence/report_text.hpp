#pragma once
// SPDX-License-Identifier: Apache-2.0
// How numbers of the report are written.

#include <cmath>
#include <string>

#include "evidence/results.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::evidence {

[[nodiscard]] inline std::string signed_number(double value) {
  if (std::isnan(value)) return "-";
  return (value < 0.0 ? "" : "+") + fixed(value, 4);
}

[[nodiscard]] inline std::string probability(double p) {
  if (std::isnan(p)) return "-";
  return p < 1e-4 ? "< 0.0001" : fixed(p, 4);
}

/// "a, b, c".
template <class Items>
[[nodiscard]] std::string joined(const Items& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + qmtl::detail::text(item);
  return out;
}

/// A name from a file as a cell of a table.
[[nodiscard]] inline std::string cell_text(std::string name) {
  for (char& c : name) {
    if (c == '|' || c == '\n' || c == '\r' || c == '\t') c = c == '|' ? '/' : ' ';
  }
  return name;
}

/// " ▲" or " ▼" where a difference is significant.
[[nodiscard]] inline std::string sign_of(double difference, double p) {
  const int found = verdict(difference, p);
  return found > 0 ? " ▲" : found < 0 ? " ▼" : "";
}

}  // namespace qmtl::benchmark::evidence
