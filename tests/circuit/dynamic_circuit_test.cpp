// SPDX-License-Identifier: Apache-2.0
// A circuit of run-time size is its constexpr twin: in equality, combinators, counts, drawing and light cone.

#include "qmtl/circuit/dynamic_circuit.hpp"

#include <array>
#include <type_traits>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace dynamic_circuit_test {

using namespace qmtl;

constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));
static_assert(CircuitView(bell) == CircuitView(chain(bell)) && CircuitView(bell).qubits == 2);
static_assert(feature_count(bell) == 0 && weight_count(CircuitView(bell)) == 0 && fits(CircuitView(bell)));
static_assert(relabel(gate::cx(0, 1), Qubits<5, 2>::indices) == gate::cx(5, 2));
static_assert(std::is_nothrow_move_constructible_v<DynamicCircuit>);

TEST_CASE("a run-time circuit equals its constexpr twin, and no other") {
  DynamicCircuit c(2);
  c.append(gate::h(0)).append(gate::cx(0, 1));
  CHECK(c == bell);
  CHECK(bell == c);
  CHECK(c == DynamicCircuit(bell));
  CHECK_FALSE(c == DynamicCircuit(CircuitView(3, bell.ops())));
  CHECK_FALSE(c == make_circuit<2>(gate::h(0)));
  CHECK_FALSE(c == make_circuit<2>(gate::h(0), gate::cx(1, 0)));
}

TEST_CASE("combinators agree with those of constexpr circuits") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 20; ++trial) {
    const auto a = test::random_circuit<3, 7>(rng);
    const auto b = test::random_circuit<3, 5>(rng);
    const DynamicCircuit c(a);
    CHECK(DynamicCircuit(a).append(b) == chain(a, b));
    CHECK(DynamicCircuit(a).append(b.operations[0]) == make_circuit<3>(a, b.operations[0]));
    CHECK(repeat(c, 4) == repeat<4>(a));
    CHECK(repeat(c, 0) == make_circuit<3>());
    CHECK(inverse(c) == inverse(a));
    CHECK(inverse(CircuitView(a)) == inverse(a));
    CHECK(shift_weights(c, 3) == shift_weights(a, 3));
    CHECK(on(c, 7, Qubits<6, 0, 4>::indices) == on<7, Qubits<6, 0, 4>>(a));
    CHECK(on(on(c, 3, std::array{2, 0, 1}), 3, std::array{1, 2, 0}) == c);
  }
}

TEST_CASE("a circuit can be appended to itself, whole and in part") {
  DynamicCircuit c(bell);
  for (int k = 0; k < 5; ++k) c.append(c);
  CHECK(c == repeat<32>(bell));
  c.append(CircuitView(2, c.ops().subspan(1, 2)), std::array{1, 0});
  CHECK(c.ops()[64] == gate::cx(1, 0));
  CHECK(c.ops()[65] == gate::h(1));
}

TEST_CASE("counts, depths, drawing and light cone are the twin's") {
  Rng rng(Seed{2});
  for (int trial = 0; trial < 20; ++trial) {
    const auto twin = test::random_circuit<5, 20>(rng);
    const DynamicCircuit c(twin);
    CHECK(to_string(counts(c)) == to_string(counts(twin)));
    CHECK(counts(c).by_gate == counts(twin).by_gate);
    CHECK(depth(c) == depth(twin));
    CHECK(two_qubit_depth(c) == two_qubit_depth(twin));
    CHECK(draw(c) == draw(twin));
    const LightCone cone = light_cone(c, std::array{1, 3});
    CHECK(cone.operations == light_cone(twin.ops(), 5, std::array{1, 3}).operations);
    CHECK(cone.circuit().qubits == cone.width());
  }
}

TEST_CASE("what does not fit into a circuit is refused and leaves it as it was") {
  DynamicCircuit c(bell);
  const auto refused = [&c](auto&& call, const char* part) {
    CHECK(test::message_of<CircuitError>(call).find(part) != std::string::npos);
    CHECK(c == bell);
  };
  refused([&] { c.append(gate::h(2)); }, "below the circuit's qubit count 2, got 2");
  refused([&] { c.append(gate::cx(1, 1)); }, "got qubit 1 twice");
  refused([&] { c.append(make_circuit<3>(gate::h(0), gate::h(2))); }, "at most 2 qubits, got 3");
  refused([&] { c.append(bell, std::array{0, 2}); }, "distinct qubits below 2, got qubit 2 at position 1");
  refused([&] { c.append(bell, std::array{1, 1}); }, "got qubit 1 at position 0");
  refused([&] { (void)repeat(c, -1); }, "-1 times");
  refused([&] { (void)shift_weights(make_circuit<1>(gate::ry(0, weight(1))), -2); }, "must not be negative");
  refused([] { DynamicCircuit(0); }, "1 to 4096 qubits, got 0");
  refused([] { DynamicCircuit(4097); }, "got 4097");
  refused([] { DynamicCircuit(CircuitView(1, bell.ops())); }, "got 1");
  CHECK_THROWS_AS(c.append(bell, std::array{0}), ShapeError);
}

template <class C>
concept GivesOps = requires(C&& c) {
  std::forward<C>(c).ops();
};
static_assert(GivesOps<DynamicCircuit&> && GivesOps<const DynamicCircuit&> && !GivesOps<DynamicCircuit>,
              "the operations of a circuit that is about to end must not be looked at");
template <class C>
concept GivesMatrices = requires(C&& c) {
  std::forward<C>(c).matrices();
};
static_assert(GivesMatrices<const DynamicCircuit&> && !GivesMatrices<DynamicCircuit>);

TEST_CASE("a part that is wider than the circuit is refused, whichever qubits it uses") {
  DynamicCircuit c(2);
  CHECK(test::message_of<CircuitError>([&] { c.append(make_circuit<5>(gate::h(0))); }) ==
        "qmtl: DynamicCircuit: a part must have at most 2 qubits, got 5");
  const auto outside = gate::h(1);  // of a part of one qubit
  CHECK_THROWS_AS(c.append(CircuitView(1, std::span(&outside, 1))), CircuitError);
  CHECK(c.size() == 0);
  CHECK(DynamicCircuit(3).append(bell).size() == 2);
}

}  // namespace dynamic_circuit_test
