// SPDX-License-Identifier: Apache-2.0
// Equivalence: programs that are the same in other words are found equal, and small changes are found out.

#include "qmtl/hardware/equivalence.hpp"

#include "hardware/pass_support.hpp"

namespace equivalence_test {

TEST_CASE("a program is equivalent to itself, relabelled or not, and to no changed one", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{1});
  for (int i = 0; i < 20; ++i) {
    const auto program = test::random_program(rng, 4, 20, {.symbols = i % 2 == 0, .wide = true, .measurements = i > 9});
    test::check_equivalent(program, program);
    const std::vector<int> places{5, 0, 3, 2};
    const Program moved = on(program, 6, places);
    test::check_equivalent(program, moved, {.initial_layout = places});
    Program changed = moved;
    changed.append(gate::rx(places[static_cast<std::size_t>(i % 4)], 1e-3));
    CHECK_FALSE(equivalence(program, changed, {.initial_layout = places}).equivalent);
    Program dirty = moved;
    dirty.append(gate::rx(4, 1e-3));
    CHECK_FALSE(equivalence(program, dirty, {.initial_layout = places}).equivalent);
  }
}

TEST_CASE("where qubits end counts, and phases of what has been read do not", "[hardware]") {
  using namespace qmtl;
  Program program(2), swapped(2);
  program.append(gate::h(0)).append(gate::cx(0, 1)).append(gate::t(0));
  swapped.append(program).append(gate::swap(0, 1));
  CHECK_FALSE(equivalence(program, swapped).equivalent);
  test::check_equivalent(program, swapped, {.initial_layout = {0, 1}, .final_layout = {1, 0}});
  Program read(2), turned(2);
  for (auto* one : {&read, &turned}) one->add_register("c", 1);
  read.append(gate::h(0)).measure(0, 0);
  turned.append(gate::h(0)).append(gate::z(0)).measure(0, 0);
  test::check_equivalent(read, turned);
  turned.append(gate::rx(0, 0.0));  // the measurement is not the last step any more
  test::check_equivalent(read, turned);
  turned.append(gate::x(0));
  CHECK_FALSE(equivalence(read, turned).equivalent);
}

TEST_CASE("channels and misread bits are compared as mixtures", "[hardware]") {
  using namespace qmtl;
  const auto noisy = [](double p, double misread) {
    Program program(2);
    program.add_register("c", 1);
    const Program::Matrix kraus[]{std::sqrt(1 - p) * test::pauli_matrix('I'), std::sqrt(p) * test::pauli_matrix('X')};
    program.append(gate::cx(0, 1)).channel(kraus, {1}).measure(0, 0, {.p_1_given_0 = misread, .p_0_given_1 = misread});
    return program;
  };
  test::check_equivalent(noisy(0.1, 0.2), noisy(0.1, 0.2));
  CHECK_FALSE(equivalence(noisy(0.1, 0.2), noisy(0.11, 0.2)).equivalent);
  CHECK_FALSE(equivalence(noisy(0.1, 0.2), noisy(0.1, 0.21)).equivalent);
}

TEST_CASE("what is done on other qubits only counts, too", "[hardware]") {
  using namespace qmtl;
  Program elsewhere(2), back(2);
  elsewhere.append(gate::x(1));
  back.append(gate::x(1)).append(gate::x(1));
  CHECK_FALSE(equivalence(Program(1), elsewhere, {.initial_layout = {0}}).equivalent);
  CHECK(equivalence(Program(1), back, {.initial_layout = {0}}).equivalent);
}

TEST_CASE("conditions on some bits of a register are others than those on all", "[hardware]") {
  using namespace qmtl;
  const auto conditional = [](Condition condition) {
    Program program(3);
    program.add_register("c", 2);
    program.append(gate::h(0)).append(gate::h(1)).measure(0, 0).measure(1, 1);
    program.append(gate::x(2), condition);
    return program;
  };
  const Program first_bit = conditional({0, 1, 1}), whole = conditional({0, 1});
  Program both_values = whole;
  both_values.append(gate::x(2), Condition{0, 3});
  test::check_equivalent(first_bit, both_values);
  CHECK_FALSE(equivalence(first_bit, whole).equivalent);
}

TEST_CASE("wide programs are compared by the light cones of what they measure", "[hardware]") {
  using namespace qmtl;
  const auto wide = [](double angle) {
    Program program(60);
    program.add_register("c", 60);
    for (int q = 0; q < 60; ++q) program.append(gate::ry(q, 0.1 * q));
    for (int q = 0; q + 1 < 60; ++q) program.append(gate::cz(q, q + 1));
    for (int q = 0; q < 60; ++q) program.append(gate::ry(q, q == 40 ? angle : 0.3)).measure(q, q);
    return program;
  };
  const auto same = equivalence(wide(0.3), wide(0.3));
  CHECK(same.equivalent);
  CHECK(same.by_windows);
  CHECK(same.windows == 119);
  CHECK(same.too_wide == 0);
  CHECK_FALSE(equivalence(wide(0.3), wide(0.31)).equivalent);
}

TEST_CASE("layouts and registers that do not fit are refused", "[hardware]") {
  using namespace qmtl;
  const Program two(2), three(3);
  Program with_bits(2);
  with_bits.add_register("c", 1);
  CHECK_THROWS_AS(equivalence(two, with_bits), CircuitError);
  CHECK_THROWS_AS(equivalence(three, two), CircuitError);
  CHECK_THROWS_AS(equivalence(two, three, {.initial_layout = {0, 0}}), CircuitError);
  CHECK_THROWS_AS(equivalence(two, three, {.initial_layout = {0}}), ShapeError);
  CHECK_THROWS_AS(equivalence(two, three, {.inputs = 0}), ValueError);
}

}  // namespace equivalence_test
