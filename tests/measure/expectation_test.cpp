// SPDX-License-Identifier: Apache-2.0
// Expectation values against dense matrices and closed forms, one by one and many at once.

#include "qmtl/measure/expectation.hpp"

#include <vector>

#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace expectation_test {

using namespace qmtl;
using test::DenseVector;

TEMPLATE_TEST_CASE("every Pauli string on one to four qubits has the expectation value of its matrix", "", float,
                   double) {
  Rng rng(Seed{1});
  test::for_each_width<1, 4>([&rng](auto n) {
    const auto state = test::random_state<n(), TestType>(rng);
    for (Index x = 0; x < dimension(n()); ++x) {
      for (Index z = 0; z < dimension(n()); ++z) {
        const PauliSum observable = PauliString{x, z};
        const double expected = test::dense_expectation(test::dense_observable(observable, n()), test::to_dense(state));
        INFO(to_string(observable));
        CHECK(expectation(state, observable) == Approx(expected).margin(test::tolerance<double>()));
      }
    }
  });
}

TEMPLATE_TEST_CASE("sums, one by one and many at once", "", float, double) {
  Rng rng(Seed{2});
  test::for_each_width<1, 6>([&rng](auto n) {
    const auto state = test::random_state<n(), TestType>(rng);
    std::vector<PauliSum> observables;
    for (int k = 0; k < 6; ++k) observables.push_back(test::random_observable(rng, n(), k));
    const auto all = expectations(state, observables);
    REQUIRE(all.size() == observables.size());
    CHECK(all[0] == 0.0);  // the sum without a term
    for (std::size_t k = 0; k < all.size(); ++k) {
      const auto matrix = test::dense_observable(observables[k], n());
      CHECK(all[k] ==
            Approx(test::dense_expectation(matrix, test::to_dense(state))).margin(test::tolerance<double>(4)));
      CHECK(all[k] == expectation(state, observables[k]));
    }
  });
}

TEST_CASE("strings into a caller's buffer, whatever it held before") {
  Rng rng(Seed{3});
  const auto state = test::random_state<3>(rng);
  const std::vector<PauliString> strings{pauli_y(0) * pauli_y(1), pauli_z(2), identity_string};
  std::vector<double> values(3, 7.0);
  expectations(state, std::span<const PauliString>(strings), std::span<double>(values));
  for (std::size_t k = 0; k < 3; ++k) CHECK(values[k] == expectation(state, strings[k]));
  CHECK(values[2] == Approx(1.0));
}

TEST_CASE("an eigenstate of each Pauli matrix has the expectation values 1 and 0") {
  const double h = std::sqrt(0.5);
  using C = std::complex<double>;
  const std::array<std::array<C, 2>, 3> eigenstates{{{C(h), C(h)}, {C(h), C(0, h)}, {C(1), C(0)}}};
  const std::array<PauliString, 3> paulis{pauli_x(0), pauli_y(0), pauli_z(0)};
  for (std::size_t s = 0; s < 3; ++s) {
    const auto state = StateVector<1>::from_amplitudes(eigenstates[s]);
    for (std::size_t p = 0; p < 3; ++p) {
      CHECK(expectation(state, paulis[p]) == Approx(s == p ? 1.0 : 0.0).margin(1e-15));
    }
  }
}

TEST_CASE("closed forms: rotated qubits, Bell and GHZ correlations") {
  for (const double a : {0.0, 0.4, -2.0, pi}) {
    const auto ry = run(make_circuit<1>(gate::ry(0, a)));
    CHECK(expectation(ry, pauli_z(0)) == Approx(std::cos(a)).margin(1e-15));
    CHECK(expectation(ry, pauli_x(0)) == Approx(std::sin(a)).margin(1e-15));
    const auto rx = run(make_circuit<1>(gate::rx(0, a)));
    CHECK(expectation(rx, pauli_y(0)) == Approx(-std::sin(a)).margin(1e-15));
  }
  const auto bell = run(make_circuit<2>(gate::h(0), gate::cx(0, 1)));
  CHECK(expectation(bell, pauli_z(0)) == Approx(0.0).margin(1e-15));
  CHECK(expectation(bell, pauli_x(0) * pauli_x(1)) == Approx(1.0));
  CHECK(expectation(bell, pauli_y(0) * pauli_y(1)) == Approx(-1.0));
  CHECK(expectation(bell, pauli_z(0) * pauli_z(1)) == Approx(1.0));
  const auto ghz = run(make_circuit<3>(gate::h(0), gate::cx(0, 1), gate::cx(1, 2)));
  CHECK(expectation(ghz, pauli_x(0) * pauli_x(1) * pauli_x(2)) == Approx(1.0));
  CHECK(expectation(ghz, pauli_x(0) * pauli_y(1) * pauli_y(2)) == Approx(-1.0));  // Mermin 1990
  CHECK(expectation(ghz, pauli_y(0) * pauli_y(1) * pauli_y(2)) == Approx(0.0).margin(1e-15));
}

TEMPLATE_TEST_CASE("add_applied adds a multiple of the matrix times the state", "", float, double) {
  Rng rng(Seed{4});
  test::for_each_width<1, 5>([&rng](auto n) {
    for (int repeats = 0; repeats < 10; ++repeats) {
      const PauliSum observable = test::random_observable(rng, n(), 5);
      const auto state = test::random_state<n(), TestType>(rng);
      auto out = test::random_state<n(), TestType>(rng);
      const double factor = rng.uniform(-2, 2);
      const DenseVector expected =
          test::to_dense(out) + factor * (test::dense_observable(observable, n()) * test::to_dense(state));
      add_applied(observable, state, factor, out);
      CHECK(test::max_difference(test::to_dense(out), expected) < 2 * test::tolerance<TestType>(5));
    }
  });
}

TEST_CASE("an observable outside the state is an error") {
  StateVector<3> state, out;
  CHECK(test::message_of<ShapeError>([&] { (void)expectation(state, pauli_z(3)); }) ==
        "qmtl: an observable acts on qubit 3, the state has 3 qubits");
  CHECK(test::message_of<ShapeError>([&] { (void)expectation(state, pauli_z(0) + pauli_x(63) * pauli_y(1)); }) ==
        "qmtl: an observable acts on qubit 63, the state has 3 qubits");
  CHECK(test::message_of<ShapeError>([&] { add_applied(pauli_y(5), state, 1.0, out); }) ==
        "qmtl: an observable acts on qubit 5, the state has 3 qubits");
  std::vector<double> values(2);
  const std::vector<PauliString> strings(3);
  CHECK(test::message_of<ShapeError>([&] {
          expectations(state, std::span<const PauliString>(strings), std::span<double>(values));
        }) == "qmtl: expectations: number of results must be 3, got 2");
}

}  // namespace expectation_test
