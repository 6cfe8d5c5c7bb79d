// SPDX-License-Identifier: Apache-2.0
// Optimised programs are in a device's gates, do the same, and take as few gates as known circuits.

#include "qmtl/hardware/passes/optimise.hpp"

#include "hardware/pass_support.hpp"

namespace optimise_test {

using namespace qmtl;

Program program_of(int qubits, const std::vector<Operation>& ops) {
  Program out(qubits);
  for (const auto& op : ops) out.append(op);
  return out;
}

TEST_CASE("optimised programs are in the gates of every device and do the same", "[hardware]") {
  Rng rng(Seed{1});
  for (const auto& names : test::all_bases()) {
    CAPTURE(detail::joined(names));
    const NativeGates gates(test::directed_target(4, names));
    for (int i = 0; i < 6; ++i) {
      const auto program =
          test::random_program(rng, 4, 40, {.most_qubits = 2, .symbols = i % 3 == 1, .measurements = i % 3 == 2});
      const OptimiseOptions options{.rounds = i < 3 ? 10 : 0, .measured_phases = i % 2 == 0};
      const Program out = optimise(program, gates, options);
      test::check_native(out, gates);
      test::check_equivalent(program, out);
    }
  }
}

TEST_CASE("optimisation ends at known circuits", "[hardware]") {
  const NativeGates gates(test::basis_named({"rz", "sx", "x", "cz"}));
  const auto cost = [&](int qubits, const std::vector<Operation>& ops) {
    return detail::cost_of(optimise(program_of(qubits, ops), gates));
  };
  using Cost = std::tuple<int, int, int>;
  CHECK(cost(2, {gate::h(0), gate::cx(0, 1), gate::cx(0, 1), gate::h(0)}) == Cost{0, 0, 0});
  CHECK(cost(2, {gate::h(1), gate::cx(0, 1), gate::h(1)}) == Cost{1, 0, 1});
  CHECK(cost(2, {gate::swap(0, 1), gate::swap(0, 1)}) == Cost{0, 0, 0});
  CHECK(std::get<0>(cost(2, {gate::swap(0, 1), gate::cx(0, 1)})) == 2);
  CHECK(std::get<0>(cost(3, {gate::cx(0, 1), gate::cx(0, 2), gate::rz(0, 0.3), gate::cx(0, 1)})) == 1);
}

TEST_CASE("optimisation is the same each time", "[hardware]") {
  Rng rng(Seed{3});
  const NativeGates gates(test::directed_target(5, {"rz", "sx", "x", "ecr"}));
  const auto program = test::random_program(rng, 5, 80, {.most_qubits = 2, .measurements = true});
  CHECK(optimise(program, gates) == optimise(program, gates));
}

}  // namespace optimise_test
