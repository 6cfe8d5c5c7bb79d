// SPDX-License-Identifier: Apache-2.0
// Programs on states: what is unitary against dense matrices, what is random against the density matrix by dense Kraus
// operators, and classical bits against the conditions that read them.

#include "qmtl/state/run_program.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <vector>

#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/random_dynamic_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace run_program_test {

using namespace qmtl;
using test::Dense;
using test::dense_branches;
using test::max_difference;

std::vector<Program::Matrix> damping(double gamma) {  // Nielsen and Chuang, eq. 8.108
  return {test::matrix2(1, 0, 0, std::sqrt(1 - gamma)), test::matrix2(0, std::sqrt(gamma), 0, 0)};
}

/// The largest distance between a mean over trajectories and what it must be, in standard errors of about
/// 1/sqrt(shots): each branch has its share of the shots, and its density matrix.
double distance_from_branches(const Program& program, int shots, std::span<const double> x, std::span<const double> w) {
  Rng rng(Seed{5});
  auto expected = dense_branches(program, x, w);
  for (int shot = 0; shot < shots; ++shot) {
    DynamicStateVector<> state(program.qubits());
    RegisterValues values(program.registers().size(), 0);
    run(program, state, values, rng, x, w);
    CHECK(norm(state) == Approx(1.0));
    const auto psi = test::to_dense(state);
    bool found = false;
    for (auto& [known, rho] : expected) {
      if (known != values) continue;
      rho -= psi * psi.adjoint() / shots;
      found = true;
    }
    CHECK(found);  // else it has no probability
  }
  double largest = 0.0;
  for (const auto& [values, rho] : expected) largest = std::max(largest, rho.cwiseAbs().maxCoeff());
  return largest * std::sqrt(shots);
}

TEMPLATE_TEST_CASE("a program of operations is its circuit", "", float, double) {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 10; ++trial) {
    const auto circuit = test::random_dynamic_circuit(rng, 4, 12);
    const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
    const Program program(trial % 2 == 0 ? circuit : inverse(circuit));
    DynamicStateVector<TestType> state(4);
    run(program, state, {}, rng, test::cast<TestType>(x), test::cast<TestType>(w));
    const auto expected = test::dense_unitary(trial % 2 == 0 ? circuit : inverse(circuit), x, w);
    CHECK(max_difference(test::to_dense(state), expected.col(0).eval()) < 200 * test::tolerance<TestType>());
  }
}

TEST_CASE("teleportation: what is measured decides what is done") {
  Program p(3);
  p.add_register("z", 1);
  p.add_register("x", 1);
  p.append(gate::u(0, weight(0), weight(1), weight(2)));
  p.append(gate::h(1)).append(gate::cx(1, 2)).append(gate::cx(0, 1)).append(gate::h(0));
  p.measure(0, "z", 0).measure(1, "x", 0);
  p.append(gate::x(2), Condition{1, 1}).append(gate::z(2), Condition{0, 1});
  const std::vector<double> w{0.7, -1.1, 2.3};
  const Dense sent = test::u_matrix(w[0], w[1], w[2]);
  Rng rng(Seed{2});
  std::array<int, 4> seen{};
  for (int shot = 0; shot < 60; ++shot) {
    StateVector<3> state;
    RegisterValues values(2, 0);
    run(p, state, values, rng, {}, w);
    const auto index = values[0] + 2 * values[1];
    ++seen[index];
    for (const Index one : {0u, 1u}) {
      CHECK(std::abs(state[index + 4 * one] - sent(static_cast<Eigen::Index>(one), 0)) < 1e-12);
    }
  }
  for (const int count : seen) CHECK(count > 4);
}

TEST_CASE("a condition on some bits does not ask for the others") {
  Program p(3);
  p.add_register("c", 2);
  p.append(gate::x(0)).append(gate::h(1)).measure(0, 0).measure(1, 1).append(gate::x(2), Condition{0, 1, 1});
  p.append(gate::x(2), Condition{0, 0, 1});
  Rng rng(Seed{2});
  for (int shot = 0; shot < 20; ++shot) {
    DynamicStateVector<> state(3);
    RegisterValues values{0};
    run(p, state, values, rng);
    CHECK((values[0] & 1) == 1);
    CHECK(test::to_dense(state).tail(4).norm() == Approx(1.0));  // qubit 2 is one
  }
}

TEST_CASE("trajectories have the density matrix of the program on average, for each value of its registers") {
  Rng rng(Seed{3});
  const std::vector<double> x{0.4}, w{-0.8, 1.3};
  Program p(3);
  p.add_register("a", 2);
  p.add_register("b", 1);
  p.append(gate::h(0))
      .append(gate::ry(1, weight(0)))
      .append(gate::cx(0, 2))
      .append(gate::rx(1, weight(1) * feature(0)));
  p.channel(damping(0.3), {0}).unitary(test::random_unitary(rng, 2), {2, 0}).measure(1, "a", 1);
  const double q = 0.2;  // two qubits flip together, or not
  p.channel(std::vector<Program::Matrix>{std::sqrt(1 - q) * Dense::Identity(4, 4),
                                         std::sqrt(q) * test::kron(test::pauli_matrix('X'), test::pauli_matrix('Y'))},
            {1, 2});
  p.append(ControlledOperation{{0, 2}, gate::h(1)}, Condition{0, 2}).barrier({0, 1}).measure(2, "b", 0);
  p.append(Instruction{Reset{0}, Condition{1, 1}}).append(gate::ry(0, 0.5)).measure(0, "a", 0).measure(2, "a", 1);
  const int shots = 4000;
  CHECK(distance_from_branches(p, shots, x, w) < 2.5);

  const auto counts = sample(p, shots, rng, x, w);
  auto branches = dense_branches(p, x, w);
  double total = 0.0;
  for (const auto& [values, count] : counts) {
    double expected = 0.0;
    for (const auto& branch : branches) {
      if (branch.values == values) expected += branch.rho.trace().real();
    }
    CHECK(std::abs(static_cast<double>(count) / shots - expected) < 4 * std::sqrt(expected / shots));
    total += expected;
  }
  CHECK(total > 0.99);
}

