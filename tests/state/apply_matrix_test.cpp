// SPDX-License-Identifier: Apache-2.0
// A matrix on any qubits of a state is its Kronecker product with the identity; on both halves of a doubled register it
// acts on a density matrix.

#include "qmtl/state/apply_matrix.hpp"

#include <vector>

#include "qmtl/state/dynamic_state.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace apply_matrix_test {

using namespace qmtl;
using test::Dense;

Dense random_matrix(Rng& rng, int k) {
  Dense m(1 << k, 1 << k);
  for (auto& entry : m.reshaped()) entry = {rng.normal(), rng.normal()};
  return m;
}

/// `matrix` with bit j of its index on qubit window[j]: the oracle's leftmost factor is the last of the window.
Dense embedded(const Dense& matrix, std::vector<int> window, int n) {
  std::reverse(window.begin(), window.end());
  return test::embed(matrix, window, n);
}

TEMPLATE_TEST_CASE("any matrix on any ordered choice of qubits", "", float, double) {
  Rng rng(Seed{1});
  for (const std::vector<int>& window : {std::vector{2}, {0, 3}, {3, 1}, {4, 0, 2}, {1, 4, 3, 0, 2}, {}}) {
    const Dense matrix = random_matrix(rng, static_cast<int>(window.size()));
    auto state = test::random_state<5, TestType>(rng);
    const test::DenseVector expected = embedded(matrix, window, 5) * test::to_dense(state);
    apply_matrix(state, ColMajorMatrix<std::complex<TestType>>(matrix.cast<std::complex<TestType>>()), window);
    CHECK(test::max_difference(test::to_dense(state), expected) < (sizeof(TestType) == 4 ? 2e-5 : 1e-13));
  }
}

TEST_CASE("on a density matrix as a state of twice as many qubits") {
  Rng rng(Seed{2});
  const Dense kraus = random_matrix(rng, 2), rho = random_matrix(rng, 3);
  std::vector<std::complex<double>> buffer(rho.data(), rho.data() + rho.size());
  const DynamicStateView<double> doubled(buffer);  // rows are the low qubits
  apply_matrix(doubled, kraus, std::array{2, 0});
  apply_matrix(doubled, kraus.conjugate(), std::array{5, 3});
  const Dense on_register = embedded(kraus, {2, 0}, 3);
  CHECK(test::max_difference(Eigen::Map<const Dense>(buffer.data(), 8, 8),
                             Dense(on_register * rho * on_register.adjoint())) < 1e-12);
}

TEST_CASE("wrong sizes and windows are refused") {
  StateVector<3> state;
  const ColMajorMatrix<std::complex<double>> two = Dense::Identity(2, 2);
  CHECK_THROWS_AS(apply_matrix(state, two, std::array{0, 1}), ShapeError);
  CHECK_THROWS_AS(apply_matrix(state, two, std::array{3}), CircuitError);
  CHECK_THROWS_AS(apply_matrix(state, ColMajorMatrix<std::complex<double>>(Dense::Identity(4, 4)), std::array{1, 1}),
                  CircuitError);
}

}  // namespace apply_matrix_test
