// SPDX-License-Identifier: Apache-2.0
// Circuits of any matrix on two qubits, by CX and by RZZ.

#include "qmtl/hardware/synthesis/two_qubit.hpp"

#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace two_qubit_test {

using namespace qmtl;

void check(const Unitary4& u) {
  const auto weyl = weyl_decomposition(u);
  const auto by_cx = cx_circuit(weyl, 0, 1), by_rzz = rzz_circuit(weyl, 0, 1);
  CHECK(count(by_cx, Gate::CX) == entangling_gates(weyl.coordinates));
  CHECK(count(by_rzz, Gate::RZZ) == rzz_gates(weyl.coordinates));
  for (const auto* circuit : {&by_cx, &by_rzz}) {
    const test::Dense v = test::dense_circuit(*circuit, 2);
    const auto overlap = (v.adjoint() * u).trace();
    CHECK(test::max_difference(u, v * (overlap / std::abs(overlap))) < 5e-12);
  }
  for (const auto& op : by_rzz) {
    if (op.gate == Gate::RZZ) CHECK((op.angles[0].offset > 0 && op.angles[0].offset <= pi / 2));
  }
}

TEST_CASE("any matrix on two qubits by at most three CX, or RZZ", "[hardware]") {  // Vatan and Williams 2004
  Rng rng(Seed{1});
  for (int i = 0; i < 300; ++i) check(test::random_unitary(rng, 2));
}

TEST_CASE("matrices of special coordinates by fewer CX", "[hardware]") {
  Rng rng(Seed{2});
  const auto local = [&rng] { return detail::kron(test::random_unitary(rng, 1), test::random_unitary(rng, 1)); };
  const double values[]{0, 1e-11, 1e-9, 0.2, pi / 4 - 1e-9, pi / 4};
  for (const double a : values) {
    for (const double b : values) {
      for (const double c : values) check(local() * canonical_gate({a, b, c}) * local());
    }
  }
  for (const Gate gate : test::all_gates()) {
    if (info(gate).qubits != 2) continue;
    for (const double angle : {0.0, pi / 2, pi, 2 * pi, -0.4}) {
      check(two_qubit_matrix({gate, {1, 0}, {angle, angle, angle, angle}}, 0, 1));
    }
  }
}

}  // namespace two_qubit_test
