#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pauli strings as matrices, and by numbers.

#include <array>
#include <complex>
#include <cstddef>

#include "qmtl/circuit/unitary_matrix.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// The Pauli string of digits to the base of 4: digit j, 0 to 3 for I, X, Y, Z, is qubit j's.
[[nodiscard]] inline PauliString pauli_of_digits(Index digits, int qubits) {
  PauliString string;
  for (int j = 0; j < qubits; ++j) {
    const Index digit = (digits >> (2 * j)) & 3;
    if (digit == 1 || digit == 2) string.x |= qubit_mask(j);
    if (digit >= 2) string.z |= qubit_mask(j);
  }
  return string;
}

/// The entry of a Pauli string in column c, which is in row c ^ string.x.
[[nodiscard]] inline std::complex<double> pauli_entry(const PauliString& string, Index c) {
  constexpr std::array<std::complex<double>, 4> powers{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  return static_cast<double>(parity_sign(c, string.z)) * powers[static_cast<std::size_t>(string.y_count() & 3)];
}

[[nodiscard]] inline OperationMatrix pauli_matrix(const PauliString& string, int qubits,
                                                  std::complex<double> factor = 1.0) {
  const auto size = static_cast<Eigen::Index>(dimension(qubits));
  OperationMatrix out = OperationMatrix::Zero(size, size);
  for (Index c = 0; c < dimension(qubits); ++c) {
    out(static_cast<Eigen::Index>(c ^ string.x), static_cast<Eigen::Index>(c)) = factor * pauli_entry(string, c);
  }
  return out;
}

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
