#pragma once
// SPDX-License-Identifier: Apache-2.0
// QuantumChannel: what noise does to a few qubits, as Kraus operators; channels one after another and side by side.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/circuit/unitary_matrix.hpp"
#include "qmtl/core/bits.hpp"

namespace qmtl::inline QMTL_ABI {

/// A channel on k qubits, rho -> sum_i K_i rho K_i^dagger, whose operators preserve the trace to 1e-9. Entry (r, c) of
/// K is <r|K|c>, and bit j of r and c is the channel's qubit j, as in a program:
/// `program.channel(channel.kraus(), qubits)`.
class QuantumChannel {
 public:
  using Matrix = OperationMatrix;

  /// The most qubits of a channel, as in a program.
  static constexpr std::size_t max_qubits = Program::max_matrix_qubits;

  /// Operators that are zero are left out. The name is for people, in the text of a noise model. Throws ShapeError
  /// unless all are 2^k x 2^k with k from 1 to 6, ValueError, with the deviation, unless the sum of K^dagger K is the
  /// identity to 1e-9 in each entry.
  explicit QuantumChannel(std::vector<Matrix> kraus, std::string_view name = "kraus")
      : kraus_(std::move(kraus)), name_(name) {
    constexpr std::string_view what = "QuantumChannel: the Kraus operators";
    const auto qubits = kraus_.empty() ? 1 : detail::matrix_qubits(what, kraus_.front());
    detail::check_trace_preserving(what, kraus_, qubits, max_qubits);
    std::erase_if(kraus_, [](const Matrix& k) {
      return std::all_of(k.data(), k.data() + k.size(), [](const auto& entry) { return entry == 0.0; });
    });
    qubits_ = static_cast<int>(qubits);
  }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] std::span<const Matrix> kraus() const& noexcept { return kraus_; }
  /// Of a channel that ends, the operators themselves.
  [[nodiscard]] std::vector<Matrix> kraus() && noexcept { return std::move(kraus_); }
  [[nodiscard]] const std::string& name() const& noexcept { return name_; }

  /// Whether it is the identity, to the last bit.
  [[nodiscard]] bool is_identity() const noexcept {
    if (kraus_.size() != 1) return false;
    const Matrix& k = kraus_.front();
    for (Eigen::Index i = 0; i < k.size(); ++i) {
      if (k.data()[i] != (i % (k.rows() + 1) == 0 ? 1.0 : 0.0)) return false;
    }
    return true;
  }

 private:
  std::vector<Matrix> kraus_;
  std::string name_;
  int qubits_ = 1;
};

/// The channel of one unitary matrix. Throws as QuantumChannel.
[[nodiscard]] inline QuantumChannel unitary_channel(const OperationMatrix& unitary, std::string_view name = "unitary") {
  return QuantumChannel({unitary}, name);
}

/// The channel that does nothing.
[[nodiscard]] inline QuantumChannel identity_channel(int qubits = 1) {
  if (qubits < 1 || qubits > static_cast<int>(QuantumChannel::max_qubits)) {
    throw ShapeError(
        detail::text("qmtl: identity_channel: qubits, expected 1 to ", QuantumChannel::max_qubits, ", got ", qubits));
  }
  const auto size = static_cast<Eigen::Index>(dimension(qubits));
  return unitary_channel(OperationMatrix::Identity(size, size), "identity");
}

/// rho as the channel leaves it. Throws ShapeError for a matrix of another size. Cost 8^k an operator.
template <std::same_as<QuantumChannel> Channel>  // a template: products of matrices take long to compile
[[nodiscard]] OperationMatrix apply_channel(const Channel& channel, const OperationMatrix& rho) {
  const auto size = static_cast<Eigen::Index>(dimension(channel.qubits()));
  detail::require_size("apply_channel: rows of rho", rho.rows(), size);
  detail::require_size("apply_channel: columns of rho", rho.cols(), size);
  OperationMatrix out = OperationMatrix::Zero(size, size);
  for (const auto& k : channel.kraus()) out += (k * rho).eval() * k.adjoint();
  return out;
}

