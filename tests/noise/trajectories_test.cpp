// SPDX-License-Identifier: Apache-2.0
// Trajectories against density matrices, at 5 standard errors and fixed seeds; standard errors against what many seeds
// show; the number of trajectories for an error.

#include "qmtl/noise/trajectories.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "noise/noise_support.hpp"
#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace trajectories_test {

using namespace qmtl;

const std::vector<PauliSum> observables{pauli_z(0), pauli_x(1) * pauli_z(2) + 0.5 * pauli_z(1), pauli_y(2)};

DynamicCircuit layers(int qubits, int count) {
  DynamicCircuit c(qubits);
  for (int layer = 0; layer < count; ++layer) {
    for (int q = 0; q < qubits; ++q) c.append(gate::ry(q, 0.3 + 0.2 * q)).append(gate::rz(q, feature(q)));
    for (int q = 0; q < qubits; ++q) c.append(gate::cx(q, (q + 1) % qubits));
  }
  return c;
}

NoiseModel depolarizing_noise() {
  NoiseModel noise;
  noise.after({.width = 1}, depolarizing(0.01)).after({.width = 2}, depolarizing(0.06, 2));
  return noise;
}

/// Checks means of trajectories against the density matrix.
template <class S>
void check_against_density(const Program& program, std::span<const double> x) {
  const auto rho = density_matrix(program, x);
  const std::vector<S> features(x.begin(), x.end());
  const auto estimates = trajectories<S>(program, observables, {.count = 4000, .seed = Seed{3}}, features);
  CHECK(estimates.count == 4000);
  for (std::size_t k = 0; k < observables.size(); ++k) {
    const auto [value, error] = estimates.values[k];
    CHECK(std::abs(value - rho.expectation(observables[k])) < 5 * error + 1e-6);
    CHECK(error < 2 / std::sqrt(4000.0));
  }
}

TEMPLATE_TEST_CASE("trajectories agree with the density matrix", "[noise]", double, float) {
  const std::vector<double> x{0.4, -0.7, 1.1};
  const auto circuit = layers(3, 2);
  NoiseModel damping = depolarizing_noise();  // mixtures first, then what depends on the state
  damping.after({.gate = Gate::CX}, amplitude_damping(0.1)).after({.gate = Gate::RZ}, over_rotation(pauli_x(0), 0.1));
  check_against_density<TestType>(with_noise(circuit, depolarizing_noise()), x);
  check_against_density<TestType>(with_noise(circuit, damping), x);
  Rng rng(Seed{7});
  Program program = with_noise(circuit, depolarizing_noise());
  program.add_register("c", 1);
  program.channel(test::random_channel(rng, 2, 2).kraus(), {2, 0});
  program.measure(1, 0, {0.1, 0.3}).append(gate::h(0), Condition{0, 1}).reset(1).append(gate::mcx({0, 2}, 1));
  program.unitary(test::random_unitary(rng, 2), {1, 0});
  program.channel(depolarizing(0.3).kraus(), {2});
  check_against_density<TestType>(program, x);
}

TEST_CASE("channels that always do something are drawn at every trajectory", "[noise]") {
  Rng rng(Seed{1});
  Program program(3);
  program.append(gate::ry(0, 0.7)).append(gate::cx(0, 1)).append(gate::h(2));
  program.channel(depolarizing(max_depolarizing(1)).kraus(), {0});  // never the identity
  program.channel(pauli_channel({{0.25, pauli_x(0)}, {0.75, pauli_z(1)}}, 2).kraus(), {1, 2});
  program.channel(unitary_channel(test::random_unitary(rng, 1)).kraus(), {1});
  check_against_density<double>(program, {});
}

TEST_CASE("without noise every trajectory is the ideal one", "[noise]") {
  const std::vector<double> x{0.4, -0.7, 1.1};
  const auto circuit = layers(3, 2);
  const auto estimates = trajectories(Program(circuit), observables, {.count = 10}, x);
  const auto exact = expectations(run(circuit, x), observables);
  for (std::size_t k = 0; k < exact.size(); ++k) {
    CHECK(estimates.values[k].value == Approx(exact[k]).margin(1e-14));
    CHECK(estimates.values[k].standard_error < 1e-15);
  }
}

