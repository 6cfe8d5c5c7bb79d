// SPDX-License-Identifier: Apache-2.0
// The Meyer-Wallach measure of known states, and its mean over circuits.

#include "qmtl/diagnostics/entangling_capability.hpp"

#include "qmtl/head/block.hpp"
#include "qmtl/measure/reduced_density.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace entangling_capability_test {

using namespace qmtl;

template <int N>
StateVector<N> w_state() {
  std::vector<std::complex<double>> amplitudes(dimension(N));
  for (int q = 0; q < N; ++q) amplitudes[qubit_mask(q)] = 1.0;
  return StateVector<N>::from_amplitudes(amplitudes);
}

template <int N>
StateVector<N> ghz_state() {
  std::vector<std::complex<double>> amplitudes(dimension(N));
  amplitudes.front() = amplitudes.back() = 1.0;
  return StateVector<N>::from_amplitudes(amplitudes);
}

TEST_CASE("product states have Q = 0, Bell and GHZ states Q = 1") {
  const auto product = run(make_circuit<3>(gate::ry(0, 0.3), gate::h(1), gate::rx(2, 1.1), gate::rz(2, 0.4)));
  CHECK(std::abs(meyer_wallach(product)) < 1e-14);
  CHECK(std::abs(meyer_wallach(run(make_circuit<1>(gate::ry(0, 0.3))))) < 1e-14);
  CHECK(meyer_wallach(run(make_circuit<2>(gate::h(0), gate::cx(0, 1)))) == Approx(1));
  CHECK(meyer_wallach(ghz_state<3>()) == Approx(1));
  CHECK(meyer_wallach(ghz_state<6>()) == Approx(1));
}

TEST_CASE("W states have Q = 4 (n - 1) / n^2") {
  // Each qubit's state is diag(1 - 1/n, 1/n).
  CHECK(meyer_wallach(w_state<2>()) == Approx(1));
  CHECK(meyer_wallach(w_state<3>()) == Approx(8.0 / 9));
  CHECK(meyer_wallach(w_state<5>()) == Approx(16.0 / 25));
}

TEST_CASE("a Bell pair beside an idle qubit has Q = 2/3; local gates change nothing") {
  CHECK(meyer_wallach(run(make_circuit<3>(gate::h(0), gate::cx(0, 2)))) == Approx(2.0 / 3));
  Rng rng(Seed{1});
  auto state = test::random_state<4>(rng);
  const double q = meyer_wallach(state);
  apply(state, make_circuit<4>(gate::u(0, 0.3, 1.1, -0.4), gate::rx(2, 0.8), gate::h(3), gate::t(1)));
  CHECK(meyer_wallach(state) == Approx(q));
}

TEMPLATE_TEST_CASE("a qubit's purity is tr(rho^2) of its reduced density matrix", "", float, double) {
  Rng rng(Seed{2});
  const auto state = test::random_state<4, TestType>(rng);
  const auto check = [&](int qubit, const auto& rho) {
    CHECK(qubit_purity(state, qubit) == Approx(static_cast<double>((rho * rho).trace().real())));
  };
  check(0, reduced_density<Window<0, 1>>(state));
  check(1, reduced_density<Window<1, 1>>(state));
  check(2, reduced_density<Window<2, 1>>(state));
  check(3, reduced_density<Window<3, 1>>(state));
  CHECK(test::message_of<CircuitError>([&] { (void)qubit_purity(state, 4); }) ==
        "qmtl: qubit_purity: qubit, expected 0 to 3, got 4");
}

template <int N>
void check_deep() {
  Rng rng(Seed{3});
  const double haar = (std::pow(2, N) - 2) / (std::pow(2, N) + 1);
  const auto q = entangling_capability<StronglyEntanglingBlock<N, Layers<10>>>(rng, {.draws = 2000});
  INFO(N << " qubits: " << q.mean << " +- " << q.deviation / std::sqrt(2000.0) << ", Haar " << haar);
  CHECK(q.count == 2000);
  CHECK(std::abs(q.mean - haar) < 4 * q.deviation / std::sqrt(2000.0));
  CHECK(q.deviation < 0.3);
}

TEST_CASE("deep circuits have the mean of Haar-random states, (2^n - 2) / (2^n + 1)") {
  check_deep<2>();
  check_deep<3>();
  check_deep<5>();
}

/// RY(x) and CX: cos(x/2)|00> + sin(x/2)|11>, purity 1 - sin^2(x)/2, Q = sin^2 x with mean 1/2.
struct Pair {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::cx(0, 1));
};
struct Rotations {
  static constexpr auto circuit = layer<4>([](int q) { return gate::ry(q, weight(q)); });
};

