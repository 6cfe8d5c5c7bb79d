#pragma once
// SPDX-License-Identifier: Apache-2.0
// The same channel as a superoperator, a Choi matrix or a Pauli transfer matrix, and what these tell: fidelities,
// whether it is unital, whether it is a mixture of unitaries.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Eigenvalues>

#include <cmath>
#include <complex>
#include <concepts>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/noise/channel.hpp"
#include "qmtl/noise/pauli_matrices.hpp"
#include "qmtl/noise/relaxation.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

[[nodiscard]] inline OperationMatrix conjugate(OperationMatrix k) noexcept {
  for (Eigen::Index i = 0; i < k.size(); ++i) k.data()[i] = std::conj(k.data()[i]);
  return k;
}

}  // namespace detail

/// S = sum conj(K) (x) K, which acts on rho's columns under one another: entry rho(r, c) has the index r + 2^k c. As an
/// operator it is on the row's k qubits and then the column's, those of a density matrix that is a state of 2N qubits.
[[nodiscard]] inline OperationMatrix superoperator(const QuantumChannel& channel) {
  const auto size = static_cast<Eigen::Index>(dimension(2 * channel.qubits()));
  OperationMatrix sum = OperationMatrix::Zero(size, size);
  for (const auto& k : channel.kraus()) {
    const OperationMatrix product = detail::kronecker(detail::conjugate(k), k);
    for (Eigen::Index i = 0; i < sum.size(); ++i) sum.data()[i] += product.data()[i];
  }
  return sum;
}

/// The Choi matrix, sum_ij |i><j| (x) E(|i><j|): bits 0 to k-1 of its indices are the qubits that come out, the others
/// those that go in. Its trace is 2^k; it is positive as E is completely positive.
[[nodiscard]] inline OperationMatrix choi_matrix(const QuantumChannel& channel) {
  const auto size = static_cast<Eigen::Index>(dimension(2 * channel.qubits()));
  OperationMatrix sum = OperationMatrix::Zero(size, size);
  for (const auto& k : channel.kraus()) {
    for (Eigen::Index c = 0; c < size; ++c) {
      const std::complex<double> factor = std::conj(k.data()[c]);
      for (Eigen::Index r = 0; r < size; ++r) sum(r, c) += k.data()[r] * factor;
    }
  }
  return sum;
}

/// The channel of a Choi matrix (as choi_matrix gives it), with as few Kraus operators as there can be: the
/// eigenvectors of eigenvalues above `tolerance` times 2^k. Throws ShapeError unless it is 4^k x 4^k, ValueError, with
/// the deviation, unless it is Hermitian, positive and preserves the trace, to 1e-9. Cost 64^k.
template <class Matrix>  // of any expression: the eigenvalue solver takes long to compile, and few call this
[[nodiscard]] QuantumChannel channel_of_choi(const Eigen::MatrixBase<Matrix>& matrix, std::string_view name = "kraus",
                                             double tolerance = 1e-14) {
  constexpr double refused = 1e-9;
  const OperationMatrix choi = matrix;
  const auto doubled = detail::matrix_qubits("channel_of_choi: the Choi matrix", choi);
  if (doubled % 2 != 0 || doubled < 2 || doubled > 2 * QuantumChannel::max_qubits) {
    throw ShapeError(detail::text("qmtl: channel_of_choi: rows, expected 4^k with k from 1 to ",
                                  QuantumChannel::max_qubits, ", got ", choi.rows()));
  }
  const double skew = (choi - choi.adjoint()).cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
  if (!(skew < refused)) {
    throw ValueError(
        detail::text("qmtl: channel_of_choi: expected a Hermitian matrix to ", refused, ", got an error of ", skew));
  }
  const auto size = static_cast<Eigen::Index>(dimension(static_cast<int>(doubled / 2)));
  const Eigen::SelfAdjointEigenSolver<typename Eigen::MatrixBase<Matrix>::PlainObject> solver(choi);
  if (const double lowest = solver.eigenvalues()[0] / static_cast<double>(size); !(lowest > -refused)) {
    throw ValueError(detail::text("qmtl: channel_of_choi: expected a completely positive map, no eigenvalue below ",
                                  -refused, " times ", size, ", got ", lowest, " times ", size));
  }
  std::vector<OperationMatrix> kraus;
  for (Eigen::Index i = choi.rows(); i-- > 0;) {
    const double value = solver.eigenvalues()[i];
    if (value <= tolerance * static_cast<double>(size)) break;
    kraus.emplace_back(std::sqrt(value) * solver.eigenvectors().col(i).reshaped(size, size));
  }
  return QuantumChannel(std::move(kraus), name);
}

