// SPDX-License-Identifier: Apache-2.0
// Standardised training data has mean 0 and deviation 1, also far from zero and for constant features.

#include "qmtl/data/standardizer.hpp"

#include <limits>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace standardizer_test {

using namespace qmtl;
using qmtl::test::message_of;

TEMPLATE_TEST_CASE("mean and scale are those of the training rows", "", float, double) {
  using S = TestType;
  Batch<S> x(2, 4);
  x << 1, 2, 3, 6,  // mean 3, variance (4 + 1 + 0 + 9) / 4
      -2, -2, 2, 2;
  Standardizer<S> standardizer;
  standardizer.fit(x);
  CHECK(standardizer.features() == 2);
  CHECK(standardizer.mean()[0] == Approx(3.0));
  CHECK(standardizer.scale()[0] == Approx(1.0 / std::sqrt(3.5)));
  CHECK(standardizer.mean()[1] == Approx(0.0).margin(1e-7));
  CHECK(standardizer.scale()[1] == Approx(0.5));

  Batch<S> other(2, 1);
  other << 5, 4;
  standardizer.apply(other, other);
  CHECK(other(0, 0) == Approx(2.0 / std::sqrt(3.5)));
  CHECK(other(1, 0) == Approx(2.0));
}

TEMPLATE_TEST_CASE("standardised training data has mean 0 and variance 1, also far from zero", "", float, double) {
  using S = TestType;
  Rng rng(Seed{3});
  Batch<S> x(3, 4000);
  for (Eigen::Index i = 0; i < x.cols(); ++i) {
    x(0, i) = static_cast<S>(rng.normal());
    x(1, i) = static_cast<S>(4096.0 + rng.normal());  // the sum of squares in float would lose the variance
    x(2, i) = static_cast<S>(1e-6 * rng.normal());
  }
  Standardizer<S> standardizer;
  standardizer.fit(x);
  Batch<S> out(3, x.cols());
  standardizer.apply(x, out);
  const Eigen::MatrixXd wide = out.template cast<double>();
  for (int f = 0; f < 3; ++f) {
    INFO("feature " << f);
    CHECK(wide.row(f).mean() == Approx(0.0).margin(f == 1 && sizeof(S) == 4 ? 3e-4 : 1e-6));
    CHECK(wide.row(f).squaredNorm() / 4000.0 == Approx(1.0).epsilon(1e-5));
  }
}

TEMPLATE_TEST_CASE("a constant feature is centred and not blown up", "", float, double) {
  using S = TestType;
  Batch<S> x = Batch<S>::Constant(1, 1000, S(0.1));  // summing 0.1 a thousand times does not give 100
  Standardizer<S> standardizer;
  standardizer.fit(x);
  CHECK(standardizer.scale()[0] == S(1));
  standardizer.apply(x, x);
  CHECK(x.isZero(S(0)));
}

TEST_CASE("a deviation too small for its reciprocal counts as constant") {
  Batch<float> x(1, 2);
  x << 0.0f, 1e-44f;
  Standardizer<float> standardizer;
  standardizer.fit(x);
  CHECK(standardizer.scale()[0] == 1.0f);
}

TEMPLATE_TEST_CASE("a feature that is constant up to rounding is constant", "", float, double) {
  using S = TestType;
  Batch<S> x(3, 6);
  x << S(0.3), S(0.1) + S(0.2), S(0.3), S(0.1) + S(0.2), S(0.3), S(1) - S(0.7),                      //
      S(1e8), std::nextafter(S(1e8), S(0)), S(1e8), std::nextafter(S(1e8), S(2e8)), S(1e8), S(1e8),  //
      S(1), S(1) + S(256) * std::numeric_limits<S>::epsilon(), S(1), S(1), S(1), S(1);  // small, and no rounding
  Standardizer<S> standardizer;
  standardizer.fit(x);
  CHECK(standardizer.scale()[0] == S(1));
  CHECK(standardizer.scale()[1] == S(1));
  CHECK(standardizer.scale()[2] > S(1e4));
}

TEMPLATE_TEST_CASE("statistics do not depend on the unit, as long as a spread can be had in it", "", float, double) {
  using S = TestType;
  const int most = std::numeric_limits<S>::max_exponent - 8, least = std::numeric_limits<S>::min_exponent + 4;
  Batch<S> x(1, 5);
  x << 1, 2, 3, 4, 12;
  for (const int exponent : {0, most, least}) {
    const S unit = std::ldexp(S(1), exponent);
    Standardizer<S> standardizer;
    standardizer.fit(unit * x);
    CHECK(standardizer.mean()[0] / unit == Approx(4.4));
    CHECK(standardizer.scale()[0] * unit == Approx(1.0 / std::sqrt(15.44)));
  }
}

