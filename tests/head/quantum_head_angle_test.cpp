// SPDX-License-Identifier: Apache-2.0
// Quantum heads on angle and dense angle encodings: every method agrees with textbook matrices and differences.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_angle_test {

using namespace qmtl;
using qmtl::test::check_first_tasks;

/// RZ encodes nothing in |0...0>: Hadamards first.
struct PhaseEncoding {
  static constexpr int features = 4;
  static constexpr auto circuit =
      make_circuit<4>(layer<4>([](int q) { return gate::h(q); }), AngleEncoding<4, Axis::Z, CxRing>::circuit);
};

TEMPLATE_TEST_CASE("heads on angle encodings", "", (AngleEncoding<4, Axis::X, CxChain>),
                   (AngleEncoding<4, Axis::Y, CzRing, Layers<2>>), (AngleEncoding<4, Axis::Z, NoEntangler>),
                   PhaseEncoding, (AngleEncoding<4, Axis::Y, CxBrickwork, Layers<1>, Features<6>>),
                   (AngleEncoding<4, Axis::X, CxAllToAll, Layers<2>, Features<9>>),
                   (AngleEncoding<4, Axis::Y, CzChain, Layers<1>, Features<2>>),
                   (WithSquash<AngleEncoding<4>, FullTanh>)) {
  check_first_tasks<TestType>();
}

TEMPLATE_TEST_CASE("heads on dense angle encodings", "", (DenseAngleEncoding<4, CzBrickwork>),
                   (DenseAngleEncoding<4, NoEntangler, Layers<2>>)) {
  check_first_tasks<TestType>();
}

}  // namespace quantum_head_angle_test
