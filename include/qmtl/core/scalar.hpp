#pragma once
// SPDX-License-Identifier: Apache-2.0
// The scalar concept and the matrix types that every layer passes around.

#include <complex>
#include <concepts>
#include <numbers>
#include <type_traits>

#include "qmtl/core/eigen.hpp"

namespace qmtl {

/// Real type of amplitudes, parameters and features: float or double.
template <class S>
concept Scalar = std::same_as<S, float> || std::same_as<S, double>;

inline constexpr double pi = std::numbers::pi;

/// A batch: `Rows` values a sample, one sample a column (column-major, so that a sample is contiguous). A single row is
/// sized at run time, since Eigen would make a row-major vector of it.
template <Scalar S, int Rows = Eigen::Dynamic>
using Batch = Eigen::Matrix<S, Rows == 1 ? Eigen::Dynamic : Rows, Eigen::Dynamic>;

/// Read-only argument form of a batch: binds to matrices, maps and column blocks without a copy.
template <Scalar S, int Rows = Eigen::Dynamic>
using BatchIn = Eigen::Ref<const Batch<S, Rows>>;

/// Output argument form of a batch; the callee never resizes it.
template <Scalar S, int Rows = Eigen::Dynamic>
using BatchOut = Eigen::Ref<Batch<S, Rows>>;

}  // namespace qmtl
