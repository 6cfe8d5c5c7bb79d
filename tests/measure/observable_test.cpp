// SPDX-License-Identifier: Apache-2.0
// Observables as text: what is read, what is refused, and the bound of their eigenvalues.

#include "qmtl/measure/observable.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "support/catch.hpp"
#include "support/dense.hpp"

namespace observable_test {

using namespace qmtl;
using detail::parse_pauli_sum;
using detail::PauliTextError;

constexpr auto error_of(std::string_view text) { return parse_pauli_sum<64>(text).error; }

static_assert(error_of("") == PauliTextError::no_terms && error_of("   ") == PauliTextError::no_terms);
static_assert(error_of("0.3i X0") == PauliTextError::not_real && error_of("i Y0") == PauliTextError::not_real);
static_assert(error_of("X0 Z0") == PauliTextError::repeated_qubit && error_of("X0*Y1*X0") != PauliTextError::none);
static_assert(error_of("X64") == PauliTextError::high_qubit && error_of("Z999999999999") == PauliTextError::high_qubit);
static_assert(error_of("X") == PauliTextError::syntax && error_of("0.5 A0") == PauliTextError::syntax);
static_assert(error_of("Z0 +") == PauliTextError::syntax && error_of("Z0 0.5") == PauliTextError::syntax);
static_assert(error_of("0.5*") == PauliTextError::syntax && error_of("X0 * + Z1") == PauliTextError::syntax);
static_assert(error_of("* X0") == PauliTextError::syntax && error_of("1.5.2 X0") == PauliTextError::syntax);
static_assert(error_of(".") == PauliTextError::syntax && error_of("x0") == PauliTextError::syntax);

using Coupled = Observable<"0.7 Z0 Z1 + 0.3 X0">;
static_assert(Coupled::count == 1 && Coupled::width == 2 && Coupled::terms.size() == 2);
static_assert(Coupled::terms[0] == ObservableTerm{0, 0.7 * (pauli_z(0) * pauli_z(1))});
static_assert(Coupled::terms[1] == ObservableTerm{0, 0.3 * pauli_x(0)});

// Signs, blanks, stars, numbers without a Pauli matrix, any order of qubits.
using Several = Observables<" -X2*Y0 ", "2", "- .5*I +-1.25Z1 - -3. * Y10">;
static_assert(Several::count == 3 && Several::width == 11 && Several::terms.size() == 5);
static_assert(Several::terms[0] == ObservableTerm{0, -1.0 * (pauli_y(0) * pauli_x(2))});
static_assert(Several::terms[1] == ObservableTerm{1, 2.0 * identity_string});
static_assert(Several::terms[2] == ObservableTerm{2, -0.5 * identity_string});
static_assert(Several::terms[3] == ObservableTerm{2, -1.25 * pauli_z(1)});
static_assert(Several::terms[4] == ObservableTerm{2, 3.0 * pauli_y(10)});
static_assert(Observable<"2">::width == 1, "a window has a qubit at least");

static_assert(Magnetisation<3>::terms == Observable<"Z0 + Z1 + Z2">::terms && Magnetisation<3>::width == 3);
static_assert(ObservableList<Coupled> && ObservableList<Magnetisation<1>> && ObservableList<TrainableWeights<Several>>);
static_assert(!ObservableList<int>);

// What an observable is printed as is read as the same one.
static_assert(Observables<"-1*Y0*X2", "2*I", "-0.5*I + -1.25*Z1 + 3*Y10">::terms == Several::terms);
using Precise = Observable<"0.123456789012345*Z0 + 100000*X0 + -0.00001*Y0">;

TEST_CASE("observables describe themselves") {
  CHECK(Precise::describe() == "0.123456789012345*Z0 + 100000*X0 + -0.00001*Y0");
  CHECK(Several::describe() == "-1*Y0*X2; 2*I; -0.5*I + -1.25*Z1 + 3*Y10");
  CHECK(Coupled::describe() == "0.7*Z0*Z1 + 0.3*X0");
  CHECK(Magnetisation<3>::describe() == "magnetisation of 3 qubits");
  CHECK(TrainableWeights<Coupled>::describe() == "trainable weights of 0.7*Z0*Z1 + 0.3*X0");
}

TEST_CASE("numbers of up to 15 digits are the nearest double") {
  CHECK(Observable<"0.1 X0">::terms[0].term.coefficient == 0.1);
  CHECK(Observable<"123456.789012345 X0">::terms[0].term.coefficient == 123456.789012345);
  CHECK(Observable<"0.000000000000003 X0">::terms[0].term.coefficient == 0.000000000000003);
}

/// The largest magnitude of an eigenvalue, by power iteration.
template <class O>
double spectral_norm() {
  PauliSum sum;
  for (const auto& [observable, term] : O::terms) sum += term;
  const test::Dense matrix = test::dense_observable(sum, O::width);
  test::DenseVector v(matrix.rows());
  for (Eigen::Index i = 0; i < v.size(); ++i) v[i] = test::Complex(1.0 + 0.3 * static_cast<double>(i), 0.7);
  for (int i = 0; i < 500; ++i) v = (matrix * (matrix * v)).normalized();
  return (matrix * v).norm();
}

TEST_CASE(
    "the bound of an observable is not below its spectral norm, and is it for anticommuting or independent terms") {
  const auto exact = []<class O>(O) {
    INFO(O::describe());
    CHECK(detail::bound_of_terms(O::terms) == Approx(spectral_norm<O>()).epsilon(1e-12));
  };
  exact(Coupled{});
  exact(Magnetisation<4>{});
  exact(Observable<"X0 - Y0 + 2 Z0">{});
  exact(Observable<"-0.25 X0 Y1 + Z2 + 0.5">{});
  const auto bounded = []<class O>(O) {
    INFO(O::describe());
    CHECK(detail::bound_of_terms(O::terms) >= spectral_norm<O>() - 1e-12);
    CHECK(detail::bound_of_terms(O::terms) <= 1.5 * spectral_norm<O>());
  };
  bounded(Observable<"X0 X1 + Y0 Y1 + Z0 Z1 + 0.3 X0">{});
  bounded(Observable<"Z0 + Z1 + X0 X1 - 0.5 Y1 Z2">{});
  CHECK(detail::bound_of_terms(Observables<"0.5 X0", "3 Z0", "Y1">::terms) == 3.0);  // of the largest
}

}  // namespace observable_test
