// SPDX-License-Identifier: Apache-2.0
// Windows of every width and order, with tasks that differ in all they can, in one quantum head.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_windows_test {

using namespace qmtl;
using qmtl::test::check_head;

using E = AngleEncoding<3, Axis::Y, CxRing, Layers<2>>;

TEST_CASE("windows from one qubit to the whole register, in every order, overlapping or not") {
  check_head<E, Task<"one", RotationBlock<1>, Qubits<2>, Binary>,
             Task<"two", RotationBlock<2>, Qubits<2, 0>, Classes<2>>,
             Task<"two, turned round", RotationBlock<2>, Qubits<0, 2>, Classes<2>>,
             Task<"all", RotationBlock<3>, Qubits<1, 2, 0>, Classes<3>>>();
}

TEST_CASE("tasks of different width, depth and readout") {
  check_head<E, Task<"shallow", RotationBlock<2>, Window<1, 2>, Binary>,
             Task<"deep", RotationBlock<2, Layers<4>>, Window<1, 2>, Classes<4, BasisStates>>,
             Task<"wide", StronglyEntanglingBlock<3, Layers<3>>, Window<0, 3>, Expectations<3>>>();
}

TEST_CASE("a head whose only task has no weights") {
  using T = Task<"raw", IdentityBlock<3>, Qubits<2, 0, 1>, Expectations<3>>;
  static_assert(QuantumHead<double, E, T>::parameters == 0);
  check_head<E, T>();
}

TEST_CASE("a head of one qubit, one feature and one output") {
  check_head<AngleEncoding<1>, Task<"only", RotationBlock<1>, Window<0, 1>, Binary>>();
}

TEST_CASE("windows wider than four qubits, whose matrices live on the heap") {
  check_head<AngleEncoding<6, Axis::X, CzChain, Layers<1>, Features<3>>,
             Task<"five", RotationBlock<5>, Qubits<5, 1, 0, 3, 2>, Classes<5>>,
             Task<"one", RotationBlock<1>, Window<3, 1>, Binary>>();
}

}  // namespace quantum_head_windows_test
