// SPDX-License-Identifier: Apache-2.0
// Transpiled programs are in the target's gates, on its couplings, and do the same.

#include "qmtl/hardware/transpile.hpp"

#include "hardware/pass_support.hpp"

namespace transpile_test {

using namespace qmtl;

TranspileOptions quick(std::uint64_t seed = 1) {
  TranspileOptions options;
  options.routing.trials = 4;
  options.routing.max_states = 20'000;
  options.routing.seed = Seed{seed};
  return options;
}

void check_transpiled(const Program& program, const Target& target, const TranspileOptions& options) {
  const auto out = transpile(program, target, options);
  const NativeGates gates(target);
  CHECK(out.program.qubits() == target.couplings.qubits());
  if (is_bound(program)) test::check_native(out.program, gates);
  test::check_equivalent(
      program, out.program,
      {.initial_layout = out.initial_layout, .final_layout = out.final_layout, .from_zero = options.starts_in_zero});
}

TEST_CASE("programs of everything are transpiled to every kind of device", "[hardware]") {
  Rng rng(Seed{1});
  int round = 0;
  for (const auto& names : test::all_bases()) {
    CAPTURE(detail::joined(names));
    for (const auto& map : {CouplingMap::line(5), CouplingMap::ring(6), CouplingMap::grid(2, 3)}) {
      const auto program =
          test::random_program(rng, 4, 12, {.symbols = round % 3 == 0, .wide = true, .measurements = round % 2 == 0});
      auto options = quick();
      options.optimise.measured_phases = round % 4 < 2;
      options.starts_in_zero = round % 5 > 1;
      check_transpiled(program, generic_target(map, "map", names), options);
      ++round;
    }
    check_transpiled(test::random_program(rng, 4, 20, {.measurements = true}), test::directed_target(4, names),
                     quick());
  }
}

TEST_CASE("a given layout is kept, and a translation does not optimise", "[hardware]") {
  Rng rng(Seed{2});
  const Target target = generic_target(CouplingMap::line(5), "line", {"rz", "sx", "x", "ecr"});
  const auto program = test::random_program(rng, 3, 20, {});
  auto options = quick();
  options.initial_layout = {4, 0, 2};
  options.optimise.rounds = 0;
  const auto out = transpile(program, target, options);
  CHECK(out.initial_layout == options.initial_layout);
  check_transpiled(program, target, options);
  const auto better = transpile(program, target, quick());
  CHECK(better.report.after.multi_qubit_gates <= out.report.after.multi_qubit_gates);
}

TEST_CASE("the same seed gives the same program, whatever the number of threads", "[hardware]") {
  Rng rng(Seed{3});
  const Target target = generic_target(CouplingMap::grid(3, 3));
  const auto program = test::random_program(rng, 7, 40, {.most_qubits = 2});
  auto one = quick(5), two = quick(5);
  two.routing.execution = Threads{2};
  CHECK(transpile(program, target, one).program == transpile(program, target, two).program);
}

TEST_CASE("wide programs are transpiled and compared by windows", "[hardware]") {
  Program program(24);
  program.add_register("c", 24);
  for (int q = 0; q < 24; ++q) program.append(gate::ry(q, 0.1 * q + 0.2));
  for (int q = 0; q < 24; ++q) program.append(gate::cz(q, (q + 1) % 24));
  for (int q = 0; q < 24; ++q) program.append(gate::ry(q, 0.4)).measure(q, q);
  const Target target = generic_target(CouplingMap::grid(5, 6));
  const auto out = transpile(program, target, quick());
  test::check_native(out.program, NativeGates(target));
  const auto found = equivalence(
      program, out.program, {.initial_layout = out.initial_layout, .final_layout = out.final_layout, .max_qubits = 16});
  CHECK(found.by_windows);
  CHECK(found.equivalent);
}

TEST_CASE("targets and programs that do not fit are refused by name", "[hardware]") {
  Program program(3);
  program.append(gate::cx(0, 1)).append(gate::cx(1, 2)).append(gate::cx(0, 2));
  CHECK_THROWS_AS(transpile(program, generic_target(CouplingMap::line(2)), quick()), CircuitError);
  CHECK_THROWS_WITH(transpile(program, generic_target(CouplingMap::line(3), "odd", {"rz", "cz"}), quick()),
                    Catch::Contains("basis_of"));
}

TEST_CASE("what is too wide for a device is refused before any pass", "[hardware]") {
  Program wide(41);
  std::vector<int> controls(40);
  std::iota(controls.begin(), controls.end(), 0);
  wide.append(gate::mcx(controls, 40));
  CHECK_THROWS_WITH(transpile(wide, generic_target(CouplingMap::line(8), "line8")),
                    "qmtl: transpile: a circuit of 41 qubits, expected at most 8, those of 'line8'");
  const Target islands = generic_target(CouplingMap(42, {{0, 1}, {1, 2}}), "islands");
  CHECK_THROWS_WITH(transpile(wide, islands),
                    "qmtl: transpile: a circuit in which gates tie 41 qubits together, expected at most 3, as many as "
                    "are connected on 'islands'");
  CHECK_THROWS_WITH(route(Program(3), generic_target(CouplingMap::line(2), "two")), Catch::Contains("3 qubits"));
}

}  // namespace transpile_test
