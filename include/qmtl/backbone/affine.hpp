#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the layers of backbones share: aligned buffers, and out = W in + b with its gradients.

#include <cstddef>
#include <vector>

#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Storage aligned for vector instructions. Eigen computes what lies before the first aligned element otherwise than
/// the rest, so that results written to memory of unknown alignment may differ in the last bit from run to run.
template <class S>
using AlignedVector = std::vector<S, Eigen::aligned_allocator<S>>;

/// Makes room, and never gives memory back, so that a smaller last batch costs no allocation.
template <class S>
void grow(AlignedVector<S>& storage, std::size_t size) {
  if (storage.size() < size) storage.resize(size);
}

/// Matrices of run-time size on such storage, so that all layers share Eigen's matrix products.
template <class S>
using LayerMap = Eigen::Map<Batch<S>>;
template <class S>
using ConstLayerMap = Eigen::Map<const Batch<S>>;

/// The products of a dense layer, of the precision alone: a program has one of each, whatever its layers. Members of a
/// class, since clang++ 14 does not mangle a function template with Eigen::Ref parameters the same way in every file.
template <Scalar S>
struct LayerProducts {
  /// Writes W in.
  static void multiply(const ConstLayerMap<S>& weights, const BatchIn<S>& in, BatchOut<S> out);
  /// Writes W^T delta.
  static void multiply_transposed(const ConstLayerMap<S>& weights, const BatchIn<S>& delta, LayerMap<S> out);
  /// Writes delta in^T.
  static void multiply_outer(const BatchIn<S>& delta, const BatchIn<S>& in, LayerMap<S> out);
};

// Not within the class, where they would be inline and compiled in every file again.
template <Scalar S>
void LayerProducts<S>::multiply(const ConstLayerMap<S>& weights, const BatchIn<S>& in, BatchOut<S> out) {
  out.noalias() = weights * in;
}
template <Scalar S>
void LayerProducts<S>::multiply_transposed(const ConstLayerMap<S>& weights, const BatchIn<S>& delta, LayerMap<S> out) {
  out.noalias() = weights.transpose() * delta;
}
template <Scalar S>
void LayerProducts<S>::multiply_outer(const BatchIn<S>& delta, const BatchIn<S>& in, LayerMap<S> out) {
  out.noalias() = delta * in.transpose();
}

/// Writes W in + b; `parameters` holds W (out x in, column-major) and then b.
template <class S>
void affine(const S* parameters, const ConstLayerMap<S>& in, LayerMap<S> out) {
  const ConstLayerMap<S> weights(parameters, out.rows(), in.rows());
  out.noalias() = weights * in;
  out.colwise() += ConstLayerMap<S>(parameters + weights.size(), out.rows(), 1).col(0);
}

/// Writes W^T delta, which is dL/din.
template <class S>
void affine_transposed(const S* parameters, const ConstLayerMap<S>& delta, LayerMap<S> out) {
  out.noalias() = ConstLayerMap<S>(parameters, delta.rows(), out.rows()).transpose() * delta;
}

/// Adds dL/dW and dL/db to `gradient`, laid out as the parameters.
template <class S>
void add_affine_gradient(const ConstLayerMap<S>& in, const ConstLayerMap<S>& delta, S* gradient) {
  LayerMap<S> weights(gradient, delta.rows(), in.rows());
  weights.noalias() += delta * in.transpose();
  LayerMap<S>(gradient + weights.size(), delta.rows(), 1) += delta.rowwise().sum();
}

}  // namespace qmtl::inline QMTL_ABI::detail
