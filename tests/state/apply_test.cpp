// SPDX-License-Identifier: Apache-2.0
// Circuits on states: against dense products, forwards and backwards, over many gates, and with wrong arguments.

#include "qmtl/state/apply.hpp"

#include <limits>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace apply_test {

using namespace qmtl;
using test::Dense;
using test::DenseVector;

TEMPLATE_TEST_CASE("a circuit is the product of its gates' dense matrices", "", float, double) {
  Rng rng(Seed{1});
  test::for_each_width<1, 6>([&rng](auto n) {
    const auto c = test::random_circuit<n(), 30>(rng, {0, 0});
    const auto start = test::random_state<n(), TestType>(rng);
    auto state = start;
    apply(state, c);
    const Dense u = test::dense_circuit(c.ops(), n());
    CHECK(test::max_difference(test::to_dense(state), DenseVector(u * test::to_dense(start))) <
          2 * test::tolerance<TestType>(30));
    CHECK(test::max_difference(unitary<TestType>(c), u) < 2 * test::tolerance<TestType>(30));
    const auto made = run<TestType>(c);
    CHECK(test::max_difference(test::to_dense(made), u.col(0)) < 2 * test::tolerance<TestType>(30));
  });
}

TEST_CASE("features and weights of a circuit") {
  Rng rng(Seed{2});
  for (int repeats = 0; repeats < 10; ++repeats) {
    const auto c = test::random_circuit<4, 30>(rng);
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const Dense u = test::dense_circuit(c.ops(), 4, x, w);
    CHECK(test::max_difference(unitary(c, x, w), u) < 100 * test::tolerance<double>(30));
    CHECK(test::max_difference(test::to_dense(run(c, x, w)), u.col(0)) < 100 * test::tolerance<double>(30));
  }
}

TEMPLATE_TEST_CASE("a circuit followed by its inverse is the identity", "", float, double) {
  Rng rng(Seed{3});
  test::for_each_width<1, 9>([&rng](auto n) {
    const auto c = test::random_circuit<n(), 40>(rng);
    const auto x = test::cast<TestType>(test::random_numbers(rng, 3));
    const auto w = test::cast<TestType>(test::random_numbers(rng, 4));
    const auto start = test::random_state<n(), TestType>(rng);
    auto state = start;
    apply(state, c, x, w);
    apply(state, inverse(c), x, w);
    CHECK(test::max_difference(test::to_dense(state), test::to_dense(start)) < 2 * test::tolerance<TestType>(80));
  });
}

TEMPLATE_TEST_CASE("the norm stays 1 over 10,000 random gates, and the state stays right", "", float, double) {
  Rng rng(Seed{4});
  auto state = test::random_state<6, TestType>(rng);
  auto exact = test::to_dense(state);
  const double before = norm(state);
  for (int step = 0; step < 10000; ++step) {
    Operation op = test::random_operation(rng, test::random_gate(rng, 6), 6, {0, 0});
    for (auto& angle : op.angles) angle = Angle(static_cast<double>(static_cast<TestType>(angle.offset)));
    apply(state, op);
    exact = test::apply_dense(test::dense_gate(op), op.qubits, exact);
  }
  // Measured: 0.027 epsilon a gate in double, where 1/sqrt 2 is rounded up, and 0.012 in float, where it is rounded
  // down.
  CHECK(std::abs(norm(state) - before) < 0.05 * 10000 * std::numeric_limits<TestType>::epsilon());
  CHECK(test::max_difference(test::to_dense(state), exact) < test::tolerance<TestType>(10000));
}

TEST_CASE("one operation applied to a state, a view, or as a circuit of one") {
  Rng rng(Seed{5});
  for (const Gate gate : test::all_gates()) {
    const Operation op = test::random_operation(rng, gate, max_gate_qubits, {0, 0});
    const auto start = test::random_state<4>(rng);
    auto a = start, b = start;
    apply(a, op);
    apply(b, make_circuit<4>(op));
    std::vector<std::complex<double>> buffer(start.data(), start.data() + 16);
    apply(StateView<4, double>(buffer), op);
    CHECK(test::max_difference(test::to_dense(a), test::to_dense(b)) == 0.0);
    CHECK(std::equal(buffer.begin(), buffer.end(), a.data()));
  }
}

