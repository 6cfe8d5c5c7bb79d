#pragma once
// SPDX-License-Identifier: Apache-2.0
// How one task reads an encoded state: through its window operator, or by running its block on a copy of the state.

#include <array>
#include <complex>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/gradient/adjoint.hpp"
#include "qmtl/head/task.hpp"
#include "qmtl/measure/reduced_density.hpp"
#include "qmtl/state/sampling.hpp"

namespace qmtl {

/// How a quantum head computes: `window` through reduced density matrices, `direct` by simulating each block on the
/// full register, `automatic` whichever a cost model finds cheaper for each task, `shift` by parameter-shift rules (as
/// a device would; exact here, and slow).
enum class HeadMethod { automatic, window, direct, shift };

namespace detail {

/// eigenvalues(a, o): value of output o on local basis state a.
template <Scalar S, TaskType T>
[[nodiscard]] Eigen::Matrix<S, Eigen::Dynamic, T::outputs> eigenvalue_table() {
  Eigen::Matrix<S, Eigen::Dynamic, T::outputs> table(1 << T::width, T::outputs);
  for (int o = 0; o < T::outputs; ++o) {
    for (int a = 0; a < (1 << T::width); ++a) {
      table(a, o) = static_cast<S>(T::Readout::eigenvalue(o, static_cast<Index>(a)));
    }
  }
  return table;
}

/// Arithmetic of both ways per amplitude of the state, forward and backward: 2^k for the reduced matrix and twice that
/// for the adjoint vector, against about 4.5 passes a gate of the block.
template <TaskType T>
inline constexpr bool window_is_cheaper = T::width <= 8 &&
                                          3 * (1 << T::width) <=
                                              9 * (2 + static_cast<int>(T::Block::circuit.operations.size())) / 2;

/// The window operator way. With A_o = V^dagger M_o V and rho the window's reduced density matrix, the expectation
/// value is tr(rho A_o); over a batch, G_o = sum of cotangent * rho gives all weight gradients as d tr(G_o A_o)/dtheta,
/// once.
template <Scalar S, int N, TaskType T>
class WindowEngine {
  using Matrix = Eigen::Matrix<std::complex<S>, Eigen::Dynamic, Eigen::Dynamic>;
  static constexpr Eigen::Index size = 1 << T::width;
  static constexpr Index amplitudes = dimension(2 * T::width);

 public:
  /// New weights, and room for `batch` samples.
  void begin(const S* weights, Eigen::Index batch) {
    block_.setIdentity(size, size);
    apply_all<S>(T::Block::circuit.ops(), nullptr, weights, block_.data(), amplitudes);
    for (int o = 0; o < T::outputs; ++o) {
      auto& a = operators_[static_cast<std::size_t>(o)];
      a.noalias() = block_.adjoint() * (table_.col(o).template cast<std::complex<S>>().asDiagonal() * block_);
    }
    if (densities_.size() < static_cast<std::size_t>(batch)) densities_.resize(static_cast<std::size_t>(batch));
  }

  /// Expectation values of sample b, whose encoded state is `psi`; keeps its reduced density matrix.
  void forward(Eigen::Index b, const StateView<N, const S>& psi, S* expectations) {
    auto& rho = densities_[static_cast<std::size_t>(b)];
    rho = reduced_density<typename T::Window>(psi);
    for (int o = 0; o < T::outputs; ++o) expectations[o] = trace(rho, operators_[static_cast<std::size_t>(o)]);
  }

  void begin_backward() {
    for (auto& g : accumulated_) g = zero_local_matrix<S, T::width>();
  }

  /// Adds this task's part of lambda = sum_o cotangent_o M_o |psi> and of the batch sums G_o.
  void backward(Eigen::Index b, const StateView<N, const S>& psi, const S* cotangents, const StateView<N, S>& lambda) {
    merged_ = zero_local_matrix<S, T::width>();
    for (int o = 0; o < T::outputs; ++o) {
      const auto i = static_cast<std::size_t>(o);
      accumulated_[i] += cotangents[o] * densities_[static_cast<std::size_t>(b)];
      merged_ += cotangents[o] * operators_[i];
    }
    add_local_applied<typename T::Window>(merged_, psi, lambda);
  }

