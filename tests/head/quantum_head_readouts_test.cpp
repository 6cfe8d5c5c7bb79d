// SPDX-License-Identifier: Apache-2.0
// Every kind of block with every kind of readout: the automatic method agrees with textbook matrices and differences.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_readouts_test {

using namespace qmtl;

/// One block under all readouts, on windows in every order, by whatever methods the cost model chooses.
template <class B>
void check_readouts() {
  test::check_automatic<
      ReuploadingEncoding<3, CzRing, Layers<1>>, Task<"binary", B, Window<0, 3>, Binary>,
      Task<"binary on 1, trained", B, Qubits<0, 2, 1>, BinaryReadout<TrainableScale<3>, 1>>,
      Task<"classes", B, Qubits<1, 0, 2>, Classes<3>>,
      Task<"classes, trained", B, Qubits<1, 2, 0>, Classes<2, OneQubitPerClass, TrainableScale<5, 2>>>,
      Task<"basis states", B, Qubits<2, 0, 1>, Classes<6, BasisStates>>,
      Task<"basis states, trained", B, Qubits<2, 1, 0>, Classes<3, BasisStates, TrainableScale<1>>>,
      Task<"regression", B, Window<0, 3>, Regression<FixedScale<3, 2>, 2>>,
      Task<"expectations", B, Qubits<2, 1, 0>, Expectations<3>>>();
}

TEST_CASE("readouts of rotation blocks") { check_readouts<RotationBlock<3, Layers<2>>>(); }
TEST_CASE("readouts of hardware-efficient blocks") {
  check_readouts<HardwareEfficientBlock<3, Axes<Axis::X, Axis::Z>, CzChain>>();
}
TEST_CASE("readouts of strongly entangling blocks") { check_readouts<StronglyEntanglingBlock<3, Layers<2>>>(); }
TEST_CASE("readouts of identity blocks") { check_readouts<IdentityBlock<3>>(); }
TEST_CASE("readouts of a user's block") { check_readouts<test::SharedBlock>(); }

}  // namespace quantum_head_readouts_test