TEMPLATE_TEST_CASE("an outlier is legal, unless it is too large or nothing is left of the others", "", float, double) {
  using S = TestType;
  constexpr S most = std::numeric_limits<S>::max();
  Batch<S> x = Batch<S>::Random(2, 50);
  Standardizer<S> standardizer;
  const auto refused = [&](S value, Eigen::Index row) {
    x(1, row) = value;
    return message_of<ValueError>([&] { standardizer.fit(x); });
  };
  const S large = most / S(1e19), dominating = S(1e3) / std::sqrt(std::numeric_limits<S>::epsilon());
  CHECK(refused(large, 7).find("standardizer: feature 1, row 7: expected a number of the size of the others") !=
        std::string::npos);
  CHECK(refused(most, 7).find("feature 1, row 7") != std::string::npos);
  x.row(1).setConstant(-most);
  x.row(1).head(25).setConstant(most);
  CHECK(refused(most, 7).find("expected a number that can be standardised") != std::string::npos);
  CHECK(standardizer.empty());  // as it was

  x.setRandom();
  x(1, 7) = x(1, 9) = dominating;
  standardizer.fit(x);
  CHECK(standardizer.scale()[1] * dominating == Approx(std::sqrt(50.0 / 2.0 / 0.96)).epsilon(1e-2));
}

TEMPLATE_TEST_CASE("outliers of different sizes do not hide what vanishes beside the largest", "", float, double) {
  using S = TestType;
  const S large = std::sqrt(std::numeric_limits<S>::max());
  Batch<S> x = Batch<S>::Random(1, 1000);
  x(0, 3) = large / S(100), x(0, 7) = large, x(0, 9) = -large / S(1e4);
  Standardizer<S> standardizer;
  CHECK(message_of<ValueError>([&] { standardizer.fit(x); }).find("feature 0, row 7") != std::string::npos);
  x.leftCols(700).setZero();  // a sparse feature
  x(0, 3) = large / S(100), x(0, 7) = large;
  CHECK(message_of<ValueError>([&] { standardizer.fit(x); }).find("feature 0, row 7") != std::string::npos);
}

TEST_CASE("values that are tiny beside one that is not are legal") {
  Batch<double> x = 1e-40 * Batch<double>::Random(1, 50);  // as of a kernel that falls off quickly
  x(0, 3) = 0.9;
  Standardizer<double> standardizer;
  standardizer.fit(x);
  CHECK(standardizer.scale()[0] > 1.0);
}

TEST_CASE("without statistics it copies, and saved statistics give the same again") {
  const Batch<double> x = Batch<double>::Random(3, 5);
  Batch<double> copied(3, 5);
  Standardizer<double>{}.apply(x, copied);
  CHECK(Standardizer<double>{}.empty());
  CHECK(copied == x);

  Standardizer<double> fitted;
  fitted.fit(x);
  const Standardizer<double> restored(fitted.mean(), fitted.scale());
  Batch<double> expected(3, 5), out(3, 5);
  fitted.apply(x, expected);
  restored.apply(x, out);
  CHECK(out == expected);
  CHECK_FALSE(restored.empty());
}

TEST_CASE("missing values are left out of the statistics and stay missing, where they are allowed") {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Batch<double> x(4, 5);
  x << missing, 1, 2, missing, 6,  // mean 3, variance (4 + 1 + 9) / 3
      1, 2, 3, 4, 5,               //
      missing, missing, 7, 7, missing, Batch<double>::Constant(1, 5, missing);
  Standardizer<double> standardizer;
  standardizer.fit(x, MissingInputs::allowed);
  CHECK(standardizer.mean()[0] == Approx(3.0));
  CHECK(standardizer.scale()[0] == Approx(1.0 / std::sqrt(14.0 / 3.0)));
  Standardizer<double> whole;
  whole.fit(x.row(1));
  CHECK(standardizer.mean()[1] == whole.mean()[0]);
  CHECK(standardizer.scale()[1] == whole.scale()[0]);
  CHECK(standardizer.mean()[2] == 7.0);
  CHECK(standardizer.scale()[2] == 1.0);
  CHECK(standardizer.mean()[3] == 0.0);
  CHECK(standardizer.scale()[3] == 1.0);
  Batch<double> out(4, 5);
  standardizer.apply(x, out);
  CHECK((out.array().isNaN() == x.array().isNaN()).all());
  x(1, 1) = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { standardizer.fit(x, MissingInputs::allowed); }) ==
        "qmtl: inputs: row 1, feature 1: expected a finite number, got inf");
}

TEST_CASE("what cannot be standardised is refused") {
  Standardizer<double> standardizer;
  Batch<double> x = Batch<double>::Random(3, 5);
  CHECK(message_of<ShapeError>([&] { standardizer.fit(Batch<double>(3, 0)); }) ==
        "qmtl: standardizer: rows to fit, expected at least 1, got 0");
  standardizer.fit(x);
  Batch<double> out(2, 5), narrow(3, 4);
  CHECK(message_of<ShapeError>([&] { standardizer.apply(Batch<double>(2, 5), out); }) ==
        "qmtl: standardizer: rows of the input (features) must be 3, got 2");
  CHECK(message_of<ShapeError>([&] { standardizer.apply(x, narrow); }) ==
        "qmtl: standardizer: columns of the output must be 5, got 4");
  x(2, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([&] { standardizer.fit(x); }).find("row 1, feature 2") != std::string::npos);
  const std::vector<double> one{1.0}, two{1.0, 2.0}, infinite{std::numeric_limits<double>::infinity()};
  CHECK_THROWS_AS(Standardizer<double>(one, two), ShapeError);
  CHECK_THROWS_AS(Standardizer<double>(one, infinite), ValueError);
}

}  // namespace standardizer_test
