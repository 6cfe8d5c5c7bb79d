// SPDX-License-Identifier: Apache-2.0
// Circuits with gates behind controls and with matrices: what every reader of a circuit makes of them.

#include "qmtl/circuit/circuit_view.hpp"

#include <array>
#include <vector>

#include "qmtl/circuit/circuit_text.hpp"
#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/measure/reduced_density.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace circuit_view_test {

using namespace qmtl;
using test::Dense;
using test::max_difference;

constexpr int n = 5;

struct Drawn {
  DynamicCircuit circuit;
  std::vector<double> x, w;
};

Drawn draw_one(Rng& rng, int operations = 12) {
  auto circuit = test::random_dynamic_circuit(rng, n, operations);
  return {std::move(circuit), test::random_numbers(rng, 3), test::random_numbers(rng, 4)};
}

TEMPLATE_TEST_CASE("the matrix of a circuit is the product of its operations' dense matrices", "", float, double) {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 20; ++trial) {
    const auto [c, x, w] = draw_one(rng);
    const auto xs = test::cast<TestType>(x), ws = test::cast<TestType>(w);
    const auto matrix = unitary<TestType>(c, xs, ws);
    CHECK(max_difference(matrix, test::dense_unitary(c, x, w)) < 200 * test::tolerance<TestType>());
    CHECK(max_difference(run<TestType>(c, xs, ws).vector(), matrix.col(0).eval()) < 200 * test::tolerance<TestType>());
  }
}

TEST_CASE("inverse, repetition, relabelling and raised weights mean what they say") {
  Rng rng(Seed{2});
  for (int trial = 0; trial < 10; ++trial) {
    const auto [c, x, w] = draw_one(rng);
    const Dense matrix = unitary(c, x, w);
    CHECK(max_difference(unitary(inverse(c), x, w), Dense(matrix.adjoint())) < 1e-12);
    CHECK(inverse(inverse(c)) == c);
    CHECK(max_difference(unitary(repeat(c, 3), x, w), Dense(matrix * matrix * matrix)) < 1e-12);
    std::vector<double> later{0.0, 0.0};
    later.insert(later.end(), w.begin(), w.end());
    CHECK(max_difference(unitary(shift_weights(c, 2), x, later), matrix) == 0.0);
    CHECK(shift_weights(shift_weights(c, 2), -2) == c);
    auto order = test::random_order(rng, n), back = order;
    for (int q = 0; q < n; ++q) back[static_cast<std::size_t>(order[static_cast<std::size_t>(q)])] = q;
    CHECK(on(on(c, n, order), n, back) == c);
    const auto placed = on(c, n, order);
    CHECK(max_difference(unitary(placed, x, w), test::dense_unitary(placed, x, w)) < 1e-12);
    CHECK((placed == c) == (order == std::vector{0, 1, 2, 3, 4}));
  }
}

TEST_CASE("the light cone of a window has the window's density matrix") {
  Rng rng(Seed{3});
  int smaller = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const auto [c, x, w] = draw_one(rng, 4);
    const std::vector<int> window{1, 4};
    const LightCone cone = light_cone(c, window);
    smaller += cone.width() < n ? 1 : 0;
    const auto expected = reduced_density(run(c, x, w), window);
    CHECK(max_difference(reduced_density(run(cone.circuit(), x, w), cone.window), expected) < 1e-12);
  }
  CHECK(smaller > 5);
  DynamicCircuit diagonal(3);
  diagonal.append(gate::mcz({0, 1}, 2)).unitary(test::phase_matrix(0.3), {1}).append(gate::cx(1, 2));
  CHECK(light_cone(diagonal, std::array{0}).operations.size() == 1);
}

