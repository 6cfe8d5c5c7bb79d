#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which row of a batch an encoding has no state for: looked for only when there is one.

#include <complex>
#include <string_view>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/head/encoding.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Throws ValueError with the number of the first column of x (features x B, squashed) that E cannot prepare, columns
/// being counted from `first_row`.
template <class E, class X>
void require_prepared(const X& x, Eigen::Index first_row) {
  using S = typename X::Scalar;
  constexpr std::string_view start = "qmtl: ";
  std::vector<std::complex<S>> state(dimension(encoding_qubits<E>));
  Eigen::Matrix<S, E::features, 1> column;
  for (Eigen::Index b = 0; b < x.cols(); ++b) {
    column = x.col(b);
    try {
      E::prepare(column.data(), state.data());
    } catch (const ValueError& error) {
      std::string_view what = error.what();
      if (what.starts_with(start)) what.remove_prefix(start.size());
      throw ValueError(text(start, "row ", first_row + b, ": ", what));
    }
  }
}

/// Runs what prepares states of x; where there is none for a column, the error says which.
template <class E, class X, class Run>
void naming_rows(const X& x, Eigen::Index first_row, const Run& run) {
  if constexpr (PreparesState<E>) {
    try {
      run();
    } catch (const ValueError&) {
      require_prepared<E>(x, first_row);
      throw;
    }
  } else {
    run();
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
