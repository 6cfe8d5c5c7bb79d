// SPDX-License-Identifier: Apache-2.0
// An operation behind controls is |1..1><1..1| (x) U + the identity elsewhere.

#include "qmtl/state/apply_controlled.hpp"

#include <array>
#include <vector>

#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace apply_controlled_test {

using namespace qmtl;

TEMPLATE_TEST_CASE("any gate behind zero to three controls", "", float, double) {
  Rng rng(Seed{1});
  constexpr int n = 6;
  for (const Gate gate : test::all_gates()) {
    for (int k = 0; k <= n - max_gate_qubits + 1 && k + info(gate).qubits <= n; ++k) {
      std::vector<int> qubits{0, 1, 2, 3, 4, 5};
      shuffle(qubits, rng);
      ControlledOperation controlled{{qubits.begin(), qubits.begin() + k}, test::random_operation(rng, gate, n)};
      qubits.resize(static_cast<std::size_t>(k + info(gate).qubits));
      std::copy(qubits.begin() + k, qubits.end(), controlled.operation.qubits.begin());
      const auto x = test::random_numbers<TestType>(rng, 3), w = test::random_numbers<TestType>(rng, 4);
      test::Dense matrix = test::dense_gate(controlled.operation, x, w);
      for (int c = 0; c < k; ++c) matrix = test::controlled(matrix);
      auto state = test::random_state<n, TestType>(rng);
      const test::DenseVector expected = test::apply_dense(matrix, qubits, test::to_dense(state));
      apply(state, controlled, test::cast<TestType>(x), test::cast<TestType>(w));
      INFO(info(gate).name << " behind " << k);
      CHECK(test::max_difference(test::to_dense(state), expected) < 40 * test::tolerance<TestType>());
    }
  }
}

TEST_CASE("controls must be qubits of the state, and not the operation's") {
  StateVector<3> state;
  CHECK_THROWS_AS(apply(state, ControlledOperation{{0, 1}, gate::x(1)}), CircuitError);
  CHECK_THROWS_AS(apply(state, ControlledOperation{{0, 3}, gate::x(1)}), CircuitError);
  CHECK_THROWS_AS(apply(state, ControlledOperation{{0, 0}, gate::x(1)}), CircuitError);
  CHECK_THROWS_AS(apply(state, ControlledOperation{{0}, gate::rx(1, weight(0))}), ShapeError);
}

}  // namespace apply_controlled_test
