// SPDX-License-Identifier: Apache-2.0
// Cartan's decomposition: it gives the matrix back, and the coordinates that are known.

#include "qmtl/hardware/synthesis/weyl.hpp"

#include <array>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace weyl_test {

using namespace qmtl;
using Coordinates = std::array<double, 3>;

Unitary4 random4(Rng& rng) { return test::random_unitary(rng, 2); }
Unitary4 random_local(Rng& rng) { return detail::kron(test::random_unitary(rng, 1), test::random_unitary(rng, 1)); }

void check_chamber(const Coordinates& c) {
  CAPTURE(c[0], c[1], c[2]);
  CHECK(c[0] <= pi / 4 + 1e-12);
  CHECK(c[0] >= c[1]);
  CHECK(c[1] >= std::abs(c[2]));
  if (c[0] > pi / 4 - 1e-12) CHECK(c[2] >= 0);
}

void check(const Unitary4& u) {
  const auto weyl = weyl_decomposition(u);
  CHECK(test::max_difference(matrix_of(weyl), u) < 1e-13);
  for (const auto* factors : {&weyl.left, &weyl.right}) {
    for (const auto& factor : *factors) {
      CHECK(test::max_difference(factor * factor.adjoint(), Unitary2::Identity()) < 1e-13);
    }
  }
  check_chamber(weyl.coordinates);
}

Coordinates coordinates_of(const Operation& op) { return weyl_decomposition(two_qubit_matrix(op, 0, 1)).coordinates; }

void check_coordinates(const Coordinates& found, const Coordinates& known) {
  CAPTURE(found[0], found[1], found[2]);
  for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(found[k] - known[k]) < 1e-12);
}

TEST_CASE("random unitary matrices are put together again from Cartan's decomposition", "[hardware]") {
  Rng rng(Seed{1});
  for (int i = 0; i < 2000; ++i) check(random4(rng));
}

TEST_CASE("canonical gates between random local ones have the coordinates that they were made of", "[hardware]") {
  Rng rng(Seed{2});
  const double corners[]{0, 1e-13, 1e-9, 1e-5, pi / 8, pi / 6, pi / 4 - 1e-9, pi / 4};
  for (const double a : corners) {
    for (const double b : corners) {
      for (const double c : corners) {
        if (a < b || b < c) continue;
        for (const double sign : {1.0, -1.0}) {
          if (a == pi / 4 && sign < 0) continue;
          const Unitary4 u = std::polar(1.0, rng.uniform(-3, 3)) * random_local(rng) *
                             canonical_gate({a, b, sign * c}) * random_local(rng);
          check(u);
          check_coordinates(weyl_decomposition(u).coordinates, {a, b, sign * c});
        }
      }
    }
  }
}

TEST_CASE("coordinates of known gates", "[hardware]") {  // Zhang et al. 2003, table I and figure 1, in our units
  check_coordinates(coordinates_of(gate::cx(0, 1)), {pi / 4, 0, 0});
  check_coordinates(coordinates_of(gate::cz(0, 1)), {pi / 4, 0, 0});
  check_coordinates(coordinates_of(gate::ecr(1, 0)), {pi / 4, 0, 0});
  check_coordinates(coordinates_of(gate::swap(0, 1)), {pi / 4, pi / 4, pi / 4});
  check_coordinates(coordinates_of(gate::iswap(0, 1)), {pi / 4, pi / 4, 0});
  check_coordinates(coordinates_of(gate::siswap(0, 1)), {pi / 8, pi / 8, 0});
  check_coordinates(coordinates_of(gate::cp(0, 1, pi / 2)), {pi / 8, 0, 0});
  check_coordinates(coordinates_of(gate::rzz(0, 1, 0.3)), {0.15, 0, 0});
  check_coordinates(coordinates_of(gate::h(0)), {0, 0, 0});
  const Unitary4 b_gate = canonical_gate({pi / 4, pi / 8, 0});  // Zhang et al. 2004, arXiv:quant-ph/0312193
  check_coordinates(weyl_decomposition(b_gate).coordinates, {pi / 4, pi / 8, 0});
}

TEST_CASE("special matrices are decomposed as well", "[hardware]") {
  Rng rng(Seed{3});
  check(Unitary4::Identity());
  for (int g = 0; g < gate_kinds; ++g) {
    const auto gate = static_cast<Gate>(g);
    if (info(gate).qubits != 2) continue;
    for (const double angle : {0.0, 1e-9, pi / 2, pi, 2 * pi, 0.7}) {
      const Unitary4 u = two_qubit_matrix({gate, {0, 1}, {angle, angle, angle, angle}}, 0, 1);
      check(u);
      check(random_local(rng) * u);
      check(u * u);
    }
  }
  for (int i = 0; i < 200; ++i) check(random_local(rng));
  for (const double step : {1e-16, 1e-15, 1e-12, 1e-9, 1e-6}) {  // close to the corners
    for (const auto& corner : std::vector<Coordinates>{
             {0, 0, 0}, {pi / 4, 0, 0}, {pi / 4, pi / 4, 0}, {pi / 4, pi / 4, pi / 4}, {pi / 8, pi / 8, pi / 8}}) {
      Coordinates near = corner;
      for (double& x : near) x += rng.uniform(-step, step);
      check(random_local(rng) * canonical_gate(near) * random_local(rng));
    }
  }
}

TEST_CASE("the number of entangling gates is that of Shende, Bullock and Markov", "[hardware]") {
  const auto count = [](const Operation& op) { return entangling_gates(coordinates_of(op)); };
  CHECK(count(gate::x(0)) == 0);
  CHECK(count(gate::rzz(0, 1, 2 * pi)) == 0);
  CHECK(count(gate::ch(0, 1)) == 1);
  CHECK(count(gate::crz(0, 1, 0.4)) == 2);
  CHECK(count(gate::iswap(0, 1)) == 2);
  CHECK(count(gate::swap(0, 1)) == 3);
}

}  // namespace weyl_test
