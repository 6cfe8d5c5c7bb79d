// SPDX-License-Identifier: Apache-2.0
// Gradients of circuits of run-time size: those of the constexpr twin, and of 5,000 random gates both methods agree.

#include "qmtl/gradient/dynamic_gradient.hpp"

#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/random_dynamic_circuit.hpp"
#include "support/throws.hpp"

namespace dynamic_gradient_test {

using namespace qmtl;

struct Ansatz {
  static constexpr auto circuit =
      make_circuit<3>(gate::ry(0, feature(0)), gate::ry(1, 2.0 * feature(1)), gate::crx(0, 1, weight(0) + 0.5),
                      gate::u(2, weight(1), feature(0) * feature(1), weight(2)), gate::rzz(1, 2, -weight(0)),
                      gate::cry(2, 0, weight(2)), gate::rxx(0, 2, 0.3));
};

const std::vector<PauliSum> observables{0.5 * pauli_z(0) * pauli_x(1) + pauli_y(2), pauli_z(1)};
const std::vector<double> cotangents{0.7, -1.2};

TEST_CASE("of run-time and of compile-time size: the same value and gradients, to the last bit") {
  const std::vector<double> x{0.4, -0.9}, w{0.3, 1.1, -2.0};
  const auto check = [](const auto& ours, const auto& twin) {
    CHECK(ours.value == twin.value);
    CHECK((ours.features.array() == twin.features.array()).all());
    CHECK((ours.weights.array() == twin.weights.array()).all());
  };
  check(adjoint_vjp(Ansatz::circuit, x, w, observables, cotangents),
        adjoint_vjp<Ansatz>(x, w, observables, cotangents));
  check(shift_vjp(Ansatz::circuit, x, w, observables, cotangents), shift_vjp<Ansatz>(x, w, observables, cotangents));
}

TEST_CASE("parameters that a circuit does not use have no gradient; sizes are checked") {
  const DynamicCircuit c(make_circuit<2>(gate::ry(0, feature(1)), gate::cx(0, 1)));
  const std::vector<double> x{0.1, 0.2, 0.3}, w{4.0};
  const auto vjp = adjoint_vjp(c, x, w, std::span(&observables[1], 1), std::vector{1.0});
  CHECK(vjp.features.size() == 3);
  CHECK(vjp.weights.size() == 1);
  CHECK(vjp.features[0] == 0.0);
  CHECK(vjp.features[1] == Approx(-std::sin(0.2)));
  CHECK_THROWS_AS(adjoint_vjp(c, std::vector{0.1}, w, std::span(&observables[1], 1), std::vector{1.0}), ShapeError);
  CHECK_THROWS_AS(shift_vjp(c, std::vector{0.1}, w, std::span(&observables[1], 1), std::vector{1.0}), ShapeError);
  CHECK_THROWS_AS(adjoint_vjp(c, x, w, std::span(&observables[1], 1), cotangents), ShapeError);
}

TEST_CASE("5,000 random gates are their dense matrices, and a chain of constexpr twins") {
  constexpr int n = 5, block = 500;
  Rng rng(Seed{5});
  DynamicCircuit whole(n);
  Counts sum;
  std::vector<Operation> twin_ops;
  StateVector<n> twin_state;
  const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
  for (int k = 0; k < 10; ++k) {
    const auto twin = test::random_circuit<n, block>(rng);
    whole.append(twin);
    apply(twin_state, twin, x, w);
    const Counts part = counts(twin);
    for (std::size_t g = 0; g < sum.by_gate.size(); ++g) sum.by_gate[g] += part.by_gate[g];
    twin_ops.insert(twin_ops.end(), twin.operations.begin(), twin.operations.end());
  }
  REQUIRE(whole.size() == 5000);
  const auto state = run(whole, x, w);
  CHECK(test::max_difference(test::to_dense(state), test::to_dense(twin_state)) == 0.0);
  CHECK(test::max_difference(test::to_dense(state), test::dense_run(twin_ops, test::dense_zero(n), x, w)) < 1e-10);
  CHECK(counts(whole).by_gate == sum.by_gate);
  CHECK(depth(whole) <= 5000);
  Circuit<n, 5000> twin;
  std::copy(twin_ops.begin(), twin_ops.end(), twin.operations.begin());
  CHECK(whole == twin);
  CHECK(depth(whole) == depth(twin));
  CHECK(two_qubit_depth(whole) == two_qubit_depth(twin));
  CHECK(draw(whole) == draw(twin));
  CHECK(light_cone(whole, std::array{2}).operations == light_cone(twin.ops(), n, std::array{2}).operations);
  CHECK(inverse(whole) == inverse(DynamicCircuit(twin)));

  const auto adjoint = adjoint_vjp(whole, x, w, observables, cotangents);
  const double expected =
      0.7 * test::dense_expectation(test::dense_observable(observables[0], n), test::to_dense(state)) -
      1.2 * test::dense_expectation(test::dense_observable(observables[1], n), test::to_dense(state));
  CHECK(adjoint.value == Approx(expected).margin(1e-10));
  const DynamicCircuit part(CircuitView(n, whole.ops().first(300)));  // two to four runs for each of the uses
  const auto sweep = adjoint_vjp(part, x, w, observables, cotangents),
             shift = shift_vjp(part, x, w, observables, cotangents);
  CHECK((sweep.features - shift.features).cwiseAbs().maxCoeff() < 1e-9);
  CHECK((sweep.weights - shift.weights).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("behind controls and among matrices: adjoint, shift and finite differences agree") {
  constexpr int n = 4;
  Rng rng(Seed{9});
  for (int trial = 0; trial < 8; ++trial) {
    const auto c = test::random_dynamic_circuit(rng, n, 16);
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const auto adjoint = adjoint_vjp(c, x, w, observables, cotangents);
    const auto shift = shift_vjp(c, x, w, observables, cotangents);
    const auto value = [&](std::span<const double> features, std::span<const double> weights) {
      const test::DenseVector psi = test::dense_unitary(c, features, weights).col(0);
      return 0.7 * test::dense_expectation(test::dense_observable(observables[0], n), psi) -
             1.2 * test::dense_expectation(test::dense_observable(observables[1], n), psi);
    };
    CHECK(adjoint.value == Approx(value(x, w)).margin(1e-12));
    CHECK(shift.value == Approx(adjoint.value).margin(1e-12));
    CHECK((adjoint.features - shift.features).cwiseAbs().maxCoeff() < 1e-11);
    CHECK((adjoint.weights - shift.weights).cwiseAbs().maxCoeff() < 1e-11);
    const auto by_x = test::difference_gradient([&](std::span<const double> at) { return value(at, w); }, x);
    const auto by_w = test::difference_gradient([&](std::span<const double> at) { return value(x, at); }, w);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(adjoint.features[static_cast<Eigen::Index>(i)] == Approx(by_x[i]).margin(1e-8));
    }
    for (std::size_t j = 0; j < w.size(); ++j) {
      CHECK(adjoint.weights[static_cast<Eigen::Index>(j)] == Approx(by_w[j]).margin(1e-8));
    }
  }
}

TEST_CASE("what is wrong is said before there is a state") {
  const CircuitView wide(40, {});
  const std::vector<PauliSum> outside{pauli_z(40)};
  const std::vector<double> one{1.0};
  CHECK_THROWS_AS(adjoint_vjp(wide, {}, {}, outside, one), ShapeError);
  CHECK_THROWS_AS(shift_vjp(wide, {}, {}, outside, one), ShapeError);
  CHECK_THROWS_AS(adjoint_vjp(CircuitView(0, {}), {}, {}, std::span<const PauliSum>(), {}), CircuitError);
}

}  // namespace dynamic_gradient_test
