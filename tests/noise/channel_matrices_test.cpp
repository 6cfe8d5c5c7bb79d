// SPDX-License-Identifier: Apache-2.0
// A channel by its Kraus operators, superoperator, Choi matrix and Pauli transfer matrix is the same channel.

#include "qmtl/noise/channel_matrices.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "noise/noise_support.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace channel_matrices_test {

using namespace qmtl;
using test::Complex;
using test::Dense;
using test::DenseVector;
using test::kraus_sum;
using test::max_difference;

/// Every kind of channel of the library, and random ones.
std::vector<QuantumChannel> channels() {
  Rng rng(Seed{1});
  std::vector<QuantumChannel> all{
      bit_flip(0.1),
      phase_flip(1.0),
      bit_phase_flip(0.3),
      depolarizing(0.2),
      depolarizing(max_depolarizing(1)),
      depolarizing(0.7, 2),
      depolarizing(max_depolarizing(2), 2),
      pauli_channel({{0.1, pauli_x(0)}, {0.2, pauli_y(0) * pauli_z(1)}}, 2),
      amplitude_damping(0.2),
      amplitude_damping(1.0),
      generalised_amplitude_damping(0.3, 0.6),
      phase_damping(0.4),
      thermal_relaxation({.t1 = 2, .t2 = 1, .excited = 0.3}, 1),
      thermal_relaxation({.t1 = 2, .t2 = 3, .excited = 0.1}, 0.7),
      thermal_relaxation({.t1 = 2, .t2 = 4}, 1.1),
      thermal_relaxation({.t1 = 2, .t2 = 4, .excited = 1}, 1.1),
      thermal_relaxation({.t2 = 4}, 1.1),
      over_rotation(pauli_x(0), 0.3),
      over_rotation(pauli_z(0) * pauli_y(1), -0.4),
      zz_crosstalk(1e-4, 300),
      unitary_channel(test::random_unitary(rng, 3)),
      test::random_channel(rng, 1, 1),
      test::random_channel(rng, 1, 3),
      test::random_channel(rng, 2, 2),
  };
  all.push_back(compose(all[8], all[3]));
  all.push_back(tensor(all[8], all[12]));
  return all;
}

/// The letters' product of digits to the base of 4, qubit 0 rightmost.
Dense pauli(int digits, int k) {
  Dense out = Dense::Identity(1, 1);
  for (int q = 0; q < k; ++q) out = test::kron(test::pauli_matrix("IXYZ"[(digits >> (2 * q)) & 3]), out);
  return out;
}

TEST_CASE("superoperator, Choi and Pauli transfer matrix of every channel on random states") {
  Rng rng(Seed{2});
  for (const auto& channel : channels()) {
    INFO(channel.name());
    const int k = channel.qubits(), size = 1 << k;
    const Dense rho = test::random_density(rng, k), expected = kraus_sum(channel, rho);
    const DenseVector stacked = superoperator(channel) * rho.reshaped();
    CHECK(max_difference(stacked.reshaped(size, size), expected) < 1e-14);

    const Dense choi = choi_matrix(channel);  // E(rho) = sum rho(i, j) E(|i><j|)
    Dense by_choi = Dense::Zero(size, size);
    for (int i = 0; i < size; ++i) {
      for (int j = 0; j < size; ++j) by_choi += rho(i, j) * choi.block(i * size, j * size, size, size);
    }
    CHECK(max_difference(by_choi, expected) < 1e-14);

    const auto transfer = pauli_transfer_matrix(channel);
    Dense by_transfer = Dense::Zero(size, size);
    for (int i = 0; i < size * size; ++i) {
      double coefficient = 0.0;
      for (int j = 0; j < size * size; ++j) coefficient += transfer(i, j) * (pauli(j, k) * rho).trace().real();
      by_transfer += coefficient / size * pauli(i, k);
    }
    CHECK(max_difference(by_transfer, expected) < 1e-14);
    CHECK(std::abs(transfer(0, 0) - 1) < 1e-14);
    CHECK(transfer.row(0).tail(size * size - 1).cwiseAbs().maxCoeff() < 1e-14);
  }
}

