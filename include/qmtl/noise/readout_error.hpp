#pragma once
// SPDX-License-Identifier: Apache-2.0
// Readout errors: what is read, given what is there, one qubit at a time or a group together.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/readout_error.hpp"
#include "qmtl/circuit/window.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Throws ShapeError unless there is an entry for each outcome of so many qubits.
inline void require_outcomes(std::string_view where, std::size_t entries, std::size_t qubits) {
  if (qubits < 64 && entries == std::size_t{1} << qubits) return;
  throw ShapeError(text("qmtl: ", where, ": outcomes, expected 2^", qubits, ", got ", entries));
}

/// transform(entries, j, error) for each qubit, having checked all.
template <class Transform>
void for_each_readout(std::string_view where, std::span<double> entries, std::span<const ReadoutError> errors,
                      const Transform& transform) {
  require_outcomes(where, entries.size(), errors.size());
  for (const auto& error : errors) check_readout_error(where, error);
  for (std::size_t j = 0; j < errors.size(); ++j) transform(entries, static_cast<int>(j), errors[j]);
}

}  // namespace detail

/// Probabilities of what is read from those of what is there, in place; errors[j] is that of bit j of an outcome.
/// Throws ShapeError unless there are 2^k outcomes for k errors, ValueError for rates outside [0, 1]. Cost 2^k k.
inline void apply_readout_errors(std::span<double> probabilities, std::span<const ReadoutError> errors) {
  detail::for_each_readout("apply_readout_errors", probabilities, errors, detail::misread_bit);
}

/// The transposed map, on the eigenvalues of an observable in place: their mean over what is there is then that of the
/// old ones over what is read. So expectation values under readout errors cost nothing extra. Throws and costs as
/// apply_readout_errors.
inline void apply_readout_errors_to_observable(std::span<double> eigenvalues, std::span<const ReadoutError> errors) {
  detail::for_each_readout("apply_readout_errors_to_observable", eigenvalues, errors,
                           [](std::span<double> values, int j, const ReadoutError& e) {
                             detail::transform_pairs(values, j, 1 - e.p_1_given_0, e.p_1_given_0, e.p_0_given_1,
                                                     1 - e.p_0_given_1);
                           });
}

namespace detail {

/// Throws ValueError for a bit whose reading says nothing of what is there.
inline void require_invertible(std::string_view where, std::span<const ReadoutError> errors) {
  for (std::size_t j = 0; j < errors.size(); ++j) {
    if (std::abs(1 - errors[j].p_1_given_0 - errors[j].p_0_given_1) >= 1e-6) continue;
    throw ValueError(text("qmtl: ", where, ": bit ", j, ", expected rates that do not add up to 1 to 1e-6, got ",
                          errors[j].p_1_given_0, " and ", errors[j].p_0_given_1));
  }
}

}  // namespace detail

/// Undoes apply_readout_errors: what was there, from what was read. Of frequencies it makes numbers that add up to one
/// but may lie outside [0, 1], with errors larger by up to the product of 1 / |1 - p_1_given_0 - p_0_given_1|. Throws
/// as it, and ValueError for a qubit whose reading says nothing, |1 - p_1_given_0 - p_0_given_1| below 1e-6.
inline void invert_readout_errors(std::span<double> probabilities, std::span<const ReadoutError> errors) {
  detail::require_invertible("invert_readout_errors", errors);
  detail::for_each_readout(
      "invert_readout_errors", probabilities, errors, [](std::span<double> p, int j, const ReadoutError& e) {
        const double determinant = 1 - e.p_1_given_0 - e.p_0_given_1;
        detail::transform_pairs(p, j, (1 - e.p_0_given_1) / determinant, -e.p_0_given_1 / determinant,
                                -e.p_1_given_0 / determinant, (1 - e.p_1_given_0) / determinant);
      });
}

