// SPDX-License-Identifier: Apache-2.0
// The common channels: closed forms, their limits, and what other simulators' documents compute with them.

#include "qmtl/noise/standard_channels.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "noise/noise_support.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace standard_channels_test {

using namespace qmtl;
using test::Dense;
using test::kraus_sum;
using test::matrix2;
using test::max_difference;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("flips") {
  Rng rng(Seed{1});
  const Dense rho = test::random_density(rng, 1);
  const auto flipped = [&](char letter, double p) {
    const Dense m = test::pauli_matrix(letter);
    return Dense((1 - p) * rho + p * m * rho * m);
  };
  CHECK(max_difference(kraus_sum(bit_flip(0.2), rho), flipped('X', 0.2)) < 1e-15);
  CHECK(max_difference(kraus_sum(phase_flip(0.3), rho), flipped('Z', 0.3)) < 1e-15);
  CHECK(max_difference(kraus_sum(bit_phase_flip(1), rho), flipped('Y', 1)) < 1e-15);
  CHECK(test::message_of<ValueError>([] { return bit_flip(1.5); }) ==
        "qmtl: pauli_channel: a probability, expected a number in [0, 1], got 1.5");
  CHECK_THROWS_AS(phase_flip(-0.1), ValueError);
  CHECK_THROWS_AS(bit_phase_flip(std::nan("")), ValueError);
}

TEST_CASE("Pauli channels") {
  Rng rng(Seed{2});
  const Dense rho = test::random_density(rng, 2);
  const Dense xy = test::kron(test::pauli_matrix('X'), test::pauli_matrix('Y'));  // X on qubit 1
  const Dense z = test::kron(test::pauli_matrix('I'), test::pauli_matrix('Z'));
  const auto channel = pauli_channel({{0.1, pauli_y(0) * pauli_x(1)}, {0.25, pauli_z(0)}}, 2);
  CHECK(max_difference(kraus_sum(channel, rho), 0.65 * rho + 0.1 * xy * rho * xy + 0.25 * z * rho * z) < 1e-15);
  CHECK(pauli_channel({{0.1, pauli_x(0)}, {0.2, pauli_x(0)}, {0.3, identity_string}}, 1).kraus().size() == 2);
  CHECK(pauli_channel({{0.5, pauli_x(0)}, {0.5 + 1e-16, pauli_z(0)}}, 1).kraus().size() == 2);
  CHECK(test::message_of<ValueError>([] {
          return pauli_channel({{0.6, pauli_x(0)}, {0.6, pauli_z(0)}}, 1);
        }).find("the probability that nothing happens, expected a number in [0, 1], got -0.2") != std::string::npos);
  CHECK(test::message_of<CircuitError>([] {
          return pauli_channel({{0.6, pauli_x(2)}}, 2);
        }) == "qmtl: pauli_channel: a term's qubits, expected below 2, got 2");
  CHECK_THROWS_AS(pauli_channel({}, 0), ShapeError);
  CHECK_THROWS_AS(pauli_channel({}, 7), ShapeError);
}

TEST_CASE("depolarizing leaves the maximally mixed state with probability p") {
  Rng rng(Seed{3});
  for (const int k : {1, 2, 3}) {
    const Dense rho = test::random_density(rng, k), mixed = Dense::Identity(1 << k, 1 << k) / (1 << k);
    for (const double p : {0.0, 0.01, 0.5, 1.0, max_depolarizing(k)}) {
      CHECK(max_difference(kraus_sum(depolarizing(p, k), rho), (1 - p) * rho + p * mixed) < 1e-14);
    }
    CHECK_THROWS_AS(depolarizing(max_depolarizing(k) + 1e-9, k), ValueError);
  }
  CHECK_THROWS_AS(depolarizing(-1e-9), ValueError);
  CHECK_THROWS_AS(depolarizing(0.1, 4), ShapeError);
  CHECK_THROWS_AS(depolarizing(0.1, 0), ShapeError);
}

