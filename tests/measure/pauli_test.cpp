// SPDX-License-Identifier: Apache-2.0
// Pauli strings and sums: their matrices, their text, and their errors.

#include "qmtl/measure/pauli.hpp"

#include <limits>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace pauli_test {

using namespace qmtl;
using test::Dense;

constexpr auto xyz = pauli_x(0) * pauli_y(2) * pauli_z(3);
static_assert(xyz.x == 0b0101 && xyz.z == 0b1100 && xyz.y_count() == 1 && xyz.support() == 0b1101 && !xyz.diagonal());
static_assert((pauli_z(1) * pauli_z(5)).diagonal() && identity_string.support() == 0 && identity_string.diagonal());
static_assert(pauli_x(1) * pauli_z(0) == pauli_z(0) * pauli_x(1) && pauli_x(1) * identity_string == pauli_x(1));
static_assert(pauli_y(63).support() == 0x8000000000000000u);
static_assert((0.5 * pauli_z(2)).coefficient == 0.5 && (0.5 * pauli_z(2)).string == pauli_z(2));

Dense matrix(const PauliSum& sum) { return test::dense_observable(sum, 3); }

TEST_CASE("a string is the Kronecker product of its letters, and i^y_count X Z") {
  using test::kron;
  using test::pauli_matrix;
  const Dense expected = kron(pauli_matrix('Y'), kron(pauli_matrix('Z'), pauli_matrix('X')));
  CHECK(test::max_difference(matrix(pauli_x(0) * pauli_z(1) * pauli_y(2)), expected) == 0.0);
  Rng rng(Seed{1});
  for (int repeats = 0; repeats < 64; ++repeats) {
    const PauliString p = test::random_string(rng, 3);
    const Dense product = matrix(PauliString{p.x, 0}) * matrix(PauliString{0, p.z});
    CHECK(test::max_difference(matrix(p), Dense(std::pow(test::Complex(0, 1), p.y_count()) * product)) <
          test::tolerance<double>());
  }
}

TEST_CASE("sums of strings are sums of matrices") {
  Rng rng(Seed{2});
  const double bound = test::tolerance<double>();
  for (int repeats = 0; repeats < 20; ++repeats) {
    const PauliSum a = test::random_observable(rng, 3, 4), b = test::random_observable(rng, 3, 3);
    CHECK(test::max_difference(matrix(a + b), Dense(matrix(a) + matrix(b))) < bound);
    CHECK(test::max_difference(matrix(a - b), Dense(matrix(a) - matrix(b))) < bound);
    CHECK(test::max_difference(matrix(-2.5 * a), Dense(-2.5 * matrix(a))) < bound);
    CHECK(a.support() < 8);
    CHECK((a + b).terms().size() == 7);
  }
  const PauliSum sum = 0.5 * pauli_z(0) + pauli_x(1) - 2.0 * (pauli_y(0) * pauli_y(2));
  REQUIRE(sum.terms().size() == 3);
  CHECK(sum.terms()[1].coefficient == 1.0);
  CHECK(sum.terms()[2].coefficient == -2.0);
  CHECK(sum.support() == 0b111);
  CHECK(PauliSum().terms().empty());
}

TEST_CASE("strings, terms and sums are multiplied as they are written") {
  const auto text = [](const PauliSum& sum) { return to_string(sum); };
  CHECK(text(2 * pauli_x(0) * pauli_z(1)) == "2*X0*Z1");
  CHECK(text(pauli_x(0) * (2 * pauli_z(1))) == "2*X0*Z1");
  CHECK(text(pauli_x(0) * 2 / 4) == "0.5*X0");
  CHECK(text(-pauli_x(0) - pauli_z(1)) == "-1*X0 + -1*Z1");
  CHECK(text((pauli_x(0) + 3 * pauli_x(1)) * (pauli_z(2) - pauli_z(3))) == "1*X0*Z2 + -1*X0*Z3 + 3*X1*Z2 + -3*X1*Z3");
  CHECK_THROWS_AS(2 * pauli_x(0) * pauli_z(0), CircuitError);
}

TEST_CASE("sums as text") {
  CHECK(to_string(0.5 * pauli_z(0) + pauli_x(1) * pauli_z(3)) == "0.5*Z0 + 1*X1*Z3");
  CHECK(to_string(-1.0 * pauli_y(12)) == "-1*Y12");
  CHECK(to_string(identity_string) == "1*I");
  CHECK(to_string(PauliSum()) == "0");
}

TEST_CASE("impossible strings and coefficients are errors that say why") {
  CHECK(test::message_of<CircuitError>([] { (void)pauli_x(-1); }) == "qmtl: a Pauli's qubit must be 0 to 63, got -1");
  CHECK(test::message_of<CircuitError>([] { (void)pauli_y(64); }) == "qmtl: a Pauli's qubit must be 0 to 63, got 64");
  CHECK(test::message_of<CircuitError>([] { (void)(pauli_x(1) * pauli_z(1)); }) ==
        "qmtl: a product of Pauli strings must be over different qubits");
  const std::string rule = "qmtl: PauliSum: a coefficient must be finite";
  for (const double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(test::message_of<ValueError>([bad] { PauliSum{bad * pauli_x(0)}; }) == rule);
    CHECK(test::message_of<ValueError>([bad] { (void)(bad * PauliSum(pauli_x(0))); }) == rule);
  }
}

}  // namespace pauli_test
