#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is asked of a matrix before it goes into the table of a circuit or a program.

#include <algorithm>
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
  OperationMatrix out(size, size);
  std::copy(unitary.entries.begin(), unitary.entries.end(), out.data());
  return out;
}

namespace detail {

/// The largest size of an entry of sum K^dagger K - 1, NaN if there is one. Loops, not Eigen's expressions, here and
/// below: every program that includes a circuit would compile them.
[[nodiscard]] inline double trace_error(std::span<const OperationMatrix> kraus, Eigen::Index size) noexcept {
  double worst = 0.0;
  for (Eigen::Index c = 0; c < size; ++c) {
    for (Eigen::Index r = 0; r <= c; ++r) {  // the sum is Hermitian
      double re = r == c ? -1.0 : 0.0, im = 0.0;
      for (const auto& k : kraus) {
        const std::complex<double>*a = k.data() + r * size, *b = k.data() + c * size;
        for (Eigen::Index i = 0; i < size; ++i) {
          re += a[i].real() * b[i].real() + a[i].imag() * b[i].imag();
          im += a[i].real() * b[i].imag() - a[i].imag() * b[i].real();
        }
      }
      const double error = std::hypot(re, im);
      if (!(error <= worst)) worst = error;
      if (std::isnan(worst)) return worst;
    }
  }
  return worst;
}

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
  const double error = trace_error(kraus, size);
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
  entry.real = entry.diagonal = true;
  for (Eigen::Index c = 0; c < matrix.cols(); ++c) {
    for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
      if (matrix(r, c).imag() != 0.0) entry.real = false;
      if (r != c && matrix(r, c) != 0.0) entry.diagonal = false;
    }
  }
  return entry;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
