#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Fubini-Study metric tensor of a task's block, from the reduced density matrices of the task's window.

#include <algorithm>
#include <complex>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

#include "qmtl/head/concepts.hpp"
#include "qmtl/state/kernels.hpp"

namespace qmtl::inline QMTL_ABI {

/// What is kept of a task's metric tensor (Stokes et al. 2020, section 3): `none`, all of it; `block_diagonal`, entries
/// of weights in the same layer of gates; `diagonal`, each weight by itself. A layer holds gates that no other gate
/// with a weight of that layer comes before on their qubits, as early as possible: rotations of different qubits share
/// one.
enum class MetricApproximation { none, block_diagonal, diagonal };

namespace detail {

using GeneratorMatrix = ColMajorMatrix<std::complex<double>>;

/// Complex columns as real ones of twice the length, whose scalar products are Re tr(A^dagger B).
template <class M>
[[nodiscard]] auto as_real(const M& columns) noexcept {
  using Real = ColMajorMatrix<typename M::RealScalar>;
  return Eigen::Map<const Real>(real_parts(columns.data()), 2 * columns.rows(), columns.cols());
}

/// Adds factor * G psi, where U(a) = exp(-i a G) is a parametric elementary gate, see generator_of.
template <Scalar S>
void add_generator(const Elementary& part, S factor, const std::complex<S>* psi, Index size, std::complex<S>* out) {
  const auto& g = generator_of(part.gate);
  const auto scaled = [factor](double entry) { return factor * static_cast<S>(entry); };
  const bool diagonal = shape_of(part.gate) == PairShape::diagonal;
  const S first_phase = scaled(g.re[0][0]), second_phase = scaled(g.re[1][1]);
  const std::complex<S> coupling(scaled(g.re[0][1]), scaled(g.im[0][1]));
  for_each_run(part.pairs, size, [&](Index first, Index second, Index run) {
    for (Index a = first, b = second; a < first + run; ++a, ++b) {
      out[a] += diagonal ? first_phase * psi[a] : coupling * psi[b];
      out[b] += diagonal ? second_phase * psi[b] : std::conj(coupling) * psi[a];
    }
  });
}

/// The Hermitian K_j = i V^dagger dV/dw_j of every weight of a block V on k qubits, column j of (4^k x weights) being
/// K_j column by column: the sum over the weight's uses of scale * V_<^dagger G V_<, V_< what comes before. Cost about
/// uses * 8^k.
template <Scalar S>
[[nodiscard]] GeneratorMatrix block_generators(std::span<const Operation> block, int k, std::span<const S> weights) {
  const auto rows = static_cast<Eigen::Index>(dimension(k));
  const std::vector<double> w(weights.begin(), weights.end());
  GeneratorMatrix generators = GeneratorMatrix::Zero(rows * rows, static_cast<Eigen::Index>(weights.size()));
  GeneratorMatrix before = GeneratorMatrix::Identity(rows, rows), turned(rows, rows);
  const Index size = dimension(2 * k);  // the columns side by side are one state whose low k qubits are the block's
  for (const auto& op : block) {
    for (const auto& part : expand(op)) {
      const double angle = angle_of<double>(part, op, nullptr, w.data());
      const Angle source = part.parametric() ? op.angles[static_cast<std::size_t>(part.angle)] : Angle{};
      if (source.source == AngleSource::weight) {
        turned.setZero();
        add_generator(part, part.sign * source.scale, before.data(), size, turned.data());
        Eigen::Map<GeneratorMatrix>(generators.col(source.index).data(), rows, rows).noalias() +=
            before.adjoint() * turned;
      }
      apply(part, angle, before.data(), size);
    }
  }
  return generators;
}

/// The layer of every weight of a block, that of its first use.
template <class Block>
[[nodiscard]] std::vector<int> weight_layers() {
  std::vector<int> depth(static_cast<std::size_t>(block_width<Block>), 0);
  std::vector<int> layers(static_cast<std::size_t>(block_weights<Block>), -1);
  for (const auto& op : Block::circuit.ops()) {
    int next = 0, last_angle = -1;
    for (const int q : op.targets()) next = std::max(next, depth[static_cast<std::size_t>(q)]);
    for (const auto& part : expand(op)) {
      if (!part.parametric() || part.angle == last_angle) continue;
      last_angle = part.angle;
      const Angle& angle = op.angles[static_cast<std::size_t>(part.angle)];
      if (angle.source != AngleSource::weight) continue;
      int& layer = layers[static_cast<std::size_t>(angle.index)];
      layer = layer < 0 ? next : layer;
      ++next;
    }
    for (const int q : op.targets()) depth[static_cast<std::size_t>(q)] = next;
  }
  return layers;
}

/// Sets entries that an approximation leaves out to zero.
template <class Block>
void approximate(MetricApproximation approximation, ColMajorMatrix<double>& metric) {
  if (approximation == MetricApproximation::none) return;
  const auto layers = weight_layers<Block>();
  for (Eigen::Index i = 0; i < metric.rows(); ++i) {
    for (Eigen::Index j = 0; j < metric.cols(); ++j) {
      const bool layer_shared = layers[static_cast<std::size_t>(i)] == layers[static_cast<std::size_t>(j)];
      if (i != j && (approximation == MetricApproximation::diagonal || !layer_shared)) metric(i, j) = 0.0;
    }
  }
}

/// The mean over the columns of `densities` (4^k x B) of Re tr(rho K_i K_j) - tr(rho K_i) tr(rho K_j).
template <class M>
[[nodiscard]] auto mean_covariance(const M& generators, const M& densities, Eigen::Index rows) {
  using Real = ColMajorMatrix<typename M::RealScalar>;
  using Square = Eigen::Map<const M>;
  const auto samples = static_cast<typename M::RealScalar>(densities.cols());
  const M mean = densities.rowwise().sum() / samples;
  M products(generators.rows(), generators.cols());  // rho K
  for (Eigen::Index j = 0; j < generators.cols(); ++j) {
    Eigen::Map<M>(products.col(j).data(), rows, rows).noalias() =
        Square(mean.data(), rows, rows) * Square(generators.col(j).data(), rows, rows);
  }
  const Real means = as_real(generators).transpose() * as_real(densities);  // tr(rho K), weights x B
  const Real metric = as_real(products).transpose() * as_real(generators) - means * means.transpose() / samples;
  return Real((metric + metric.transpose()) / 2);
}

}  // namespace detail

/// The Fubini-Study metric tensor of task T's block at the head's weights (weights x weights, without the readout's
/// scale), the mean over samples that the head has encoded (encoded_size() x B, B at least 1). With |psi> = V|psi_x>,
///   g_ij = Re <d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi> = Re tr(rho K_i K_j) - tr(rho K_i) tr(rho K_j),
/// K_j = i V^dagger d_j V, since V acts on the window only, whose reduced density matrix is rho (Stokes et al. 2020,
/// "Quantum natural gradient", Quantum 4, 269, eq. 9 and 10; a quarter of the quantum Fisher information of the pure
/// state of the whole register). Weights of different tasks act on copies of the state: there is no metric between
/// them, and the metrics of a task's windows add up, as its block acts on a copy for each. Cost about uses of weights *
/// 8^k + weights * B * 4^k. Throws ShapeError on wrong sizes.
template <int T, WindowHead H>
[[nodiscard]] ColMajorMatrix<double> metric_tensor(const H& head, std::span<const typename H::Scalar> weights,
                                                   const BatchIn<typename H::Scalar>& entries,
                                                   MetricApproximation approximation = MetricApproximation::none) {
  using Task = std::tuple_element_t<static_cast<std::size_t>(T), typename H::TaskList>;
  constexpr Eigen::Index rows = Eigen::Index{1} << Task::width;
  detail::require_size("metric tensor: number of parameters", weights.size(), H::parameters);
  detail::require_size("metric tensor: rows of entries", entries.rows(), head.encoded_size());
  if (entries.cols() == 0) throw ShapeError("qmtl: metric tensor: samples, expected at least 1, got 0");
  const auto own = weights.subspan(static_cast<std::size_t>(detail::first_parameter<H>(T)), Task::weights);
  const auto generators = detail::block_generators(Task::Block::circuit.ops(), Task::width, own);
  detail::GeneratorMatrix densities(rows * rows, entries.cols());
  ColMajorMatrix<double> metric = ColMajorMatrix<double>::Zero(Task::weights, Task::weights);
  detail::for_each_index<Task::Windows::count>([&](auto w) {
    for (Eigen::Index b = 0; b < entries.cols(); ++b) {
      const std::span sample(entries.col(b).data(), static_cast<std::size_t>(entries.rows()));
      const auto rho = head.template window_density<T, w>(sample);
      densities.col(b) = Eigen::Map<const std::remove_const_t<decltype(rho)>>(rho.data(), rows * rows, 1)
                             .template cast<std::complex<double>>();
    }
    metric += detail::mean_covariance(generators, densities, rows);
  });
  detail::approximate<typename Task::Block>(approximation, metric);
  return metric;
}

}  // namespace qmtl::inline QMTL_ABI
