// SPDX-License-Identifier: Apache-2.0
// Random parameters: their range, their order, and features that stay as given.

#include "qmtl/diagnostics/random_angles.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/diagnostics/entangling_capability.hpp"
#include "qmtl/diagnostics/expressibility.hpp"
#include "qmtl/diagnostics/gradient_variance.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace random_angles_test {

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
  const std::vector<double> infinite{0.3, std::numeric_limits<double>::infinity()};
  CHECK(test::message_of<ValueError>([&] { RandomAngles<TwoAndThree>{infinite}; }) ==
        "qmtl: diagnostics: feature 1, expected a finite number, got inf");
}

TEST_CASE("a circuit of run-time size has its twin's diagnostics, to the last bit") {
  const DynamicCircuit circuit(TwoAndThree::circuit);
  const PauliSum observable = pauli_z(0) * pauli_z(1);
  const auto both = [](auto&& ours, auto&& twins) {
    Rng first(Seed{3}), second(Seed{3});
    return std::pair(ours(first), twins(second));
  };
  const auto [express, express_twin] = both([&](Rng& rng) { return expressibility(circuit, rng, {.pairs = 100}); },
                                            [](Rng& rng) { return expressibility<TwoAndThree>(rng, {.pairs = 100}); });
  CHECK(express.histogram == express_twin.histogram);
  CHECK(express.divergence == express_twin.divergence);
  const auto [entangle, entangle_twin] =
      both([&](Rng& rng) { return entangling_capability(circuit, rng, {.draws = 50}); },
           [](Rng& rng) { return entangling_capability<TwoAndThree>(rng, {.draws = 50}); });
  CHECK(entangle.mean == entangle_twin.mean);
  CHECK(entangle.deviation == entangle_twin.deviation);
  const std::vector<double> given{0.3, -0.7};
  const auto [vary, vary_twin] =
      both([&](Rng& rng) { return gradient_variance(circuit, observable, rng, {.draws = 20, .features = given}); },
           [&](Rng& rng) { return gradient_variance<TwoAndThree>(observable, rng, {.draws = 20, .features = given}); });
  REQUIRE(vary.by_weight.size() == 3);
  for (std::size_t j = 0; j < 3; ++j) CHECK(vary.by_weight[j].variance == vary_twin.by_weight[j].variance);
  CHECK(vary.overall.variance_error == vary_twin.overall.variance_error);

  Rng rng(Seed{1});
  CHECK_THROWS_AS(expressibility(circuit, rng, {.features = std::span(given).first(1)}), ShapeError);
  CHECK_THROWS_AS(gradient_variance(DynamicCircuit(1), pauli_z(0), rng), CircuitError);
  CHECK_THROWS_AS(entangling_capability(CircuitView(0, {}), rng), CircuitError);
  const std::vector<Operation> unknown{Operation{static_cast<Gate>(254), {0}, {}}};  // of tables that are not there
  CHECK_THROWS_AS(expressibility(CircuitView(1, unknown), rng), CircuitError);
  CHECK_THROWS_AS(entangling_capability(CircuitView(1, unknown), rng), CircuitError);
}

}  // namespace random_angles_test
