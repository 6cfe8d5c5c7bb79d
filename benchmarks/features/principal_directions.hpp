#pragma once
// SPDX-License-Identifier: Apache-2.0
// The directions in which rows are largest: truncated singular value decomposition, sparse or dense.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SparseCore>

#include <algorithm>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::benchmark::features {

struct DirectionOptions {
  int dimension = 64;
  int oversampling = 16;  ///< further directions while iterating
  int iterations = 12;    ///< each a product with the matrix and one with its transpose
  Seed seed{1};
};

/// The right singular vectors of the largest singular values as columns (columns of the matrix x dimension), by
/// subspace iteration from random vectors (Halko, Martinsson and Tropp 2011). The largest entry of each is positive.
/// Throws ShapeError for more dimensions than rows or columns.
template <class Matrix>
[[nodiscard]] Eigen::MatrixXd principal_directions(const Matrix& rows, const DirectionOptions& options = {}) {
  const Eigen::Index smallest = std::min<Eigen::Index>(rows.rows(), rows.cols());
  if (options.dimension < 1 || options.dimension > smallest) {
    throw ShapeError(qmtl::detail::text("qmtl: principal_directions: dimension, expected 1 to ", smallest, " (of ",
                                        rows.rows(), " x ", rows.cols(), "), got ", options.dimension));
  }
  const Eigen::Index width = std::min<Eigen::Index>(options.dimension + options.oversampling, smallest);
  Rng rng(options.seed);
  Eigen::MatrixXd basis(rows.cols(), width);
  for (Eigen::Index i = 0; i < basis.size(); ++i) basis.data()[i] = rng.normal();
  const auto orthonormalise = [&basis, width] {
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(basis);
    basis = qr.householderQ() * Eigen::MatrixXd::Identity(basis.rows(), width);
  };
  for (int i = 0; i < options.iterations; ++i) {
    orthonormalise();
    basis = (rows.transpose() * (rows * basis).eval()).eval();
  }
  orthonormalise();
  const Eigen::MatrixXd images = rows * basis;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> gram(images.transpose() * images);
  Eigen::MatrixXd out = basis * gram.eigenvectors().rightCols(options.dimension).rowwise().reverse();
  for (Eigen::Index c = 0; c < out.cols(); ++c) {
    Eigen::Index largest = 0;
    out.col(c).cwiseAbs().maxCoeff(&largest);
    if (out(largest, c) < 0.0) out.col(c) = -out.col(c);
  }
  return out;
}

}  // namespace qmtl::benchmark::features
