// SPDX-License-Identifier: Apache-2.0
// Gates that undo each other go, across all that commutes with them and nothing else.

#include "qmtl/hardware/passes/cancel_gates.hpp"

#include "hardware/pass_support.hpp"

namespace cancel_gates_test {

TEST_CASE("the axes of gates are those that their matrices commute with", "[hardware]") {
  using namespace qmtl;
  for (const Gate gate : test::all_gates()) {
    const int n = info(gate).qubits;
    const Operation op{gate, {0, 1, 2, 3}, {0.3, 0.5, -0.7, 1.1}};
    const test::Dense u = test::dense_circuit(std::vector{op}, n);
    for (int j = 0; j < n; ++j) {
      CAPTURE(info(gate).name, j);
      const auto commutes = [&](char letter) {
        const test::Dense p = test::embed(test::pauli_matrix(letter), std::vector{j}, n);
        return test::max_difference(u * p, p * u) < 1e-12;
      };
      const GateAxis axis = axis_of(gate, j);
      CHECK(commutes('X') == (axis == GateAxis::x || gate == Gate::Id));
      CHECK(commutes('Y') == (axis == GateAxis::y || gate == Gate::Id));
      CHECK(commutes('Z') == (axis == GateAxis::z));
    }
  }
}

TEST_CASE("a rotation by its period is nothing but a phase, and by half of it more", "[hardware]") {
  using namespace qmtl;
  for (const Gate gate : test::all_gates()) {
    CAPTURE(info(gate).name);
    const double period = detail::period_of(gate);
    CHECK((period > 0.0) == (info(gate).angles == 1));
    if (period == 0.0) continue;
    const int n = info(gate).qubits;
    const auto is_phase = [&](double angle) {
      const test::Dense u = test::dense_circuit(std::vector{Operation{gate, {0, 1, 2, 3}, {angle}}}, n);
      return test::max_difference(u, u(0, 0) * test::Dense::Identity(u.rows(), u.cols())) < 1e-12;
    };
    CHECK(is_phase(period));
    CHECK_FALSE(is_phase(period / 2));
  }
}

TEST_CASE("programs do the same after cancellation", "[hardware]") {
  using namespace qmtl;
  Rng rng(Seed{2});
  for (int i = 0; i < 60; ++i) {
    const auto program = test::random_program(rng, 2 + i % 3, 60, {.symbols = i % 2 == 0, .measurements = i % 3 == 2});
    const Program out = cancel_gates(program);
    CHECK(out.instructions().size() <= program.instructions().size());
    test::check_equivalent(program, out);
  }
}

TEST_CASE("what undoes itself across commuting gates goes", "[hardware]") {
  using namespace qmtl;
  const auto left = [](std::vector<Operation> ops) {
    Program program(3);
    for (const auto& op : ops) program.append(op);
    const Program out = cancel_gates(program);
    return out.instructions().size();
  };
  CHECK(left({gate::h(0), gate::h(0)}) == 0);
  CHECK(left({gate::s(0), gate::cx(0, 1), gate::sdg(0)}) == 1);
  CHECK(left({gate::cx(0, 1), gate::cx(0, 2), gate::cx(0, 1)}) == 1);
  CHECK(left({gate::cx(0, 2), gate::cx(1, 2), gate::x(2), gate::rz(0, 0.2), gate::cx(0, 2)}) == 3);
  CHECK(left({gate::cx(0, 1), gate::h(1), gate::cx(0, 1)}) == 3);
  CHECK(left({gate::rz(0, 0.2), gate::cz(0, 1), gate::rz(0, 0.3)}) == 2);
  CHECK(left({gate::cz(0, 1), gate::cz(1, 0)}) == 0);
  CHECK(left({gate::rzz(0, 1, 0.4), gate::rzz(1, 0, -0.4)}) == 0);
  CHECK(left({gate::rz(0, weight(0)), gate::rz(0, -weight(0))}) == 0);
  CHECK(left({gate::rz(0, weight(0)), gate::rz(0, weight(1))}) == 2);
  CHECK(left({gate::crz(0, 1, pi), gate::crz(0, 1, pi)}) == 1);  // Z on the control
}

TEST_CASE("large angles add up modulo their period", "[hardware]") {
  using namespace qmtl;
  const double large = 1.7e308;
  const auto out = cancel_gates(std::move(Program(1).append(gate::rx(0, large)).append(gate::rx(0, large))));
  REQUIRE(out.instructions().size() == 1);
  const double half = std::get<Operation>(out.instructions()[0].action).angles[0].offset / 2;
  CHECK(std::cos(half) == Approx(std::cos(large)).margin(1e-12));
  CHECK(std::sin(half) == Approx(std::sin(large)).margin(1e-12));
}

}  // namespace cancel_gates_test