/// The transposed map, on the eigenvalues of an observable in place: the mean of the new ones over what is read is that
/// of the old ones over what is there. Throws and costs as invert_readout_errors.
inline void invert_readout_errors_of_observable(std::span<double> eigenvalues, std::span<const ReadoutError> errors) {
  detail::require_invertible("invert_readout_errors_of_observable", errors);
  detail::for_each_readout("invert_readout_errors_of_observable", eigenvalues, errors,
                           [](std::span<double> values, int j, const ReadoutError& e) {
                             const double determinant = 1 - e.p_1_given_0 - e.p_0_given_1;
                             detail::transform_pairs(values, j, (1 - e.p_0_given_1) / determinant,
                                                     -e.p_1_given_0 / determinant, -e.p_0_given_1 / determinant,
                                                     (1 - e.p_1_given_0) / determinant);
                           });
}

/// First one error and then another, as of two copies of a bit one after the other. Throws ValueError for rates outside
/// [0, 1].
[[nodiscard]] inline ReadoutError compose(const ReadoutError& first, const ReadoutError& second) {
  detail::check_readout_error("compose", first);
  detail::check_readout_error("compose", second);
  const double keep = 1 - second.p_1_given_0 - second.p_0_given_1;
  return {second.p_1_given_0 + keep * first.p_1_given_0, second.p_0_given_1 + keep * first.p_0_given_1};
}

/// Readout errors of k qubits together, which may depend on one another: entry (r, t) of the matrix is the probability
/// to read r where there is t, bit j being qubit j of the group. Columns add up to one.
class ConfusionMatrix {
 public:
  using Matrix = ColMajorMatrix<double>;

  /// The most qubits of a group: 4^12 entries are 128 MiB.
  static constexpr int max_qubits = 12;

  /// Throws ShapeError unless it is 2^k x 2^k with k from 1 to 12, ValueError, with the column, for an entry outside
  /// [0, 1] or a column whose sum is not 1 to 1e-9.
  explicit ConfusionMatrix(Matrix matrix) : matrix_(std::move(matrix)) {
    while (qubits_ < max_qubits && Eigen::Index{1} << qubits_ < matrix_.rows()) ++qubits_;
    if (matrix_.rows() != Eigen::Index{1} << qubits_ || matrix_.cols() != matrix_.rows()) {
      throw ShapeError(detail::text("qmtl: ConfusionMatrix: rows and columns, expected 2^k with k from 1 to ",
                                    max_qubits, ", got ", matrix_.rows(), " and ", matrix_.cols()));
    }
    for (Eigen::Index t = 0; t < matrix_.cols(); ++t) {
      for (Eigen::Index r = 0; r < matrix_.rows(); ++r) {
        if (matrix_(r, t) >= 0.0 && matrix_(r, t) <= 1.0) continue;
        throw ValueError(detail::text("qmtl: ConfusionMatrix: row ", r, ", column ", t,
                                      ", expected a number in [0, 1], got ", matrix_(r, t)));
      }
      const double* column = matrix_.data() + t * matrix_.rows();
      if (const double sum = std::accumulate(column, column + matrix_.rows(), 0.0); std::abs(sum - 1) > 1e-9) {
        throw ValueError(detail::text("qmtl: ConfusionMatrix: sum of column ", t, ", expected 1 to 1e-9, got ", sum));
      }
    }
  }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] const Matrix& matrix() const noexcept { return matrix_; }

 private:
  Matrix matrix_;
  int qubits_ = 1;
};

/// The matrix of qubits that are read independently, errors[j] being qubit j's. Throws as ConfusionMatrix and
/// apply_readout_errors.
[[nodiscard]] inline ConfusionMatrix confusion_matrix(std::span<const ReadoutError> errors) {
  if (errors.empty() || errors.size() > static_cast<std::size_t>(ConfusionMatrix::max_qubits)) {
    throw ShapeError(detail::text("qmtl: confusion_matrix: qubits, expected 1 to ", ConfusionMatrix::max_qubits,
                                  ", got ", errors.size()));
  }
  const auto size = Eigen::Index{1} << errors.size();
  ConfusionMatrix::Matrix matrix = ConfusionMatrix::Matrix::Identity(size, size);
  for (Eigen::Index t = 0; t < size; ++t) {
    apply_readout_errors({matrix.col(t).data(), static_cast<std::size_t>(size)}, errors);
  }
  return ConfusionMatrix(std::move(matrix));
}