TEST_CASE("misread bits are counted, and conditions see them") {
  const std::vector<double> w{1.2};
  Program end(2);
  end.add_register("c", 3);
  end.append(gate::ry(0, weight(0))).append(gate::cx(0, 1)).append(gate::h(0)).measure(1, 0, {0.1, 0.3});
  Program ahead = end, twice = end;  // shot by shot
  end.measure(0, 2, {0.2, 0.0});
  ahead.append(gate::x(0), Condition{0, 1}).measure(0, 1);
  twice.measure(1, 1, {0.4, 0.2}).measure(0, 2);
  constexpr std::size_t shots = 20000;
  for (const Program& p : {end, ahead, twice}) {
    Rng rng(Seed{6});
    const auto counts = sample(p, shots, rng, {}, w);
    const auto branches = dense_branches(p, {}, w);
    CHECK(counts.size() == branches.size());
    for (const auto& [values, rho] : branches) {
      const double expected = rho.trace().real();
      double seen = 0.0;
      for (const auto& shot : counts) seen += shot.values == values ? static_cast<double>(shot.count) / shots : 0.0;
      CHECK(std::abs(seen - expected) < 4 * std::sqrt(expected / shots));
    }
  }
  CHECK(distance_from_branches(ahead, 4000, {}, w) < 2.5);
}

TEST_CASE("counts over shots are in order, and the same with the same engine") {
  Program p(2);
  p.add_register("c", 2);
  p.append(gate::h(0)).append(gate::cx(0, 1)).measure(0, 0).measure(1, 1);
  Rng first(Seed{4}), second(Seed{4});
  const auto counts = sample(p, 1000, first);
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].values == RegisterValues{0});
  CHECK(counts[1].values == RegisterValues{3});
  CHECK(counts[0].count + counts[1].count == 1000);
  CHECK(std::abs(static_cast<double>(counts[0].count) - 500) < 64);
  CHECK(sample(p, 1000, second) == counts);
  CHECK(sample(Program(1), 3, first) == std::vector<ShotCount>{{{}, 3}});
}

TEST_CASE("a state of any norm is drawn from as that of norm 1, and one without a norm is refused") {
  Program channel(1), measurement(1);
  channel.channel(damping(0.3), {0});
  measurement.add_register("c", 1);
  measurement.measure(0, 0);
  const auto outcomes = [](const Program& p, double norm) {
    Rng rng(Seed{7});
    std::vector<double> seen;
    for (int shot = 0; shot < 50; ++shot) {
      std::array<std::complex<double>, 2> amplitudes{0.6 * norm, 0.8 * norm};
      RegisterValues values(p.registers().size(), 0);
      const StateView<1, double> state(amplitudes);
      run(p, state, values, rng);
      CHECK(std::norm(amplitudes[0]) + std::norm(amplitudes[1]) == Approx(1.0));
      seen.push_back(std::norm(amplitudes[1]) > 0.1);
    }
    return seen;
  };
  for (const Program& p : {channel, measurement}) {
    const auto expected = outcomes(p, 1.0);
    CHECK(std::count(expected.begin(), expected.end(), 1.0) > 20);
    CHECK(std::count(expected.begin(), expected.end(), 0.0) > 3);
    CHECK(outcomes(p, 2.0) == expected);
    CHECK(outcomes(p, 0.5) == expected);
    CHECK(test::message_of<ValueError>([&] {
            (void)outcomes(p, 0.0);
          }).starts_with("qmtl: run: squared norm of the state, expected a number in ["));
    CHECK_THROWS_AS(outcomes(p, std::nan("")), ValueError);
    CHECK_THROWS_AS(outcomes(p, 1e200), ValueError);
  }
}

TEST_CASE("a register does not start with more bits than it has") {
  Program p(1);
  p.add_register("narrow", 2);
  p.add_register("wide", 64);
  StateVector<1> state;
  Rng rng(Seed{1});
  RegisterValues values{3, ~std::uint64_t{0}};
  CHECK_NOTHROW(run(p, state, values, rng));
  values[0] = 4;
  CHECK(test::message_of<ValueError>([&] { run(p, state, values, rng); }) ==
        "qmtl: run: value of register 'narrow', expected 2 bits, got 4");
}

TEST_CASE("a trajectory can start anywhere; sizes are checked") {
  Program p(2);
  p.add_register("c", 1);
  p.append(gate::x(1), Condition{0, 1}).append(gate::ry(0, weight(0))).reset(0);
  DynamicStateVector<> state(2), other(3);
  RegisterValues one{1};
  Rng rng(Seed{1});
  run(p, state, one, rng, {}, std::vector{pi});
  CHECK(std::abs(state[2]) == Approx(1.0));
  CHECK_THROWS_AS(run(p, other, one, rng, {}, std::vector{pi}), ShapeError);
  CHECK_THROWS_AS(run(p, state, {}, rng, {}, std::vector{pi}), ShapeError);
  CHECK(test::message_of<ShapeError>([&] { run(p, state, one, rng); }) ==
        "qmtl: run: the program uses 1 weights, got 0");
  CHECK_THROWS_AS(sample(p, 1, rng), ShapeError);
}

}  // namespace run_program_test