TEST_CASE("every channel is complete and completely positive") {
  for (const auto& channel : channels()) {
    INFO(channel.name());
    const int size = 1 << channel.qubits();
    Dense sum = Dense::Zero(size, size);
    for (const auto& k : channel.kraus()) sum += Dense(k).adjoint() * Dense(k);
    CHECK(max_difference(sum, Dense::Identity(size, size)) < 1e-14);
    const Eigen::SelfAdjointEigenSolver<Dense> solver(Dense(choi_matrix(channel)), Eigen::EigenvaluesOnly);
    CHECK(solver.eigenvalues().minCoeff() > -1e-14);
    CHECK(solver.eigenvalues().sum() == Approx(size));
  }
}

TEST_CASE("the Kraus operators of a Choi matrix are as few as its rank") {
  Rng rng(Seed{3});
  for (const auto& channel : channels()) {
    INFO(channel.name());
    const auto again = channel_of_choi(choi_matrix(channel));
    CHECK(max_difference(choi_matrix(again), choi_matrix(channel)) < 1e-13);
    CHECK(again.kraus().size() <= channel.kraus().size());
    CHECK(again.kraus().size() <= std::size_t{1} << 2 * channel.qubits());
  }
  CHECK(channel_of_choi(choi_matrix(unitary_channel(test::random_unitary(rng, 2)))).kraus().size() == 1);
  CHECK(simplified(test::random_channel(rng, 1, 4)).kraus().size() == 4);
  CHECK(simplified(compose(amplitude_damping(0.1), amplitude_damping(0.2))).kraus().size() == 2);
  CHECK(simplified(bit_flip(0.1)).name() == "bit flip 0.1");
}

TEST_CASE("a Choi matrix that is none of a channel") {
  const auto refused = [](const Dense& choi) {
    return test::message_of<ValueError>([&] { return channel_of_choi(choi); });
  };
  // The transposed of rho: positive, not completely so. Its Choi matrix is SWAP, with the eigenvalue -1.
  CHECK(refused(test::swap_matrix(1)) ==
        "qmtl: channel_of_choi: expected a completely positive map, no eigenvalue "
        "below -1e-09 times 2, got -0.5 times 2");
  Dense skew = choi_matrix(identity_channel());
  skew(0, 3) += 0.5;
  CHECK(refused(skew).find("expected a Hermitian matrix to 1e-09, got an error of 0.5") != std::string::npos);
  CHECK(refused(0.5 * Dense(choi_matrix(identity_channel()))).find("preserve the trace") != std::string::npos);
  skew(0, 3) = std::nan("");
  CHECK(refused(skew).find("got an error of nan") != std::string::npos);
  CHECK_THROWS_AS(channel_of_choi(Dense::Identity(8, 8)), ShapeError);
  CHECK_THROWS_AS(channel_of_choi(Dense::Identity(1, 1)), ShapeError);
  CHECK_THROWS_AS(channel_of_choi(Dense::Identity(4, 2)), ShapeError);
}

