// SPDX-License-Identifier: Apache-2.0
// Pauli twirling: images of Pauli strings by known rules, copies that are the same circuit, channels that become
// Pauli channels, coherent errors that no longer add up.

#include "qmtl/mitigation/pauli_twirling.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "noise/noise_support.hpp"
#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace pauli_twirling_test {

using namespace qmtl;

OperationMatrix matrix_of_gate(const Operation& op) {
  DynamicCircuit c(2);
  c.append(op);
  return unitary(c);
}

TEST_CASE("gates take Pauli strings where the textbook says", "[mitigation]") {
  const auto cx = matrix_of_gate(gate::cx(0, 1)), cz = matrix_of_gate(gate::cz(0, 1)),
             iswap = matrix_of_gate(gate::iswap(0, 1)), ecr = matrix_of_gate(gate::ecr(0, 1));
  CHECK(pauli_image(cx, pauli_x(0)) == pauli_x(0) * pauli_x(1));
  CHECK(pauli_image(cx, pauli_z(1)) == pauli_z(0) * pauli_z(1));
  CHECK(pauli_image(cx, pauli_y(0) * pauli_y(1)) == pauli_x(0) * pauli_z(1));
  CHECK(pauli_image(cz, pauli_x(0)) == pauli_x(0) * pauli_z(1));
  CHECK(pauli_image(iswap, pauli_x(0)) == pauli_z(0) * pauli_y(1));
  CHECK(pauli_image(iswap, pauli_z(0)) == pauli_z(1));
  CHECK(pauli_image(ecr, pauli_z(0)) == pauli_z(0));
  CHECK(pauli_image(ecr, pauli_x(1)) == pauli_x(1));
  CHECK(pauli_image(matrix_of_gate(gate::crx(0, 1, 0.3)), pauli_z(1)) == std::nullopt);
}

TEST_CASE("a twirled copy is the same circuit but for a phase", "[mitigation]") {
  Rng rng(Seed{1});
  int longer = 0;
  for (int trial = 0; trial < 20; ++trial) {
    auto circuit = test::random_dynamic_circuit(rng, 3, 10);
    circuit.append(gate::cz(2, 0)).append(gate::iswap(1, 2)).append(gate::ecr(2, 1)).append(gate::h(1));
    circuit.unitary(unitary(DynamicCircuit(2).append(gate::ecr(1, 0)).append(gate::s(0))), {0, 2});
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const auto copy = pauli_twirl(circuit, rng);
    longer += copy.size() > circuit.size() ? 1 : 0;
    const test::Dense product = test::dense_unitary(circuit, x, w).adjoint() * test::dense_unitary(copy, x, w);
    const test::Complex phase = product(0, 0);
    CHECK(std::abs(phase) == Approx(1.0));
    CHECK((product - phase * test::Dense::Identity(8, 8)).cwiseAbs().maxCoeff() < 1e-12);
  }
  CHECK(longer > 15);
}

TEST_CASE("copies depend on the seed alone", "[mitigation]") {
  DynamicCircuit c(3);
  c.append(gate::h(0)).append(gate::cx(0, 1)).append(gate::cx(1, 2)).append(gate::t(2)).append(gate::cz(0, 2));
  const auto first = pauli_twirled_copies(c, 5, Seed{3}), again = pauli_twirled_copies(c, 5, Seed{3});
  CHECK(first == again);
  CHECK(first != pauli_twirled_copies(c, 5, Seed{4}));
  CHECK(first[0] != first[1]);
}

TEST_CASE("the mean over all strings around a gate turns its channel into a Pauli channel", "[mitigation]") {
  Rng rng(Seed{2});
  for (const auto& op : {gate::cx(0, 1), gate::cz(0, 1), gate::ecr(0, 1), gate::iswap(0, 1)}) {
    const auto u = matrix_of_gate(op);
    const auto channel = test::random_channel(rng, 2, 2);
    ColMajorMatrix<double> mean = ColMajorMatrix<double>::Zero(16, 16);
    for (Index digits = 0; digits < 16; ++digits) {
      const PauliString before = detail::pauli_of_digits(digits, 2);
      std::vector<OperationMatrix> kraus;
      for (const auto& k : channel.kraus()) {
        kraus.emplace_back(detail::pauli_matrix(*pauli_image(u, before), 2) * k * u * detail::pauli_matrix(before, 2) *
                           u.adjoint());
      }
      mean += pauli_transfer_matrix(QuantumChannel(kraus)) / 16;
    }
    // Only the diagonal of the channel itself is left.
    const ColMajorMatrix<double> diagonal = pauli_transfer_matrix(channel).diagonal().asDiagonal();
    CHECK((mean - diagonal).cwiseAbs().maxCoeff() < 1e-12);
  }
}

TEST_CASE("twirled coherent errors add up one by one, not by their amplitudes", "[mitigation]") {
  // 2 n CX, each turned too far by a about X on the target, which commutes with it: <Z> = cos(2 n a) of the target, and
  // after twirling cos(a)^(2 n).
  constexpr int n = 8;
  constexpr double a = 0.05;
  DynamicCircuit c(2);
  for (int k = 0; k < 2 * n; ++k) c.append(gate::cx(0, 1));
  NoiseModel noise;
  noise.after({.gate = Gate::CX}, over_rotation(pauli_x(1), a));
  const auto value = [&](CircuitView circuit) {
    return density_matrix(with_noise(circuit, noise)).expectation(pauli_z(1));
  };
  CHECK(value(c) == Approx(std::cos(2 * n * a)).epsilon(1e-12));
  const auto [twirled, error] = twirled_expectation(c, 400, Seed{5}, value);
  CHECK(std::abs(twirled - std::pow(std::cos(a), 2 * n)) < 5 * error);
  CHECK(1 - twirled < (1 - value(c)) / 8);
}

TEST_CASE("an expectation over copies is their mean, and gives each a seed of its own", "[mitigation]") {
  DynamicCircuit c(2);
  c.append(gate::cx(0, 1)).append(gate::cz(0, 1));
  detail::RunningMean mean;
  const auto size = [](CircuitView copy) { return static_cast<double>(copy.size()); };
  for (const auto& copy : pauli_twirled_copies(c, 50, Seed{7})) mean.add(size(copy));
  const Estimate e = twirled_expectation(c, 50, Seed{7}, size);
  CHECK(e.value == mean.estimate().value);
  CHECK(e.standard_error == mean.estimate().standard_error);
  std::vector<std::uint64_t> seeds;
  const auto first_number = [&seeds](const DynamicCircuit&, Seed seed) {
    seeds.push_back(seed.value);
    return Rng(seed).uniform();
  };
  const Estimate half = twirled_expectation(c, 400, Seed{8}, first_number);
  CHECK(std::abs(half.value - 0.5) < 5 * half.standard_error);
  CHECK(half.standard_error == Approx(1 / std::sqrt(12.0 * 400)).epsilon(0.1));
  std::sort(seeds.begin(), seeds.end());
  CHECK(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end());
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(twirled_expectation(c, 1, Seed{1}, size)); }) ==
        "qmtl: twirled_expectation: copies, expected at least 2, got 1");
}

}  // namespace pauli_twirling_test
