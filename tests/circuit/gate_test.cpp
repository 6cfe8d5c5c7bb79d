// SPDX-License-Identifier: Apache-2.0
// The gate table and the inverse gates against the textbook matrices.

#include "qmtl/circuit/gate.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/tolerance.hpp"

namespace {

using namespace qmtl;
using test::max_difference;

static_assert(info(Gate::CX).name == "cx" && info(Gate::Fredkin).qubits == 3 && inverse(Gate::T) == Gate::Tdg);
static_assert(gate_kinds == static_cast<int>(Gate::Fredkin) + 1, "the table must end with the last gate");

const std::array<double, 3> some_angles{0.7, -1.3, 2.1};

TEST_CASE("the number of qubits is that of the matrix") {
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(info(gate).qubits == test::width_of(test::textbook_matrix(gate, some_angles)));
  }
}

TEST_CASE("a gate's matrix depends on exactly its angles") {
  for (const Gate gate : test::all_gates()) {
    for (int a = 0; a < 3; ++a) {
      INFO(info(gate).name << ", angle " << a);
      auto moved = some_angles;
      moved[static_cast<std::size_t>(a)] += 0.5;
      const double change =
          max_difference(test::textbook_matrix(gate, some_angles), test::textbook_matrix(gate, moved));
      CHECK((change > 0.01) == (a < info(gate).angles));
    }
  }
}

TEST_CASE("controls come first: where one is zero the matrix is the identity") {
  for (const Gate gate : test::all_gates()) {
    const auto matrix = test::textbook_matrix(gate, some_angles);
    const auto identity = test::Dense::Identity(matrix.rows(), matrix.cols());
    const auto inactive = matrix.rows() - (matrix.rows() >> info(gate).controls);
    INFO(info(gate).name);
    CHECK(max_difference(matrix.topRows(inactive), identity.topRows(inactive)) == 0.0);
    CHECK(max_difference(matrix.leftCols(inactive), identity.leftCols(inactive)) == 0.0);
  }
}

TEST_CASE("names are all different, with a c for each control") {
  std::set<std::string> names;
  for (const Gate gate : test::all_gates()) {
    const std::string name(info(gate).name);
    INFO(name);
    CHECK(names.insert(name).second);
    CHECK(static_cast<int>(name.find_first_not_of('c')) == info(gate).controls);
  }
}

TEST_CASE("names are those of OpenQASM 3's stdgates.inc, but for seven that it lacks") {
  const std::set<std::string> stdgates{"p",   "x",     "y",  "z",  "h",     "s",      "sdg", "t",   "tdg", "sx", "rx",
                                       "ry",  "rz",    "cx", "cy", "cz",    "cp",     "crx", "cry", "crz", "ch", "swap",
                                       "ccx", "cswap", "cu", "CX", "phase", "cphase", "id",  "u1",  "u2",  "u3"};
  std::set<std::string> others;
  for (const Gate gate : test::all_gates()) {
    if (const std::string name(info(gate).name); stdgates.count(name) == 0) others.insert(name);
  }
  CHECK(others == std::set<std::string>{"iswap", "iswapdg", "rxx", "ryy", "rzz", "sxdg", "u"});
}

TEST_CASE("U differs from the U of OpenQASM 3 and of OpenQASM 2 by a phase") {
  const auto [theta, phi, lambda] = some_angles;
  const test::Complex i(0, 1);
  const auto turn = [](double angle) { return std::polar(1.0, angle); };
  const test::Dense ours = test::textbook_matrix(Gate::U, some_angles);
  // OpenQASM 3.0 specification, "Built-in gates", and its stdgates.inc: rx(a) = U(a, -pi/2, pi/2), gphase(-a/2).
  const test::Dense third =
      0.5 * test::matrix2(1.0 + turn(theta), -i * turn(lambda) * (1.0 - turn(theta)),
                          i * turn(phi) * (1.0 - turn(theta)), turn(phi + lambda) * (1.0 + turn(theta)));
  CHECK(max_difference(third, test::Dense(turn(theta / 2) * ours)) < test::tolerance<double>());
  // OpenQASM 2 (arXiv:1707.03429): Rz(phi) Ry(theta) Rz(lambda).
  const test::Dense second = test::textbook_matrix(Gate::RZ, {phi}) * test::textbook_matrix(Gate::RY, {theta}) *
                             test::textbook_matrix(Gate::RZ, {lambda});
  CHECK(max_difference(second, test::Dense(turn(-(phi + lambda) / 2) * ours)) < test::tolerance<double>());
}

TEST_CASE("inverse undoes a gate without angles and keeps the others") {
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(inverse(inverse(gate)) == gate);
    if (info(gate).angles > 0) {
      CHECK(inverse(gate) == gate);
      continue;
    }
    const auto matrix = test::textbook_matrix(gate, {});
    const test::Dense product = test::textbook_matrix(inverse(gate), {}) * matrix;
    CHECK(max_difference(product, test::Dense::Identity(matrix.rows(), matrix.cols())) < test::tolerance<double>());
  }
}

TEST_CASE("four-term shifts are needed exactly where the generator has three eigenvalues") {
  // dU/da U^dagger = -i G at a = 0: the gate's generator, whose eigenvalue differences are the frequencies.
  for (const Gate gate : test::all_gates()) {
    if (info(gate).angles != 1) continue;
    const double h = 1e-4;
    const test::Dense generator =
        test::Complex(0, 1) * (test::textbook_matrix(gate, {h}) - test::textbook_matrix(gate, {-h})) / (2 * h);
    // Two eigenvalues a distance 1 apart: (G - mean)^2 = 1/4; the mean is 0 or that of the projector, -1/2.
    const auto identity = test::Dense::Identity(generator.rows(), generator.cols());
    double smallest = 1.0;
    for (const double mean : {0.0, -0.5}) {
      const test::Dense centred = generator - mean * identity;
      smallest = std::min(smallest, max_difference(test::Dense(centred * centred), test::Dense(0.25 * identity)));
    }
    INFO(info(gate).name);
    CHECK((smallest > 0.1) == needs_four_term_shift(gate));
  }
}

}  // namespace
