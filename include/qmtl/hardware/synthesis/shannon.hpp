#pragma once
// SPDX-License-Identifier: Apache-2.0
// Quantum Shannon decomposition: circuits of any unitary matrix.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

#include <bit>
#include <cmath>
#include <complex>
#include <concepts>
#include <span>
#include <vector>

#include "qmtl/hardware/synthesis/two_qubit.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

using ComplexMatrix = OperationMatrix;
using RealVector = Eigen::VectorXd;

/// U = diag(left[0], left[1]) (C, -S; S, C) diag(right[0], right[1]) with C and S the cosines and sines of angles.
struct CosineSine {
  ComplexMatrix left[2], right[2];
  RealVector angles;  ///< in [0, pi/2]
};

/// The singular values of a quarter are the cosines, in ascending order, so that what is orthonormalised first in the
/// quarter below it is large; right[1] follows from both other quarters.
template <std::same_as<ComplexMatrix> Matrix>  // this and all below: decompositions take long to compile
[[nodiscard]] CosineSine cosine_sine(const Matrix& u) {
  const Eigen::Index half = u.rows() / 2;
  const Eigen::JacobiSVD<Matrix, Eigen::NoQRPreconditioner> svd(u.topLeftCorner(half, half),
                                                                Eigen::ComputeFullU | Eigen::ComputeFullV);
  CosineSine out;
  out.left[0] = svd.matrixU().rowwise().reverse();
  const Matrix right = svd.matrixV().rowwise().reverse();
  const Matrix lower = u.bottomLeftCorner(half, half) * right;
  const Eigen::HouseholderQR<Matrix> qr(lower);
  out.left[1] = qr.householderQ();
  out.right[0] = right.adjoint();
  out.angles.resize(half);
  for (Eigen::Index k = 0; k < half; ++k) {
    const std::complex<double> sine = qr.matrixQR()(k, k);
    if (std::abs(sine) > 0.0) out.left[1].col(k) *= sine / std::abs(sine);
    out.angles[k] = std::atan2(std::abs(sine), svd.singularValues()[half - 1 - k]);
  }
  const RealVector c = out.angles.array().cos(), s = out.angles.array().sin();
  out.right[1] = c.asDiagonal() * out.left[1].adjoint() * u.bottomRightCorner(half, half);
  out.right[1] -= s.asDiagonal() * out.left[0].adjoint() * u.topRightCorner(half, half);
  return out;
}

/// diag(a, b) = diag(v, v) diag(d, d^dagger) diag(w, w), d diagonal with these phases (Shende, Bullock and Markov 2006,
/// arXiv:quant-ph/0406176, theorem 12).
struct Demultiplexed {
  ComplexMatrix v, w;
  RealVector phases;
};

template <std::same_as<ComplexMatrix> Matrix>
[[nodiscard]] Demultiplexed demultiplex(const Matrix& a, const Matrix& b) {
  const Eigen::ComplexSchur<Matrix> schur(a * b.adjoint());  // diagonal, since the matrix is unitary
  Demultiplexed out;
  out.v = schur.matrixU();
  out.phases = schur.matrixT().diagonal().array().arg() / 2;
  const Eigen::VectorXcd d = out.phases.unaryExpr([](double x) { return std::polar(1.0, x); });
  out.w = d.asDiagonal() * out.v.adjoint() * b;
  return out;
}

/// Appends circuits of unitary matrices, bit j of whose index is the j-th qubit. Right up to a phase.
template <std::same_as<ComplexMatrix> Matrix>
class ShannonWriter {
 public:
  explicit ShannonWriter(std::vector<Operation>& out) : out_(&out) {}

  void write(const Matrix& u, std::span<const int> qubits) {
    if (qubits.size() == 1) return out_->push_back(u_gate(u, qubits[0]));
    if (qubits.size() == 2) {
      const auto circuit = cx_circuit(weyl_decomposition(u), qubits[0], qubits[1]);
      out_->insert(out_->end(), circuit.begin(), circuit.end());
      return;
    }
    const auto parts = cosine_sine(u);
    write_multiplexed(parts.right, qubits);
    rotate(Gate::RY, 2 * parts.angles, qubits);
    write_multiplexed(parts.left, qubits);
  }

 private:
  /// A matrix for each value of the last qubit.
  void write_multiplexed(const Matrix (&of)[2], std::span<const int> qubits) {
    const auto [v, w, phases] = demultiplex(of[0], of[1]);
    const auto others = qubits.first(qubits.size() - 1);
    write(w, others);
    rotate(Gate::RZ, -2 * phases, qubits);
    write(v, others);
  }

  /// A rotation of the last qubit by angles[k] where the others are in basis state k: as many CX, between rotations
  /// by sums of the angles, along a Gray code (Moettoenen et al. 2004, arXiv:quant-ph/0404089).
  void rotate(Gate gate, const RealVector& angles, std::span<const int> qubits) {
    const int target = qubits.back();
    const auto count = static_cast<Index>(angles.size());
    const auto code = [](Index k) { return k ^ (k >> 1); };
    for (Index k = 0; k < count; ++k) {
      double sum = 0.0;
      for (Index state = 0; state < count; ++state) {
        sum += parity_sign(state, code(k)) * angles[static_cast<Eigen::Index>(state)];
      }
      out_->push_back({gate, {target}, {sum / static_cast<double>(count)}});
      const int changed = k + 1 == count ? std::countr_zero(count) - 1 : std::countr_zero(k + 1);
      out_->push_back(gate::cx(qubits[static_cast<std::size_t>(changed)], target));
    }
  }

  std::vector<Operation>* out_;
};

}  // namespace detail

/// CX and gates on one qubit, first to last, whose product is a unitary matrix up to a phase; bit j of its index is
/// qubits[j]. At most three CX on two qubits, 24 on three, 4^N / 2 or so on N. Throws ShapeError for another number of
/// qubits.
template <class Matrix>  // of any expression
[[nodiscard]] std::vector<Operation> unitary_circuit(const Eigen::MatrixBase<Matrix>& u, std::span<const int> qubits) {
  const OperationMatrix matrix = u;
  detail::require_size("unitary_circuit: qubits", qubits.size(), detail::matrix_qubits("a unitary matrix", matrix));
  std::vector<Operation> out;
  detail::ShannonWriter<OperationMatrix>(out).write(matrix, qubits);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