namespace detail {

/// The Frobenius norm of a matrix.
[[nodiscard]] inline double norm_of(const OperationMatrix& k) noexcept {
  double sum = 0.0;
  for (Eigen::Index j = 0; j < k.size(); ++j) sum += std::norm(k.data()[j]);
  return std::sqrt(sum);
}

/// Operators of which one is a multiple of another do what a single one does, sqrt(1 + |factor|^2) as large: products
/// of Pauli matrices are Pauli matrices again. `kraus` keeps the first of each such set.
inline void merge_multiples(std::vector<OperationMatrix>& kraus) {
  std::vector<OperationMatrix> merged;
  for (const auto& k : kraus) {
    const double norm = norm_of(k);
    bool found = norm == 0.0;
    for (std::size_t i = 0; i < merged.size() && !found; ++i) {
      const double other = norm_of(merged[i]);
      std::complex<double>* const m = merged[i].data();
      std::complex<double> overlap = 0.0;
      for (Eigen::Index j = 0; j < k.size(); ++j) overlap += std::conj(m[j]) * k.data()[j];
      overlap /= other * norm;
      double apart = 0.0;
      for (Eigen::Index j = 0; j < k.size(); ++j) apart += std::norm(k.data()[j] / norm - overlap * m[j] / other);
      found = std::sqrt(apart) < 1e-14;
      for (Eigen::Index j = 0; found && j < k.size(); ++j) m[j] *= std::hypot(other, norm) / other;
    }
    if (!found) merged.push_back(k);
  }
  kraus = std::move(merged);
}

/// a (x) b: the qubits of b are the less significant bits.
[[nodiscard]] inline OperationMatrix kronecker(const OperationMatrix& a, const OperationMatrix& b) {
  OperationMatrix out(a.rows() * b.rows(), a.cols() * b.cols());
  for (Eigen::Index c = 0; c < out.cols(); ++c) {
    for (Eigen::Index r = 0; r < out.rows(); ++r) {
      out(r, c) = a(r / b.rows(), c / b.cols()) * b(r % b.rows(), c % b.cols());
    }
  }
  return out;
}

/// product(a, b) of each operator of one channel and each of another, multiples of one another merged.
template <class Product>
[[nodiscard]] std::vector<OperationMatrix> kraus_products(const QuantumChannel& first, const QuantumChannel& second,
                                                          const Product& product) {
  std::vector<OperationMatrix> kraus;
  for (const auto& a : first.kraus()) {
    for (const auto& b : second.kraus()) kraus.push_back(product(a, b));
  }
  merge_multiples(kraus);
  return kraus;
}

}  // namespace detail

/// First one channel and then another on the same qubits: products of their operators, of which those that are
/// multiples of another are merged (`simplified` in noise/channel_matrices.hpp leaves at most 4^k). Throws ShapeError
/// for another number of qubits.
template <std::same_as<QuantumChannel> Channel>
[[nodiscard]] Channel compose(const Channel& first, const Channel& second) {
  detail::require_size("compose: qubits of the second channel", second.qubits(), first.qubits());
  return QuantumChannel(
      detail::kraus_products(first, second,
                             [](const OperationMatrix& a, const OperationMatrix& b) { return OperationMatrix(b * a); }),
      first.name() + ", " + second.name());
}

/// Both at once on different qubits, those of `low` being the first. Throws ShapeError for more than 6 qubits in all.
[[nodiscard]] inline QuantumChannel tensor(const QuantumChannel& low, const QuantumChannel& high) {
  if (low.qubits() + high.qubits() > static_cast<int>(QuantumChannel::max_qubits)) {
    throw ShapeError(detail::text("qmtl: tensor: qubits of both channels, expected at most ",
                                  QuantumChannel::max_qubits, ", got ", low.qubits() + high.qubits()));
  }
  return QuantumChannel(
      detail::kraus_products(
          low, high, [](const OperationMatrix& a, const OperationMatrix& b) { return detail::kronecker(b, a); }),
      low.name() + " (x) " + high.name());
}

}  // namespace qmtl::inline QMTL_ABI