TEST_CASE("counts and depth") {
  DynamicCircuit c(4);
  const int m = c.add_matrix(test::swap_matrix(1));
  c.append(gate::h(0)).append(gate::mcx({0, 1, 2}, 3)).append(MatrixOperation{{3, 0}, m}).append(gate::h(1));
  c.append(MatrixOperation{{2, 1}, m}).append(ControlledOperation{{3}, gate::ry(0, weight(6))});
  const Counts all = counts(c);
  CHECK(to_string(all) ==
        "6 gates (2 h, 2 controlled, 2 by matrix), depth 4, two-qubit depth 3, 0 features, 7 weights");
  CHECK(all.multi_qubit_gates == 4);
  CHECK(count_by_width(c, 2) == 3);
  CHECK(count_by_width(c, 4) == 1);
  CHECK(count(c, Gate::H) == 2);
  CHECK(depth(c) == 4);
  CHECK(two_qubit_depth(c) == 3);
  CHECK(weight_count(c) == 7);
  CHECK(is_real(c));
  CHECK_FALSE(is_real(DynamicCircuit(1).unitary(test::phase_matrix(1), {0})));
  CHECK_FALSE(is_real(DynamicCircuit(2).append(ControlledOperation{{0}, gate::y(1)})));
}

DynamicCircuit example() {
  DynamicCircuit c(4);
  const int swap = c.add_matrix(test::swap_matrix({0.0, 1.0}), "fsim");
  c.append(gate::mcx({2, 0}, 1)).append(MatrixOperation{{3, 0}, swap}).append(MatrixOperation{{1, 2}, swap, true});
  c.unitary(test::phase_matrix(0), {3}).append(ControlledOperation{{1}, gate::crx(0, 2, 0.1 + 0.2 * weight(1))});
  return c.name_weight(1, "theta").name_feature(0, "age");
}

TEST_CASE("the drawing of controls and matrices") {
  CHECK(draw(example()) ==
        "q0: -@-[fsim.1]-------------------@---------\n"
        "     |    |                       |\n"
        "q1: -X----|-----[fsim'.0]---------@---------\n"
        "     |    |         |             |\n"
        "q2: -@----|-----[fsim'.1]-RX(0.2*theta+0.1)-\n"
        "          |\n"
        "q3: ---[fsim.0]---[m1]----------------------\n");
}

TEST_CASE("the text of a circuit") {
  CHECK(to_string(example()) ==
        "qubits 4\n"
        "feature 0 = age\n"
        "weight 1 = theta\n"
        "matrix fsim = [[1, 0, 0, 0], [0, 0, 1i, 0], [0, 1i, 0, 0], [0, 0, 0, 1]]\n"
        "matrix m1 = [[1, 0], [0, 1]]\n"
        "controlled q2, q0: x q1\n"
        "unitary fsim q3, q0\n"
        "unitary fsim' q1, q2\n"
        "unitary m1 q3\n"
        "controlled q1: crx(0.2*theta+0.1) q0, q2\n");
  CHECK(to_string(make_circuit<2>(gate::ry(1, 1.0 / 3.0), gate::cx(0, 1))) ==
        "qubits 2\nry(0.3333333333333333) q1\ncx q0, q1\n");
}

TEST_CASE("a circuit with controls and matrices fits, and one whose tables do not hold what it names does not") {
  const DynamicCircuit c = example();
  const CircuitView view = c;
  CHECK(fits(c));
  CHECK(fits(DynamicCircuit(3).append(gate::mcx({0, 1}, 2))));
  CHECK_FALSE(fits(CircuitView(3, view.operations, view.tables)));
  std::vector<Operation> operations(view.operations.begin(), view.operations.end());
  operations[0].qubits[0] = 9;
  CHECK_FALSE(fits(CircuitView(4, operations, view.tables)));
}

