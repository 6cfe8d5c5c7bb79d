// SPDX-License-Identifier: Apache-2.0
// Quantum heads of floats: every kind of encoding, block and readout within single precision of textbook matrices.

#include "head/head_tasks.hpp"
#include "support/catch.hpp"

namespace quantum_head_float_test {

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

TEST_CASE("a float sample's results do not depend on the batch it is in") {
  using H = QuantumHead<float, ReuploadingEncoding<3>, Task<"t", RotationBlock<2>, Qubits<2, 0>, Expectations<2>>>;
  Rng rng(Seed{5});
  H head;
  std::vector<float> w(H::parameters), gradient(w);
  H::initialise(rng, w);
  Batch<float> z(3, 19), c(2, 19), logits(2, 19), dz(3, 19), logits1(2, 1), dz1(3, 1);
  for (float& value : z.reshaped()) value = static_cast<float>(rng.normal());
  for (float& value : c.reshaped()) value = static_cast<float>(rng.normal());
  head.forward(z, w, logits);
  head.backward(z, w, c, gradient, dz);
  for (int b = 0; b < 19; ++b) {
    head.forward(z.col(b), w, logits1);
    head.backward(z.col(b), w, c.col(b), gradient, dz1);
    CHECK(logits1.col(0) == logits.col(b));
    CHECK(dz1.col(0) == dz.col(b));
  }
}

}  // namespace quantum_head_float_test
