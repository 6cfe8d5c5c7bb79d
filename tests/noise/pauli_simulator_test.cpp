// SPDX-License-Identifier: Apache-2.0
// Noisy circuits on Pauli coordinates against density matrices, gate by gate.

#include "qmtl/noise/pauli_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "noise/noise_support.hpp"
#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace pauli_simulator_test {

using namespace qmtl;
using detail::PauliSimulator;

NoiseModel noise() {
  Rng rng(Seed{11});
  NoiseModel model;
  model.after({.width = 1}, amplitude_damping(0.05)).after({.width = 2}, depolarizing(0.1, 2));
  model.after({.width = 2, .qubits = {1, 0}}, test::random_channel(rng, 2, 3));
  model.after({.width = 3}, test::random_channel(rng, 3, 1)).at_preparation(bit_flip(0.01));
  return model;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double out = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, std::abs(a[i] - b[i]));
  return out;
}

TEST_CASE("probabilities are those of the density matrix, from run to run") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 8; ++trial) {
    const int n = 1 + trial % 5;
    DynamicCircuit circuit(n);
    for (int i = 0; i < 25; ++i) circuit.append(test::random_operation(rng, test::random_gate(rng, n), n, {}));
    const auto program = with_noise(circuit, noise());
    REQUIRE(PauliSimulator::runs(program));
    PauliSimulator simulator(program);
    std::vector<int> qubits(static_cast<std::size_t>(n));
    std::iota(qubits.rbegin(), qubits.rend(), 0);  // the last qubit first
    for (int run = 0; run < 2; ++run) {
      const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
      simulator.run(x, w);
      const auto rho = density_matrix(program, x, w);
      CHECK(largest_difference(simulator.probabilities(qubits), rho.probabilities(qubits)) < 1e-14);
      CHECK(simulator.z_string(0) == Approx(1).epsilon(1e-13));
      CHECK(simulator.z_string(1) == Approx(rho.expectation(pauli_z(0))).margin(1e-13));
    }
  }
}

TEST_CASE("gates that wait for each other in pairs, and pairs that change partners") {
  DynamicCircuit circuit(4);
  circuit.append(gate::h(0)).append(gate::ry(1, 0.3)).append(gate::cx(1, 0)).append(gate::rz(0, 0.7));
  circuit.append(gate::cz(0, 1)).append(gate::rx(2, 1.1)).append(gate::cx(0, 2)).append(gate::ry(0, 0.2));
  circuit.append(gate::rzz(2, 3, 0.4)).append(gate::swap(3, 1)).append(gate::toffoli(0, 1, 2)).append(gate::sx(3));
  circuit.append(gate::iswap(1, 0))
      .append(gate::double_excitation(2, 0, 3, 1, 0.9))
      .append(gate::h(1))
      .append(gate::cx(3, 0));
  const auto program = with_noise(circuit, noise());
  REQUIRE(PauliSimulator::runs(program));
  PauliSimulator simulator(program);
  simulator.run({}, {});
  const auto rho = density_matrix(program);
  for (const std::vector<int>& qubits : {std::vector{0}, {3, 1}, {2, 0, 1}, {0, 1, 2, 3}}) {
    CHECK(largest_difference(simulator.probabilities(qubits), rho.probabilities(qubits)) < 1e-14);
  }
}

TEST_CASE("what is not of gates and channels is for density matrices") {
  Program program(1);
  program.add_register("c", 1);
  CHECK(PauliSimulator::runs(program));
  program.append(gate::x(0), Condition{0, 1});
  CHECK_FALSE(PauliSimulator::runs(program));
  CHECK_FALSE(PauliSimulator::runs(Program(1).reset(0)));
  CHECK(test::message_of<MemoryError>([] { return PauliSimulator(Program(16)); }) ==
        "qmtl: PauliSimulator: qubits, expected at most 15, got 16");
  CHECK_THROWS_AS(PauliSimulator(Program(2)).probabilities(std::vector{0, 0}), CircuitError);
}

}  // namespace pauli_simulator_test
