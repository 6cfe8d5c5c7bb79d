// SPDX-License-Identifier: Apache-2.0
// Steps do not allocate once their buffers are there: in every engine, from features and from entries.

#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "qmtl/train/model_trainee.hpp"
#include "qmtl/train/objective.hpp"
#include "support/catch.hpp"
#include "support/count_allocations.hpp"

namespace allocation_test {

using namespace qmtl;
using qmtl::test::count_allocations;

using A = Task<"a", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>;
using B = Task<"b", RotationBlock<3>, Qubits<4, 1, 3>, Classes<3>>;
template <HeadMethod M, class E>
using HeadOf = BasicQuantumHead<double, M, E, A, B>;

using Lanes = HeadOf<HeadMethod::window, AngleEncoding<6, Axis::Y, CxRing, Layers<2>>>;
using ComplexLanes = HeadOf<HeadMethod::window, AngleEncoding<6, Axis::X, CzRing, Layers<2>>>;
using Direct = HeadOf<HeadMethod::direct, AngleEncoding<6, Axis::Y, CxRing, Layers<2>>>;
using Tiles = HeadOf<HeadMethod::window, AngleEncoding<13, Axis::Y, CxRing, Layers<2>>>;
using ComplexTiles = HeadOf<HeadMethod::window, AngleEncoding<13, Axis::X, CxRing, Layers<2>>>;
using Cones = HeadOf<HeadMethod::light_cone, AngleEncoding<16, Axis::Y, CzRing, Layers<2>>>;
using Prepared = HeadOf<HeadMethod::window, AmplitudeEncoding<5>>;
using Reuploading = HeadOf<HeadMethod::window, ReuploadingEncoding<5>>;

template <class H>
struct Data {
  explicit Data(Eigen::Index batch)
      : z(Batch<double>::Random(H::features, batch)),
        dz(z),
        c(Batch<double>::Random(H::outputs, batch)),
        logits(c),
        weights(H::parameters, 0.3),
        gradient(H::parameters) {}

  void step(H& head) {
    head.forward(z, weights, logits);
    head.backward(z, weights, c, gradient, dz);
    head.backward_weights(z, weights, c, gradient);
  }
  void encoded_step(H& head, const Batch<double>& entries) {
    head.forward_encoded(entries, weights, logits);
    head.backward_encoded(entries, weights, c, gradient);
  }

  Batch<double> z, dz, c, logits;
  std::vector<double> weights, gradient;
};

TEST_CASE("allocations are counted") {
  CHECK(count_allocations([] { std::vector<int> numbers(3); }) > 0);
  CHECK(count_allocations([] {}) == 0);
#if QMTL_TEST_OWN_MALLOC
  CHECK(count_allocations([] { Batch<double> batch(3, 3); }) > 0);
#endif
}

TEMPLATE_TEST_CASE("a step of a head does not allocate", "", Lanes, ComplexLanes, Direct, Tiles, ComplexTiles, Cones,
                   Prepared, Reuploading) {
  using H = TestType;
  for (const int threads : {1, 2}) {
    for (const Eigen::Index batch : {5, 16}) {
      H head;
      if (threads > 1) head.set_execution(Threads{threads});
      Data<H> data(batch);
      data.step(head);
      CHECK(count_allocations([&] { data.step(head); }) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("a step from entries does not allocate, nor does encoding", "", Lanes, ComplexLanes, Tiles,
                   ComplexTiles, Cones, Prepared) {
  using H = TestType;
  for (const int threads : {1, 2}) {
    H head;
    if (threads > 1) head.set_execution(Threads{threads});
    Data<H> data(19);
    Batch<double> entries(head.encoded_size(), 19);
    head.encode(data.z, entries);
    CHECK(count_allocations([&] { head.encode(data.z, entries); }) == 0);
    data.encoded_step(head, entries);
    CHECK(count_allocations([&] { data.encoded_step(head, entries); }) == 0);
  }
}

TEST_CASE("nor do losses and gradients of a whole model") {
  const Batch<double> inputs = Batch<double>::Random(6, 16), labels = Batch<double>::Zero(2, 16);
  const auto evaluated = [&](auto& model) {
    Objective objective(model);
    objective.evaluate(inputs, labels);
    return count_allocations([&] { objective.evaluate(inputs, labels); });
  };
  QmtlModel<Mlp<6, 8, 6>, AngleEncoding<6>, A, B> trained{Seed{1}};
  QmtlModel<Frozen<6>, AngleEncoding<6>, A, B> frozen{Seed{1}};
  CHECK(evaluated(trained) == 0);
  CHECK(evaluated(frozen) == 0);
  Batch<double> entries(frozen.head().encoded_size(), 16);
  frozen.encode(inputs, entries);
  Objective objective(frozen);
  objective.evaluate_encoded(entries, labels);
  CHECK(count_allocations([&] { objective.evaluate_encoded(entries, labels); }) == 0);
}

}  // namespace allocation_test
