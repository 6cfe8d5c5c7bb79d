// SPDX-License-Identifier: Apache-2.0
// Unitary folding: the unitary stays, the number of gates grows by the factor, and extrapolation over factors removes
// noise.

#include "qmtl/mitigation/folding.hpp"

#include <cmath>
#include <vector>

#include "qmtl/mitigation/extrapolation.hpp"
#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"
#include "support/throws.hpp"

namespace folding_test {

using namespace qmtl;

double noisy_value(CircuitView circuit, const NoiseModel& noise, const PauliSum& observable) {
  return density_matrix(with_noise(circuit, noise)).expectation(observable);
}

double ideal_value(CircuitView circuit, const PauliSum& observable) { return noisy_value(circuit, {}, observable); }

DynamicCircuit layers(int qubits, int count) {
  DynamicCircuit c(qubits);
  for (int layer = 0; layer < count; ++layer) {
    for (int q = 0; q < qubits; ++q) c.append(gate::ry(q, 0.1 + 0.05 * q + 0.05 * layer));
    for (int q = 0; q + 1 < qubits; ++q) c.append(gate::cx(q, q + 1));
  }
  return c;
}

TEST_CASE("a folded circuit has the same unitary, and as many gates as its factor says", "[mitigation]") {
  Rng rng(Seed{1});
  for (const double wanted : {1.0, 1.4, 2.0, 3.0, 4.7, 5.0}) {
    const auto circuit = test::random_dynamic_circuit(rng, 3, 9);
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const auto expected = test::dense_unitary(circuit, x, w);
    const auto d = static_cast<double>(circuit.size());
    for (const auto& [folded, factor] : {fold_circuit(circuit, wanted), fold_gates(circuit, wanted)}) {
      CHECK(static_cast<double>(folded.size()) == Approx(factor * d));
      CHECK(std::abs(factor - wanted) <= 1 / d + 1e-12);
      CHECK((test::dense_unitary(folded, x, w) - expected).cwiseAbs().maxCoeff() < 1e-12);
    }
  }
}

TEST_CASE("folded gates are spread evenly, and only those of the width asked for", "[mitigation]") {
  DynamicCircuit c(2);
  for (int k = 0; k < 4; ++k) c.append(gate::s(0)).append(gate::cx(0, 1));
  const auto [folded, factor] = fold_gates(c, 2.0, 2);
  CHECK(factor == 2.0);
  DynamicCircuit expected(2);
  for (int k = 0; k < 4; ++k) {
    expected.append(gate::s(0)).append(gate::cx(0, 1));
    if (k % 2 == 1) expected.append(gate::cx(0, 1)).append(gate::cx(0, 1));
  }
  CHECK(folded == expected);
  const auto [whole, three] = fold_circuit(DynamicCircuit(1).append(gate::s(0)).append(gate::h(0)), 3.0);
  DynamicCircuit undone(1);
  for (const auto& op : {gate::s(0), gate::h(0), gate::h(0), gate::sdg(0), gate::s(0), gate::h(0)}) undone.append(op);
  CHECK(three == 3.0);
  CHECK(whole == undone);
}

TEST_CASE("depolarizing noise of whole registers is extrapolated without error", "[mitigation]") {
  // After each gate on both qubits: <O> = (1 - p)^(gates) of the ideal value, O having no trace.
  DynamicCircuit c(2);
  for (int k = 0; k < 3; ++k) c.append(gate::rxx(0, 1, 0.4)).append(gate::rzx(0, 1, 0.3 + k)).append(gate::cx(1, 0));
  const PauliSum observable = pauli_z(0) + 0.5 * pauli_z(1);
  NoiseModel noise;
  noise.after({.width = 2}, depolarizing(0.03, 2));
  const double ideal = ideal_value(c, observable);
  for (const bool by_gate : {false, true}) {
    std::vector<NoisyValue> points;
    for (const double wanted : {1.0, 3.0, 5.0}) {
      const auto [folded, factor] = by_gate ? fold_gates(c, wanted) : fold_circuit(c, wanted);
      points.push_back({factor, noisy_value(folded, noise, observable)});
      CHECK(points.back().value == Approx(std::pow(0.97, 9 * factor) * ideal).epsilon(1e-12));
    }
    CHECK(exponential_extrapolation(points).value == Approx(ideal).epsilon(1e-7));
    CHECK(exponential_extrapolation(points, std::nullopt).value == Approx(ideal).epsilon(1e-5));
  }
}

TEST_CASE("extrapolation over folded circuits removes most of local noise", "[mitigation]") {
  const auto c = layers(3, 3);
  const PauliSum observable = pauli_z(0) + pauli_z(1) * pauli_z(2);
  NoiseModel noise;
  noise.after({.width = 1}, depolarizing(0.002)).after({.width = 2}, depolarizing(0.02, 2));
  const double ideal = ideal_value(c, observable), error = std::abs(noisy_value(c, noise, observable) - ideal);
  CHECK(error > 0.02);
  for (const bool by_gate : {false, true}) {
    std::vector<NoisyValue> points;
    for (const double wanted : {1.0, 3.0, 5.0}) {
      const auto [folded, factor] = by_gate ? fold_gates(c, wanted) : fold_circuit(c, wanted);
      points.push_back({factor, noisy_value(folded, noise, observable)});
    }
    INFO(ideal << ' ' << error << ": " << linear_extrapolation(points).value << ' '
               << exponential_extrapolation(points).value << ' ' << richardson_extrapolation(points).value);
    CHECK(std::abs(linear_extrapolation(points).value - ideal) < error / 3);
    CHECK(std::abs(exponential_extrapolation(points).value - ideal) < error / 8);
    CHECK(std::abs(richardson_extrapolation(points).value - ideal) < error / 8);
  }
}

TEST_CASE("a circuit that cannot be folded is an error that says so", "[mitigation]") {
  using test::message_of;
  DynamicCircuit c(2);
  CHECK(message_of<CircuitError>([&] { static_cast<void>(fold_circuit(c, 3.0)); }).find("got none") !=
        std::string::npos);
  c.append(gate::h(0));
  CHECK(message_of<CircuitError>([&] { static_cast<void>(fold_gates(c, 3.0, 2)); }).find("got none") !=
        std::string::npos);
  CHECK(message_of<ValueError>([&] { static_cast<void>(fold_circuit(c, 0.5)); }).find("got 0.5") != std::string::npos);
}

}  // namespace folding_test
