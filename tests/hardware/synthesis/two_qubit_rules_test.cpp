// SPDX-License-Identifier: Apache-2.0
// Every gate on two qubits is what its rule says, with as few CX as its matrix allows.

#include "qmtl/hardware/synthesis/two_qubit_rules.hpp"

#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/hardware/synthesis/weyl.hpp"
#include "qmtl/noise/stand_ins.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace two_qubit_rules_test {

TEST_CASE("rules for gates on two qubits keep their matrices and their symbols", "[hardware]") {
  using namespace qmtl;
  const std::vector<double> w{0.7, -1.3, 0.4, 2.2};
  for (const Gate gate : test::all_gates()) {
    if (info(gate).qubits != 2) continue;
    CAPTURE(info(gate).name);
    const Operation op{gate, {1, 0}, {weight(0) + 0.2, -weight(1), 2.0 * weight(2), weight(3)}};
    const auto circuit = cx_circuit(op);
    const test::Dense u = test::dense_circuit(std::vector{op}, 2, {}, w), v = test::dense_circuit(circuit, 2, {}, w);
    const auto overlap = (v.adjoint() * u).trace();
    CHECK(test::max_difference(u, v * (overlap / std::abs(overlap))) < 1e-13);
    const auto fewest = entangling_gates(weyl_decomposition(u).coordinates);
    CHECK(count(circuit, Gate::CX) == fewest);
    CHECK(detail::pair_gates_of(gate) == fewest);  // as noise models of devices count
    for (const auto& part : circuit) CHECK((info(part.gate).qubits == 1 || part.gate == Gate::CX));
  }
  CHECK_THROWS_AS(cx_circuit(gate::toffoli(0, 1, 2)), CircuitError);
}

}  // namespace two_qubit_rules_test
