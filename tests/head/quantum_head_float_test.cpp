// SPDX-License-Identifier: Apache-2.0
// Quantum heads of floats: every kind of encoding, block and readout within single precision of textbook matrices.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace {

using namespace qmtl;

TEMPLATE_TEST_CASE("heads of floats with the first list of tasks", "", (AngleEncoding<4, Axis::X, CxAllToAll>),
                   (AngleEncoding<4, Axis::Y, CxBrickwork, Layers<2>, Features<5>>), (DenseAngleEncoding<4>),
                   (ReuploadingEncoding<4, CzChain>), IqpEncoding<4>, (ZzEncoding<4, Layers<1>>),
                   (AmplitudeEncoding<4, Features<13>>), BasisEncoding<4>) {
  test::with_first_tasks([]<class... Tasks>() { test::check_float_head<TestType, Tasks...>(); });
}

TEMPLATE_TEST_CASE("heads of floats with the second list of tasks", "", (AngleEncoding<4, Axis::Y, CzRing>),
                   (DenseAngleEncoding<4, CxRing>)) {
  test::with_second_tasks([]<class... Tasks>() { test::check_float_head<TestType, Tasks...>(); });
}

}  // namespace
