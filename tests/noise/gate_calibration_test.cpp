// SPDX-License-Identifier: Apache-2.0
// Channels from published figures have the error that was published.

#include "qmtl/noise/gate_calibration.hpp"

#include <vector>

#include "qmtl/noise/channel_matrices.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"

namespace gate_calibration_test {

using namespace qmtl;

/// First depolarizing, then the relaxation of each qubit.
QuantumChannel gate_noise(double strength, const std::vector<Relaxation>& qubits, double time) {
  QuantumChannel relaxation = thermal_relaxation(qubits[0], time);
  for (std::size_t j = 1; j < qubits.size(); ++j) {
    relaxation = tensor(relaxation, thermal_relaxation(qubits[j], time));
  }
  return compose(depolarizing(strength, static_cast<int>(qubits.size())), relaxation);
}

// Times in microseconds, as a superconducting device's.
const std::vector<Relaxation> one{{.t1 = 280, .t2 = 170}},
    two{{.t1 = 280, .t2 = 170}, {.t1 = 95, .t2 = 190, .excited = 0.02}};

TEST_CASE("a gate's channels have its error") {
  for (const double error : {2.4e-4, 1e-2, 0.3}) {
    CHECK(1 - average_gate_fidelity(gate_noise(depolarizing_of_gate(error, one, 0.06), one, 0.06)) ==
          Approx(error).margin(1e-12));
  }
  for (const double error : {7.8e-3, 0.1}) {
    CHECK(1 - average_gate_fidelity(gate_noise(depolarizing_of_gate(error, two, 0.53), two, 0.53)) ==
          Approx(error).margin(1e-12));
  }
  CHECK(relaxation_fidelity(two, 0.53) == Approx(average_gate_fidelity(gate_noise(0, two, 0.53))).epsilon(1e-13));
}

TEST_CASE("without relaxation the strength is that of the error alone") {
  const std::vector<Relaxation> never(2);
  CHECK(depolarizing_of_gate(0.01, never, 0.5) == Approx(0.01 * 4 / 3));  // 1 - F = p (1 - 1/d)
  CHECK(depolarizing_of_gate(0.0, never, 0.5) == 0.0);
}

TEST_CASE("relaxation that exceeds the error, and errors that no depolarizing channel has") {
  CHECK(depolarizing_of_gate(1e-5, one, 0.06) == 0.0);
  CHECK(depolarizing_of_gate(1.0, one, 0.06) == max_depolarizing(1));
  CHECK(depolarizing_of_gate(1.0, two, 0.06) == max_depolarizing(2));
  CHECK(depolarizing_of_gate(1.0, one, 1e9) == max_depolarizing(1));  // wholly relaxed
  CHECK_THROWS_AS(depolarizing_of_gate(1.1, one, 0.06), ValueError);
  CHECK_THROWS_AS(depolarizing_of_gate(0.1, one, -0.06), ValueError);
  CHECK_THROWS_AS(depolarizing_of_gate(0.1, {}, 0.06), ShapeError);
  CHECK_THROWS_AS(depolarizing_of_gate(0.1, std::vector<Relaxation>{{.t1 = 1, .t2 = 3}}, 0.06), ValueError);
}

TEST_CASE("a calibrated gate in a noise model") {
  NoiseModel model;
  const double strength = add_calibrated_gate(model, Gate::ECR, {5, 4}, 7.8e-3, two, 0.53);
  CHECK(strength == depolarizing_of_gate(7.8e-3, two, 0.53));
  const auto circuit = DynamicCircuit(2).append(gate::h(0)).append(gate::ecr(0, 1));
  const auto noisy = test::dense_density(with_noise(circuit, model, std::vector{5, 4}));
  const auto ideal = test::dense_density(Program(circuit));
  CHECK(test::max_difference(noisy, apply_channel(gate_noise(strength, two, 0.53), ideal)) < 1e-15);
  const auto elsewhere = test::dense_density(with_noise(circuit, model, std::vector{4, 5}));
  CHECK(test::max_difference(elsewhere, ideal) == 0.0);
  CHECK(model.durations().size() == 1);
  CHECK_THROWS_AS(add_calibrated_gate(model, Gate::ECR, {5, 4}, 7.8e-3, one, 0.53), ShapeError);
  CHECK_THROWS_AS(add_calibrated_gate(model, Gate::X, {5, 4}, 7.8e-3, two, 0.53), CircuitError);
  CHECK(model.rules().size() == 3);
}

}  // namespace gate_calibration_test
