// SPDX-License-Identifier: Apache-2.0
// Probabilistic error cancellation: inverse channels by their Pauli transfer matrices and known coefficients, and noisy
// programs whose mean is the ideal value.

#include "qmtl/mitigation/error_cancellation.hpp"

#include <cmath>
#include <vector>

#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace error_cancellation_test {

using namespace qmtl;

/// The diagonal of a mixture's Pauli transfer matrix.
std::vector<double> eigenvalues_of(const PauliQuasiMixture& mixture) {
  std::vector<double> out;
  for (Index j = 0; j < dimension(2 * mixture.qubits); ++j) {
    const PauliString q = detail::pauli_of_digits(j, mixture.qubits);
    double sum = 0.0;
    for (const auto& [c, p] : mixture.terms) sum += std::popcount((p.x & q.z) ^ (p.z & q.x)) % 2 == 0 ? c : -c;
    out.push_back(sum);
  }
  return out;
}

DynamicCircuit layers() {
  DynamicCircuit c(3);
  for (int layer = 0; layer < 2; ++layer) {
    for (int q = 0; q < 3; ++q) c.append(gate::ry(q, 0.2 + 0.1 * q));
    c.append(gate::cx(0, 1)).append(gate::cz(1, 2));
  }
  return c;
}

NoiseModel device() {
  NoiseModel noise;
  noise.after({.width = 1}, pauli_channel({{0.004, pauli_x(0)}, {0.01, pauli_z(0)}}, 1));
  noise.after({.width = 2}, depolarizing(0.03, 2));
  return noise;
}

TEST_CASE("the inverse of depolarizing noise has its known coefficients", "[mitigation]") {
  // q of each string but the identity (1 - 1 / (1 - p)) / 4, and a cost of (3 / (1 - p) - 1) / 2.
  constexpr double p = 0.1;
  const auto inverse = inverse_pauli_channel(depolarizing(p));
  REQUIRE(inverse.terms.size() == 4);
  CHECK(inverse.terms[0].coefficient == Approx((1 + 3 / (1 - p)) / 4).epsilon(1e-14));
  for (std::size_t i = 1; i < 4; ++i) CHECK(inverse.terms[i].coefficient == Approx((1 - 1 / (1 - p)) / 4));
  CHECK(inverse.cost() == Approx((3 / (1 - p) - 1) / 2).epsilon(1e-14));
  const auto flip = inverse_pauli_channel(bit_flip(0.2));
  REQUIRE(flip.terms.size() == 2);
  CHECK(flip.cost() == Approx(1 / (1 - 2 * 0.2)).epsilon(1e-14));
  CHECK(inverse_pauli_channel(identity_channel(2)).cost() == 1.0);
}

TEST_CASE("an inverse channel times the channel is the identity", "[mitigation]") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 10; ++trial) {
    const int k = 1 + trial % 2;
    std::vector<PauliTerm> errors;
    for (Index digits = 1; digits < dimension(2 * k); ++digits) {
      errors.push_back(
          {0.3 * rng.uniform() / static_cast<double>(dimension(2 * k)), detail::pauli_of_digits(digits, k)});
    }
    const auto channel = pauli_channel(errors, k);
    const auto of_inverse = eigenvalues_of(inverse_pauli_channel(channel));
    const auto transfer = pauli_transfer_matrix(channel);
    for (std::size_t j = 0; j < of_inverse.size(); ++j) {
      const auto i = static_cast<Eigen::Index>(j);
      CHECK(of_inverse[j] * transfer(i, i) == Approx(1.0).epsilon(1e-13));
    }
  }
}

TEST_CASE("the mean over randomised programs is the ideal value, and its standard error right", "[mitigation]") {
  const auto circuit = layers();
  const Program noisy = with_noise(circuit, device());
  const PauliSum observable = pauli_z(0) + pauli_z(1) * pauli_z(2);
  const auto evaluate = [&observable](const Program& program) {
    return density_matrix(program).expectation(observable);
  };
  const double ideal = evaluate(Program(circuit)), error = std::abs(evaluate(noisy) - ideal);
  const ErrorCancellation cancellation(noisy);
  const double one = inverse_pauli_channel(pauli_channel({{0.004, pauli_x(0)}, {0.01, pauli_z(0)}}, 1)).cost();
  const double two = inverse_pauli_channel(depolarizing(0.03, 2)).cost();
  CHECK(cancellation.cost() == Approx(std::pow(one, 6) * std::pow(two, 4)).epsilon(1e-12));
  constexpr int repeats = 60, copies = 100;
  detail::RunningMean mean;
  double pulls = 0.0;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const Estimate e = cancelled_expectation(cancellation, copies, Seed{i}, evaluate);
    mean.add(e.value);
    pulls += (e.value - ideal) * (e.value - ideal) / (e.standard_error * e.standard_error) / repeats;
  }
  INFO(mean.estimate().value << " +- " << mean.estimate().standard_error << ", ideal " << ideal << ", off by "
                             << error);
  CHECK(std::abs(mean.estimate().value - ideal) < 5 * mean.estimate().standard_error);
  CHECK(std::abs(mean.estimate().value - ideal) < error / 8);
  CHECK(pulls == Approx(1.0).margin(0.5));  // 60 squares: a deviation of 0.18
}

TEST_CASE("copies that are sampled have independent errors, which the standard error holds", "[mitigation]") {
  Program program(1);
  program.append(gate::ry(0, 0.9));
  program.channel(bit_flip(0.02).kraus(), {0});
  const ErrorCancellation cancellation(program);
  const auto one_shot = [](const Program& copy, Seed seed) {
    Program measured = copy;
    measured.add_register("c", 1);
    Rng rng(seed);
    return sample(measured.measure(0, 0), 1, rng).front().values[0] == 1 ? -1.0 : 1.0;
  };
  const Estimate e = cancelled_expectation(cancellation, 2000, Seed{3}, one_shot);
  CHECK(std::abs(e.value - std::cos(0.9)) < 5 * e.standard_error);
  const double cost = cancellation.cost(), mean = std::cos(0.9);
  CHECK(e.standard_error == Approx(std::sqrt((cost * cost - mean * mean) / 2000)).epsilon(0.1));
}

TEST_CASE("channels that cannot be cancelled are an error that says so", "[mitigation]") {
  using test::message_of;
  CHECK(message_of<ValueError>([] {
          static_cast<void>(inverse_pauli_channel(amplitude_damping(0.1)));
        }).find("expected a Pauli channel") != std::string::npos);
  CHECK(message_of<ValueError>([] {
          static_cast<void>(inverse_pauli_channel(depolarizing(1.0)));
        }).find("eigenvalues") != std::string::npos);
  Program p(1);
  p.channel(amplitude_damping(0.1).kraus(), {0});
  CHECK(message_of<ValueError>([&] { ErrorCancellation{p}; }).find("Pauli channel") != std::string::npos);
  const ErrorCancellation none{Program(1)};
  CHECK(none.cost() == 1.0);
  CHECK(message_of<ValueError>([&] {
          static_cast<void>(cancelled_expectation(none, 1, Seed{1}, [](const Program&) { return 0.0; }));
        }).find("at least 2") != std::string::npos);
}

}  // namespace error_cancellation_test
