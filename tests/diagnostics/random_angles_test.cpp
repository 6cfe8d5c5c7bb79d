// SPDX-License-Identifier: Apache-2.0
// Random parameters: their range, their order, and features that stay as given.

#include "qmtl/diagnostics/random_angles.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace {

using namespace qmtl;

struct TwoAndThree {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)),
                                                  gate::u(0, weight(0), weight(1), weight(2)), gate::cx(0, 1));
};

TEST_CASE("angles are uniform in [-pi, pi): mean 0, variance pi^2 / 3") {
  RandomAngles<TwoAndThree> angles;
  Rng rng(Seed{1});
  double sum = 0.0, squares = 0.0;
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    angles.draw(rng);
    for (const auto part : {angles.features(), angles.weights()}) {
      for (const double angle : part) {
        REQUIRE((angle >= -pi && angle <= pi));
        sum += angle / (5 * draws);
        squares += angle * angle / (5 * draws);
      }
    }
  }
  CHECK(std::abs(sum) < 4 * pi / std::sqrt(3.0 * 5 * draws));
  CHECK(squares == Approx(pi * pi / 3).epsilon(0.02));
}

TEST_CASE("given features stay, weights are drawn, and the state is the circuit's") {
  const std::vector<double> given{0.3, -0.7};
  RandomAngles<TwoAndThree> angles(given);
  Rng rng(Seed{2});
  angles.draw(rng);
  const std::vector<double> before(angles.weights().begin(), angles.weights().end());
  angles.draw(rng);
  CHECK(std::equal(given.begin(), given.end(), angles.features().begin(), angles.features().end()));
  CHECK(!std::equal(before.begin(), before.end(), angles.weights().begin()));
  const auto expected = run(TwoAndThree::circuit, given, angles.weights());
  CHECK((angles.state().vector() - expected.vector()).norm() == 0.0);
}

TEST_CASE("features are all given or none") {
  const std::vector<double> one{0.3};
  CHECK(test::message_of<ShapeError>([&] { RandomAngles<TwoAndThree>{one}; }) ==
        "qmtl: diagnostics: number of features must be 2, got 1");
}

}  // namespace