TEST_CASE("entangling capability of RY and CX is 1/2, at a given angle sin^2 x, and 0 without two-qubit gates") {
  Rng rng(Seed{4});
  const auto drawn = entangling_capability<Pair>(rng, {.draws = 5000});
  CHECK(drawn.mean == Approx(0.5).margin(4 * drawn.deviation / std::sqrt(5000.0)));
  CHECK(drawn.deviation == Approx(std::sqrt(1.0 / 8)).epsilon(0.02));
  const std::vector<double> x{0.6};
  CHECK(entangling_capability<Pair>(rng, {.draws = 3, .features = x}).mean == Approx(std::pow(std::sin(0.6), 2)));
  CHECK(std::abs(entangling_capability<Rotations>(rng, {.draws = 50}).mean) < 1e-14);
  CHECK(test::message_of<ValueError>([&] { (void)entangling_capability<Pair>(rng, {.draws = 0}); }) ==
        "qmtl: entangling_capability: draws, expected at least 1, got 0");
}

/// RX and RZ on each of four qubits: the Bloch vector's x^2, y^2 and z^2 have the means 1/4, 1/4 and 1/2.
constexpr auto rx_and_rz() {
  return make_circuit<4>(layer<4>([](int q) { return gate::rx(q, weight(q)); }),
                         layer<4>([](int q) { return gate::rz(q, weight(4 + q)); }));
}

// Circuits of Sim et al. 2019, figure 2.
struct Circuit2 {
  static constexpr auto circuit = make_circuit<4>(rx_and_rz(), gate::cx(1, 0), gate::cx(2, 1), gate::cx(3, 2));
};
struct Circuit3 {
  static constexpr auto circuit =
      make_circuit<4>(rx_and_rz(), gate::crz(1, 0, weight(8)), gate::crz(2, 1, weight(9)), gate::crz(3, 2, weight(10)));
};
struct Circuit9 {
  static constexpr auto circuit = make_circuit<4>(layer<4>(gate::h), gate::cz(0, 1), gate::cz(1, 2), gate::cz(2, 3),
                                                  layer<4>([](int q) { return gate::rx(q, weight(q)); }));
};
struct Circuit10 {
  static constexpr auto circuit =
      make_circuit<4>(layer<4>([](int q) { return gate::ry(q, feature(q)); }), gate::cz(0, 1), gate::cz(1, 2),
                      gate::cz(2, 3), gate::cz(0, 3), layer<4>([](int q) { return gate::ry(q, weight(q)); }));
};
struct Circuit18 {
  static constexpr auto circuit = make_circuit<4>(rx_and_rz(), gate::crz(3, 0, weight(8)), gate::crz(2, 3, weight(9)),
                                                  gate::crz(1, 2, weight(10)), gate::crz(0, 1, weight(11)));
};

template <class C>
void check_mean(double expected) {
  Rng rng(Seed{5});
  const auto q = entangling_capability<C>(rng, {.draws = 4000});
  INFO("mean " << q.mean << ", deviation " << q.deviation << ", expected " << expected);
  CHECK(std::abs(q.mean - expected) < 4 * q.deviation / std::sqrt(4000.0) + 1e-12);
}

TEST_CASE("circuits of Sim et al. have the means of Q in closed form, 1 - Q being the mean of squared Bloch vectors") {
  // X, Y and Z of each qubit pulled back through the CNOTs are products of Paulis of a product state.
  check_mean<Circuit2>(1 - (65.0 + 35 + 44 + 80) / 512);
  // CRZ leaves z alone and multiplies what is transverse, on either side, by a factor of mean square 3/4.
  check_mean<Circuit3>(1 - (0.5 + (0.75 + 0.75 * 0.75) / 4));
  check_mean<Circuit18>(1 - (0.5 + 0.75 * 0.75 / 2));
  check_mean<Circuit9>(1);
  check_mean<Circuit10>(1 - (0.5 + 0.125));
}

TEST_CASE("the mean of circuit 10 is 3/8 exactly: five points an angle integrate Q, which has frequencies up to two") {
  Rng rng(Seed{6});
  double sum = 0.0;
  for (int point = 0; point < 625; ++point) {
    std::vector<double> x;
    for (int rest = point; x.size() < 4; rest /= 5) x.push_back(2 * pi * (rest % 5) / 5);
    sum += entangling_capability<Circuit10>(rng, {.draws = 1, .features = x}).mean;
  }
  CHECK(sum / 625 == Approx(0.375).epsilon(1e-12));
}

}  // namespace entangling_capability_test
