#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradient surgery (PCGrad): tasks whose gradients conflict give up the conflicting part.

#include <vector>

#include "qmtl/core/eigen.hpp"
#include "qmtl/core/rng.hpp"

namespace qmtl::inline QMTL_ABI {

/// What is done where two tasks' gradients of the shared parameters point against each other. `summed`: nothing.
/// `pcgrad` (Yu et al. 2020, algorithm 1): each task's gradient g_i is projected, for all other tasks' g_j in random
/// order, onto the normal plane of g_j wherever g_i . g_j < 0; what they have become is summed. Shared are the
/// backbone's parameters and those of the head that belong to no task; the gradients are of the weighted losses. Cost:
/// one backward of head and backbone a task. The orders are drawn from the training's seed, apart from the order of the
/// samples.
enum class GradientConflicts { summed, pcgrad };

/// The buffers of project_conflicts, for reuse.
template <class T>
struct ConflictProjection {
  Eigen::Matrix<T, Eigen::Dynamic, 1> sum;  ///< the result: the coefficient of each task's gradient
  Eigen::Matrix<T, Eigen::Dynamic, 1> projected;
  std::vector<Eigen::Index> others;
};

/// Sets out.sum to the sum of the projected gradients as coefficients of the gradients themselves, for their Gram
/// matrix gram(i, j) = g_i . g_j: every projection is a linear combination. Draws a shuffle of the other tasks for each
/// task, in order. O(tasks^3), whatever the number of parameters.
template <class Gram, class T = typename Gram::Scalar>
void project_conflicts(const Eigen::PlainObjectBase<Gram>& gram, Rng& rng, ConflictProjection<T>& out) {
  const Eigen::Index tasks = gram.rows();
  out.sum.setZero(tasks);
  for (Eigen::Index i = 0; i < tasks; ++i) {
    out.others.clear();
    for (Eigen::Index j = 0; j < tasks; ++j) {
      if (j != i) out.others.push_back(j);
    }
    shuffle(out.others, rng);
    out.projected.setZero(tasks);
    out.projected(i) = T(1);
    for (const Eigen::Index j : out.others) {
      const double product = out.projected.dot(gram.col(j));
      if (product < 0.0 && gram(j, j) > 0.0) out.projected(j) -= product / gram(j, j);
    }
    out.sum += out.projected;
  }
}

/// The same as a value of its own.
template <class Gram>
[[nodiscard]] Eigen::Matrix<typename Gram::Scalar, Eigen::Dynamic, 1> project_conflicts(
    const Eigen::PlainObjectBase<Gram>& gram, Rng& rng) {
  ConflictProjection<typename Gram::Scalar> projection;
  project_conflicts(gram, rng, projection);
  return projection.sum;
}

}  // namespace qmtl::inline QMTL_ABI
