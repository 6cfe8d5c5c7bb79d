// SPDX-License-Identifier: Apache-2.0
// Measurement bases: what a device reads in them gives the expectation values of all observables.

#include "qmtl/measure/measurement_basis.hpp"

#include <cmath>
#include <vector>

#include "qmtl/measure/expectation.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"

namespace measurement_basis_test {

using namespace qmtl;

constexpr int qubits = 4;  // one more than the readouts need
using State = StateVector<qubits, double>;

State random_state(Seed seed) {
  Rng rng(seed);
  State state;
  double squares = 0.0;
  for (Index i = 0; i < dimension(qubits); ++i) {
    state.data()[i] = {rng.normal(), rng.normal()};
    squares += std::norm(state.data()[i]);
  }
  for (Index i = 0; i < dimension(qubits); ++i) state.data()[i] /= std::sqrt(squares);
  return state;
}

/// Expectation values from the probabilities of outcomes in every basis.
template <class R>
std::vector<double> measured(const State& state) {
  std::vector<double> values(static_cast<std::size_t>(observable_count<R>), 0.0);
  for (const auto& basis : measurement_bases<R>(qubits)) {
    State rotated = state;
    for (const auto& op : basis.rotations()) apply(rotated, op);
    for (std::size_t k = 0; k < values.size(); ++k) {
      for (Index a = 0; a < dimension(qubits); ++a) {
        values[k] += std::norm(rotated.data()[a]) *
                     basis.eigenvalues(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(k));
      }
    }
  }
  return values;
}

template <class R>
void check_measured(std::size_t bases) {
  INFO(R::describe());
  CHECK(measurement_bases<R>().size() == bases);
  std::vector<PauliSum> sums(static_cast<std::size_t>(observable_count<R>));
  for (const auto& [observable, term] : R::terms) sums[static_cast<std::size_t>(observable)] += term;
  const State state = random_state(Seed{bases});
  const auto values = measured<R>(state), expected = expectations(state, std::span<const PauliSum>(sums));
  for (std::size_t k = 0; k < sums.size(); ++k) CHECK(values[k] == Approx(expected[k]).margin(1e-14));
}

TEST_CASE("expectation values of Pauli sums come from the outcomes in all bases") {
  check_measured<BinaryOf<Observable<"0.7 Z0 Z1 + 0.3 X0">>>(2);
  check_measured<BinaryOf<Magnetisation<3>>>(1);
  check_measured<ExpectationsOf<Observables<"X0 + Z1", "0.5 X0 Z1 - Y2 + 3">>>(1);
  check_measured<ExpectationsOf<Observables<"X0 X1 + Y0 Y1 + Z0 Z1", "Y0 - X1", "Z2">>>(3);
  check_measured<ClassesOf<TrainableWeights<Observables<"X0 + Y0", "Z0 + X1 Y2", "-Y1 Y2">>>>(3);
}

TEST_CASE("a diagonal readout needs the computational basis, and no gate") {
  const auto bases = measurement_bases<Classes<2>>(3);
  REQUIRE(bases.size() == 1);
  CHECK(bases[0].axes == pauli_z(0) * pauli_z(1));
  CHECK(bases[0].rotations().empty());
  const double table[8][2] = {{1, 1}, {-1, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
  for (int a = 0; a < 8; ++a) {
    for (int k = 0; k < 2; ++k) CHECK(bases[0].eigenvalues(a, k) == table[a][k]);
  }
}

TEST_CASE("rotations take X and Y to Z") {
  const MeasurementBasis basis{pauli_x(0) * pauli_y(2) * pauli_z(1), {}};
  CHECK(basis.rotations() == std::vector<Operation>{gate::h(0), gate::sdg(2), gate::h(2)});
}

}  // namespace measurement_basis_test
