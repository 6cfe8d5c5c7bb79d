// SPDX-License-Identifier: Apache-2.0
// The scalar concept and the batch types: what they accept, and that arguments bind without a copy.

#include "qmtl/core/scalar.hpp"

#include "support/catch.hpp"

namespace scalar_test {

using namespace qmtl;

static_assert(Scalar<float> && Scalar<double>);
static_assert(!Scalar<long double> && !Scalar<int> && !Scalar<const double> && !Scalar<std::complex<double>>);
static_assert(Batch<float, 4>::RowsAtCompileTime == 4 && Batch<float, 4>::ColsAtCompileTime == Eigen::Dynamic);
static_assert(!Batch<double, 3>::IsRowMajor, "a sample must be contiguous");

const double* address_of(BatchIn<double, 3> batch) { return batch.data(); }
double* writable_address_of(BatchOut<double, 3> batch) { return batch.data(); }

TEST_CASE("batch arguments bind to matrices, maps and column blocks without a copy") {
  Batch<double, 3> batch(3, 5);
  batch.setZero();
  CHECK(address_of(batch) == batch.data());
  CHECK(address_of(batch.middleCols(2, 2)) == batch.data() + 6);
  CHECK(writable_address_of(batch.rightCols(1)) == batch.data() + 12);
  double buffer[6] = {};
  CHECK(address_of(Eigen::Map<const Batch<double, 3>>(buffer, 3, 2)) == buffer);
}

TEST_CASE("pi") { CHECK(pi == Approx(4.0 * std::atan(1.0)).epsilon(1e-15)); }

}  // namespace scalar_test