  /// Adds the batch's weight gradients: one reverse sweep of the block over the columns of V G_o and M_o V.
  void finish(const S* weights, S* gradient) {
    if constexpr (T::weights > 0) {
      ket_.resize(size, size * T::outputs);
      bra_.resize(size, size * T::outputs);
      for (int o = 0; o < T::outputs; ++o) {
        ket_.middleCols(o * size, size).noalias() = block_ * accumulated_[static_cast<std::size_t>(o)];
        bra_.middleCols(o * size, size) = table_.col(o).template cast<std::complex<S>>().asDiagonal() * block_;
      }
      adjoint_sweep<S>(T::Block::circuit.ops(), nullptr, weights, ket_.data(), bra_.data(), amplitudes * T::outputs,
                       nullptr, gradient);
    }
  }

 private:
  /// Re tr(A B) of Hermitian matrices.
  [[nodiscard]] static S trace(const LocalMatrix<S, T::width>& a, const LocalMatrix<S, T::width>& b) noexcept {
    const S* x = real_parts(a.data());
    const S* y = real_parts(b.data());
    S sum = 0;
    for (Eigen::Index i = 0; i < 2 * size * size; ++i) sum += x[i] * y[i];
    return sum;
  }

  Eigen::Matrix<S, Eigen::Dynamic, T::outputs> table_ = eigenvalue_table<S, T>();
  Matrix block_;  // V
  std::array<LocalMatrix<S, T::width>, static_cast<std::size_t>(T::outputs)> operators_;
  std::array<LocalMatrix<S, T::width>, static_cast<std::size_t>(T::outputs)> accumulated_;
  LocalMatrix<S, T::width> merged_;
  std::vector<LocalMatrix<S, T::width>> densities_;
  Matrix ket_, bra_;
};

/// The direct way: the block runs on a copy of the encoded state, and backward sweeps back through it.
template <Scalar S, int N, TaskType T>
class DirectEngine {
  using Weights = Eigen::Matrix<S, T::weights, 1>;
  static constexpr auto placed = on<N, typename T::Window>(T::Block::circuit);

 public:
  void begin(const S* weights, Eigen::Index) { weights_ = Eigen::Map<const Weights>(weights); }

  void forward(Eigen::Index, const StateView<N, const S>& psi, S* expectations) {
    forward(psi, placed.ops(), expectations);
  }

  /// As forward, with the block's operations (on the register's qubits) given: shift rules change one of them.
  void forward(const StateView<N, const S>& psi, std::span<const Operation> ops, S* expectations) {
    run_block(psi, ops);
    std::fill_n(expectations, T::outputs, S(0));
    const auto outcome = marginal<typename T::Window>(copy_);
    for (int o = 0; o < T::outputs; ++o) expectations[o] = table_.col(o).dot(outcome);
  }

  void begin_backward() { gradient_.setZero(); }

  void backward(Eigen::Index, const StateView<N, const S>& psi, const S* cotangents, const StateView<N, S>& lambda) {
    run_block(psi, placed.ops());
    weighted_.setZero();
    for (int o = 0; o < T::outputs; ++o) weighted_ += cotangents[o] * table_.col(o);
    for (Index i = 0; i < dimension(N); ++i) {
      adjoint_[i] = copy_[i] * weighted_[static_cast<Eigen::Index>(gather<typename T::Window>(i))];
    }
    adjoint_sweep<S>(placed.ops(), nullptr, weights_.data(), copy_.data(), adjoint_.data(), dimension(N), nullptr,
                     gradient_.data());
    for (Index i = 0; i < dimension(N); ++i) lambda[i] += adjoint_[i];
  }

  void finish(const S*, S* gradient) {
    for (int j = 0; j < T::weights; ++j) gradient[j] += gradient_[j];
  }

  [[nodiscard]] static constexpr std::span<const Operation> operations() noexcept { return placed.ops(); }

 private:
  void run_block(const StateView<N, const S>& psi, std::span<const Operation> ops) {
    copy(psi, copy_);
    apply_all<S>(ops, nullptr, weights_.data(), copy_.data(), dimension(N));
  }

  Eigen::Matrix<S, Eigen::Dynamic, T::outputs> table_ = eigenvalue_table<S, T>();
  Eigen::Matrix<S, (1 << T::width), 1> weighted_;
  Weights weights_, gradient_;
  StateVector<N, S> copy_, adjoint_;
};

/// The engine that a method chooses for a task.
template <HeadMethod M, Scalar S, int N, TaskType T>
using TaskEngine = std::conditional_t<M == HeadMethod::window || (M == HeadMethod::automatic && window_is_cheaper<T>),
                                      WindowEngine<S, N, T>, DirectEngine<S, N, T>>;

}  // namespace detail
}  // namespace qmtl
