// SPDX-License-Identifier: Apache-2.0
// Operations behind controls are what they were, exactly, by gates on one and two qubits.

#include "qmtl/hardware/synthesis/controlled.hpp"

#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace controlled_test {

using namespace qmtl;

const std::vector<double> weights{0.7, -1.3, 0.4, 2.2};

void check(const ControlledOperation& op, int qubits) {
  const auto gates = one_and_two_qubit_gates(op);
  DynamicCircuit circuit(qubits), whole(qubits);
  for (const auto& one : gates) {
    CHECK(info(one.gate).qubits <= 2);
    circuit.append(one);
  }
  if (op.controls.empty()) {
    whole.append(op.operation);
  } else {
    whole.append(op);
  }
  CAPTURE(info(op.operation.gate).name, op.controls.size());
  CHECK(test::max_difference(test::dense_unitary(circuit, {}, weights), test::dense_unitary(whole, {}, weights)) <
        1e-12);
}

Operation symbolic(Gate gate) {
  return {gate, {0, 1, 2, 3}, {weight(0) + 0.2, -weight(1), 2.0 * weight(2), weight(3)}};
}

TEST_CASE("every gate behind up to three controls is what it was, with its symbols", "[hardware]") {
  for (const Gate gate : test::all_gates()) {
    for (int controls = 0; controls < 4; ++controls) {
      const int qubits = info(gate).qubits;
      if (qubits + controls > 5) continue;
      ControlledOperation op{{}, symbolic(gate)};
      for (int c = 0; c < controls; ++c) op.controls.push_back(qubits + (c + 1) % controls);
      check(op, qubits + controls);
    }
  }
}

TEST_CASE("X, phases and rotations behind many controls are what they were", "[hardware]") {
  for (int k = 3; k < 7; ++k) {
    std::vector<int> controls;
    for (int c = 1; c <= k; ++c) controls.push_back(c);
    for (const auto& op : {gate::x(0), gate::p(0, weight(0)), gate::rz(0, weight(1)), gate::h(0)}) {
      check({controls, op}, k + 1);
    }
  }
}

TEST_CASE("controls cost as much as Barenco et al. say", "[hardware]") {
  const auto cx_of = [](const ControlledOperation& op) { return count(one_and_two_qubit_gates(op), Gate::CX); };
  CHECK(cx_of(gate::mcx({0, 1}, 2)) == 6);
  std::vector<int> controls;
  for (int c = 0; c < 40; ++c) controls.push_back(c);
  CHECK(cx_of({controls, gate::rz(40, 1.0)}) < 16 * 40 * 6);  // linear
  CHECK(cx_of(gate::mcx(controls, 40)) < 8 * 40 * 40 * 6);    // quadratic
}

}  // namespace controlled_test
