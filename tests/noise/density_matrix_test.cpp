// SPDX-License-Identifier: Apache-2.0
// Programs on density matrices against dense Kraus sums.

#include "qmtl/noise/density_matrix.hpp"

#include <cmath>
#include <vector>

#include "noise/noise_support.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace density_matrix_test {

using namespace qmtl;
using test::Dense;
using test::max_difference;

NoiseModel busy_model() {
  Rng rng(Seed{11});
  NoiseModel model;
  model.after({.width = 1}, amplitude_damping(0.05)).after({.width = 2}, depolarizing(0.1, 2));
  model.after({.width = 3}, test::random_channel(rng, 3, 1)).before_measurement(bit_flip(0.02));
  model.while_idle({.t1 = 20, .t2 = 30, .excited = 0.1}).set_duration({}, 1).at_preparation(bit_flip(0.01));
  return model;
}

TEST_CASE("random noisy circuits") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 6; ++trial) {
    const int n = 3 + trial % 2;
    const auto program = with_noise(test::random_dynamic_circuit(rng, n, 12), busy_model());
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const auto rho = density_matrix(program, x, w);
    const Dense expected = test::dense_density(program, x, w);
    CHECK(max_difference(rho.matrix(), expected) < 1e-14);
    CHECK(rho.trace() == Approx(1).epsilon(1e-13));
    CHECK(rho.purity() == Approx((expected * expected).trace().real()).epsilon(1e-12));
    const PauliSum observable = 0.7 * pauli_z(0) + 0.3 * pauli_y(1) * pauli_x(2) - 0.2 * identity_string;
    CHECK(rho.expectation(observable) ==
          Approx((test::dense_observable(observable, n) * expected).trace().real()).margin(1e-13));
    const auto p = rho.probabilities(std::vector{2, 0});
    for (Eigen::Index outcome = 0; outcome < 4; ++outcome) {
      double sum = 0.0;
      for (Eigen::Index i = 0; i < (1 << n); ++i) {
        if (((i >> 2) & 1) == (outcome & 1) && (i & 1) == outcome >> 1) sum += expected(i, i).real();
      }
      CHECK(p[static_cast<std::size_t>(outcome)] == Approx(sum).margin(1e-14));
    }
  }
}

TEST_CASE("programs with measurements, conditions and resets, outcome by outcome") {
  Rng rng(Seed{2});
  for (int trial = 0; trial < 4; ++trial) {
    Program ideal(3);
    ideal.add_register("a", 1);
    ideal.add_register("b", 2);
    ideal.append(test::random_dynamic_circuit(rng, 3, 6, {0, 0})).measure(0, 0).append(gate::x(1), Condition{0, 1});
    ideal.measure(1, 2).append(test::random_dynamic_circuit(rng, 3, 4, {0, 0})).reset(0).append(gate::h(0));
    ideal.append(gate::mcx({0, 1}, 2), Condition{1, 2}).barrier({0, 1}).measure(0, 0).measure(2, 1);
    ideal.append(Instruction{Measurement{1, 0, {0.0, 0.3}}, Condition{1, 3}});
    NoiseModel model = busy_model();
    model.set_readout_error({0.1, 0.25}).set_readout_error({1.0, 0.0}, {2});
    const auto program = with_noise(ideal, trial < 2 ? busy_model() : model);
    const auto expected = test::dense_branches(program);
    const auto branches = density_branches(program);
    CHECK(branches.size() == expected.size());
    for (const auto& [values, rho] : branches) {
      bool found = false;
      for (const auto& known : expected) {
        if (known.values != values) continue;
        CHECK(max_difference(rho.matrix(), known.rho) < 1e-14);
        found = true;
      }
      CHECK(found);
    }
    CHECK(max_difference(density_matrix(program).matrix(), test::dense_density(program)) < 1e-14);
  }
}

TEST_CASE("what cannot happen is no outcome") {
  Program program(1);
  program.add_register("c", 1);
  program.append(gate::x(0)).measure(0, 0);
  const auto branches = density_branches(program);
  REQUIRE(branches.size() == 1);
  CHECK(branches[0].values == RegisterValues{1});
  CHECK(branches[0].rho.trace() == 1.0);
}

TEST_CASE("a condition sees what was read, and the state is that of what was there") {
  // A qubit that is 1 with probability 0.3 is flipped where 1 is read: right is 0, and misread what was there.
  const double one = 0.3, up = 0.02, down = 0.05;
  Program program(1);
  program.add_register("c", 1);
  program.append(gate::ry(0, 2 * std::asin(std::sqrt(one))))
      .measure(0, 0, {up, down})
      .append(gate::x(0), Condition{0, 1});
  const auto branches = density_branches(program);
  REQUIRE(branches.size() == 2);
  for (const auto& [values, rho] : branches) {
    const bool read = values[0] == 1;
    CHECK(rho.matrix()(0, 0).real() == Approx(read ? one * (1 - down) : (1 - one) * (1 - up)));
    CHECK(rho.matrix()(1, 1).real() == Approx(read ? (1 - one) * up : one * down));
  }
}

TEST_CASE("density matrices that do not fit") {
  CHECK_THROWS_AS(DensityMatrix(0), ShapeError);
  CHECK(test::message_of<MemoryError>([] { return DensityMatrix(16); }) ==
        "qmtl: DensityMatrix: qubits, expected at most 15, got 16");
  DensityMatrix rho(2);
  CHECK(rho.matrix()(0, 0) == 1.0);
  CHECK_THROWS_AS(rho.probabilities(std::vector{0, 0}), CircuitError);
  CHECK_THROWS_AS(rho.expectation(pauli_z(2)), CircuitError);
  CHECK_THROWS_AS(rho.apply_matrix(Dense::Identity(2, 2), std::vector{2}), CircuitError);
  CHECK_THROWS_AS(rho.apply_superoperator(Dense::Identity(2, 2), std::vector{1}), ShapeError);
  CHECK_THROWS_AS(rho += DensityMatrix(1), ShapeError);
  CHECK_THROWS_AS(density_matrix(Program(DynamicCircuit(1).append(gate::rx(0, weight(0))))), ShapeError);
}

}  // namespace density_matrix_test
