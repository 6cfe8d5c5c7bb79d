// SPDX-License-Identifier: Apache-2.0
// Names of features and weights: found again, kept by combinators, and never two of one name.

#include "qmtl/circuit/names.hpp"

#include <array>

#include "qmtl/circuit/circuit_text.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace names_test {

using namespace qmtl;

DynamicCircuit example() {
  DynamicCircuit c(2);
  c.append(gate::rx(0, weight(1) + weight(0) * feature(2))).append(gate::ry(1, 2.0 * feature(0) * feature(2)));
  return c.name_weight(0, "frequency").name_weight(1, "phase").name_feature(2, "age");
}

TEST_CASE("names stand in drawings and text, and lead back to the index") {
  const DynamicCircuit c = example();
  CHECK(draw(c) == "q0: -RX((phase+frequency*age))-\n\nq1: -----RY(2*(x0)*(age))------\n");
  CHECK(to_string(c) ==
        "qubits 2\nfeature 2 = age\nweight 0 = frequency\nweight 1 = phase\nrx((phase+frequency*age)) "
        "q0\nry(2*(x0)*(age)) q1\n");
  CHECK(weight_index(c, "phase") == 1);
  CHECK(feature_index(c, "age") == 2);
  CHECK(weight_name(c, 0) == "frequency");
  CHECK(weight_name(c, 7) == "w7");
  CHECK(feature_name(c, 0) == "x0");
  CHECK(test::message_of<CircuitError>([&] { (void)weight_index(c, "age"); }) == "qmtl: no weight is called 'age'");
  CHECK_THROWS_AS(feature_index(make_circuit<1>(), "age"), CircuitError);
  CHECK(c == DynamicCircuit(CircuitView(2, c.ops())));  // without names
}

TEST_CASE("circuits that differ in what a name stands for differ in text") {
  const auto named = [](int j) {
    DynamicCircuit c(1);
    return c.append(gate::rx(0, weight(j))).name_weight(j, "t");
  };
  CHECK(to_string(named(0)) == "qubits 1\nweight 0 = t\nrx(t) q0\n");
  CHECK(to_string(named(0)) != to_string(named(1)));
  CHECK(to_string(Program(named(0))) != to_string(Program(named(1))));
}

TEST_CASE("combinators keep names") {
  const DynamicCircuit c = example();
  for (const auto& kept :
       {inverse(c), repeat(c, 2), on(c, 3, {2, 0}), DynamicCircuit(c), DynamicCircuit(4).append(c)}) {
    CHECK(weight_index(kept, "phase") == 1);
    CHECK(feature_index(kept, "age") == 2);
  }
  CHECK(weight_index(shift_weights(c, 3), "phase") == 4);
  CHECK(feature_index(shift_weights(c, 3), "age") == 2);
  DynamicCircuit far(1);
  far.name_weight(1 << 30, "far");
  CHECK(test::message_of<CircuitError>([&] { (void)shift_weights(far, 1 << 30); }) ==
        "qmtl: a feature or weight index must be at most 1073741824, got 2147483648");
  const LightCone cone = light_cone(c, std::array{0});
  CHECK(weight_index(cone.circuit(), "phase") == 1);
}

TEST_CASE("a name belongs to one parameter") {
  DynamicCircuit c = example();
  c.name_weight(1, "offset").name_weight(1, "offset").name_weight(5, "age");  // weights and features are apart
  CHECK(weight_name(c, 1) == "offset");
  CHECK(test::message_of<CircuitError>([&] { c.name_weight(2, "offset"); }) ==
        "qmtl: weight 2: a name must be new, but 'offset' is weight 1");
  for (const char* name : {"", "w3", "two words", "3d"}) CHECK_THROWS_AS(c.name_weight(2, name), CircuitError);
  CHECK_THROWS_AS(c.name_feature(-1, "negative"), CircuitError);
  for (const char* name : {"x3", "w3"}) CHECK_THROWS_AS(c.name_feature(1, name), CircuitError);
  CHECK(test::message_of<CircuitError>([&] { c.name_weight(2, "x3"); }) ==
        "qmtl: weight: a name must not be 'x' and a number, got 'x3'");
  c.name_weight(2, "x3a").name_weight(3, "w");

  const DynamicCircuit before = c;
  DynamicCircuit clash(2);
  clash.append(gate::h(0)).name_weight(9, "offset");
  CHECK_THROWS_AS(c.append(clash), CircuitError);
  CHECK(to_string(c) == to_string(before));
  DynamicCircuit other(2);
  other.name_weight(1, "theta");
  CHECK(weight_name(c.append(other), 1) == "offset");  // the first name stays
}

}  // namespace names_test
