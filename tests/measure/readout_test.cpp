// SPDX-License-Identifier: Apache-2.0
// Readouts: eigenvalues as printed tables, logits by their formula, and backward against differences.

#include "qmtl/measure/readout.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"

namespace readout_test {

using namespace qmtl;

static_assert(Binary::outputs == 1 && Binary::classes == 2 && Binary::width == 1 && Binary::parameters == 0);
static_assert(Binary::Scale::value == 4.0 && FixedScale<1, 2>::value == 0.5 && TrainableScale<3, 2>::value == 1.5);
static_assert(!FixedScale<1>::trainable && TrainableScale<1>::trainable);
static_assert(BinaryReadout<TrainableScale<4>, 2>::width == 3 && BinaryReadout<TrainableScale<4>, 2>::parameters == 1);
static_assert(Classes<3>::outputs == 3 && Classes<3>::classes == 3 && Classes<3>::width == 3);
static_assert(Classes<3>::parameters == 0 && Classes<3>::Scale::value == 4.0);
static_assert(Classes<2, BasisStates>::width == 1 && Classes<3, BasisStates>::width == 2);
static_assert(Classes<4, BasisStates>::width == 2 && Classes<5, BasisStates>::width == 3);
static_assert(Classes<8, BasisStates>::width == 3 && Classes<9, BasisStates>::width == 4);
static_assert(Classes<5, BasisStates>::Scale::value == 1.0 && Classes<5, BasisStates>::outputs == 5);
static_assert(Regression<>::classes == 0 && Regression<>::outputs == 1 && Regression<>::Scale::value == 4.0);
static_assert(readout_reach<Regression<>> == 4.0 && readout_reach<Expectations<3>> == 1.0);
static_assert(readout_reach<Regression<TrainableScale<2>>> > 1e300 && readout_reach<Classes<3, BasisStates>> > 1e300);
static_assert(predicts_target<Regression<>> && !predicts_target<Binary> && !predicts_target<Expectations<1>>);
static_assert(Expectations<4>::outputs == 4 && Expectations<4>::width == 4 && Expectations<4>::classes == 0);
static_assert(Readout<Classes<3, OneQubitPerClass, TrainableScale<2>>> && Readout<Expectations<4>>);
static_assert(Readout<Regression<TrainableScale<1>, 2>> && !Readout<int> && !Readout<FixedScale<1>>);

/// The eigenvalues of one output on the basis states of `qubits` qubits.
template <class R>
std::vector<double> table(int output, int qubits) {
  std::vector<double> out;
  for (Index basis = 0; basis < dimension(qubits); ++basis) out.push_back(R::eigenvalue(output, basis));
  return out;
}

using Row = std::vector<double>;

TEST_CASE("eigenvalues of Z readouts: +1 where the qubit is 0") {
  CHECK(table<Binary>(0, 2) == Row{1, -1, 1, -1});
  CHECK(table<BinaryReadout<FixedScale<4>, 1>>(0, 2) == Row{1, 1, -1, -1});
  CHECK(table<Regression<FixedScale<1>, 2>>(0, 3) == Row{1, 1, 1, 1, -1, -1, -1, -1});
  CHECK(table<Classes<3>>(0, 3) == Row{1, -1, 1, -1, 1, -1, 1, -1});
  CHECK(table<Classes<3>>(1, 3) == Row{1, 1, -1, -1, 1, 1, -1, -1});
  CHECK(table<Classes<3>>(2, 3) == Row{1, 1, 1, 1, -1, -1, -1, -1});
  CHECK(table<Expectations<2>>(1, 2) == Row{1, 1, -1, -1});
}

TEST_CASE("eigenvalues of basis states: one where the first qubits spell the class") {
  CHECK(table<Classes<3, BasisStates>>(0, 2) == Row{1, 0, 0, 0});
  CHECK(table<Classes<3, BasisStates>>(2, 2) == Row{0, 0, 1, 0});
  CHECK(table<Classes<2, BasisStates>>(1, 2) == Row{0, 1, 0, 1});  // the second qubit is not read
  CHECK(table<Classes<4, BasisStates>>(3, 3) == Row{0, 0, 0, 1, 0, 0, 0, 1});
}

/// Values an expectation of readout R can take.
template <class R, class S>
std::vector<double> random_expectations(Rng& rng) {
  constexpr bool probabilities = requires { R::floor; };
  return test::random_numbers<S>(rng, R::outputs, probabilities ? 0.05 : -1.0, 1.0);
}

/// A readout's logits in double precision, from its documentation.
template <class R>
std::vector<double> expected_logits(const std::vector<double>& expectations, double scale) {
  std::vector<double> out;
  for (const double value : expectations) {
    if constexpr (requires { R::floor; }) {
      out.push_back(scale * std::log(value + R::floor));
    } else {
      out.push_back(scale * value);
    }
  }
  return out;
}

template <class R, class S>
void check_logits(Rng& rng) {
  const auto expectations = random_expectations<R, S>(rng);
  const double scale = R::Scale::trainable ? 1.75 : R::Scale::value;
  const auto in = test::cast<S>(expectations);
  const S weight = S(1.75);
  std::vector<S> logits(static_cast<std::size_t>(R::outputs));
  R::logits(in.data(), R::parameters > 0 ? &weight : nullptr, logits.data());
  const auto expected = expected_logits<R>(expectations, scale);
  for (std::size_t o = 0; o < logits.size(); ++o) {
    CHECK(logits[o] == Approx(expected[o]).margin(32.0 * std::numeric_limits<S>::epsilon()));
  }
}

/// backward sets dL/dexpectations and adds to dL/dscale, L = sum of dlogits * logits.
template <class R, class S>
void check_backward(Rng& rng) {
  const auto expectations = random_expectations<R, S>(rng);
  const auto dlogits = test::random_numbers<S>(rng, R::outputs, -2, 2);
  const auto loss = [&](std::span<const double> e, double scale) {
    const auto logits = expected_logits<R>(std::vector<double>(e.begin(), e.end()), scale);
    double sum = 0.0;
    for (std::size_t o = 0; o < logits.size(); ++o) sum += dlogits[o] * logits[o];
    return sum;
  };
  const double scale = R::Scale::trainable ? 1.75 : R::Scale::value;
  const S weight = S(1.75);
  S dscale = S(10);
  const auto in = test::cast<S>(expectations), din = test::cast<S>(dlogits);
  std::vector<S> dexpectations(in.size(), S(99));
  R::backward(in.data(), R::parameters > 0 ? &weight : nullptr, din.data(), dexpectations.data(),
              R::parameters > 0 ? &dscale : nullptr);
  const auto expected =
      test::difference_gradient([&](std::span<const double> e) { return loss(e, scale); }, expectations, 1e-4);
  const double margin = 1e-8 + 32.0 * std::numeric_limits<S>::epsilon();
  for (std::size_t o = 0; o < in.size(); ++o) {
    CHECK(dexpectations[o] == Approx(expected[o]).epsilon(margin).margin(margin));
  }
  if (R::parameters == 0) return;
  const double by_scale = test::central_difference([&](double s) { return loss(expectations, s); }, scale);
  CHECK(dscale == Approx(10 + by_scale).epsilon(margin));
}

template <class R>
void check_readout(std::uint64_t seed) {
  Rng rng(Seed{seed});
  INFO(R::describe());
  for (int repeats = 0; repeats < 20; ++repeats) {
    check_logits<R, float>(rng);
    check_logits<R, double>(rng);
    check_backward<R, float>(rng);
    check_backward<R, double>(rng);
  }
}

TEST_CASE("logits follow their formula and backward is their derivative") {
  check_readout<Binary>(1);
  check_readout<BinaryReadout<TrainableScale<4>, 1>>(2);
  check_readout<Classes<3>>(3);
  check_readout<Classes<4, OneQubitPerClass, TrainableScale<1>>>(4);
  check_readout<Classes<3, BasisStates>>(5);
  check_readout<Classes<5, BasisStates, TrainableScale<2>>>(6);
  check_readout<Regression<>>(7);
  check_readout<Regression<TrainableScale<5, 2>, 2>>(8);
  check_readout<Expectations<3>>(9);
}

TEMPLATE_TEST_CASE("a class whose basis state never occurs has a finite logit and no slope", "", float, double) {
  using R = Classes<4, BasisStates>;
  const std::array<TestType, 4> p{TestType(1), TestType(0), TestType(-1e-7), TestType(0)};
  const std::array<TestType, 4> dlogits{1, 1, 1, 1};
  std::array<TestType, 4> logits{}, slopes{};
  R::logits<TestType>(p.data(), nullptr, logits.data());
  R::backward<TestType>(p.data(), nullptr, dlogits.data(), slopes.data(), nullptr);
  CHECK(logits[0] == Approx(1e-4).epsilon(1e-3));
  for (std::size_t o = 1; o < 4; ++o) {
    CHECK(logits[o] == Approx(std::log(1e-4)));
    CHECK(slopes[o] == TestType(0));
  }
  CHECK(slopes[0] == Approx(1.0).epsilon(2e-4));
}

TEST_CASE("with scale 1 the softmax of basis states is the renormalised probabilities, up to the floor") {
  const std::array<double, 3> p{0.5, 0.2, 0.1};
  std::array<double, 3> logits{};
  Classes<3, BasisStates>::logits<double>(p.data(), nullptr, logits.data());
  double total = 0.0;
  for (const double l : logits) total += std::exp(l);
  for (std::size_t c = 0; c < 3; ++c) CHECK(std::exp(logits[c]) / total == Approx(p[c] / 0.8).margin(3e-4));
}

TEST_CASE("readouts describe themselves") {
  CHECK(Binary::describe() == "binary, Z on local qubit 0, scale 4");
  CHECK(BinaryReadout<TrainableScale<1, 2>, 1>::describe() == "binary, Z on local qubit 1, trainable scale 0.5");
  CHECK(Classes<3>::describe() == "3 classes, Z on one qubit per class, scale 4");
  CHECK(Classes<5, BasisStates>::describe() == "5 classes, basis states of 3 qubits, scale 1");
  CHECK(Regression<>::describe() == "regression, Z on local qubit 0, scale 4");
  CHECK(Expectations<2>::describe() == "expectations of Z on 2 qubits");
}

}  // namespace readout_test