/// First one and then another. Throws ShapeError for another number of qubits.
template <std::same_as<ConfusionMatrix> Confusion>  // a template: products of matrices take long to compile
[[nodiscard]] Confusion compose(const Confusion& first, const Confusion& second) {
  detail::require_size("compose: qubits of the second matrix", second.qubits(), first.qubits());
  return Confusion(second.matrix() * first.matrix());
}

namespace detail {

/// values <- (m on the bits) values, for 2^n values.
inline void apply_on_bits(std::string_view where, std::span<double> values, const ColMajorMatrix<double>& m,
                          std::span<const int> bits) {
  int n = 0;
  while (n < 63 && std::size_t{1} << n < values.size()) ++n;
  require_outcomes(where, values.size(), static_cast<std::size_t>(n));
  require_size(text(where, ": bits of the group"), Eigen::Index{1} << bits.size(), m.rows());
  require_distinct_qubits(text(where, ": a group"), bits, n);
  const auto place = [bits](Index local) {
    Index index = 0;
    for (std::size_t j = 0; j < bits.size(); ++j) index |= ((local >> j) & 1) << bits[j];
    return index;
  };
  const Index group = place(values.size() - 1);
  std::vector<double> part(std::size_t{1} << bits.size());
  for (Index rest = 0; rest < values.size(); ++rest) {
    if ((rest & group) != 0) continue;
    std::ranges::fill(part, 0.0);
    for (Index c = 0; c < part.size(); ++c) {  // column by column
      const double value = values[rest | place(c)];
      const double* column = m.data() + c * part.size();
      for (std::size_t r = 0; r < part.size(); ++r) part[r] += column[r] * value;
    }
    for (Index r = 0; r < part.size(); ++r) values[rest | place(r)] = part[r];
  }
}

}  // namespace detail

/// Probabilities of what is read from those of what is there, in place, for a group among n measured bits: the group's
/// qubit j is bit bits[j] of an outcome. Throws ShapeError unless there are 2^n outcomes and as many bits as the group
/// has qubits, CircuitError unless these are distinct and below n. Cost 2^n 2^k.
inline void apply_readout_errors(std::span<double> probabilities, const ConfusionMatrix& confusion,
                                 std::span<const int> bits) {
  detail::apply_on_bits("apply_readout_errors", probabilities, confusion.matrix(), bits);
}

/// The transposed map on the eigenvalues of an observable, as for errors of single qubits.
inline void apply_readout_errors_to_observable(std::span<double> eigenvalues, const ConfusionMatrix& confusion,
                                               std::span<const int> bits) {
  detail::apply_on_bits("apply_readout_errors_to_observable", eigenvalues, confusion.matrix().transpose(), bits);
}

/// Undoes apply_readout_errors, as for errors of single qubits. Throws as it, and ValueError, with the figure, for a
/// matrix whose reciprocal condition number is below 1e-6. Cost 8^k besides.
template <std::same_as<ConfusionMatrix> Confusion>  // a template: the decomposition takes long to compile
void invert_readout_errors(std::span<double> probabilities, const Confusion& confusion, std::span<const int> bits) {
  const Eigen::PartialPivLU<typename Confusion::Matrix> lu(confusion.matrix());
  if (const double condition = lu.rcond(); !(condition >= 1e-6)) {
    throw ValueError(detail::text("qmtl: invert_readout_errors: reciprocal condition number, expected at least 1e-6, ",
                                  "got ", condition));
  }
  detail::apply_on_bits("invert_readout_errors", probabilities, lu.inverse(), bits);
}

}  // namespace qmtl::inline QMTL_ABI
