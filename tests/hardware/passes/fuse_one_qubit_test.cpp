// SPDX-License-Identifier: Apache-2.0
// Runs of gates on one qubit become at most five in a basis, between all that they must not cross.

#include "qmtl/hardware/passes/fuse_one_qubit.hpp"

#include "hardware/pass_support.hpp"

namespace fuse_one_qubit_test {

TEST_CASE("runs of gates on one qubit are fused in every basis", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{1});
  for (const auto& names : test::all_bases()) {
    CAPTURE(detail::joined(names));
    const Basis basis = test::basis_named(names);
    for (int i = 0; i < 6; ++i) {
      const auto program = test::random_program(
          rng, 3, 30, {.most_qubits = i < 3 ? 1 : 2, .symbols = i % 3 == 1, .measurements = i % 3 == 2});
      const Program out = fuse_one_qubit_gates(program, basis);
      for (const auto& step : out.instructions()) {
        const auto* op = std::get_if<Operation>(&step.action);
        if (op == nullptr || info(op->gate).qubits != 1) continue;
        CHECK(detail::is_native_one_qubit_gate(basis, op->gate));
      }
      if (i == 0) CHECK(out.instructions().size() <= 15);
      test::check_equivalent(program, out);
    }
  }
}

}  // namespace fuse_one_qubit_test
