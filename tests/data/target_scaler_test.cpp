// SPDX-License-Identifier: Apache-2.0
// Scales of real targets: mean and deviation of what is labelled, every label within reach, targets of any size.

#include "qmtl/data/target_scaler.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace target_scaler_test {

using namespace qmtl;
using qmtl::test::message_of;

constexpr double unbounded = std::numeric_limits<double>::infinity();

template <class S>
using Labels = Eigen::Matrix<S, 1, Eigen::Dynamic>;

template <class S>
TargetScaler<S> learnt(const Labels<S>& labels, double reach = unbounded) {
  TargetScaler<S> scaler(1);
  scaler.learn(0, labels, reach, "test");
  return scaler;
}

TEMPLATE_TEST_CASE("centre and spread are mean and deviation of the labels that are there", "", float, double) {
  using S = TestType;
  Labels<S> labels(6);
  labels << 1, 2, S(std::nan("")), 3, 6, S(std::nan(""));
  const auto scale = learnt<S>(labels)[0];
  CHECK(scale.centre == Approx(3.0));
  CHECK(scale.spread == Approx(std::sqrt(3.5)));
  CHECK(scale.restore(scale.standardize(5.0)) == Approx(5.0));
}

TEMPLATE_TEST_CASE("every label is within reach, and no further than it must be", "", float, double) {
  using S = TestType;
  Labels<S> labels = S(1000) * Labels<S>::Random(50);
  labels(7) = S(123456.7);
  for (const double reach : {0.3, 1.0, 4.0}) {
    const auto scale = learnt<S>(labels, reach)[0];
    double furthest = 0.0;
    for (const S label : labels) furthest = std::max(furthest, std::abs(scale.standardize(static_cast<double>(label))));
    CHECK(furthest <= reach);
    CHECK(furthest == Approx(reach).epsilon(1e-6));
  }
  CHECK(learnt<S>(labels, 1e3)[0].spread == Approx(learnt<S>(labels)[0].spread));
}

TEMPLATE_TEST_CASE("constant targets, one and none", "", float, double) {
  using S = TestType;
  const auto constant = learnt<S>(Labels<S>::Constant(9, S(0.1)));
  CHECK(constant[0].spread == 1.0);
  CHECK(constant[0].standardize(static_cast<double>(S(0.1))) == 0.0);
  Labels<S> one = Labels<S>::Constant(3, S(std::nan("")));
  CHECK_FALSE(learnt<S>(one).has_scale(0));
  CHECK(learnt<S>(one)[0].standardize(7.0) == 7.0);
  one(1) = S(-350);
  CHECK(learnt<S>(one)[0].restore(0.0) == -350.0);
  CHECK(TargetScaler<S>()[5].restore(2.0) == 2.0);
}

TEMPLATE_TEST_CASE("targets of any size", "", float, double) {
  using S = TestType;
  Labels<S> labels(4);
  labels << 1, 2, 3, 6;
  for (const int exponent : {std::numeric_limits<S>::max_exponent - 4, std::numeric_limits<S>::min_exponent + 4}) {
    const S unit = std::ldexp(S(1), exponent);
    const auto scale = learnt<S>(unit * labels, 4.0)[0];
    CHECK(scale.standardize(static_cast<double>(unit * S(6))) == Approx(3.0 / std::sqrt(3.5)));
  }
  labels << std::numeric_limits<S>::max(), std::numeric_limits<S>::lowest(), 0, std::numeric_limits<S>::max();
  CHECK(message_of<ValueError>([&] { (void)learnt<S>(labels); }).starts_with("qmtl: test, row 1: expected a number"));
}

TEST_CASE("saved scales that are none are refused") {
  const std::vector<double> one{1.0}, two{1.0, 2.0}, negative{-1.0};
  CHECK_THROWS_AS(TargetScaler<double>(one, two), ShapeError);
  CHECK_THROWS_AS(TargetScaler<double>(one, negative), ValueError);
  CHECK(TargetScaler<double>(negative, one)[0].restore(2.0) == 1.0);
}

}  // namespace target_scaler_test
