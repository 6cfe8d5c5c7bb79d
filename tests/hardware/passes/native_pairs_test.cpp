// SPDX-License-Identifier: Apache-2.0
// Gates on two qubits become those of every kind of device, in its directions, with their symbols.

#include "qmtl/hardware/passes/native_pairs.hpp"

#include "hardware/pass_support.hpp"

namespace native_pairs_test {

TEST_CASE("gates on two qubits become a device's, in its directions", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{1});
  for (const auto& names : test::all_bases()) {
    CAPTURE(detail::joined(names));
    for (const auto& gates : {NativeGates(test::basis_named(names)), NativeGates(test::directed_target(4, names))}) {
      for (const bool symbols : {false, true}) {
        const auto program = test::random_program(rng, 4, 40, {.most_qubits = 2, .symbols = symbols});
        const Program out = to_native_pairs(program, gates);
        for (const auto& step : out.instructions()) {
          const auto* op = std::get_if<Operation>(&step.action);
          if (op != nullptr && info(op->gate).qubits == 2) CHECK(gates.native(*op));
        }
        test::check_equivalent(program, out);
      }
    }
  }
}

TEST_CASE("qubits that a device does not couple are refused by name", "[hardware]") {
  using namespace qmtl;
  const NativeGates gates(generic_target(CouplingMap::line(3)));
  Program program(3);
  program.append(gate::cx(0, 2));
  CHECK_THROWS_WITH(to_native_pairs(program, gates), Catch::Contains("qubits 0 and 2"));
}

}  // namespace native_pairs_test