TEST_CASE("circuits are equal in what they do, whatever their tables look like") {
  const Dense a = test::phase_matrix(0.1), b = test::phase_matrix(0.2);
  DynamicCircuit first(2), second(2);
  first.unitary(a, {0}).unitary(b, {1}).append(gate::mcx({0}, 1));
  const int mb = second.add_matrix(b, "named"), ma = second.add_matrix(a);
  second.append(MatrixOperation{{0}, ma}).append(MatrixOperation{{1}, mb}).append(gate::mcx({0}, 1));
  CHECK(first == second);
  CHECK_FALSE(first == DynamicCircuit(2).unitary(a, {0}).unitary(a, {1}).append(gate::mcx({0}, 1)));
  CHECK_FALSE(first == DynamicCircuit(2).unitary(a, {0}).unitary(b, {1}).append(gate::mcx({1}, 0)));
  CHECK_FALSE(first == DynamicCircuit(2).unitary(a, {0}).unitary(b, {1}).append(gate::cx(0, 1)));
  CHECK_FALSE(first == make_circuit<2>(gate::h(0), gate::h(0), gate::h(0)));
  CHECK(DynamicCircuit(first) == first);
  CHECK(DynamicCircuit(2).append(first).append(inverse(first)).matrices().size() == 2);
  DynamicCircuit twice(first);
  twice.append(twice);
  CHECK(twice == repeat(first, 2));
  CHECK(twice.matrices().size() == 2);
}

TEST_CASE("what is not unitary, or does not fit, is refused and leaves the circuit as it was") {
  DynamicCircuit c = example();
  const std::string before = to_string(c);
  const auto refused = [&](auto error, auto&& call, const char* part) {
    CHECK(test::message_of<decltype(error)>(call).find(part) != std::string::npos);
    CHECK(to_string(c) == before);
  };
  const CircuitError circuit("");
  const ShapeError shape("");
  const ValueError value("");
  refused(
      value, [&] { c.unitary(2.0 * Dense::Identity(2, 2), {0}); }, "must preserve the trace to 1e-9");
  refused(
      shape, [&] { c.unitary(Dense::Identity(3, 3), {0}); }, "must have 2^k rows and columns, got 3 and 3");
  refused(
      shape, [&] { c.unitary(Dense::Identity(2, 4), {0}); }, "got 2 and 4");
  refused(
      shape,
      [&] {
        c.unitary(Dense::Identity(32, 32), {0, 1, 2, 3});
      },
      "1 to 4 qubits, got 5");
  refused(
      shape,
      [&] {
        c.unitary(Dense::Identity(2, 2), {0, 1});
      },
      "must be 1, got 2");
  refused(
      circuit, [&] { c.unitary(Dense::Identity(2, 2), {4}); }, "distinct qubits below 4, got qubit 4");
  refused(
      circuit, [&] { c.add_matrix(Dense::Identity(2, 2), "m7"); }, "must not be 'm' and a number");
  refused(
      circuit, [&] { c.add_matrix(Dense::Identity(2, 2), "fsim"); }, "must be new, but 'fsim' is another matrix");
  refused(
      circuit, [&] { c.append(DynamicCircuit(2).unitary(Dense::Identity(2, 2), {0}, "fsim")); }, "must be new");
  refused(
      circuit,
      [&] {
        c.append(MatrixOperation{{0}, 2});
      },
      "must be below 2, got 2");
  refused(
      circuit,
      [&] {
        c.append(gate::mcx({0, 1}, 1));
      },
      "got qubit 1 at position 1");
  refused(
      circuit,
      [&] {
        c.append(gate::mcx({0, 7}, 1));
      },
      "got qubit 7 at position 1");
  refused(
      circuit, [&] { c.append(c.ops()[0]); }, "got number 254");
  refused(
      circuit, [&] { c.append(CircuitView(4, c.ops())); }, "got number 254");
  refused(
      circuit, [&] { (void)is_real(c.ops()); }, "got number 254");
  auto wrong = c.ops()[0];
  wrong.qubits[0] = 9;
  const CircuitView tampered(4, std::span(&wrong, 1), CircuitView(c).tables);
  refused(
      circuit, [&] { c.append(tampered); }, "must be below 2, got 9");
}

}  // namespace circuit_view_test
