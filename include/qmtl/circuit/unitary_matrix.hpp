#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is asked of a matrix before it goes into the table of a circuit or a program.

#include <cmath>
#include <complex>
#include <span>
#include <string_view>

#include "qmtl/circuit/circuit_tables.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// A matrix of a circuit's or program's table; bit j of its row and column index is the operation's j-th qubit.
using OperationMatrix = ColMajorMatrix<std::complex<double>>;

/// An entry of a circuit's table as a matrix.
[[nodiscard]] inline OperationMatrix matrix_of(const UnitaryMatrix& unitary) {
  const auto size = static_cast<Eigen::Index>(std::sqrt(static_cast<double>(unitary.entries.size())));
  return Eigen::Map<const OperationMatrix>(unitary.entries.data(), size, size);
}

namespace detail {

/// Throws ShapeError unless Kraus operators have the size of so many qubits, ValueError unless the sum of K^dagger K is
/// the identity to 1e-9, as it is of a unitary matrix.
inline void check_trace_preserving(std::string_view what, std::span<const OperationMatrix> kraus, std::size_t qubits,
                                   std::size_t most) {
  if (qubits < 1 || qubits > most) {
    throw ShapeError(text("qmtl: ", what, " must be on 1 to ", most, " qubits, got ", qubits));
  }
  const auto size = Eigen::Index{1} << qubits;
  for (const auto& k : kraus) {
    if (k.rows() != size || k.cols() != size) {
      throw ShapeError(
          text("qmtl: ", what, " must have ", size, " rows and columns, got ", k.rows(), " and ", k.cols()));
    }
  }
  OperationMatrix sum = -OperationMatrix::Identity(size, size);
  for (const auto& k : kraus) sum += k.adjoint().lazyProduct(k);
  const double error = sum.cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
  if (!(error < 1e-9)) {
    throw ValueError(text("qmtl: ", what, " must preserve the trace to 1e-9, got an error of ", error));
  }
}

/// Number of qubits of a square matrix of 2^k rows. Throws ShapeError for another one.
[[nodiscard]] inline std::size_t matrix_qubits(std::string_view what, const OperationMatrix& matrix) {
  std::size_t qubits = 0;
  while ((Eigen::Index{1} << qubits) < matrix.rows()) ++qubits;
  if ((Eigen::Index{1} << qubits) != matrix.rows() || matrix.rows() != matrix.cols()) {
    throw ShapeError(
        text("qmtl: ", what, " must have 2^k rows and columns, got ", matrix.rows(), " and ", matrix.cols()));
  }
  return qubits;
}

/// An entry of the table. Throws ShapeError and ValueError unless the matrix is unitary, of 1 to 4 qubits.
[[nodiscard]] inline UnitaryMatrix unitary_matrix(const OperationMatrix& matrix, std::string_view name) {
  constexpr std::string_view what = "a unitary matrix";
  check_trace_preserving(what, std::span(&matrix, 1), matrix_qubits(what, matrix), max_gate_qubits);
  UnitaryMatrix entry{{matrix.data(), matrix.data() + matrix.size()}, std::string(name)};
  entry.real = matrix.imag().isZero(0.0);
  entry.diagonal = (matrix - OperationMatrix(matrix.diagonal().asDiagonal())).isZero(0.0);
  return entry;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
