// SPDX-License-Identifier: Apache-2.0
// A frozen backbone passes its features through and has nothing to train.

#include "qmtl/backbone/frozen.hpp"

#include "backbone/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace frozen_test {

using namespace qmtl;
using qmtl::test::message_of;

TEMPLATE_TEST_CASE("a frozen backbone is the identity without parameters", "", float, double) {
  using S = TestType;
  Frozen<3, S> frozen;
  static_assert(Frozen<3, S>::parameter_count == 0);
  Rng rng(Seed{1});
  const auto before = rng.state();
  frozen.initialise(rng);
  CHECK(rng.state() == before);
  CHECK(frozen.input_size() == 3);
  CHECK(frozen.parameters().empty());

  const Batch<S> x = test::random_batch<S>(3, 4, rng);
  Batch<S> z(3, 4);
  frozen.forward(x, z);
  CHECK(z == x);
  test::check_gradient(frozen);
}

TEST_CASE("a frozen backbone of one feature copies its only row") {
  Frozen<1> frozen;
  const Batch<double> x = Batch<double>::Constant(1, 5, 0.25);
  Batch<double> z(1, 5);
  frozen.forward(x, z);
  CHECK(z == x);
  frozen.backward(x, z, {});
}

TEST_CASE("shapes that do not fit a frozen backbone are named") {
  Frozen<3> frozen;
  Batch<double> z(3, 4);
  Batch<double> dz(3, 4);
  std::vector<double> gradient(1);
  CHECK(message_of<ShapeError>([&] { frozen.forward(Batch<double>(2, 4), z); }) ==
        "qmtl: frozen forward: rows of x must be 3, got 2");
  CHECK(message_of<ShapeError>([&] { frozen.forward(Batch<double>(3, 5), z); }) ==
        "qmtl: frozen forward: columns of z must be 5, got 4");
  CHECK(message_of<ShapeError>([&] { frozen.backward(Batch<double>(3, 4), dz, gradient); }) ==
        "qmtl: frozen backward: gradient size must be 0, got 1");
}

}  // namespace frozen_test
