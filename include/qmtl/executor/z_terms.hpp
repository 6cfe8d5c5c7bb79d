#pragma once
// SPDX-License-Identifier: Apache-2.0
// A job's observables as sums of products of Z, which is how devices and their services want them.

#include <cmath>
#include <vector>

#include "qmtl/executor/executor.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI {

/// The observables of a job, which are diagonal behind its circuit, as coefficients of products of Z: bit j of a string
/// is qubit job.measured[j]. They come from the eigenvalues by a Walsh-Hadamard transform, k 2^k operations an
/// observable, in the order of observables and then of strings; what is zero but for rounding is left out.
[[nodiscard]] inline std::vector<ObservableTerm> z_terms(const CircuitJob& job) {
  std::vector<ObservableTerm> terms;
  const Eigen::Index outcomes = job.outcomes();
  for (Eigen::Index o = 0; o < job.observables(); ++o) {
    Eigen::VectorXd sums = job.eigenvalues.col(o);
    const double rounding = 1e-14 * sums.cwiseAbs().maxCoeff();
    for (Eigen::Index bit = 1; bit < outcomes; bit *= 2) {
      for (Eigen::Index a = 0; a < outcomes; ++a) {
        if ((a & bit) != 0) continue;
        const double zero = sums[a], one = sums[a | bit];
        sums[a] = zero + one;
        sums[a | bit] = zero - one;
      }
    }
    for (Eigen::Index mask = 0; mask < outcomes; ++mask) {
      const double coefficient = sums[mask] / static_cast<double>(outcomes);
      if (std::abs(coefficient) <= rounding) continue;
      terms.push_back({static_cast<int>(o), {coefficient, {0, static_cast<Index>(mask)}}});
    }
  }
  return terms;
}

}  // namespace qmtl::inline QMTL_ABI
