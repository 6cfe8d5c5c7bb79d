// SPDX-License-Identifier: Apache-2.0
// Quantum heads with the second list of blocks and readouts on every kind of encoding: every method agrees with
// textbook matrices and differences.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_blocks_test {

using namespace qmtl;
using qmtl::test::check_second_tasks;

/// An encoding of a user: two features more than once, with factors, on a controlled rotation and in a product.
struct OwnEncoding {
  static constexpr int features = 3;
  static constexpr auto circuit =
      make_circuit<4>(gate::h(0), gate::ry(1, feature(0)), gate::crx(0, 2, 0.5 * feature(1)), gate::cx(1, 3),
                      gate::rzz(0, 3, feature(0) * feature(2)), gate::u(3, feature(2), -feature(0), 0.2),
                      gate::ryy(1, 2, feature(1) + 0.7));
};

TEMPLATE_TEST_CASE("heads with the second list of tasks", "", (AngleEncoding<4, Axis::X, CzRing>),
                   (AngleEncoding<4, Axis::Y, CxRing, Layers<1>, Features<5>>), (DenseAngleEncoding<4, CxChain>),
                   (ReuploadingEncoding<4, CzBrickwork, Layers<1>>), (IqpEncoding<4, Layers<1>, pattern::Chain>),
                   (ZzEncoding<4, Layers<1>, pattern::Ring>), (AmplitudeEncoding<4, Features<11>>), BasisEncoding<4>,
                   OwnEncoding) {
  check_second_tasks<TestType>();
}

}  // namespace quantum_head_blocks_test
