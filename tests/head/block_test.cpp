// SPDX-License-Identifier: Apache-2.0
// Blocks gate by gate, the order of their weights, and what a user's type must be to be one.

#include "qmtl/head/block.hpp"

#include "qmtl/circuit/counts.hpp"
#include "support/catch.hpp"

namespace block_test {

using namespace qmtl;

// Weight (l K + j) A + p is axis p of qubit j in layer l.
static_assert(RotationBlock<2, Layers<2>>::circuit ==
              make_circuit<2>(gate::ry(0, weight(0)), gate::rz(0, weight(1)), gate::ry(1, weight(2)),
                              gate::rz(1, weight(3)), gate::cx(0, 1), gate::ry(0, weight(4)), gate::rz(0, weight(5)),
                              gate::ry(1, weight(6)), gate::rz(1, weight(7)), gate::cx(0, 1)));
static_assert(HardwareEfficientBlock<2>::circuit ==
              make_circuit<2>(gate::ry(0, weight(0)), gate::ry(1, weight(1)), gate::cx(0, 1)));
static_assert(HardwareEfficientBlock<3, Axes<Axis::X, Axis::Y, Axis::Z>, CzRing>::circuit ==
              make_circuit<3>(gate::rx(0, weight(0)), gate::ry(0, weight(1)), gate::rz(0, weight(2)),
                              gate::rx(1, weight(3)), gate::ry(1, weight(4)), gate::rz(1, weight(5)),
                              gate::rx(2, weight(6)), gate::ry(2, weight(7)), gate::rz(2, weight(8)), gate::cz(0, 1),
                              gate::cz(1, 2), gate::cz(2, 0)));

// Strongly entangling (Schuld et al. 2020): the range of the CNOTs is 1 in the first layer, 2 in the second, ...
constexpr auto general(int j, int first) { return gate::u(j, weight(first), weight(first + 1), weight(first + 2)); }
static_assert(StronglyEntanglingBlock<4, Layers<4>>::circuit ==
              make_circuit<4>(general(0, 0), general(1, 3), general(2, 6), general(3, 9), gate::cx(0, 1),
                              gate::cx(1, 2), gate::cx(2, 3), gate::cx(3, 0),  // range 1
                              general(0, 12), general(1, 15), general(2, 18), general(3, 21), gate::cx(0, 2),
                              gate::cx(1, 3), gate::cx(2, 0), gate::cx(3, 1),  // range 2
                              general(0, 24), general(1, 27), general(2, 30), general(3, 33), gate::cx(0, 3),
                              gate::cx(1, 0), gate::cx(2, 1), gate::cx(3, 2),  // range 3
                              general(0, 36), general(1, 39), general(2, 42), general(3, 45), gate::cx(0, 1),
                              gate::cx(1, 2), gate::cx(2, 3), gate::cx(3, 0)));
static_assert(StronglyEntanglingBlock<2, Layers<2>>::circuit ==
              make_circuit<2>(general(0, 0), general(1, 3), gate::cx(0, 1), gate::cx(1, 0), general(0, 6),
                              general(1, 9), gate::cx(0, 1), gate::cx(1, 0)));
static_assert(StronglyEntanglingBlock<1, Layers<2>>::circuit == make_circuit<1>(general(0, 0), general(0, 3)));

static_assert(IdentityBlock<3>::circuit == make_circuit<3>());

// Numbers of weights: A K L for A axes, 3 K L for general rotations.
static_assert(block_weights<RotationBlock<3>> == 6 && block_weights<RotationBlock<3, Layers<5>>> == 30);
static_assert(block_weights<RotationBlock<1>> == 2 && block_width<RotationBlock<1>> == 1);
static_assert(block_weights<HardwareEfficientBlock<4, Axes<Axis::X>, NoEntangler, Layers<2>>> == 8);
static_assert(block_weights<StronglyEntanglingBlock<3, Layers<2>>> == 18);
static_assert(block_weights<IdentityBlock<3>> == 0 && block_width<IdentityBlock<3>> == 3);

struct Own {
  static constexpr auto circuit = make_circuit<2>(gate::cry(0, 1, weight(0)), gate::rx(0, 2.0 * weight(0)));
};
static_assert(Block<Own> && block_weights<Own> == 1 && block_width<Own> == 2);

struct UsesFeature {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, weight(0)));
};
struct WeightGap {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, weight(0)), gate::ry(1, weight(2)));
};
static_assert(!Block<UsesFeature> && !Block<WeightGap> && !Block<int>);

// Deep blocks stay within what compilers are willing to evaluate, and a gap late in them is found.
static_assert(Block<RotationBlock<8, Layers<16>>> && block_weights<RotationBlock<8, Layers<16>>> == 256);
template <int Last>
struct Deep {
  static constexpr auto circuit =
      make_circuit<1>(repeat<100>([](int l) { return make_circuit<1>(gate::ry(0, weight(l < 99 ? l : Last))); }));
};
static_assert(Block<Deep<99>> && Block<Deep<98>> && !Block<Deep<100>> && !Block<Deep<170>>);

TEST_CASE("blocks describe all that tells them apart") {
  CHECK(describe_block<RotationBlock<3, Layers<2>>>() ==
        "hardware-efficient block RY,RZ on 3 qubits, 2 layers, cx chain");
  CHECK(describe_block<HardwareEfficientBlock<2, Axes<Axis::X>, CzRing>>() ==
        "hardware-efficient block RX on 2 qubits, 1 layers, cz ring");
  CHECK(describe_block<StronglyEntanglingBlock<3, Layers<2>>>() == "strongly entangling block on 3 qubits, 2 layers");
  CHECK(describe_block<IdentityBlock<3>>() == "identity block on 3 qubits");
  CHECK(describe_block<Own>().starts_with("own block, 1 weights on 2 qubits, 2 operations "));  // and a fingerprint
}

}  // namespace block_test
