#pragma once
// SPDX-License-Identifier: Apache-2.0
// Window operators A_o = V^dagger M_o V of one task: they depend on the weights only, once per batch.

#include <algorithm>
#include <bit>
#include <complex>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/state/lane_program.hpp"

namespace qmtl::detail {

/// A task's block as 2^k x 2^k matrices. The expectation value of output o is tr(rho A_o), rho the window's reduced
/// density matrix; with G_o = sum over the batch of cotangent * rho, the weight gradients are those of sum_o tr(G_o
/// A_o). Columns of matrices lie in lanes: the block runs on pack_width<S> of them at a time.
template <Scalar S>
class WindowOperator {
  using A = ComplexPack<S>;
  static constexpr std::size_t width = pack_width<S>;

 public:
  using Matrix = ColMajorMatrix<std::complex<S>>;
  using Table = ColMajorMatrix<S>;

  /// The block's operations on local qubits 0 .. k-1, and the eigenvalues of every output (2^k x outputs).
  WindowOperator(std::span<const Operation> block, Table eigenvalues)
      : eigenvalues_(std::move(eigenvalues)),
        size_(static_cast<std::size_t>(eigenvalues_.rows())),
        program_(block, AddressMap(std::countr_zero(size_))),
        operators_(static_cast<std::size_t>(eigenvalues_.cols()), square()),
        unitary_(square()),
        ket_(size_),
        bra_(size_),
        gradients_(static_cast<std::size_t>(weight_count(block))) {}

  /// Computes A_o for these weights. Cost about (gates + outputs 2^k) 4^k.
  void update(const S* weights) {
    program_.set_uniform_angles(nullptr, weights);
    for (std::size_t first = 0; first < size_; first += width) {
      std::fill(ket_.begin(), ket_.end(), A{});
      const std::size_t lanes = std::min(width, size_ - first);
      for (std::size_t lane = 0; lane < lanes; ++lane) ket_[first + lane].re[lane] = S(1);
      program_.forward(ket_.data());
      for (std::size_t i = 0; i < size_; ++i) {
        const A& row = ket_[program_.map().at(i)];
        for (std::size_t lane = 0; lane < lanes; ++lane) at(unitary_, i, first + lane) = {row.re[lane], row.im[lane]};
      }
    }
    for (std::size_t o = 0; o < operators_.size(); ++o) conjugate_observable(o);
  }

  [[nodiscard]] const Matrix& operator[](std::size_t output) const noexcept { return operators_[output]; }

  /// Adds d/dweights of sum_o tr(G_o A_o), for the weights of the last update: reverse sweeps of the block over the
  /// columns of V G_o and M_o V.
  void add_gradient(std::span<const Matrix> g, S* gradient) {
    std::fill(gradients_.begin(), gradients_.end(), Pack<S>{});
    const std::size_t columns = operators_.size() * size_;
    for (std::size_t first = 0; first < columns; first += width) {
      std::fill(ket_.begin(), ket_.end(), A{});
      std::fill(bra_.begin(), bra_.end(), A{});
      for (std::size_t lane = 0; lane < std::min(width, columns - first); ++lane) {
        load_column(g, (first + lane) / size_, (first + lane) % size_, lane);
      }
      program_.backward(ket_.data(), bra_.data());
      program_.chain(nullptr, nullptr, gradients_.data());
    }
    for (std::size_t j = 0; j < gradients_.size(); ++j) gradient[j] += lane_sum<S>(gradients_[j]);
  }

 private:
  [[nodiscard]] Matrix square() const {
    return Matrix::Zero(static_cast<Eigen::Index>(size_), static_cast<Eigen::Index>(size_));
  }
  template <class M>
  [[nodiscard]] static auto& at(M& matrix, std::size_t row, std::size_t column) noexcept {
    return matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
  }

  /// A_o = V^dagger M_o V, Hermitian.
  void conjugate_observable(std::size_t o) noexcept {
    for (std::size_t c = 0; c < size_; ++c) {
      for (std::size_t r = c; r < size_; ++r) {
        S re = 0, im = 0;
        for (std::size_t i = 0; i < size_; ++i) {
          const std::complex<S> a = at(unitary_, i, r), b = at(unitary_, i, c);
          const S value = at(eigenvalues_, i, o);
          re += value * (a.real() * b.real() + a.imag() * b.imag());
          im += value * (a.real() * b.imag() - a.imag() * b.real());
        }
        at(operators_[o], r, c) = {re, im};
        at(operators_[o], c, r) = {re, -im};
      }
    }
  }

  /// Column c of V G_o and of M_o V into a lane.
  void load_column(std::span<const Matrix> g, std::size_t o, std::size_t c, std::size_t lane) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      S re = 0, im = 0;
      for (std::size_t r = 0; r < size_; ++r) {
        const std::complex<S> a = at(unitary_, i, r), b = at(g[o], r, c);
        re += a.real() * b.real() - a.imag() * b.imag();
        im += a.real() * b.imag() + a.imag() * b.real();
      }
      const Address place = program_.map().at(i);
      ket_[place].re[lane] = re;
      ket_[place].im[lane] = im;
      bra_[place].re[lane] = at(eigenvalues_, i, o) * at(unitary_, i, c).real();
      bra_[place].im[lane] = at(eigenvalues_, i, o) * at(unitary_, i, c).imag();
    }
  }

  Table eigenvalues_;
  std::size_t size_;  // 2^k
  LaneProgram<S, A> program_;
  std::vector<Matrix> operators_;
  Matrix unitary_;
  std::vector<A> ket_, bra_;
  std::vector<Pack<S>> gradients_;
};

}  // namespace qmtl::detail
