#pragma once
// SPDX-License-Identifier: Apache-2.0
// ReadoutError: how often a measured bit is not what is there.

#include <span>
#include <string_view>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// How often a qubit is read wrongly: the two rates of devices differ, as |1> decays while it is read.
struct ReadoutError {
  double p_1_given_0 = 0.0;  ///< probability to read 1 where there is 0
  double p_0_given_1 = 0.0;  ///< probability to read 0 where there is 1

  /// The probability to read the other value than the one that is there.
  [[nodiscard]] double misread(bool one) const noexcept { return one ? p_0_given_1 : p_1_given_0; }

  friend bool operator==(const ReadoutError&, const ReadoutError&) = default;
};

namespace detail {

/// Throws ValueError unless the rates of an error are in [0, 1].
inline void check_readout_error(std::string_view where, const ReadoutError& error) {
  for (const double p : {error.p_1_given_0, error.p_0_given_1}) {
    if (p >= 0.0 && p <= 1.0) continue;
    throw ValueError(text("qmtl: ", where, ": a readout error, expected a number in [0, 1], got ", p));
  }
}

/// (u, v) <- (a u + b v, c u + d v) for each pair of entries u and v that differ in bit j only.
inline void transform_pairs(std::span<double> values, int j, double a, double b, double c, double d) noexcept {
  for (Index k = 0; k < values.size() / 2; ++k) {
    double& u = values[insert_zero(k, j)];
    double& v = values[insert_zero(k, j) | qubit_mask(j)];
    const double before = u;
    u = a * u + b * v;
    v = c * before + d * v;
  }
}

/// Probabilities of outcomes as bit j is read, from those of what is there.
inline void misread_bit(std::span<double> probabilities, int j, const ReadoutError& e) noexcept {
  transform_pairs(probabilities, j, 1 - e.p_1_given_0, e.p_0_given_1, e.p_1_given_0, 1 - e.p_0_given_1);
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
