// SPDX-License-Identifier: Apache-2.0
// A light cone gives the same density matrix of its window as the whole circuit, and is as small as it should be.

#include "qmtl/circuit/light_cone.hpp"

#include "qmtl/head/encoding.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace light_cone_test {

using namespace qmtl;

template <int N, class Ent>
using TwoLayers = AngleEncoding<N, Axis::Y, Ent, Layers<2>>;

// Two layers: each pair reaches one neighbour a layer on either side of a window of two.
static_assert(light_cone_width<TwoLayers<64, CzRing>, Window<10, 2>> == 6);
static_assert(light_cone_width<TwoLayers<64, CzRing>, Window<0, 2>> == 6);
static_assert(light_cone_width<TwoLayers<64, NoEntangler>, Window<10, 2>> == 2);
static_assert(light_cone_width<TwoLayers<64, CzBrickwork>, Window<10, 2>> <= 6);
static_assert(light_cone_width<TwoLayers<5, CzRing>, Window<1, 2>> == 5);
static_assert(light_cone_width<TwoLayers<12, CxRing>, Window<3, 2>> == 12);

TEST_CASE("random circuits: the window's density matrix is that of the whole circuit", "[circuit][light_cone]") {
  constexpr int n = 6;
  Rng rng(Seed{5});
  bool some_smaller = false;
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<Operation> ops;
    for (int i = 0; i < 3 + trial / 6; ++i)
      ops.push_back(test::random_operation(rng, test::random_gate(rng, n), n, {0, 0}));
    const std::vector<int> window{test::pick(rng, 3), 3 + test::pick(rng, 3)};
    const LightCone cone = light_cone(ops, n, window);
    some_smaller = some_smaller || cone.width() < n;
    const auto whole = test::partial_trace(test::dense_run(ops, test::dense_zero(n)), window);
    const auto part =
        test::partial_trace(test::dense_run(cone.operations, test::dense_zero(cone.width())), cone.window);
    CHECK((whole - part).cwiseAbs().maxCoeff() < 1e-12);
    CHECK(cone.operations.size() <= ops.size());
  }
  CHECK(some_smaller);
}

TEST_CASE("diagonal gates between commute and drop out", "[circuit][light_cone]") {
  // CZ(1,2) comes after CZ(0,1), but nothing on qubit 2 reaches qubit 0 through it.
  const std::vector<Operation> ops{gate::h(0), gate::h(1), gate::h(2), gate::cz(0, 1), gate::cz(1, 2)};
  const std::vector<int> window{0};
  const LightCone cone = light_cone(ops, 3, window);
  CHECK(cone.qubits == std::vector<int>{0, 1});
}

TEST_CASE("a window outside the register is refused", "[circuit][light_cone]") {
  const std::vector<int> window{3};
  const auto message = test::message_of<CircuitError>([&] { (void)light_cone({}, 3, window); });
  CHECK(message.find("below 3, got qubit 3") != std::string::npos);
}

}  // namespace light_cone_test
