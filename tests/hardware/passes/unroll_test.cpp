// SPDX-License-Identifier: Apache-2.0
// Unrolled programs have gates on one and two qubits, and do what they did.

#include "qmtl/hardware/passes/unroll.hpp"

#include "hardware/pass_support.hpp"

namespace unroll_test {

TEST_CASE("unrolled programs have gates on one and two qubits and do the same", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{1});
  for (int i = 0; i < 20; ++i) {
    const auto program =
        test::random_program(rng, 4, 12, {.symbols = i % 2 == 0, .wide = true, .measurements = i % 4 > 1});
    const Program out = unroll(program);
    for (const auto& step : out.instructions()) {
      if (const auto* op = std::get_if<Operation>(&step.action)) CHECK(info(op->gate).qubits <= 2);
      CHECK(!std::holds_alternative<ControlledOperation>(step.action));
      CHECK(!std::holds_alternative<MatrixOperation>(step.action));
    }
    test::check_equivalent(program, out);
  }
}

}  // namespace unroll_test
