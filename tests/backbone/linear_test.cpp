// SPDX-License-Identifier: Apache-2.0
// The linear backbone: W x + b, and its gradient, which is known in closed form.

#include "qmtl/backbone/linear.hpp"

#include "backbone/gradient_check.hpp"
#include "support/catch.hpp"

namespace linear_test {

using namespace qmtl;

static_assert(Linear<149, 8>::parameter_count == 149 * 8 + 8);

TEMPLATE_TEST_CASE("a linear backbone is W x + b, and dW = dz x^T, db = the sum of dz", "", float, double) {
  using S = TestType;
  Linear<2, 3, S> linear;
  std::ranges::copy(std::vector<S>{1, 2, 3, 4, 5, 6, 7, 8, 9}, linear.parameters().begin());
  Batch<S> x(2, 2), dz(3, 2), z(3, 2), expected(3, 2);
  x << 1, -1,  //
      2, 0;
  linear.forward(x, z);
  expected << 1 + 8 + 7, -1 + 7,  //
      2 + 10 + 8, -2 + 8,         //
      3 + 12 + 9, -3 + 9;
  CHECK(z == expected);

  dz << 1, 2,  //
      0, 1,    //
      -1, 3;
  std::vector<S> gradient(9);
  linear.backward(x, dz, gradient);
  CHECK(gradient == std::vector<S>{-1, -1, -4, 2, 0, -2, 3, 1, 2});
}

TEST_CASE("the gradient of a linear backbone is that of central differences") {
  test::check_gradient(Linear<4, 3>{});
  test::check_gradient(Linear<4, 3, float>{});
  test::check_gradient(Linear<Eigen::Dynamic, 1>{5});
  test::check_same_bits(Linear<4, 3, float>{});
  test::check_same_bits(Linear<40, 30>{});
}

TEST_CASE("a linear backbone describes itself") {
  CHECK(describe_backbone(Linear<Eigen::Dynamic, 8>{149}) == "linear 149-8");
}

}  // namespace linear_test
