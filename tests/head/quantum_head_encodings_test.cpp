// SPDX-License-Identifier: Apache-2.0
// Quantum heads on re-uploading, IQP, ZZ, amplitude and basis encodings: every method agrees with textbook matrices and
// differences.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_encodings_test {

using namespace qmtl;
using qmtl::test::check_first_tasks;

TEMPLATE_TEST_CASE("heads on re-uploading encodings, whose weights are trained too", "",
                   (ReuploadingEncoding<4, CzAllToAll, Layers<2>>),
                   (ReuploadingEncoding<4, CxRing, Layers<1>, Features<7>, TrainableFrequencies>)) {
  static_assert(encoding_weights<TestType> > 0);
  check_first_tasks<TestType>();
}

TEMPLATE_TEST_CASE("heads on IQP encodings and ZZ feature maps", "", IqpEncoding<4>,
                   (IqpEncoding<4, Layers<1>, pattern::Ring>), ZzEncoding<4>,
                   (ZzEncoding<4, Layers<1>, pattern::Brickwork>)) {
  check_first_tasks<TestType>();
}

TEMPLATE_TEST_CASE("heads on amplitude and basis encodings", "", AmplitudeEncoding<4>,
                   (AmplitudeEncoding<4, Features<5>>), BasisEncoding<4>) {
  check_first_tasks<TestType>();
}

}  // namespace quantum_head_encodings_test
