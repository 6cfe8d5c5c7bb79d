// SPDX-License-Identifier: Apache-2.0
// The gate table and the inverse gates against the textbook matrices.

#include "qmtl/circuit/gate.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/tolerance.hpp"

namespace gate_test {

using namespace qmtl;
using test::max_difference;

static_assert(info(Gate::CX).name == "cx" && info(Gate::Fredkin).qubits == 3 && inverse(Gate::T) == Gate::Tdg);
static_assert(detail::is_enumerator<Gate::Fredkin>() && !detail::is_enumerator<static_cast<Gate>(gate_kinds)>());

const std::array<double, max_gate_angles> some_angles{0.7, -1.3, 2.1, 0.4};

/// All products of Pauli matrices on k qubits.
std::vector<test::Dense> pauli_strings(int k) {
  std::vector<test::Dense> strings{test::Dense::Identity(1, 1)};
  for (int j = 0; j < k; ++j) {
    std::vector<test::Dense> longer;
    for (const auto& string : strings) {
      for (const char letter : {'I', 'X', 'Y', 'Z'}) longer.push_back(test::kron(string, test::pauli_matrix(letter)));
    }
    strings = std::move(longer);
  }
  return strings;
}

TEST_CASE("the number of qubits is that of the matrix") {
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(info(gate).qubits == test::width_of(test::textbook_matrix(gate, some_angles)));
  }
}

