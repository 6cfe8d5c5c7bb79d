// SPDX-License-Identifier: Apache-2.0
// Circuits of heads on devices: their features and weights stay, and so does what they do.

#include "hardware/pass_support.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/head/block.hpp"
#include "qmtl/head/encoding.hpp"

namespace transpile_heads_test {

using namespace qmtl;

/// On a line of devices of three kinds; with all pairs coupled, no more gates on two qubits than `most`.
void check_head(CircuitView circuit, int most) {
  const Program program(circuit);
  TranspileOptions options;
  options.routing.trials = 2;
  options.routing.max_states = 10'000;
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"rz", "sx", "x", "ecr"}, {"rz", "sx", "x", "cz"}, {"u1", "u2", "u3", "cx"}}) {
    for (const auto& map : {CouplingMap::line(4), CouplingMap::all_to_all(4)}) {
      const auto out = transpile(program, generic_target(map, "map", names), options);
      CHECK(weight_count(out.program) == weight_count(program));
      CHECK(feature_count(out.program) == feature_count(program));
      test::check_native(out.program, NativeGates(generic_target(map, "map", names)));
      test::check_equivalent(program, out.program,
                             {.initial_layout = out.initial_layout, .final_layout = out.final_layout});
      if (map == CouplingMap::all_to_all(4)) CHECK(test::pair_gates(out.program) <= most);
    }
  }
}

TEST_CASE("encodings and blocks of heads keep their features and weights on devices", "[hardware]") {
  check_head(RotationBlock<4, Layers<2>>::circuit, 6);            // 2 layers of 3 CX
  check_head(StronglyEntanglingBlock<4, Layers<2>>::circuit, 8);  // 2 layers of 4 CX
  check_head(AngleEncoding<4>::circuit, 4);                       // a ring of CZ
  check_head(IqpEncoding<4>::circuit, 24);                        // 2 layers of 6 RZZ, of two CX each
}

}  // namespace transpile_heads_test
