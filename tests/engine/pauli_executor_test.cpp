// SPDX-License-Identifier: Apache-2.0
// Circuits by Pauli coordinates against density matrices.

#include "qmtl/engine/pauli_executor.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "qmtl/noise/noisy_executor.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace pauli_executor_test {

using namespace qmtl;

/// Dense channels, damping, mixtures, on circuits of all gates of up to three qubits.
NoiseModel noise() {
  NoiseModel model;
  model.after({.width = 1}, over_rotation(pauli_y(0), 0.1))
      .after({.width = 1}, amplitude_damping(1.0), {2})  // a reset: nothing can be undone
      .after({.width = 2}, depolarizing(0.03, 2))
      .after({.width = 2}, tensor(amplitude_damping(0.1), generalised_amplitude_damping(0.2, 0.4)))
      .after({.width = 3}, thermal_relaxation({.t1 = 5.0, .t2 = 9.0}, 1.0));
  model.set_readout_error({.p_1_given_0 = 0.015, .p_0_given_1 = 0.03});
  return model;
}

TEST_CASE("probabilities are those of density matrices") {
  constexpr int qubits = 4, features = 3, runs = pack_width<double> + 1;
  Rng rng(Seed{7});
  for (int repeat = 0; repeat < 4; ++repeat) {
    const auto ops = test::random_operations(rng, qubits, 25, false, {features, 0});
    const std::vector<int> head{5, 0, 3, 2}, device{1, 0, 4, 2, 9, 3}, measured{2, 0};
    Batch<double> parameters(features, runs);
    for (double& p : parameters.reshaped()) p = rng.uniform(-3, 3);
    const ColMajorMatrix<double> eigenvalues = ColMajorMatrix<double>::Ones(4, 1);
    const CircuitJob job{{qubits, ops}, head, measured, parameters, eigenvalues};
    const auto p = PauliExecutor(noise(), device).probabilities({&job, 1}).front();
    const auto expected = NoisyExecutor(noise(), device).probabilities({&job, 1}).front();
    REQUIRE(p.cols() == runs);
    CHECK((p - expected).cwiseAbs().maxCoeff() < 1e-13);
  }
}

TEST_CASE("circuits that were compiled before give the same bits, in copies and on threads too") {
  constexpr int qubits = 4, features = 3, runs = 5;
  Rng rng(Seed{8});
  const auto first = test::random_operations(rng, qubits, 20, false, {features, 0});
  auto second = first;
  second.back() = gate::ry(1, feature(0));
  const std::vector<int> head{0, 1, 2, 3}, other_head{2, 1, 0, 3}, measured{2, 0}, swapped{0, 2};
  Batch<double> parameters(features, runs);
  for (double& p : parameters.reshaped()) p = rng.uniform(-3, 3);
  const Batch<double> fewer = parameters.leftCols(2);
  const ColMajorMatrix<double> eigenvalues = ColMajorMatrix<double>::Ones(4, 1);
  const std::vector<CircuitJob> jobs{{{qubits, first}, head, measured, parameters, eigenvalues},
                                     {{qubits, second}, head, measured, parameters, eigenvalues},
                                     {{qubits, first}, other_head, measured, parameters, eigenvalues},
                                     {{qubits, first}, head, swapped, parameters, eigenvalues},
                                     {{qubits, first}, head, measured, fewer, eigenvalues}};
  std::vector<Batch<double>> expected;
  for (const auto& job : jobs) expected.push_back(PauliExecutor(noise()).probabilities({&job, 1}).front());
  const PauliExecutor executor(noise());
  std::vector<std::vector<Batch<double>>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result, &jobs, copy = executor] { result = copy.probabilities(jobs); });
  }
  for (std::thread& thread : threads) thread.join();
  results.push_back(executor.probabilities(jobs));
  for (const auto& result : results) CHECK(result == expected);
}

TEST_CASE("a device with too few qubits, or one twice, is refused") {
  CHECK_THROWS_AS(PauliExecutor(NoiseModel(), {1, 1}), CircuitError);
  const std::vector<Operation> ops{gate::h(0)};
  const std::vector<int> head{2}, measured{0};
  const ColMajorMatrix<double> parameters(0, 1), eigenvalues = ColMajorMatrix<double>::Ones(2, 1);
  const CircuitJob job{{1, ops}, head, measured, parameters, eigenvalues};
  CHECK(test::message_of<ShapeError>([&] {
          (void)PauliExecutor(NoiseModel(), {0, 1}).probabilities({&job, 1});
        }).find("PauliExecutor: qubits of the head, expected at most 2") != std::string::npos);
}

}  // namespace pauli_executor_test
