// SPDX-License-Identifier: Apache-2.0
// A normalized representation has unit root mean square, and the gradient of that.

#include "qmtl/backbone/rms_normalized.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "backbone/gradient_check.hpp"
#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace rms_normalized_test {

using namespace qmtl;
using qmtl::test::message_of;

TEMPLATE_TEST_CASE("every column of a normalized representation has unit root mean square", "", float, double) {
  using S = TestType;
  RmsNormalized<Frozen<3, S>> backbone;
  Batch<S> x(3, 3), z(3, 3);
  x << S(3), S(-2e4), S(0), S(4), S(0), S(0), S(0), S(0), S(0);
  backbone.forward(x, z);
  // (3, 4, 0) / sqrt(25 / 3); a column of zeros stays one.
  CHECK(z(0, 0) == Approx(3 / std::sqrt(25.0 / 3)).epsilon(1e-6));
  CHECK(z(1, 0) == Approx(4 / std::sqrt(25.0 / 3)).epsilon(1e-6));
  CHECK(z(0, 1) == Approx(-std::sqrt(3.0)).epsilon(1e-6));
  CHECK(z.col(2).isZero(0));
  const Batch<S> once = z;
  backbone.forward(S(100) * x, z);  // only the direction counts
  CHECK(z.isApprox(once, S(1e-5)));
}

TEMPLATE_TEST_CASE("a representation whose square overflows is NaN, not zero, and leaves other samples alone", "",
                   float, double) {
  using S = TestType;
  RmsNormalized<Frozen<3, S>> backbone;
  const S most = std::numeric_limits<S>::max(), large = std::sqrt(most);
  Batch<S> x(3, 5), z(3, 5);
  x.colwise() = Eigen::Matrix<S, 3, 1>(S(1), S(-2), S(3));
  x.col(0) *= large / S(8);  // its square does not overflow
  x.col(1) *= large;
  x.col(2) *= most / S(8);
  x(1, 4) = std::numeric_limits<S>::infinity();
  backbone.forward(x, z);
  const Batch<S> right = z.col(3);
  CHECK(right.allFinite());
  CHECK(z.col(0).isApprox(right, S(1e-5)));
  for (const int diverged : {1, 2, 4}) CHECK(z.col(diverged).array().isNaN().all());
}

TEST_CASE("gradients through a normalization are those of finite differences") {
  test::check_gradient(RmsNormalized<Linear<5, 3>>{});
  test::check_gradient(RmsNormalized<Mlp<4, 6, 2>>{});
  test::check_gradient(RmsNormalized<ConvNet<Image<4, 4, 1>, Conv<2, 3>, MaxPool<2>, Dense<3>>>{});
  test::check_gradient(RmsNormalized<BasicMlp<float, Tanh, 4, 3>>{});
  test::check_moved_from(RmsNormalized<Linear<5, 3>>{});
}

TEST_CASE("the gradient does not change the length of the representation") {
  // z depends on the direction of u only, so that dL/du, here dL/dbias of one sample, is orthogonal to u.
  RmsNormalized<Linear<2, 4>> backbone;
  Rng rng(Seed{3});
  backbone.initialise(rng);
  const Batch<double> x = test::random_batch<double>(2, 1, rng), dz = test::random_batch<double>(4, 1, rng);
  Batch<double> z(4, 1);
  backbone.forward(x, z);
  std::vector<double> gradient(backbone.parameters().size());
  backbone.backward(x, dz, gradient);
  const Eigen::Map<const Eigen::Vector4d> bias(gradient.data() + 8);
  CHECK(bias.norm() > 0.1);
  CHECK(bias.dot(z.col(0)) == Approx(0).margin(1e-4));
}

TEST_CASE("a normalized backbone keeps smaller batches apart, and names itself") {
  test::check_smaller_batch(RmsNormalized<Mlp<4, 6, 2>>{});
  CHECK(RmsNormalized<Mlp<4, 6, 2>>{}.describe() == "normalized (mlp 4-6-2 tanh)");
  static_assert(RmsNormalized<Mlp<4, 6, 2>>::output_size == 2);
}

TEST_CASE("missing modalities pass through a normalization, other NaN do not") {
  using Parts = ConcatFusion<3, Frozen<2>, Frozen<2>>;
  static_assert(missing_inputs<RmsNormalized<Parts>> == MissingInputs::allowed);
  static_assert(missing_inputs<RmsNormalized<Linear<4, 3>>> == MissingInputs::refused);
  RmsNormalized<Parts> backbone;
  Rng rng(Seed{5});
  backbone.initialise(rng);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Batch<double> x(4, 2), z(3, 2);
  x << 1, 2, 3, 4, nan, 5, nan, 6;
  backbone.check_inputs(x);
  backbone.forward(x, z);
  CHECK(z.allFinite());
  x(2, 1) = nan;
  CHECK_THROWS_AS(backbone.check_inputs(x), ValueError);
}

TEST_CASE("shapes that do not fit a normalized backbone are named") {
  RmsNormalized<Linear<3, 2>> backbone;
  Batch<double> z(2, 4);
  std::vector<double> gradient(8);
  CHECK(message_of<ShapeError>([&] { backbone.forward(Batch<double>(2, 4), z); }) ==
        "qmtl: normalized forward: rows of x must be 3, got 2");
  backbone.forward(Batch<double>::Ones(3, 4), z);
  CHECK(message_of<ShapeError>([&] { backbone.backward(Batch<double>(3, 5), Batch<double>(2, 5), gradient); }) ==
        "qmtl: normalized backward: columns of x, as in the last forward, must be 4, got 5");
}

}  // namespace rms_normalized_test