TEST_CASE("a gate's matrix depends on exactly its angles") {
  for (const Gate gate : test::all_gates()) {
    for (int a = 0; a < max_gate_angles; ++a) {
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

TEST_CASE("spellings are OpenQASM's where its standard library has the gate, and unique") {
  // The gates of qelib1.inc (OpenQASM 2, as extended by Qiskit) and of stdgates.inc with the built-in U (OpenQASM 3.0).
  const std::set<std::string> qelib1{"u3", "u2",    "u1",  "cx",  "id",   "u0",   "u",   "p",       "x",  "y",    "z",
                                     "h",  "s",     "sdg", "t",   "tdg",  "rx",   "ry",  "rz",      "sx", "sxdg", "cz",
                                     "cy", "swap",  "ch",  "ccx", "crx",  "cry",  "crz", "cu1",     "cp", "cu3",  "csx",
                                     "cu", "cswap", "rxx", "rzz", "rccx", "rc3x", "c3x", "c3sqrtx", "c4x"};
  const std::set<std::string> stdgates{"p",   "x",     "y",  "z",  "h",     "s",      "sdg", "t",   "tdg", "sx", "rx",
                                       "ry",  "rz",    "cx", "cy", "cz",    "cp",     "crx", "cry", "crz", "ch", "swap",
                                       "ccx", "cswap", "cu", "CX", "phase", "cphase", "id",  "u1",  "u2",  "u3", "U"};
  std::set<std::string> second, third;
  for (const Gate gate : test::all_gates()) {
    const auto& [name2, standard2] = info(gate).openqasm2;
    const auto& [name3, standard3] = info(gate).openqasm3;
    INFO(info(gate).name);
    CHECK((qelib1.count(std::string(name2)) == 1) == standard2);
    CHECK((stdgates.count(std::string(name3)) == 1) == standard3);
    CHECK((second.insert(std::string(name2)).second && third.insert(std::string(name3)).second));
  }
}

/// Whether the matrix is diagonal, or real, at several angles.
template <class Law>
bool at_all_angles(Gate gate, const Law& law) {
  for (const double step : {0.0, 0.4, 1.1}) {
    auto angles = some_angles;
    for (auto& angle : angles) angle += step;
    if (!law(test::textbook_matrix(gate, angles))) return false;
  }
  return true;
}

TEST_CASE("diagonal, real and Clifford are what the matrices are") {
  const auto is_signed_string = [](const test::Dense& m) {  // a single entry a row, of modulus one: then P or -P, +-iP
    for (const auto& string : pauli_strings(test::width_of(m))) {
      const test::Complex overlap = (string.adjoint() * m).trace() / static_cast<double>(m.rows());
      if (std::abs(std::abs(overlap) - 1.0) < 1e-12) return true;
    }
    return false;
  };
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(is_diagonal(gate) == at_all_angles(gate, [](const test::Dense& m) { return m.isDiagonal(1e-15); }));
    CHECK(is_real(gate) == at_all_angles(gate, [](const test::Dense& m) { return m.imag().isZero(0.0); }));
    CHECK(is_clifford(gate) == at_all_angles(gate, [&](const test::Dense& m) {
            for (const auto& string : pauli_strings(test::width_of(m))) {
              if (!is_signed_string(m * string * m.adjoint())) return false;
            }
            return true;
          }));
  }
}

TEST_CASE("gates whose qubits play the same part are known, and a symbol that is a control's stands for one") {
  for (const Gate gate : test::all_gates()) {
    if (info(gate).qubits != 2) {
      CHECK_FALSE(is_symmetric(gate));
      continue;
    }
    CAPTURE(info(gate).name);
    const auto matrix = test::textbook_matrix(gate, some_angles);
    const std::array<int, 2> reversed{0, 1};  // the leftmost factor on qubit 0
    CHECK(is_symmetric(gate) == (max_difference(test::embed(matrix, reversed, 2), matrix) < 1e-15));
    if (info(gate).symbols[1] == "@") CHECK(is_symmetric(gate));
  }
}

TEST_CASE("U differs from the U of OpenQASM 3 and of OpenQASM 2 by a phase") {
  const double theta = some_angles[0], phi = some_angles[1], lambda = some_angles[2];
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

TEST_CASE("the inverse gate at the negative angles undoes a gate, and back") {
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(inverse(inverse(gate)) == gate);
    auto undone = some_angles;
    for (std::size_t a = 0; a < undone.size(); ++a) {
      undone[a] = -some_angles[static_cast<std::size_t>(info(gate).inverse_angles[a])];
    }
    const auto matrix = test::textbook_matrix(gate, some_angles);
    const test::Dense product = test::textbook_matrix(inverse(gate), undone) * matrix;
    CHECK(max_difference(product, test::Dense::Identity(matrix.rows(), matrix.cols())) < test::tolerance<double>());
  }
}

TEST_CASE("four-term shifts are needed exactly where the generator has three eigenvalues") {
  // i dU/da U^dagger: an angle's generator at the others' values. Its eigenvalue differences are the frequencies.
  for (const Gate gate : test::all_gates()) {
    for (std::size_t a = 0; a < static_cast<std::size_t>(info(gate).angles); ++a) {
      const auto at = [&](double delta) {
        auto angles = some_angles;
        angles[a] += delta;
        return test::textbook_matrix(gate, angles);
      };
      const double h = 1e-4;
      const test::Dense generator = test::Complex(0, 1) * (at(h) - at(-h)) * at(0.0).adjoint() / (2 * h);
      // Two eigenvalues a distance 1 apart: (G - mean)^2 = 1/4; the mean is 0 or that of the projector, -1/2.
      const auto identity = test::Dense::Identity(generator.rows(), generator.cols());
      double smallest = 1.0;
      for (const double mean : {0.0, -0.5}) {
        const test::Dense centred = generator - mean * identity;
        smallest = std::min(smallest, max_difference(test::Dense(centred * centred), test::Dense(0.25 * identity)));
      }
      INFO(info(gate).name << ", angle " << a);
      CHECK((smallest > 0.1) == needs_four_term_shift(gate, static_cast<int>(a)));
    }
  }
}

TEST_CASE("a gate has no angle but its own") {
  CHECK_THROWS_AS(needs_four_term_shift(Gate::RX, max_gate_angles), CircuitError);
  CHECK_THROWS_AS(needs_four_term_shift(Gate::RX, -1), CircuitError);
}

}  // namespace gate_test