TEST_CASE("standard errors and covariances of trajectories are what many seeds show", "[noise]") {
  const std::vector<double> x{0.4, -0.7, 1.1};
  const Program program = with_noise(layers(3, 2), depolarizing_noise());
  const auto rho = density_matrix(program, x);
  constexpr int repeats = 300;
  Eigen::MatrixXd seen = Eigen::MatrixXd::Zero(3, 3), said = seen;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const auto e = trajectories(program, observables, {.count = 100, .seed = Seed{i}}, x);
    Eigen::VectorXd off(3);
    for (Eigen::Index k = 0; k < 3; ++k) {
      const auto j = static_cast<std::size_t>(k);
      off[k] = e.values[j].value - rho.expectation(observables[j]);
    }
    seen += off * off.transpose() / repeats;
    said += e.covariance / repeats;
  }
  for (Eigen::Index k = 0; k < 3; ++k) {
    CHECK(seen(k, k) / said(k, k) == Approx(1.0).margin(0.3));  // 300 squares: a deviation of 0.08
    for (Eigen::Index j = 0; j < k; ++j) {
      CHECK(std::abs(seen(k, j) - said(k, j)) < 0.3 * std::sqrt(said(k, k) * said(j, j)));
    }
  }
}

TEST_CASE("trajectories are run until the error is small enough", "[noise]") {
  const std::vector<double> x{0.4, -0.7, 1.1};
  const Program program = with_noise(layers(3, 2), depolarizing_noise());
  const auto enough = trajectories(program, observables, {.count = 100000, .target_error = 0.01}, x);
  CHECK(enough.count >= 128);
  CHECK(enough.count < 100000);
  double largest = 0.0;
  for (const auto& e : enough.values) largest = std::max(largest, e.standard_error);
  CHECK(largest <= 0.01);
  CHECK(largest > 0.004);  // half as many had not been enough
  CHECK(trajectories(program, observables, {.count = 200, .target_error = 1e-4}, x).count == 200);
}

TEST_CASE("what happens rarely is seen, in values and in standard errors", "[noise]") {
  Program program(1);
  program.channel(depolarizing(0.002).kraus(), {0});  // parts once in 667 times; then <Z> is -1, -1 or 1
  const std::vector<PauliSum> z{pauli_z(0)};
  double pulls = 0.0;
  constexpr int repeats = 200;
  for (std::uint64_t seed = 0; seed < repeats; ++seed) {
    const auto [value, error] = trajectories(program, z, {.count = 1000, .seed = Seed{seed}}).values[0];
    CHECK(error == Approx(0.0015 * std::sqrt(8.0 / 9 / 32)).epsilon(0.5));  // 32 have parted
    pulls += (value - 0.998) * (value - 0.998) / (error * error) / repeats;
  }
  CHECK(pulls == Approx(1.0).margin(0.4));  // 200 squares: a deviation of 0.1
  const auto aimed = trajectories(program, z, {.count = 100000000, .target_error = 1e-5});
  CHECK(aimed.values[0].standard_error > 5e-6);
  CHECK(std::abs(aimed.values[0].value - 0.998) < 5 * aimed.values[0].standard_error);
}

TEST_CASE("of two things that can happen, each counts with its probability and the rare one is drawn", "[noise]") {
  Program program(1);
  program.channel(bit_flip(0.001).kraus(), {0});
  const std::vector<PauliSum> z{pauli_z(0)};
  const auto e = trajectories(program, z, {.count = 2});
  CHECK(e.values[0].value == Approx(0.998).epsilon(1e-12));
  CHECK(e.values[0].standard_error == 0.0);
}

TEST_CASE("trajectories that cannot be run are an error that says so", "[noise]") {
  using test::message_of;
  const Program program = with_noise(layers(3, 1), depolarizing_noise());
  CHECK(message_of<ShapeError>([&] { static_cast<void>(trajectories(program, observables)); }).find("3 features") !=
        std::string::npos);
  const std::vector<double> x(3, 0.1);
  CHECK(message_of<ValueError>([&] {
          static_cast<void>(trajectories(program, observables, {.count = 1}, x));
        }).find("at least 2") != std::string::npos);
  CHECK(message_of<ValueError>([&] { static_cast<void>(trajectories(program, {}, {}, x)); }).find("none") !=
        std::string::npos);
  const std::vector<PauliSum> outside{pauli_z(3)};
  CHECK(message_of<ShapeError>([&] { static_cast<void>(trajectories(program, outside, {}, x)); }).find("qubit 3") !=
        std::string::npos);
}

}  // namespace trajectories_test
