// SPDX-License-Identifier: Apache-2.0
// Operations: every builder names its gate, qubits and angles in order; inverse undoes.

#include "qmtl/circuit/operation.hpp"

#include <cstdint>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace operation_test {

using namespace qmtl;

static_assert(gate::cry(2, 0, 0.5 * weight(1)).targets().size() == 2);
static_assert(gate::cry(2, 0, 0.5 * weight(1)).used_angles()[0] == 0.5 * weight(1));
static_assert(inverse(gate::s(1)) == gate::sdg(1));
static_assert(shift_weights(gate::ry(0, trainable_feature(0, 1, 2)), 3) == gate::ry(0, trainable_feature(3, 4, 2)));
static_assert(inverse(gate::u(0, 0.1, weight(0), feature(1))) == gate::u(0, -0.1, -feature(1), -weight(0)));
static_assert(gate::rx(0, 0.5) == gate::rx(0, 0.5) && !(gate::rx(0, 0.5) == gate::rx(1, 0.5)));

struct Built {
  Operation op;
  Gate gate;
};

/// Every builder, on qubits 7, 5, 3, 1 in this order and with angles 0.1, 0.2, 0.3, 0.4.
std::vector<Built> one_of_each() {
  using namespace qmtl::gate;
  return {{id(7), Gate::Id},
          {x(7), Gate::X},
          {y(7), Gate::Y},
          {z(7), Gate::Z},
          {h(7), Gate::H},
          {s(7), Gate::S},
          {sdg(7), Gate::Sdg},
          {t(7), Gate::T},
          {tdg(7), Gate::Tdg},
          {sx(7), Gate::SX},
          {sxdg(7), Gate::SXdg},
          {rx(7, 0.1), Gate::RX},
          {ry(7, 0.1), Gate::RY},
          {rz(7, 0.1), Gate::RZ},
          {p(7, 0.1), Gate::P},
          {u(7, 0.1, 0.2, 0.3), Gate::U},
          {cx(7, 5), Gate::CX},
          {cy(7, 5), Gate::CY},
          {cz(7, 5), Gate::CZ},
          {ch(7, 5), Gate::CH},
          {crx(7, 5, 0.1), Gate::CRX},
          {cry(7, 5, 0.1), Gate::CRY},
          {crz(7, 5, 0.1), Gate::CRZ},
          {cp(7, 5, 0.1), Gate::CP},
          {swap(7, 5), Gate::SWAP},
          {iswap(7, 5), Gate::ISWAP},
          {iswapdg(7, 5), Gate::ISWAPdg},
          {rxx(7, 5, 0.1), Gate::RXX},
          {ryy(7, 5, 0.1), Gate::RYY},
          {rzz(7, 5, 0.1), Gate::RZZ},
          {toffoli(7, 5, 3), Gate::Toffoli},
          {fredkin(7, 5, 3), Gate::Fredkin},
          {rzx(7, 5, 0.1), Gate::RZX},
          {ecr(7, 5), Gate::ECR},
          {xx_plus_yy(7, 5, 0.1), Gate::XXPlusYY},
          {siswap(7, 5), Gate::SISWAP},
          {siswapdg(7, 5), Gate::SISWAPdg},
          {single_excitation(7, 5, 0.1), Gate::SingleExcitation},
          {double_excitation(7, 5, 3, 1, 0.1), Gate::DoubleExcitation},
          {cu(7, 5, 0.1, 0.2, 0.3, 0.4), Gate::CU}};
}

TEST_CASE("every gate has a builder that keeps the order of qubits and angles") {
  const auto built = one_of_each();
  REQUIRE(built.size() == test::all_gates().size());
  for (std::size_t g = 0; g < built.size(); ++g) {
    const auto& [op, gate] = built[g];
    INFO(info(gate).name);
    CHECK(gate == test::all_gates()[g]);
    CHECK(op.gate == gate);
    const auto matrix = test::textbook_matrix(gate, {});
    REQUIRE(static_cast<int>(op.targets().size()) == test::width_of(matrix));
    for (std::size_t j = 0; j < op.targets().size(); ++j) CHECK(op.targets()[j] == 7 - 2 * static_cast<int>(j));
    REQUIRE(static_cast<int>(op.used_angles().size()) == info(gate).angles);
    for (std::size_t a = 0; a < op.used_angles().size(); ++a) {
      CHECK(op.used_angles()[a] == Angle(0.1 + 0.1 * static_cast<double>(a) + (a == 2 ? 0.3 - (0.1 + 0.2) : 0.0)));
    }
  }
}

TEST_CASE("the inverse of an operation has the adjoint matrix on the same qubits") {
  Rng rng(Seed{1});
  for (const Gate gate : test::all_gates()) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
      const Operation op = test::random_operation(rng, gate, 4);
      INFO(info(gate).name);
      CHECK(inverse(op).qubits == op.qubits);
      CHECK(inverse(inverse(op)) == op);
      CHECK(test::max_difference(test::dense_gate(inverse(op), x, w),
                                 test::Dense(test::dense_gate(op, x, w).adjoint())) < 50 * test::tolerance<double>());
    }
  }
}

TEST_CASE("what an operation does not use makes no difference") {
  Operation op = gate::ry(1, 0.5);
  op.qubits[3] = 7;
  op.angles[1] = weight(3);
  CHECK(op == gate::ry(1, 0.5));
  CHECK(shift_weights(op, -3) == op);
  CHECK(inverse(inverse(op)) == op);
  CHECK_FALSE(op == gate::ry(2, 0.5));
}

TEST_CASE("a relabelling must have a place for each qubit") {
  const std::array map{2, 0};
  CHECK(relabel(gate::cx(0, 1), map) == gate::cx(2, 0));
  CHECK(test::message_of<CircuitError>([&] { (void)relabel(gate::cx(1, 2), map); }) ==
        "qmtl: relabel: a qubit must be below the map's size 2, got 2");
  CHECK_THROWS_AS(relabel(gate::x(-1), map), CircuitError);
}

TEST_CASE("a weight index that is raised too far is refused") {
  const Operation op = gate::ry(0, weight(1));
  CHECK(shift_weights(op, max_parameter_index - 1).angles[0].index == max_parameter_index);
  CHECK_THROWS_AS(shift_weights(op, max_parameter_index), CircuitError);
  CHECK_THROWS_AS(shift_weights(op, 2147483647), CircuitError);
}

static_assert(gate::x(std::size_t{3}) == gate::x(3) && gate::cx(1u, std::int8_t{2}) == gate::cx(1, 2));
static_assert(!std::is_constructible_v<gate::Qubit, bool> && !std::is_constructible_v<gate::Qubit, char>);

TEST_CASE("a number that is too large for a qubit does not become another one") {
  CHECK_THROWS_AS(gate::x(std::size_t{1} << 32), CircuitError);
  CHECK_THROWS_AS(gate::x(std::int64_t{-1}), CircuitError);
}

}  // namespace operation_test
