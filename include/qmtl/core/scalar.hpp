#pragma once
// SPDX-License-Identifier: Apache-2.0
// The scalar concept and the matrix types that every layer passes around.

#include <complex>
#include <concepts>
#include <new>
#include <numbers>
#include <type_traits>

#include "qmtl/core/config.hpp"
#include "qmtl/core/eigen.hpp"

#if defined(EIGEN_NO_AUTOMATIC_RESIZING)
#error "qmtl: compile without EIGEN_NO_AUTOMATIC_RESIZING: results take their sizes by assignment"
#endif

namespace qmtl::inline QMTL_ABI {

/// Real type of amplitudes, parameters and features: float or double.
template <class S>
concept Scalar = std::same_as<S, float> || std::same_as<S, double>;

inline constexpr double pi = std::numbers::pi;

static_assert(sizeof(Eigen::Index) == 8, "qmtl: Eigen::Index must have 64 bits (EIGEN_DEFAULT_DENSE_INDEX_TYPE)");

/// A column-major matrix, also where EIGEN_DEFAULT_TO_ROW_MAJOR is defined.
template <class T, int Rows = Eigen::Dynamic, int Cols = Eigen::Dynamic>
using ColMajorMatrix = Eigen::Matrix<T, Rows, Cols, Eigen::ColMajor>;

/// A batch: `Rows` values a sample, one sample a column (column-major, so that a sample is contiguous). A single row is
/// sized at run time, since Eigen would make a row-major vector of it.
template <Scalar S, int Rows = Eigen::Dynamic>
using Batch = ColMajorMatrix<S, Rows == 1 ? Eigen::Dynamic : Rows>;

/// Read-only argument form of a batch: binds to matrices, maps and column blocks without a copy.
template <Scalar S, int Rows = Eigen::Dynamic>
using BatchIn = Eigen::Ref<const Batch<S, Rows>>;

/// Output argument form of a batch; the callee never resizes it.
template <Scalar S, int Rows = Eigen::Dynamic>
using BatchOut = Eigen::Ref<Batch<S, Rows>>;

/// A batch whose samples follow one another in memory, looked at as std::span does: for calls so frequent that making a
/// Ref counts. S is const for a read-only one. It is an Eigen matrix, and converts to BatchIn and BatchOut.
template <class S>
requires Scalar<std::remove_const_t<S>>
class BatchView
    : public Eigen::Map<
          std::conditional_t<std::is_const_v<S>, const Batch<std::remove_const_t<S>>, Batch<std::remove_const_t<S>>>> {
  using Numbers = Batch<std::remove_const_t<S>>;
  using Base = Eigen::Map<std::conditional_t<std::is_const_v<S>, const Numbers, Numbers>>;

 public:
  BatchView(S* data, Eigen::Index rows, Eigen::Index samples) : Base(data, rows, samples) {}
  // Not explicit: it is an argument's form.
  template <int Rows>
  BatchView(ColMajorMatrix<std::remove_const_t<S>, Rows>& batch) : Base(batch.data(), batch.rows(), batch.cols()) {}
  template <int Rows>
  requires std::is_const_v<S> BatchView(const ColMajorMatrix<std::remove_const_t<S>, Rows>& batch)
      : Base(batch.data(), batch.rows(), batch.cols()) {}
  BatchView(const BatchView<std::remove_const_t<S>>& other) requires std::is_const_v<S>
      : Base(other.data(), other.rows(), other.cols()) {}
  BatchView(const BatchView&) = default;
  using Base::operator=;
  /// Assigns the numbers; a read-only view looks at those of `other` from now on.
  BatchView& operator=(const BatchView& other) {
    if constexpr (std::is_const_v<S>) {
      new (this) BatchView(other.data(), other.rows(), other.cols());
    } else {
      Base::operator=(other);
    }
    return *this;
  }
};

namespace detail {

/// Makes room for so many samples in a buffer of which the first columns are used: Eigen's resize would allocate for a
/// smaller batch too. What was in it is lost.
template <class Buffer>
void grow(Buffer& buffer, Eigen::Index rows, Eigen::Index samples) {
  if (buffer.rows() != rows || buffer.cols() < samples) buffer.resize(rows, samples);
}

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
