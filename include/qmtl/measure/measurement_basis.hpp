#pragma once
// SPDX-License-Identifier: Apache-2.0
// Measurement bases: in which settings a device that reads qubits has to measure the observables of a readout.

#include <vector>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI {

/// One setting: each qubit is measured along X, Y or Z, by a rotation before the usual measurement.
struct MeasurementBasis {
  PauliString axes;  ///< what qubits are measured along; those that it leaves out are not read
  ColMajorMatrix<double>
      eigenvalues;  ///< (outcome, observable): what an outcome contributes; outcomes are basis states

  /// The gates before the measurement, which take the axes to Z: H for X, S^dagger and H for Y.
  [[nodiscard]] std::vector<Operation> rotations() const {
    std::vector<Operation> gates;
    for (int q = 0; axes.x >> q != 0; ++q) {
      if (bit_of(axes.x & axes.z, q) != 0) gates.push_back(gate::sdg(q));
      if (bit_of(axes.x, q) != 0) gates.push_back(gate::h(q));
    }
    return gates;
  }
};

namespace detail {

/// Whether two strings have the same letter on every qubit that both act on.
[[nodiscard]] constexpr bool commute_qubit_wise(const PauliString& a, const PauliString& b) noexcept {
  return (a.support() & b.support() & ((a.x ^ b.x) | (a.z ^ b.z))) == 0;
}

/// The terms in groups that commute qubit by qubit: each goes to the first group that it fits.
template <PauliReadout R>
[[nodiscard]] std::vector<MeasurementBasis> pauli_bases(int width) {
  const auto outcomes = static_cast<Eigen::Index>(dimension(width));
  std::vector<MeasurementBasis> bases;
  for (const auto& [observable, term] : R::terms) {
    auto basis = bases.begin();
    while (basis != bases.end() && !commute_qubit_wise(basis->axes, term.string)) ++basis;
    if (basis == bases.end()) {
      basis = bases.insert(basis, {{}, ColMajorMatrix<double>::Zero(outcomes, observable_count<R>)});
    }
    basis->axes.x |= term.string.x;
    basis->axes.z |= term.string.z;
    for (Eigen::Index a = 0; a < outcomes; ++a) {
      const int sign = parity_sign(static_cast<Index>(a), term.string.support());
      basis->eigenvalues(a, observable) += term.coefficient * sign;
    }
  }
  return bases;
}

}  // namespace detail

/// The bases that a readout needs on a window of `width` qubits: an expectation value is the sum over bases and
/// outcomes of probability times eigenvalue. Pauli terms share a basis if they commute qubit by qubit; each is in one
/// basis.
template <Readout R>
[[nodiscard]] std::vector<MeasurementBasis> measurement_bases(int width = R::width) {
  if constexpr (PauliReadout<R>) {
    return detail::pauli_bases<R>(width);
  } else {
    const auto outcomes = static_cast<Eigen::Index>(dimension(width));
    MeasurementBasis computational{{0, dimension(R::width) - 1}, ColMajorMatrix<double>(outcomes, observable_count<R>)};
    for (int k = 0; k < observable_count<R>; ++k) {
      for (Eigen::Index a = 0; a < outcomes; ++a) {
        computational.eigenvalues(a, k) = R::eigenvalue(k, static_cast<Index>(a));
      }
    }
    return {computational};
  }
}

}  // namespace qmtl::inline QMTL_ABI
