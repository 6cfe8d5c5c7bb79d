#pragma once
// SPDX-License-Identifier: Apache-2.0
// Relaxation: how a qubit decays, and what fidelity that leaves a gate.

#include <cmath>
#include <limits>
#include <span>
#include <string_view>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// How a qubit relaxes: times in any one unit, the decay of its population and of its coherence, and the population of
/// |1> in the end. A time that is infinite means never.
struct Relaxation {
  double t1 = std::numeric_limits<double>::infinity();
  double t2 = std::numeric_limits<double>::infinity();
  double excited = 0.0;

  friend bool operator==(const Relaxation&, const Relaxation&) = default;
};

namespace detail {

/// Throws ValueError unless the value is in [low, high]; NaN is not.
inline void require_range(std::string_view what, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw ValueError(text("qmtl: ", what, ", expected a number in [", low, ", ", high, "], got ", value));
}

/// Throws ValueError for what no qubit does: T2 is at most 2 T1.
inline void check_relaxation(std::string_view what, const Relaxation& r) {
  if (!(r.t1 > 0.0)) throw ValueError(text("qmtl: ", what, ": T1, expected a positive time, got ", r.t1));
  if (!(r.t2 > 0.0)) throw ValueError(text("qmtl: ", what, ": T2, expected a positive time, got ", r.t2));
  if (r.t2 > 2 * r.t1) {
    throw ValueError(text("qmtl: ", what, ": T2, expected at most 2 T1 = ", 2 * r.t1, ", got ", r.t2));
  }
  require_range(text(what, ": excited population"), r.excited, 0.0, 1.0);
}

inline void check_time(std::string_view what, double time) {
  if (time >= 0.0 && std::isfinite(time)) return;
  throw ValueError(text("qmtl: ", what, ": time, expected a finite number from 0 on, got ", time));
}
}  // namespace detail

/// The mean over all pure states of the fidelity of what comes out with what should: (2^k F + 1) / (2^k + 1), F being
/// the process fidelity (Nielsen 2002, "A simple formula for the average gate fidelity").
[[nodiscard]] inline double average_fidelity(double process_fidelity, int qubits) {
  const auto size = static_cast<double>(dimension(qubits));
  return (size * process_fidelity + 1) / (size + 1);
}

/// The average fidelity of what relaxation alone does to the qubits of a gate in a time: (d F + 1) / (d + 1) with
/// F = prod (1 + exp(-t / T1) + 2 exp(-t / T2)) / 4 and d = 2^k. Throws as thermal_relaxation.
[[nodiscard]] inline double relaxation_fidelity(std::span<const Relaxation> qubits, double time) {
  detail::check_time("relaxation_fidelity", time);
  double fidelity = 1.0;
  for (const auto& r : qubits) {
    detail::check_relaxation("relaxation_fidelity", r);
    fidelity *= (1 + std::exp(-time / r.t1) + 2 * std::exp(-time / r.t2)) / 4;
  }
  return average_fidelity(fidelity, static_cast<int>(qubits.size()));
}

}  // namespace qmtl::inline QMTL_ABI
