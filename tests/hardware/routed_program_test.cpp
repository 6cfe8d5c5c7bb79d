// SPDX-License-Identifier: Apache-2.0
// The check of routed programs: what it must accept and what it must refuse.

#include "qmtl/hardware/routed_program.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace routed_program_test {

using namespace qmtl;

Program example() {
  Program out(3);
  out.add_register("c", 2);
  out.append(gate::h(0)).append(gate::cx(0, 1)).append(gate::cx(0, 2)).measure(0, 0);
  out.append(gate::x(2), Condition{0, 1});
  return out;
}

/// The example on a line 0 - 1 - 2 - 3.
RoutedProgram routed() {
  RoutedProgram out{Program(4), {1, 0, 3}, {2, 0, 3}, 1};
  out.program.add_register("c", 2);
  out.program.append(gate::h(1)).append(gate::cx(1, 0)).append(gate::swap(1, 2)).append(gate::cx(2, 3)).measure(2, 0);
  out.program.append(gate::x(3), Condition{0, 1});
  return out;
}

std::string refusal(const RoutedProgram& changed) {
  return test::message_of<CircuitError>([&] { check_routing(example(), changed, CouplingMap::line(4)); });
}

/// The routed example with instruction i replaced, or left out.
RoutedProgram with(std::size_t i, std::optional<Instruction> instead) {
  RoutedProgram out = routed();
  Program changed(4);
  changed.add_register("c", 2);
  for (std::size_t k = 0; k < out.program.instructions().size(); ++k) {
    if (k != i) changed.append(out.program.instructions()[k]);
    if (k == i && instead) changed.append(*instead);
  }
  out.program = changed;
  return out;
}

TEST_CASE("a routed program is the original under moving qubits", "[hardware]") {
  CHECK_NOTHROW(check_routing(example(), routed(), CouplingMap::line(4)));
}

TEST_CASE("routed programs that are not the original are refused", "[hardware]") {
  CHECK(refusal(with(3, Instruction{gate::cx(1, 3), {}})) ==
        "qmtl: check_routing: instruction 3: qubits 1 and 3 are not coupled");
  CHECK(refusal(with(0, std::nullopt)) ==
        "qmtl: check_routing: instruction 0: an instruction that does not come next in the original");
  CHECK(refusal(with(0, Instruction{gate::x(1), {}})) ==
        "qmtl: check_routing: instruction 0: an instruction that does not come next in the original");
  CHECK(refusal(with(1, Instruction{gate::cx(0, 1), {}})) ==
        "qmtl: check_routing: instruction 1: an instruction that does not come next in the original");
  CHECK(refusal(with(5, Instruction{gate::x(3), {}})) ==
        "qmtl: check_routing: instruction 5: an instruction that does not come next in the original");
  CHECK(refusal(with(5, std::nullopt)) ==
        "qmtl: check_routing: instruction 5: the end, and instruction 4 of the original is missing");
  RoutedProgram changed = routed();
  changed.final_layout = {1, 0, 3};
  CHECK(refusal(changed) ==
        "qmtl: check_routing: instruction 6: the end, and qubit 0 is not where the final layout says");
  changed = routed();
  changed.swaps = 0;
  CHECK(refusal(changed) == "qmtl: check_routing: instruction 6: the end, and 0 swaps expected, got 1");
  changed.initial_layout = {1, 1, 3};
  CHECK_THROWS_AS(check_routing(example(), changed, CouplingMap::line(4)), CircuitError);
  changed.initial_layout = {1, 0};
  CHECK_THROWS_AS(check_routing(example(), changed, CouplingMap::line(4)), ShapeError);
  CHECK_THROWS_AS(check_routing(example(), routed(), CouplingMap::line(5)), ShapeError);
}

TEST_CASE("what a condition reads must have been measured before", "[hardware]") {
  RoutedProgram early{Program(4), {1, 0, 3}, {2, 0, 3}, 1};
  early.program.add_register("c", 2);
  early.program.append(gate::h(1)).append(gate::cx(1, 0)).append(gate::swap(1, 2)).append(gate::cx(2, 3));
  early.program.append(gate::x(3), Condition{0, 1}).measure(2, 0);
  CHECK(refusal(early) == "qmtl: check_routing: instruction 4: an instruction that does not come next in the original");
}

TEST_CASE("swaps of the original are the original's", "[hardware]") {
  Program original(2);
  original.append(gate::swap(0, 1)).append(gate::x(0));
  RoutedProgram same{original, {0, 1}, {0, 1}, 0};
  CHECK_NOTHROW(check_routing(original, same, CouplingMap::line(2)));
  same.program.append(gate::swap(0, 1));
  same.final_layout = {1, 0};
  same.swaps = 1;
  CHECK_NOTHROW(check_routing(original, same, CouplingMap::line(2)));
}

TEST_CASE("matrices and channels are compared by what they are", "[hardware]") {
  const Program::Matrix x = Program::Matrix{{0, 1}, {1, 0}}, z = Program::Matrix{{1, 0}, {0, -1}};
  const auto with_matrices = [&](int qubits, const Program::Matrix& used) {
    Program out(qubits);
    const int number = out.add_matrices(std::vector{used});
    out.append(MatrixOperation{{0}, number});
    return out;
  };
  Program original(2);
  original.add_matrices(std::vector{z});
  original.unitary(x, {1});
  CHECK_NOTHROW(check_routing(original, {with_matrices(2, x), {1, 0}, {1, 0}, 0}, CouplingMap::line(2)));
  CHECK_THROWS_AS(check_routing(original, {with_matrices(2, z), {1, 0}, {1, 0}, 0}, CouplingMap::line(2)),
                  CircuitError);
}

}  // namespace routed_program_test
