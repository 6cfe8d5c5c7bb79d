// SPDX-License-Identifier: Apache-2.0
// What can be measured at the end is, and no outcome changes.

#include "qmtl/hardware/passes/delay_measurements.hpp"

#include "hardware/pass_support.hpp"
#include "qmtl/hardware/transpile.hpp"

namespace delay_measurements_test {

using namespace qmtl;

/// Whether nothing but measurements comes behind the first one.
bool measures_last(const Program& program) {
  const auto steps = program.instructions();
  const auto measures = [](const Instruction& step) { return std::holds_alternative<Measurement>(step.action); };
  return std::ranges::is_partitioned(steps, [&](const Instruction& step) { return !measures(step); });
}

/// A ring of gates for all, then two windows that are measured one before the other has had its gates.
Program two_windows() {
  Program out(6);
  out.add_register("a", 3);
  out.add_register("b", 3);
  for (int q = 0; q < 6; ++q) out.append(gate::ry(q, feature(q)));
  for (int q = 0; q < 6; ++q) out.append(gate::cz(q, (q + 1) % 6));
  for (int first : {0, 3}) {
    for (int j = 0; j < 3; ++j) out.append(gate::ry(first + j, weight(first + j)));
    for (int j = 0; j < 3; ++j) out.append(gate::cx(first + j, first + (j + 1) % 3));
    for (int j = 0; j < 3; ++j) out.measure(first + j, first + j);
  }
  return out;
}

TEST_CASE("final measurements go behind all else, in their order, with their errors", "[hardware]") {
  Program program(3);
  program.add_register("c", 3);
  const ReadoutError error{.p_1_given_0 = 0.1, .p_0_given_1 = 0.2};
  program.append(gate::h(0)).measure(0, 2, error).barrier({0, 1}).append(gate::h(1)).measure(1, 1);
  program.append(gate::cx(2, 1)).append(gate::x(2)).measure(2, 0);
  Program expected(3);
  expected.add_register("c", 3);
  expected.append(gate::h(0)).barrier({0, 1}).append(gate::h(1)).measure(1, 1);  // qubit 1 is used again
  expected.append(gate::cx(2, 1)).append(gate::x(2)).measure(0, 2, error).measure(2, 0);
  CHECK(delay_measurements(program) == expected);
  CHECK(delay_measurements(expected) == expected);
}

TEST_CASE("what was measured and then swapped is measured where it ends", "[hardware]") {
  Program program(3);
  program.add_register("c", 1);
  program.append(gate::h(0)).measure(0, 0).append(gate::swap(0, 1)).append(gate::h(0)).append(gate::swap(2, 1));
  const Program delayed = delay_measurements(program);
  CHECK(delayed.instructions().back() == Instruction{Measurement{2, 0, {}}, {}});
  test::check_equivalent(program, delayed);
}

TEST_CASE("measurements stay that are made on a condition, read by one, or written over", "[hardware]") {
  Program program(3);
  program.add_register("c", 1);
  program.add_register("d", 2);
  program.append(gate::h(0)).measure(0, 0);                             // read by the next
  program.append(Instruction{Measurement{1, 1, {}}, Condition{0, 1}});  // on a condition
  program.append(gate::h(1)).append(gate::h(2)).measure(1, 2);          // written over by the next
  program.append(Instruction{Measurement{2, 2, {}}, Condition{0, 0}});
  program.append(gate::swap(0, 1), Condition{0, 1});
  CHECK(delay_measurements(program) == program);
}

TEST_CASE("delaying measurements changes no outcome of random programs", "[hardware]") {
  Rng rng(Seed{3});
  int moved = 0;
  for (int i = 0; i < 40; ++i) {
    auto program = test::random_program(rng, 4, 12, {.most_qubits = 2, .measurements = true});
    program.add_register("e", 4);
    for (const int q : test::random_order(rng, 4)) {
      program.append(test::random_gate_on(rng, 4, {.most_qubits = 2})).measure(q, 4 + q);
    }
    const Program delayed = delay_measurements(program);
    moved += delayed == program ? 0 : 1;
    CHECK(delayed.instructions().size() == program.instructions().size());
    test::check_equivalent(program, delayed);
  }
  CHECK(moved > 20);
}

TEST_CASE("tasks that share a circuit are measured at the end on a device that needs swaps", "[hardware]") {
  const Program program = two_windows();
  CHECK_FALSE(measures_last(program));
  CHECK(measures_last(delay_measurements(program)));
  int swaps = 0;
  for (const auto& map : {CouplingMap::line(6), CouplingMap::line(7), CouplingMap::grid(2, 4)}) {
    TranspileOptions options;
    options.routing.trials = 4;
    options.routing.max_states = 20'000;
    const auto out = transpile(program, generic_target(map, "map", {"rz", "sx", "x", "cz"}), options);
    CHECK(measures_last(out.program));
    test::check_equivalent(program, out.program,
                           {.initial_layout = out.initial_layout, .final_layout = out.final_layout, .from_zero = true});
    swaps += out.report.swaps;
  }
  CHECK(swaps > 0);
}

}  // namespace delay_measurements_test