/// The same channel with as few Kraus operators as there can be, at most 4^k.
template <std::same_as<QuantumChannel> Channel>
[[nodiscard]] QuantumChannel simplified(const Channel& channel) {
  return channel_of_choi(choi_matrix(channel), channel.name());
}

/// R(i, j) = tr(P_i E(P_j)) / 2^k, which is real. Digit q of i and j to the base of 4 is the Pauli matrix of qubit q:
/// 0 to 3 for I, X, Y, Z. The first row is 1, 0, ... 0 as E preserves the trace.
template <std::same_as<QuantumChannel> Channel>
[[nodiscard]] ColMajorMatrix<double> pauli_transfer_matrix(const Channel& channel) {
  const int k = channel.qubits();
  const Index size = dimension(2 * k);
  ColMajorMatrix<double> out(static_cast<Eigen::Index>(size), static_cast<Eigen::Index>(size));
  for (Index j = 0; j < size; ++j) {
    const OperationMatrix image = apply_channel(channel, detail::pauli_matrix(detail::pauli_of_digits(j, k), k));
    for (Index i = 0; i < size; ++i) {
      const PauliString string = detail::pauli_of_digits(i, k);
      double trace = 0.0;
      for (Index c = 0; c < dimension(k); ++c) {
        trace += (detail::pauli_entry(string, c) *
                  image(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(c ^ string.x)))
                     .real();
      }
      out(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = trace / static_cast<double>(dimension(k));
    }
  }
  return out;
}

/// The entanglement fidelity with a unitary matrix, sum_i |tr(U^dagger K_i)|^2 / 4^k (Nielsen 2002). Throws ShapeError
/// or ValueError unless it is a unitary matrix of as many qubits.
[[nodiscard]] inline double process_fidelity(const QuantumChannel& channel, const OperationMatrix& unitary) {
  const auto qubits = static_cast<std::size_t>(channel.qubits());
  detail::check_trace_preserving("process_fidelity: the unitary matrix", std::span(&unitary, 1), qubits, qubits);
  double sum = 0.0;
  for (const auto& k : channel.kraus()) {
    std::complex<double> trace = 0.0;
    for (Eigen::Index i = 0; i < k.size(); ++i) trace += std::conj(unitary.data()[i]) * k.data()[i];
    sum += std::norm(trace);
  }
  return sum / static_cast<double>(dimension(2 * channel.qubits()));
}

/// The entanglement fidelity with the identity.
[[nodiscard]] inline double process_fidelity(const QuantumChannel& channel) {
  const auto size = static_cast<Eigen::Index>(dimension(channel.qubits()));
  return process_fidelity(channel, OperationMatrix::Identity(size, size));
}

/// average_fidelity of a channel.
[[nodiscard]] inline double average_gate_fidelity(const QuantumChannel& channel) {
  return average_fidelity(process_fidelity(channel), channel.qubits());
}
/// With a unitary matrix. Throws as process_fidelity.
[[nodiscard]] inline double average_gate_fidelity(const QuantumChannel& channel, const OperationMatrix& unitary) {
  return average_fidelity(process_fidelity(channel, unitary), channel.qubits());
}

/// Whether the channel leaves the maximally mixed state as it is, to a tolerance in each entry of sum K K^dagger.
template <std::same_as<QuantumChannel> Channel>
[[nodiscard]] bool is_unital(const Channel& channel, double tolerance = 1e-9) {
  const auto size = static_cast<Eigen::Index>(dimension(channel.qubits()));
  const OperationMatrix identity = OperationMatrix::Identity(size, size);
  return (apply_channel(channel, identity) - identity).cwiseAbs().maxCoeff() < tolerance;
}

/// The probabilities of the Kraus operators if each is the root of one times a unitary matrix: then which of them
/// happens does not depend on the state. Nothing otherwise, though other operators of the same channel may be such.
[[nodiscard]] inline std::optional<std::vector<double>> mixture_probabilities(const QuantumChannel& channel,
                                                                              double tolerance = 1e-9) {
  const auto size = static_cast<Eigen::Index>(dimension(channel.qubits()));
  std::vector<double> probabilities;
  for (const auto& k : channel.kraus()) {
    const double norm = detail::norm_of(k), p = norm * norm / static_cast<double>(size);
    OperationMatrix unitary = k;
    for (Eigen::Index i = 0; i < unitary.size(); ++i) unitary.data()[i] /= std::sqrt(p);
    if (!(detail::trace_error(std::span(&unitary, 1), size) < tolerance)) return std::nullopt;
    probabilities.push_back(p);
  }
  return probabilities;
}

}  // namespace qmtl::inline QMTL_ABI
