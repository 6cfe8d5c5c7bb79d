// SPDX-License-Identifier: Apache-2.0
// Circuits of random and of special unitary matrices on one to six qubits.

#include "qmtl/hardware/synthesis/shannon.hpp"

#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace shannon_test {

using namespace qmtl;

void check(const test::Dense& u, int most_cx) {
  std::vector<int> qubits;
  for (int q = 0; q < test::width_of(u); ++q) qubits.push_back(q);
  DynamicCircuit circuit(static_cast<int>(qubits.size()));
  for (const auto& op : unitary_circuit(u, qubits)) circuit.append(op);
  CHECK(count(circuit, Gate::CX) <= most_cx);
  const test::Dense v = test::dense_unitary(circuit, {}, {});
  const auto overlap = (v.adjoint() * u).trace();
  CHECK(test::max_difference(u, v * (overlap / std::abs(overlap))) < 1e-11);
}

TEST_CASE("random unitary matrices become circuits", "[hardware]") {
  Rng rng(Seed{1});
  const int most[]{0, 3, 24, 120, 528, 2208};
#ifdef NDEBUG
  constexpr int largest = 6;
#else
  constexpr int largest = 5;  // a minute more without optimisation
#endif
  for (int n = 1; n <= largest; ++n) {
    for (int i = 0; i < (n < 5 ? 10 : 1); ++i) check(test::random_unitary(rng, n), most[n - 1]);
  }
}

TEST_CASE("special unitary matrices become circuits", "[hardware]") {
  Rng rng(Seed{2});
  for (int n = 2; n <= 4; ++n) {
    const Eigen::Index size = Eigen::Index{1} << n;
    const test::Dense one = test::Dense::Identity(size, size);
    check(one, 1000);
    check(one.rowwise().reverse(), 1000);
    test::Dense shifted = one;  // a cyclic permutation
    for (Eigen::Index i = 0; i < size; ++i) shifted.col(i) = one.col((i + 1) % size);
    check(shifted, 1000);
    test::Dense diagonal = one;
    for (Eigen::Index i = 0; i < size; ++i) diagonal(i, i) = std::polar(1.0, rng.uniform(-3, 3));
    check(diagonal, 1000);
    check(test::kron(test::random_unitary(rng, n - 1), test::random_unitary(rng, 1)), 1000);
    check(test::controlled(test::random_unitary(rng, n - 1)), 1000);
    check(one + 1e-9 * (test::Dense(shifted - shifted.adjoint())), 1000);
  }
  CHECK_THROWS_AS(unitary_circuit(test::Dense::Identity(8, 8), std::vector<int>{0, 1}), ShapeError);
}

}  // namespace shannon_test