TEST_CASE("the strength of a depolarizing channel given by the probability of an error") {
  Rng rng(Seed{4});
  const Dense rho = test::random_density(rng, 1);
  const double error = 0.3;  // X, Y and Z with a third each
  Dense sum = (1 - error) * rho;
  for (const char letter : {'X', 'Y', 'Z'}) {
    sum += error / 3 * test::pauli_matrix(letter) * rho * test::pauli_matrix(letter);
  }
  CHECK(max_difference(kraus_sum(depolarizing(depolarizing_strength_of_error(error)), rho), sum) < 1e-15);
  CHECK(depolarizing_strength_of_error(0.75) == Approx(1));
  CHECK(depolarizing_strength_of_error(15.0 / 16, 2) == Approx(1));
  CHECK(depolarizing_strength_of_error(1) == max_depolarizing(1));
  CHECK_THROWS_AS(depolarizing_strength_of_error(1.1), ValueError);
  CHECK_THROWS_AS(depolarizing_strength_of_error(0.1, 0), ShapeError);
}

TEST_CASE("damping") {
  Rng rng(Seed{5});
  const Dense rho = test::random_density(rng, 1);
  for (const double gamma : {0.0, 0.2, 1.0}) {
    for (const double excited : {0.0, 0.3, 0.5, 1.0}) {
      const double p1 = (1 - gamma) * rho(1, 1).real() + gamma * excited;
      const auto coherence = std::sqrt(1 - gamma) * rho(0, 1);
      CHECK(max_difference(kraus_sum(generalised_amplitude_damping(gamma, excited), rho),
                           matrix2(1 - p1, coherence, std::conj(coherence), p1)) < 1e-15);
    }
    const auto coherence = std::sqrt(1 - gamma) * rho(0, 1);
    CHECK(max_difference(kraus_sum(phase_damping(gamma), rho),
                         matrix2(rho(0, 0), coherence, std::conj(coherence), rho(1, 1))) < 1e-15);
  }
  // Nielsen and Chuang, equations 8.108 and 8.128.
  CHECK(amplitude_damping(0.36).kraus().size() == 2);
  CHECK(max_difference(amplitude_damping(0.36).kraus()[0], matrix2(1, 0, 0, 0.8)) < 1e-15);
  CHECK(max_difference(amplitude_damping(0.36).kraus()[1], matrix2(0, 0.6, 0, 0)) < 1e-15);
  CHECK_THROWS_AS(amplitude_damping(1.1), ValueError);
  CHECK_THROWS_AS(generalised_amplitude_damping(0.1, -0.1), ValueError);
  CHECK_THROWS_AS(phase_damping(-0.1), ValueError);
}

TEST_CASE("thermal relaxation") {
  Rng rng(Seed{6});
  const Dense rho = test::random_density(rng, 1);
  for (const double t2 : {0.1, 1.0, 2.0, 3.0, 4.0}) {  // up to 2 T1
    for (const double excited : {0.0, 0.2, 0.5, 0.9, 1.0}) {
      for (const double time : {0.0, 1e-9, 0.3, 1.0, 50.0, 1e6}) {
        const Relaxation relaxation{.t1 = 2, .t2 = t2, .excited = excited};
        const double p1 = excited + (rho(1, 1).real() - excited) * std::exp(-time / 2);
        const auto coherence = std::exp(-time / t2) * rho(0, 1);
        const auto channel = thermal_relaxation(relaxation, time);
        CHECK(max_difference(kraus_sum(channel, rho), matrix2(1 - p1, coherence, std::conj(coherence), p1)) < 1e-15);
      }
    }
  }
  // Pauli Z and resets to 0 and 1 for T2 <= T1.
  const auto channel = thermal_relaxation({.t1 = 2, .t2 = 1, .excited = 0.3}, 1);
  const double root = std::exp(-0.5), pz = root * (1 - root) / 2, reset = 1 - root;
  const Dense z = test::pauli_matrix('Z');
  CHECK(max_difference(kraus_sum(channel, rho), (1 - pz - reset) * rho + pz * z * rho * z +
                                                    reset * matrix2(0.7, 0, 0, 0.3) * rho.trace()) < 1e-15);
  // T2 = 2 T1 at rest in |0>: amplitude damping by 1 - exp(-time / T1), with no third operator.
  const auto damping = thermal_relaxation({.t1 = 2, .t2 = 4}, 0.7);
  CHECK(damping.kraus().size() == 2);
  CHECK(max_difference(damping.kraus()[0], amplitude_damping(1 - std::exp(-0.35)).kraus()[0]) < 1e-15);
  CHECK(thermal_relaxation({.t1 = 2, .t2 = 3, .excited = 0.4}, 0.7).kraus().size() == 4);
}

