// SPDX-License-Identifier: Apache-2.0
// Tests of sums of Z in closed form, against the circuits that they are and against the library's typed head.

#include "evidence/product_part.hpp"

#include <vector>

#include "evidence/heads.hpp"
#include "evidence/part_check.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "support/catch.hpp"

namespace product_part_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;
using namespace qmtl::test;

std::vector<double> random_weights(int count, std::uint64_t seed) {
  const Batch<double> batch = random_batch(count, 1, seed);
  return {batch.data(), batch.data() + batch.size()};
}

void check_against_circuits(const ProductSpec& spec) {
  const PartPointer part = product_part(spec), circuits = circuit_part(product_circuits(spec));
  REQUIRE(part->inputs() == spec.features);
  REQUIRE(part->outputs() == circuits->outputs());
  REQUIRE(part->parameters() == circuits->parameters());
  REQUIRE(part->parameters() == spec.shared_parameters() + spec.outputs * spec.output_parameters());
  check_same(*part, *circuits, random_weights(part->parameters(), 1), 2);
}

TEST_CASE("sums of Z in closed form are those of their circuits", "[evidence][product_part]") {
  check_against_circuits({.features = 3, .outputs = 2});
  check_against_circuits({.features = 3, .outputs = 2, .phases = false});
  check_against_circuits({.features = 2, .outputs = 1, .rate = 0.0, .silent = false, .constant = false, .scale = 2.0});
  check_against_circuits({.features = 4, .outputs = 2, .mixed = 2});
  check_against_circuits({.features = 3, .outputs = 2, .mixed = 1, .rate = 0.5, .phases = false, .constant = false});
  CHECK(product_part({.features = 64, .outputs = 3})->parameters() == 3 * 129);
  CHECK_THROWS_AS(product_part({.features = 0}), ShapeError);
}

TEST_CASE("sums of Z are silent where weights are zero", "[evidence][product_part]") {
  const PartPointer part = product_part({.features = 5, .outputs = 2});
  const std::vector<double> zero(static_cast<std::size_t>(part->parameters()), 0.0);
  Batch<double> y(2, 4);
  part->forward(random_batch(5, 4, 1), zero, y);
  CHECK(y.norm() < 1e-12);
}

/// A qubit a feature, pi/2 and a quarter of it in radians; the last qubit has none.
struct QuarterAngles {
  static constexpr int features = 2;
  static constexpr auto circuit =
      make_circuit<3>(gate::ry(0, 0.25 * feature(0) + pi / 2), gate::ry(1, 0.25 * feature(1) + pi / 2));
  using Squash = NoSquash;
  static constexpr bool standardizable = true;
};

/// Outputs that start from zero.
struct SilentBlock {
  static constexpr auto circuit =
      make_circuit<3>(gate::ry(0, weight(0)), gate::rx(0, weight(1) + pi / 2), gate::ry(1, weight(2)),
                      gate::rx(1, weight(3) + pi / 2), gate::rx(2, weight(4) + pi / 2));
};

TEST_CASE("a sum of Z is a typed head with a magnetisation", "[evidence][product_part]") {
  using Sum = BinaryOf<Magnetisation<3>>;
  using Head = QuantumHead<double, QuarterAngles, Task<"a", SilentBlock, Window<0, 3>, Sum>,
                           Task<"b", SilentBlock, Window<0, 3>, Sum>>;
  const std::vector<ModelTask> tasks{{.name = "a"}, {.name = "b"}};
  const HeadKind kind = product_head("sum", {}, 2, tasks);
  const PartPointer part = kind.make(Seed{1});
  REQUIRE(part->parameters() == Head::parameters);
  CHECK(kind.task_parameters == std::vector<int>{5, 5});
  Head head;
  check_same(*part, head, random_weights(Head::parameters, 4), 5);
}

TEST_CASE("heads of sums have as many parameters as they say", "[evidence][heads]") {
  const std::vector<ModelTask> tasks{{.name = "a"}, {.name = "b"}, {.name = "c", .classes = 3, .outputs = 3}};
  const auto parameters = [&](const char* name) {
    for (const auto& kinds : {head_kinds(6, tasks), mapped_kinds(6, tasks)}) {
      for (const HeadKind& kind : kinds) {
        if (kind.name == name) return kind.make(Seed{1})->parameters();
      }
    }
    return -1;
  };
  CHECK(parameters("linear") == 5 * 7);
  CHECK(parameters("quantum_sum") == 5 * 13);
  CHECK(parameters("quantum_sum_rx") == parameters("linear"));
  CHECK(parameters("quantum_mixed_2") == parameters("low_rank_2"));
  CHECK(parameters("quantum_mixed_4") == 4 * 6 + 5 * 5);
}

}  // namespace product_part_test
