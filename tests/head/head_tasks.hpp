#pragma once
// SPDX-License-Identifier: Apache-2.0
// Two lists of tasks on four qubits that together hold every kind of block and readout, on overlapping windows in any
// order: an encoding checked with both is checked with all of them.

#include "head/head_check.hpp"

namespace qmtl::test {

/// A block of a user: weights shared with a factor, controlled rotations, a constant angle.
struct SharedBlock {
  static constexpr auto circuit =
      make_circuit<3>(gate::crx(0, 2, weight(0)), gate::ry(1, -0.5 * weight(0) + 0.3), gate::rxx(0, 1, weight(1)),
                      gate::crz(2, 1, 2.0 * weight(1)), gate::cp(1, 0, weight(2)), gate::rx(0, 1.1),
                      gate::u(2, weight(2), 0.4, weight(0)), gate::iswap(0, 2));
};

/// Calls check.operator()<Tasks...>() with the first list.
template <class Check>
void with_first_tasks(Check check) {
  check.template
  operator()<Task<"rotation", RotationBlock<3, Layers<2>>, Window<0, 3>, Binary>,
             Task<"one axis", HardwareEfficientBlock<3, Axes<Axis::X>, CzRing>, Qubits<3, 1, 0>, Classes<3>>,
             Task<"strong", StronglyEntanglingBlock<3, Layers<2>>, Window<1, 3>, Classes<3, BasisStates>>,
             Task<"identity", IdentityBlock<2>, Qubits<2, 0>, Regression<TrainableScale<2>>>>();
}

/// The same with the second list.
template <class Check>
void with_second_tasks(Check check) {
  check.template
  operator()<Task<"three axes", HardwareEfficientBlock<2, Axes<Axis::X, Axis::Y, Axis::Z>, CxAllToAll, Layers<2>>,
                  Qubits<3, 2>, Expectations<2>>,
             Task<"shared", SharedBlock, Qubits<0, 3, 1>, BinaryReadout<TrainableScale<3, 2>, 1>>,
             Task<"narrow", RotationBlock<1>, Window<2, 1>, Regression<>>,
             Task<"product", HardwareEfficientBlock<2, Axes<Axis::Y>, NoEntangler>, Qubits<1, 0>, Classes<2>>,
             Task<"bricks", HardwareEfficientBlock<3, Axes<Axis::Z, Axis::Y>, CxBrickwork>, Window<0, 3>,
                  Classes<5, BasisStates, TrainableScale<3, 4>>>>();
}

template <class E>
void check_first_tasks() {
  with_first_tasks([]<class... Tasks>() { check_head<E, Tasks...>(); });
}
template <class E>
void check_second_tasks() {
  with_second_tasks([]<class... Tasks>() { check_head<E, Tasks...>(); });
}

}  // namespace qmtl::test
