#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Fisher information of a head's class probabilities over its parameters, and its spectrum.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Eigenvalues>

#include <cmath>
#include <span>
#include <tuple>
#include <type_traits>

#include "qmtl/loss/loss.hpp"
#include "qmtl/model/model.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

template <class TaskList>
inline constexpr bool all_tasks_are_classes = false;
template <class... Tasks>
inline constexpr bool all_tasks_are_classes<std::tuple<Tasks...>> = ((Tasks::classes >= 2) && ...);

/// The Fisher information of a task's class over its logits: diag(p) - p p^T of the softmax, p (1 - p) for one logit.
template <class Logits>
[[nodiscard]] ColMajorMatrix<double> logit_fisher(const Logits& logits) {
  Eigen::VectorXd p = logits.template cast<double>();
  if (p.size() == 1) return ColMajorMatrix<double>::Constant(1, 1, sigmoid(p[0]) * sigmoid(-p[0]));
  const std::span<double> values(p.data(), static_cast<std::size_t>(p.size()));
  softmax<double>(values, values);
  ColMajorMatrix<double> fisher = -p * p.transpose();
  fisher.diagonal() += p;
  return fisher;
}

}  // namespace detail

/// The Fisher information matrix of a head over its P parameters, averaged over representations z (features x B):
///   F = 1/B sum_b sum_t sum_c p_t(c|z_b) g g^T,   g = d log p_t(c|z_b) / d weights,
/// the expectation being over the model's own labels, so that none are needed (Abbas et al. 2021, Nat. Comput. Sci. 1,
/// 403). Given z, the labels of different tasks are independent, so their information adds up. All tasks must be of
/// classes. P x P, symmetric, positive semidefinite. Cost: one forward and `outputs` backwards for each sample, and
/// B P^2 outputs. Throws ShapeError on wrong sizes or without samples.
template <Head H>
[[nodiscard]] ColMajorMatrix<double> fisher_information(
    H& head, const std::type_identity_t<BatchIn<typename H::Scalar>>& z,
    std::type_identity_t<std::span<const typename H::Scalar>> weights) {
  static_assert(detail::all_tasks_are_classes<typename H::TaskList>,
                "qmtl: a head must have tasks of classes only to have a Fisher information");
  using S = typename H::Scalar;
  if (z.cols() < 1) throw ShapeError("qmtl: fisher_information: samples, expected at least 1, got 0");
  Batch<S> logits(H::outputs, 1), cotangent(H::outputs, 1), jacobian(H::parameters, H::outputs);
  ColMajorMatrix<double> fisher = ColMajorMatrix<double>::Zero(H::parameters, H::parameters);
  for (Eigen::Index b = 0; b < z.cols(); ++b) {
    head.forward(z.col(b), weights, logits);
    jacobian.setZero();
    for (int o = 0; o < H::outputs; ++o) {
      cotangent.setZero();
      cotangent(o, 0) = 1;
      head.backward_weights(z.col(b), weights, cotangent,
                            std::span(jacobian.col(o).data(), static_cast<std::size_t>(H::parameters)));
    }
    int first = 0;
    for (const int outputs : H::task_outputs) {
      const ColMajorMatrix<double> slopes = jacobian.middleCols(first, outputs).template cast<double>();
      fisher += slopes * detail::logit_fisher(logits.col(0).segment(first, outputs)) * slopes.transpose();
      first += outputs;
    }
  }
  return fisher / static_cast<double>(z.cols());
}

/// The same for the head of a model, at its present weights, over inputs (input_size x B): the backbone's parameters
/// count as given. Throws ShapeError, and ValueError for an input that is not finite.
template <Backbone B, Head H>
[[nodiscard]] ColMajorMatrix<double> fisher_information(
    MultiTaskModel<B, H>& model, const std::type_identity_t<BatchIn<typename B::Scalar>>& inputs) {
  detail::require_inputs(model.backbone(), inputs);
  Batch<typename B::Scalar> x(inputs.rows(), inputs.cols()), z(H::features, inputs.cols());
  model.standardizer().apply(inputs, x);
  model.backbone().forward(x, z);
  return fisher_information(model.head(), z, model.head_weights());
}

/// The eigenvalues of a Fisher information matrix, largest first; rounding below zero becomes zero. Many near zero
/// beside a few large ones: most directions do not move the model. Cost P^3. Throws ShapeError unless it is square,
/// ValueError unless it is finite.
template <class Matrix>
[[nodiscard]] Eigen::VectorXd fisher_spectrum(const Eigen::MatrixBase<Matrix>& fisher) {
  detail::require_size("fisher_spectrum: columns of the matrix", fisher.cols(), fisher.rows());
  if (!fisher.allFinite()) throw ValueError("qmtl: fisher_spectrum: the matrix must be finite");
  if (fisher.size() == 0) return {};
  const Eigen::SelfAdjointEigenSolver<ColMajorMatrix<double>> solver(fisher, Eigen::EigenvaluesOnly);
  return solver.eigenvalues().reverse().cwiseMax(0.0);
}

}  // namespace qmtl::inline QMTL_ABI
