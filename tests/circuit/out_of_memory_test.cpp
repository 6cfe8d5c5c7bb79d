// SPDX-License-Identifier: Apache-2.0
// Circuits and programs stay as they were where the memory for a change is not there.

#include <cmath>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/circuit/program.hpp"
#include "support/catch.hpp"
#include "support/count_allocations.hpp"
#include "support/dense.hpp"

namespace out_of_memory_test {

using namespace qmtl;
using test::unchanged_without_memory;

constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));
constexpr auto pairs = repeat<16>(bell);  // more than fit into the room that one growth makes

TEST_CASE("a circuit that finds no memory for a part has none of it") {
  const DynamicCircuit before(bell);
  CHECK(unchanged_without_memory(before, [](DynamicCircuit& c) { c.append(gate::x(0)); }));
  CHECK(unchanged_without_memory(before, [](DynamicCircuit& c) { c.append(pairs); }));
  CHECK(unchanged_without_memory(before, [](DynamicCircuit& c) { c.append(c); }));
  CHECK(unchanged_without_memory(before, [](DynamicCircuit& c) { c.append(pairs, std::array{1, 0}); }));
}

TEST_CASE("a program that finds no memory for an instruction has none of it, nor its matrices") {
  Program before(3);
  before.append(bell).add_register("c", 2);
  const auto x = test::pauli_matrix('X');
  before.unitary(x, {1});
  const std::vector<Program::Matrix> flip{std::sqrt(0.5) * x, std::sqrt(0.5) * test::pauli_matrix('I')};
  CHECK(unchanged_without_memory(before, [](Program& p) { p.append(pairs); }));
  CHECK(unchanged_without_memory(before, [](Program& p) { p.append(gate::h(0), Condition{0, 1}); }));
  CHECK(unchanged_without_memory(before, [&](Program& p) { p.unitary(x, {0}); }));
  CHECK(unchanged_without_memory(before, [&](Program& p) { p.channel(flip, {2}); }));
  CHECK(unchanged_without_memory(before, [](Program& p) { p.channel(p.matrices(), {2}); }));
  CHECK(unchanged_without_memory(before, [](Program& p) { p.add_register("d", 1); }));
  CHECK(unchanged_without_memory(before, [](Program& p) { p.barrier({0, 1}); }));
  CHECK(unchanged_without_memory(before, [](Program& p) { p.append(ControlledOperation{{0, 1}, gate::x(2)}); }));
}

}  // namespace out_of_memory_test
