// SPDX-License-Identifier: Apache-2.0
// Gates on one qubit in every basis: the right matrix, and as few gates as it allows.

#include "qmtl/hardware/synthesis/one_qubit.hpp"

#include <string>
#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace one_qubit_test {

using namespace qmtl;

const std::vector<std::vector<std::string>> one_qubit_bases{
    {"rz", "sx", "x", "cx"}, {"rz", "sx", "ecr"}, {"u1", "u2", "u3", "cx"}, {"u", "cz"},
    {"rz", "rx", "cz"},      {"rz", "ry", "cz"},  {"p", "sx", "x", "cz"}};

/// How far a circuit is from a matrix, up to a phase.
double distance(const std::vector<Operation>& circuit, const test::Dense& u, std::span<const double> w = {}) {
  const test::Dense v = test::dense_circuit(circuit, 1, {}, w);
  const auto overlap = (v.adjoint() * u).trace();
  return test::max_difference(u, v * (overlap / std::abs(overlap)));
}

int count_sx(const std::vector<Operation>& circuit) { return count(circuit, Gate::SX); }

TEST_CASE("gates on one qubit keep their matrices in every basis", "[hardware]") {
  Rng rng(Seed{1});
  for (const auto& names : one_qubit_bases) {
    const Basis basis = basis_of(names);
    CAPTURE(names[0], names[1]);
    std::vector<Unitary2> matrices;
    for (int i = 0; i < 100; ++i) matrices.emplace_back(test::random_unitary(rng, 1));
    for (int g = 0; g < gate_kinds; ++g) {
      const auto gate = static_cast<Gate>(g);
      if (info(gate).qubits != 1) continue;
      for (const double a : {0.0, 1e-11, 1e-9, 1e-7, pi / 2, pi, pi - 1e-8, -pi / 2, 2 * pi, 0.3}) {
        for (const double b : {0.0, pi / 2, -1.7}) matrices.push_back(one_qubit_matrix({gate, {0}, {a, b, 0.4 + a}}));
      }
    }
    for (const auto& u : matrices) {
      const auto circuit = one_qubit_circuit(u, 0, basis);
      CHECK(distance(circuit, u) < 1e-11);
      CHECK(circuit.size() <= 5);
      for (const auto& op : circuit) {
        for (const auto& angle : op.used_angles()) {
          CHECK(std::abs(angle.offset) <= pi);
        }
      }
    }
  }
}

TEST_CASE("as few SX as a matrix allows", "[hardware]") {  // McKay et al. 2017
  const Basis basis = basis_of(std::vector<std::string>{"rz", "sx", "x", "cx"});
  const auto sx_of = [&](const Operation& op) { return count_sx(one_qubit_circuit(one_qubit_matrix(op), 0, basis)); };
  for (const auto& op : {gate::id(0), gate::z(0), gate::t(0), gate::rz(0, 0.3), gate::x(0), gate::y(0)}) {
    CHECK(sx_of(op) == 0);
  }
  for (const auto& op : {gate::h(0), gate::sx(0), gate::sxdg(0), gate::rx(0, -pi / 2), gate::ry(0, pi / 2)}) {
    CHECK(sx_of(op) == 1);
  }
  for (const auto& op : {gate::rx(0, 0.3), gate::ry(0, 3.0), gate::u(0, 1.0, 2.0, 3.0)}) CHECK(sx_of(op) == 2);
  CHECK(one_qubit_circuit(one_qubit_matrix(gate::id(0)), 0, basis).empty());
  CHECK(one_qubit_circuit(one_qubit_matrix(gate::x(0)), 0, basis) == std::vector<Operation>{gate::x(0)});
  CHECK(one_qubit_circuit(one_qubit_matrix(gate::sx(0)), 0, basis) == std::vector<Operation>{gate::sx(0)});
}

TEST_CASE("angles of features and weights stay in the gates of every basis", "[hardware]") {
  const std::vector<double> w{0.7, -1.2, 2.1};
  const Angle a = 0.5 * weight(0) + 0.1, b = -weight(1), c = 2.0 * weight(2);
  for (const auto& names : one_qubit_bases) {
    const Basis basis = basis_of(names);
    for (const auto& op :
         {gate::rx(0, a), gate::ry(0, b), gate::rz(0, c), gate::p(0, a), gate::u(0, a, b, c), gate::u(0, 1.0, a, c)}) {
      CAPTURE(names[0], names[1], info(op.gate).name);
      std::vector<Operation> circuit;
      detail::write_one_qubit_gate(op, basis, circuit);
      CHECK(distance(circuit, test::dense_gate(op, {}, w), w) < 1e-12);
    }
  }
}

TEST_CASE("Euler's angles give the matrix back with its phase", "[hardware]") {
  Rng rng(Seed{4});
  for (int i = 0; i < 500; ++i) {
    Unitary2 u = test::random_unitary(rng, 1);
    if (i % 2 == 0) {  // nearly diagonal, or nearly not
      const double tiny = std::pow(10.0, -rng.uniform(1, 18));
      u = std::polar(1.0, rng.uniform(-9, 9)) * one_qubit_matrix(gate::u(0, tiny, rng.uniform(-9, 9), 1.0));
      if (i % 4 == 0) u = one_qubit_matrix(gate::x(0)) * u;
    }
    const auto e = euler_angles(u);
    const Unitary2 again = std::polar(1.0, e.phase) * one_qubit_matrix(gate::u(0, e.theta, e.phi, e.lambda));
    CHECK(test::max_difference(again, u) < 1e-14);
  }
}

}  // namespace one_qubit_test