TEST_CASE("the identity gate and the empty circuit leave a state as it is") {
  Rng rng(Seed{6});
  const auto start = test::random_state<3>(rng);
  auto state = start;
  apply(state, gate::id(1));
  apply(state, make_circuit<3>());
  CHECK(test::max_difference(test::to_dense(state), test::to_dense(start)) == 0.0);
  CHECK(test::max_difference(unitary(make_circuit<3>()), Dense(Dense::Identity(8, 8))) == 0.0);
}

TEST_CASE("twenty qubits: a layer of rotations is the product of its qubits' states") {
  constexpr auto c = layer<20>([](int q) { return gate::ry(q, feature(q)); });
  std::vector<float> x;
  for (int q = 0; q < 20; ++q) x.push_back(0.1f * static_cast<float>(q + 1));
  auto state = run<float>(c, x);
  apply(state, make_circuit<20>(gate::cz(19, 0), gate::cx(0, 19)));
  double worst = 0.0;
  for (Index i = 0; i < dimension(20); ++i) {
    const Index source = (i & 1) != 0 ? i ^ (Index{1} << 19) : i;  // what CX moved here
    double expected = (source & 1) != 0 && (source >> 19) != 0 ? -1.0 : 1.0;
    for (int q = 0; q < 20; ++q) {
      const double half = static_cast<double>(x[static_cast<std::size_t>(q)]) / 2;
      expected *= ((source >> q) & 1) != 0 ? std::sin(half) : std::cos(half);
    }
    worst = std::max(worst, std::abs(std::complex<double>(state[i]) - expected));
  }
  CHECK(worst < test::tolerance<float>(20));
  CHECK(norm(state) == Approx(1.0).margin(test::tolerance<float>(20)));
}

TEST_CASE("more parameters than a circuit uses are allowed, fewer are an error") {
  const auto c = make_circuit<2>(gate::rx(0, feature(2)), gate::ry(1, weight(1)));
  const std::vector<double> two(2, 0.5), three(3, 0.5), five(5, 0.5);
  StateVector<2> state;
  apply(state, c, three, two);
  apply(state, c, five, five);
  CHECK(norm(state) == Approx(1.0));
  CHECK(test::message_of<ShapeError>([&] { apply(state, c, two, two); }) ==
        "qmtl: apply: the circuit uses 3 features, got 2");
  CHECK(test::message_of<ShapeError>([&] { apply(state, c, three); }) ==
        "qmtl: apply: the circuit uses 2 weights, got 0");
  CHECK(test::message_of<ShapeError>([&] { (void)run(c); }) == "qmtl: apply: the circuit uses 3 features, got 0");
  CHECK(test::message_of<ShapeError>([&] { (void)unitary(c, three); }) ==
        "qmtl: apply: the circuit uses 2 weights, got 0");
  CHECK(test::message_of<ShapeError>([&] { apply(state, gate::rx(0, feature(0) * feature(3)), three); }) ==
        "qmtl: apply: the circuit uses 4 features, got 3");
}

TEST_CASE("an operation that does not fit on the state is an error and leaves the state alone") {
  Rng rng(Seed{7});
  const auto start = test::random_state<2>(rng);
  auto state = start;
  CHECK(test::message_of<CircuitError>([&] { apply(state, gate::h(2)); }) ==
        "qmtl: a qubit must be below the circuit's qubit count 2, got 2");
  CHECK(test::message_of<CircuitError>([&] { apply(state, gate::h(-1)); }) ==
        "qmtl: a qubit must be below the circuit's qubit count 2, got -1");
  CHECK(test::message_of<CircuitError>([&] { apply(state, gate::swap(1, 1)); }) ==
        "qmtl: a gate's qubits must be distinct, got qubit 1 twice");
  CHECK(test::max_difference(test::to_dense(state), test::to_dense(start)) == 0.0);
}

TEST_CASE("a circuit acts on every column of its unitary alike") {
  Rng rng(Seed{8});
  const auto c = test::random_circuit<3, 20>(rng, {0, 0});
  const auto u = unitary(c);
  for (Index basis = 0; basis < 8; ++basis) {
    StateVector<3> state;
    reset(state, basis);
    apply(state, c);
    CHECK(test::max_difference(state.vector(), u.col(static_cast<Eigen::Index>(basis))) < test::tolerance<double>());
  }
}

}  // namespace apply_test