TEST_CASE("the average gate fidelity is the mean over a set of states as uniform as all") {
  // The six eigenstates of X, Y and Z are a 2-design: the mean of a quadratic function of |psi><psi| is that over all.
  const double h = std::sqrt(0.5);
  const Complex i(0, 1);
  const std::vector<std::array<Complex, 2>> states{{1, 0}, {0, 1}, {h, h}, {h, -h}, {h, i * h}, {h, -i * h}};
  Rng rng(Seed{4});
  const Dense u = test::random_unitary(rng, 1);
  for (const auto& channel : channels()) {
    if (channel.qubits() != 1) continue;
    INFO(channel.name());
    double plain = 0.0, to_u = 0.0;
    for (const auto& [a, b] : states) {
      DenseVector psi(2);
      psi << a, b;
      const Dense out = kraus_sum(channel, psi * psi.adjoint());
      plain += psi.dot(out * psi).real() / 6;
      to_u += (u * psi).dot(out * (u * psi)).real() / 6;
    }
    CHECK(average_gate_fidelity(channel) == Approx(plain).epsilon(1e-13));
    CHECK(average_gate_fidelity(channel, u) == Approx(to_u).epsilon(1e-13));
    // With the identity it is the trace of the Pauli transfer matrix.
    CHECK(process_fidelity(channel) == Approx(pauli_transfer_matrix(channel).trace() / 4).margin(1e-14));
  }
}

TEST_CASE("fidelities in closed form") {
  CHECK(process_fidelity(bit_flip(0.1)) == Approx(0.9));
  for (const int k : {1, 2}) {
    const double p = 0.3, size = 1 << k;
    CHECK(process_fidelity(depolarizing(p, k)) == Approx(1 - p * (1 - 1 / (size * size))));
    CHECK(average_gate_fidelity(depolarizing(p, k)) == Approx(1 - p * (1 - 1 / size)));
  }
  CHECK(process_fidelity(over_rotation(pauli_z(0), 0.4)) == Approx(std::cos(0.2) * std::cos(0.2)));
  Rng rng(Seed{5});
  const Dense u = test::random_unitary(rng, 2);
  CHECK(average_gate_fidelity(unitary_channel(u), u) == Approx(1));
  CHECK(average_gate_fidelity(compose(unitary_channel(u), depolarizing(0.1, 2)), u) ==
        Approx(average_gate_fidelity(depolarizing(0.1, 2))));
  CHECK_THROWS_AS(process_fidelity(bit_flip(0.1), Dense(2 * Dense::Identity(2, 2))), ValueError);
  CHECK_THROWS_AS(process_fidelity(bit_flip(0.1), Dense::Identity(4, 4)), ShapeError);
}

TEST_CASE("which channels are unital") {
  CHECK(is_unital(depolarizing(0.2, 2)));
  CHECK(is_unital(phase_damping(0.2)));
  CHECK(is_unital(generalised_amplitude_damping(0.3, 0.5)));
  CHECK_FALSE(is_unital(amplitude_damping(0.2)));
  CHECK_FALSE(is_unital(thermal_relaxation({.t1 = 2, .t2 = 1}, 1)));
  CHECK(is_unital(thermal_relaxation({.t2 = 1}, 1)));
}

TEST_CASE("mixtures of unitaries and their probabilities") {
  const auto of = [](const QuantumChannel& channel) {
    const auto probabilities = mixture_probabilities(channel);
    REQUIRE(probabilities.has_value());
    REQUIRE(probabilities->size() == channel.kraus().size());
    return *probabilities;
  };
  CHECK(of(bit_flip(0.1))[1] == Approx(0.1));
  CHECK(of(depolarizing(0.2, 2))[7] == Approx(0.2 / 16));
  CHECK(of(depolarizing(0.2, 2))[0] == Approx(1 - 0.2 * 15 / 16));
  CHECK(of(phase_damping(0.36))[1] == Approx(0.1));
  CHECK(of(compose(over_rotation(pauli_x(0), 0.3), phase_flip(0.2)))[1] == Approx(0.2));
  CHECK(of(bit_flip(1e-14))[1] == Approx(1e-14));
  CHECK_FALSE(mixture_probabilities(amplitude_damping(0.1)).has_value());
  CHECK_FALSE(mixture_probabilities(amplitude_damping(1e-14)).has_value());
  CHECK_FALSE(mixture_probabilities(thermal_relaxation({.t1 = 2, .t2 = 1}, 1)).has_value());
}

}  // namespace channel_matrices_test