TEST_CASE("relaxation that never happens, and qubits that do not exist") {
  CHECK(thermal_relaxation({}, 1e9).is_identity());
  Rng rng(Seed{7});
  const Dense rho = test::random_density(rng, 1);
  const double lambda = 1 - std::exp(-2.0);  // coherences shrink by exp(-1)
  CHECK(max_difference(kraus_sum(thermal_relaxation({.t2 = 3}, 3), rho), kraus_sum(phase_damping(lambda), rho)) <
        1e-15);
  CHECK(test::message_of<ValueError>([] { return thermal_relaxation({.t1 = 1, .t2 = 2.5}, 1); }) ==
        "qmtl: thermal_relaxation: T2, expected at most 2 T1 = 2, got 2.5");
  CHECK(test::message_of<ValueError>([] { return thermal_relaxation({.t1 = 0, .t2 = 1}, 1); }) ==
        "qmtl: thermal_relaxation: T1, expected a positive time, got 0");
  CHECK_THROWS_AS(thermal_relaxation({.t1 = 1}, 1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({.t1 = std::nan(""), .t2 = 1}, 1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({.t2 = std::nan("")}, 1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({.t2 = -1}, 1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({.excited = 1.1}, 1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({}, -1), ValueError);
  CHECK_THROWS_AS(thermal_relaxation({}, infinity), ValueError);
}

TEST_CASE("coherent errors are the rotations of the gates") {
  const auto is = [](const QuantumChannel& channel, const Operation& op) {
    const auto targets = op.targets();
    const std::vector<int> leftmost_first(targets.begin(), targets.end());
    const Dense gate = test::embed(test::dense_gate(op), leftmost_first, channel.qubits());
    CHECK(channel.kraus().size() == 1);
    CHECK(max_difference(channel.kraus()[0], gate) < 1e-15);
  };
  is(over_rotation(pauli_x(0), 0.3), gate::rx(0, 0.3));
  is(over_rotation(pauli_y(0), -0.3), gate::ry(0, -0.3));
  is(over_rotation(pauli_z(1), 0.3), gate::rz(1, 0.3));
  is(over_rotation(pauli_z(0) * pauli_z(1), 0.3), gate::rzz(0, 1, 0.3));
  is(over_rotation(pauli_z(1) * pauli_x(0), 0.3), gate::rzx(1, 0, 0.3));
  // 50 kHz for 2 us is a tenth of a turn; the controlled phase of 2 pi / 10 but for single-qubit phases.
  is(zz_crosstalk(50e3, 2e-6), gate::rzz(0, 1, 0.1 * pi));
  CHECK(over_rotation(pauli_x(0), 0).is_identity());
  CHECK_THROWS_AS(over_rotation(identity_string, 1), CircuitError);
  CHECK_THROWS_AS(over_rotation(pauli_x(6), 1), CircuitError);
  CHECK_THROWS_AS(over_rotation(pauli_x(0), infinity), ValueError);
  CHECK_THROWS_AS(zz_crosstalk(1e300, 1e300), ValueError);
}

TEST_CASE("noise of strength zero is the identity to the last bit") {
  CHECK(bit_flip(0).is_identity());
  CHECK(phase_flip(0).is_identity());
  CHECK(bit_phase_flip(0).is_identity());
  CHECK(depolarizing(0).is_identity());
  CHECK(depolarizing(0, 2).is_identity());
  CHECK(amplitude_damping(0).is_identity());
  CHECK(phase_damping(0).is_identity());
  CHECK(thermal_relaxation({.t1 = 3, .t2 = 2, .excited = 0.1}, 0).is_identity());
  CHECK(zz_crosstalk(0, 100).is_identity());
  CHECK(compose(depolarizing(0), amplitude_damping(0)).is_identity());
  CHECK(tensor(depolarizing(0), amplitude_damping(0)).is_identity());
}

// Independent values: programs of other simulators' documents and tests.

double zz(const Program& program) {
  return (test::dense_density(program) * test::kron(test::pauli_matrix('Z'), test::pauli_matrix('Z'))).trace().real();
}

/// RX(.9) q0, RY(.4) q1, CX, RY(.5) q0, RX(.6) q1, `after` being called with the program and a gate's qubits after it.
template <class After>
Program two_qubit_program(const After& after) {
  Program program(2);
  for (const auto& op : {gate::rx(0, 0.9), gate::ry(1, 0.4), gate::cx(0, 1), gate::ry(0, 0.5), gate::rx(1, 0.6)}) {
    program.append(op);
    after(program, op);
  }
  return program;
}

TEST_CASE("amplitude damping and phase noise in a small circuit") {
  const auto damping = amplitude_damping(0.2);
  const auto nothing = [](Program&, const Operation&) {};
  Program at_end = two_qubit_program(nothing);
  CHECK(zz(at_end) == Approx(0.8624353588253786).epsilon(1e-13));
  for (const int q : {0, 1}) at_end.channel(damping.kraus(), {q});
  CHECK(zz(at_end) == Approx(0.7548469968854761).epsilon(1e-13));
  CHECK(zz(two_qubit_program([&](Program& program, const Operation& op) {
          for (const int q : op.targets()) program.channel(damping.kraus(), {q});
        })) == Approx(0.7294543367428854).epsilon(1e-13));
  Program relaxing = two_qubit_program([&](Program& program, const Operation& op) {
    if (op.gate != Gate::RX) return;
    const Relaxation relaxation{.t1 = 2, .t2 = 0.2, .excited = op.angles[0].offset / 2};
    program.channel(phase_damping(0.4).kraus(), {op.qubits[0]});
    program.channel(thermal_relaxation(relaxation, 0.6).kraus(), {op.qubits[0]});
  });
  for (const int q : {0, 1}) relaxing.channel(phase_flip(0.2).kraus(), {q});
  CHECK(zz(relaxing) == Approx(0.5440530007721438).epsilon(1e-12));
}

TEST_CASE("the purity of a Bell state whose bits flip") {
  Program program(2);
  program.append(gate::h(0)).append(gate::cx(0, 1));
  for (const int q : {0, 1}) program.channel(bit_flip(0.1).kraus(), {q});
  const Dense rho = test::dense_density(program);
  CHECK((rho * rho).trace().real() == Approx(0.7048).epsilon(1e-13));
}

/// H H, iSWAP, RX(.7) q0 RY(.1) q1, iSWAP, RY(.4) q0 RX(.7) q1, iSWAP with a channel on both after each layer.
std::vector<double> layered_probabilities(const QuantumChannel& channel) {
  Program program(2);
  const auto noise = [&] {
    for (const int q : {0, 1}) program.channel(channel.kraus(), {q});
  };
  const auto layer = [&](std::initializer_list<Operation> ops) {
    for (const auto& op : ops) program.append(op);
    noise();
  };
  layer({gate::h(0), gate::h(1)});
  layer({gate::iswap(0, 1)});
  layer({gate::rx(0, 0.7), gate::ry(1, 0.1)});
  layer({gate::iswap(0, 1)});
  layer({gate::ry(0, 0.4), gate::rx(1, 0.7)});
  layer({gate::iswap(0, 1)});
  const Dense rho = test::dense_density(program);
  return {rho(0, 0).real(), rho(1, 1).real(), rho(2, 2).real(), rho(3, 3).real()};
}

TEST_CASE("six layers with a channel after each") {
  const auto check = [](const std::vector<double>& p, const std::vector<double>& expected) {
    for (std::size_t i = 0; i < 4; ++i) CHECK(p[i] == Approx(expected[i]).margin(6e-7));
  };
  check(layered_probabilities(bit_flip(0.01)), {0.389296, 0.242625, 0.081043, 0.287035});
  check(layered_probabilities(generalised_amplitude_damping(0.1, 0.5)), {0.318328, 0.260815, 0.164583, 0.256274});
}

TEST_CASE("repeated damping ends in its excited population") {
  Dense rho = matrix2(0, 0, 0, 1);
  for (int i = 0; i < 30; ++i) rho = apply_channel(generalised_amplitude_damping(0.75, 0.25), rho);
  CHECK(rho(1, 1).real() == Approx(0.25).epsilon(1e-13));
}

}  // namespace standard_channels_test
