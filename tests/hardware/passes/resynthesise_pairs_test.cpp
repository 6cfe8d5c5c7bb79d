// SPDX-License-Identifier: Apache-2.0
// Blocks on two qubits take at most three entangling gates, and SWAP gates are merged into them.

#include "qmtl/hardware/passes/resynthesise_pairs.hpp"

#include "hardware/pass_support.hpp"

namespace resynthesise_pairs_test {

TEST_CASE("programs do the same with their blocks on two qubits made anew", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{1});
  for (const auto& names : test::all_bases()) {
    CAPTURE(detail::joined(names));
    const NativeGates gates(test::directed_target(4, names));
    for (int i = 0; i < 4; ++i) {
      const auto program =
          test::random_program(rng, i < 2 ? 2 : 4, 40, {.most_qubits = 2, .symbols = i == 3, .measurements = i > 1});
      const Program out = resynthesise_pairs(program, gates);
      test::check_equivalent(program, out);
      if (i < 2) CHECK(test::pair_gates(to_native_pairs(out, gates)) <= 3);
    }
  }
}

TEST_CASE("blocks take what their product needs, SWAP gates included", "[hardware]") {
  using namespace qmtl;
  const NativeGates gates(test::basis_named({"rz", "sx", "cx"}));
  const auto cx_of = [&](std::vector<Operation> ops) {
    Program program(2);
    for (const auto& op : ops) program.append(op);
    return test::pair_gates(to_native_pairs(resynthesise_pairs(program, gates), gates));
  };
  CHECK(cx_of({gate::cx(0, 1), gate::cx(0, 1)}) == 0);
  CHECK(cx_of({gate::cx(0, 1), gate::swap(0, 1)}) == 2);
  CHECK(cx_of({gate::rzz(0, 1, 0.3), gate::swap(0, 1)}) == 3);
  CHECK(cx_of({gate::swap(0, 1), gate::h(0), gate::swap(1, 0)}) == 0);
  CHECK(cx_of({gate::cx(0, 1), gate::rz(1, 0.2), gate::cx(0, 1), gate::rxx(0, 1, 1.0)}) == 2);
}

}  // namespace resynthesise_pairs_test
