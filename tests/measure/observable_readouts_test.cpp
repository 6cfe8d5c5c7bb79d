// SPDX-License-Identifier: Apache-2.0
// Readouts of Hermitian observables: their numbers, logits by their formula, and backward against differences.

#include "qmtl/measure/observable_readouts.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"

namespace observable_readouts_test {

using namespace qmtl;

using Coupled = Observable<"0.7 Z0 Z1 + 0.3 X0">;
using Fixed = BinaryOf<Coupled>;
using Trained = ClassesOf<TrainableWeights<Observables<"0.5 X0 + Z1", "Y2", "Z0 - 0.25 X1 - X2">>, FixedScale<3>>;

static_assert(Readout<Fixed> && PauliReadout<Fixed> && !DiagonalReadout<Fixed> && DiagonalReadout<Binary>);
static_assert(Fixed::outputs == 1 && Fixed::classes == 2 && Fixed::width == 2 && Fixed::parameters == 0);
static_assert(observable_count<Fixed> == 1 && observable_count<Classes<3>> == 3);
static_assert(BinaryOf<Magnetisation<3>, TrainableScale<2>>::parameters == 1);
static_assert(RegressionOf<Coupled>::classes == 0 && ExpectationsOf<Coupled>::Scale::value == 1.0);
static_assert(Trained::outputs == 3 && Trained::classes == 3 && Trained::width == 3 && Trained::parameters == 6);
static_assert(observable_count<Trained> == 6 && Trained::terms[4] == ObservableTerm{4, 1.0 * pauli_x(1)});
static_assert(detail::initial_parameter<Trained>(0) == 0.5 && detail::initial_parameter<Trained>(4) == -0.25);
static_assert(detail::initial_parameter<BinaryOf<Coupled, TrainableScale<2>>>(0) == 2.0);
static_assert(predicts_target<RegressionOf<Coupled>> && !predicts_target<ExpectationsOf<Coupled>>);
static_assert(readout_reach<RegressionOf<Magnetisation<3>, FixedScale<2>>> == 6.0);
static_assert(readout_reach<RegressionOf<Coupled>> < 3.0465 && readout_reach<RegressionOf<Coupled>> > 3.0463);
static_assert(readout_reach<Trained> > 1e300 && readout_reach<BinaryOf<Coupled, TrainableScale<2>>> > 1e300);

TEST_CASE("readouts of observables describe themselves") {
  CHECK(Fixed::describe() == "binary, 0.7*Z0*Z1 + 0.3*X0, scale 4");
  CHECK(Trained::describe() == "3 classes, trainable weights of 0.5*X0 + 1*Z1; 1*Y2; 1*Z0 + -0.25*X1 + -1*X2, scale 3");
  CHECK(RegressionOf<Magnetisation<2>, TrainableScale<1, 2>>::describe() ==
        "regression, magnetisation of 2 qubits, trainable scale 0.5");
  CHECK(ExpectationsOf<Coupled>::describe() == "expectations of 0.7*Z0*Z1 + 0.3*X0");
}

TEMPLATE_TEST_CASE("a logit of trainable weights is scale times the weighted sum over its terms", "", float, double) {
  const std::vector<TestType> values{0.5, -0.25, 0.125, 1, -1, 0.75}, weights{2, 4, -8, 0.5, 3, -2};
  std::vector<TestType> logits(3);
  Trained::logits(values.data(), weights.data(), logits.data());
  CHECK(logits == std::vector<TestType>{3 * (1 - 1), 3 * -1, 3 * (0.5f - 3 - 1.5f)});
}

TEST_CASE("backward of trainable weights sets slopes of values and adds those of weights") {
  Rng rng(Seed{4});
  const auto values = test::random_numbers<double>(rng, 6), weights = test::random_numbers<double>(rng, 6);
  const auto dlogits = test::random_numbers<double>(rng, 3);
  const auto loss = [&](std::span<const double> v, std::span<const double> w) {
    std::vector<double> logits(3);
    Trained::logits(v.data(), w.data(), logits.data());
    return dlogits[0] * logits[0] + dlogits[1] * logits[1] + dlogits[2] * logits[2];
  };
  std::vector<double> dvalues(6, 99.0), dweights(6, 10.0);
  Trained::backward(values.data(), weights.data(), dlogits.data(), dvalues.data(), dweights.data());
  const auto by_values = test::difference_gradient([&](auto v) { return loss(v, weights); }, values, 1e-4);
  const auto by_weights = test::difference_gradient([&](auto w) { return loss(values, w); }, weights, 1e-4);
  for (std::size_t j = 0; j < 6; ++j) {
    CHECK(dvalues[j] == Approx(by_values[j]).margin(1e-9));
    CHECK(dweights[j] == Approx(10 + by_weights[j]).margin(1e-9));
  }
}

}  // namespace observable_readouts_test
