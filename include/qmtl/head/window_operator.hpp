#pragma once
// SPDX-License-Identifier: Apache-2.0
// Window operators A_o = V^dagger M_o V of one task: they depend on the weights only, once per batch.

#include <complex>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/gradient/adjoint.hpp"

namespace qmtl::detail {

/// A task's block as 2^k x 2^k matrices. The expectation value of output o is tr(rho A_o), rho the window's reduced
/// density matrix; with G_o = sum over the batch of cotangent * rho, the weight gradients are those of sum_o tr(G_o
/// A_o).
template <Scalar S>
class WindowOperator {
 public:
  using Matrix = Eigen::Matrix<std::complex<S>, Eigen::Dynamic, Eigen::Dynamic>;
  using Table = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;

  /// The block's operations on local qubits 0 .. k-1, and the eigenvalues of every output (2^k x outputs).
  WindowOperator(std::span<const Operation> block, Table eigenvalues)
      : block_(block),
        eigenvalues_(std::move(eigenvalues)),
        size_(eigenvalues_.rows()),
        operators_(static_cast<std::size_t>(eigenvalues_.cols())),
        unitary_(size_, size_),
        weighted_(size_, size_),
        ket_(size_, size_ * eigenvalues_.cols()),
        bra_(size_, size_ * eigenvalues_.cols()) {
    for (auto& a : operators_) a.resize(size_, size_);
  }

  /// Computes A_o for these weights. Cost about (gates + outputs 2^k) 4^k.
  void update(const S* weights) {
    unitary_.setIdentity();
    apply_all<S>(block_, nullptr, weights, unitary_.data(), amplitudes());
    for (std::size_t o = 0; o < operators_.size(); ++o) {
      weight_rows(o, weighted_);
      operators_[o].noalias() = unitary_.adjoint() * weighted_;
    }
  }

  [[nodiscard]] const Matrix& operator[](std::size_t output) const noexcept { return operators_[output]; }

  /// Adds d/dweights of sum_o tr(G_o A_o), for the weights of the last update: one reverse sweep of the block over the
  /// columns of V G_o and M_o V.
  void add_gradient(std::span<const Matrix> g, const S* weights, S* gradient) {
    for (std::size_t o = 0; o < operators_.size(); ++o) {
      const auto first = static_cast<Eigen::Index>(o) * size_;
      ket_.middleCols(first, size_).noalias() = unitary_ * g[o];
      weight_rows(o, bra_.middleCols(first, size_));
    }
    adjoint_sweep<S>(block_, nullptr, weights, ket_.data(), bra_.data(), amplitudes() * operators_.size(), nullptr,
                     gradient);
  }

 private:
  /// The columns of a k-qubit operator side by side are one state of 2k qubits.
  [[nodiscard]] Index amplitudes() const noexcept { return static_cast<Index>(size_ * size_); }

  /// out = M_o V.
  template <class Out>
  void weight_rows(std::size_t output, Out&& out) const {
    const auto o = static_cast<Eigen::Index>(output);
    for (Eigen::Index row = 0; row < size_; ++row) out.row(row) = eigenvalues_(row, o) * unitary_.row(row);
  }

  std::span<const Operation> block_;
  Table eigenvalues_;
  Eigen::Index size_;
  std::vector<Matrix> operators_;
  Matrix unitary_, weighted_, ket_, bra_;
};

}  // namespace qmtl::detail
