// SPDX-License-Identifier: Apache-2.0
// Tests of models whose sizes are known at run time, against the library's typed ones.

#include "evidence/runtime_model.hpp"

#include <vector>

#include "evidence/circuit_part.hpp"
#include "evidence/part_check.hpp"
#include "qmtl/qmtl.hpp"
#include "support/catch.hpp"

namespace runtime_model_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;
using namespace qmtl::test;

using Encoding = AngleEncoding<4, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<2, Layers<1>>;
using Head = QuantumHead<double, Encoding, Task<"a", Block, Window<0, 2>, BinaryReadout<TrainableScale<4>>>,
                         Task<"b", Block, Window<2, 2>, Classes<3, BasisStates>>>;

CircuitSpec spec_of_head() {
  CircuitSpec spec{.encoding = DynamicCircuit(Encoding::circuit), .uses = 2};
  CircuitTask a, b;
  a.block = b.block = DynamicCircuit(Block::circuit);
  a.windows = {{0, 1}};
  a.trainable_scale = true;
  b.windows = {{2, 3}};
  b.reading = Reading::basis_states;
  b.outputs = 3;
  b.scale = 1.0;
  spec.tasks = {a, b};
  return spec;
}

TEST_CASE("a circuit part is the quantum head of the same circuits", "[evidence][circuit_part]") {
  const PartPointer part = circuit_part(spec_of_head());
  REQUIRE(part->parameters() == Head::parameters);
  CHECK(task_parameters(spec_of_head()) == std::vector<int>{Head::task_parameters[0], Head::task_parameters[1]});
  std::vector<double> weights(Head::parameters);
  Rng rng(Seed{3});
  Head::initialise(rng, weights);
  Head head;
  REQUIRE(part->entries() > 0);
  check_same(*part, head, weights, 1);
}

TEST_CASE("a circuit behind the encoding is the one on a window of all qubits", "[evidence][circuit_part]") {
  DynamicCircuit encoding(3), block(3);
  for (int q = 0; q < 3; ++q) {
    encoding.append(gate::ry(q, feature(q)));
    block.append(gate::ry(q, weight(2 * q))).append(gate::rz(q, weight(2 * q + 1)));
  }
  encoding.append(gate::cz(0, 1)).append(gate::cz(1, 2));
  block.append(gate::cx(0, 1)).append(gate::cx(1, 2));
  CircuitSpec in_window{.encoding = encoding}, in_encoding{.encoding = encoding};
  in_window.tasks = {{.block = block, .windows = {{0, 1, 2}}, .outputs = 3, .scale = 1.0}};
  in_encoding.encoding.append(block);
  for (int q = 0; q < 3; ++q) in_encoding.tasks.push_back({.windows = {{q}}, .scale = 1.0});
  const PartPointer first = circuit_part(in_window), second = circuit_part(in_encoding);
  REQUIRE(second->parameters() == first->parameters());
  Rng rng(Seed{3});
  std::vector<double> weights(6), of_first(6, 0.0), of_second(6, 0.0);
  for (double& w : weights) w = rng.normal();
  Batch<double> x(3, 5), y1(3, 5), y2(3, 5), dy(3, 5), dx1(3, 5), dx2(3, 5);
  for (Batch<double>* batch : {&x, &dy}) {
    for (double& value : batch->reshaped()) value = rng.normal();
  }
  first->forward(x, weights, y1);
  second->forward(x, weights, y2);
  first->backward(x, weights, dy, of_first, dx1);
  second->backward(x, weights, dy, of_second, dx2);
  CHECK((y1 - y2).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((dx1 - dx2).cwiseAbs().maxCoeff() < 1e-12);
  for (std::size_t i = 0; i < 6; ++i) CHECK(of_first[i] == Approx(of_second[i]).margin(1e-12));
}

TEST_CASE("gradients of classical parts are those of their values", "[evidence][part]") {
  check_gradients(*dense_layers({3, 4, 2}), 10);
  check_gradients(*dense_layers({3, 2}, false), 11);
  check_gradients(*dense_layers({3}), 12);
  check_gradients(*linear_tasks(4, {{{0, 2}, 1}, {{1, 2, 3}, 3}}), 13);
  check_gradients(*chain(dense_layers({5, 3}), linear_tasks(3, {{{0, 1, 2}, 2}})), 14);
  check_gradients(*chain(sines(4, 0.25), linear_tasks(4, {{{0, 1, 2, 3}, 2}})), 17);
  check_gradients(*chain(dense_layers({5, 3}), sines(3, 0.25)), 18);
  check_gradients(*chain(random_projection(5, 3, Seed{1}), linear_tasks(3, {{{0, 1, 2}, 1}})), 15);
  for (const SideInputs inputs : {SideInputs::own, SideInputs::same}) {
    std::vector<PartPointer> parts;
    for (int i = 0; i < 2; ++i) parts.push_back(dense_layers({3, 2 + i, 2}));
    const PartPointer both = side_by_side(std::move(parts), inputs);
    CHECK(both->inputs() == (inputs == SideInputs::own ? 6 : 3));
    CHECK(both->outputs() == 4);
    check_gradients(*both, 16);
  }
}

TEST_CASE("gradients of circuits with trained frequencies, sums of Z and several windows", "[evidence][circuit_part]") {
  CircuitSpec spec{.encoding = DynamicCircuit(3)};
  for (int q = 0; q < 3; ++q) spec.encoding.append(gate::ry(q, weight(q) * feature(q)));
  for (int q = 0; q < 2; ++q) spec.encoding.append(gate::cz(q, q + 1));
  CircuitTask task;
  task.block = DynamicCircuit(2);
  for (int q = 0; q < 2; ++q) task.block.append(gate::ry(q, weight(2 * q))).append(gate::rx(q, weight(2 * q + 1)));
  task.windows = {{0, 1}, {1, 2}};
  task.reading = Reading::magnetisation;
  task.trainable_scale = true;
  spec.tasks = {task};
  spec.squash = false;
  check_gradients(*circuit_part(spec), 20);
  spec.squash = true;
  const PartPointer part = circuit_part(spec);
  CHECK(part->entries() == 0);  // the encoding is trained
  check_gradients(*part, 21);
}

TEST_CASE("a runtime model trains as the typed model of the same parts", "[evidence][runtime_model]") {
  const auto data = make_related_tasks({.rows = 120}).data;
  Dataset<double> two{data.inputs, data.labels.topRows(2), {"a", "b"}};
  REQUIRE(two.features() == 20);
  const auto make = [] {
    return std::make_unique<RuntimeModel>(
        std::vector<ModelTask>{{"a", 2, 1, Head::task_parameters[0]}, {"b", 3, 3, Head::task_parameters[1]}},
        dense_layers({20, 4}), circuit_part(spec_of_head()), false, Seed{5});
  };
  const auto model = make(), untrained = make();
  const FitOptions options{.epochs = 3, .optimizer = AdamW{.learning_rate = 2e-2}, .seed = Seed{6}};
  static_cast<void>(detail::run_fit<double>(*model, two, nullptr, options));

  MultiTaskModel<Linear<20, 4>, Head> typed(Linear<20, 4>{}, Seed{5});
  const auto copy = [](std::span<const double> from, std::span<double> to) {
    REQUIRE(from.size() == to.size());
    std::copy(from.begin(), from.end(), to.begin());
  };
  copy(untrained->backbone_parameters(), typed.backbone().parameters());
  copy(untrained->head_parameters(), typed.head_weights());
  fit(typed, two, options);
  CHECK((model->predict(two.inputs) - typed.predict(two.inputs)).norm() < 1e-9);
}

}  // namespace runtime_model_test
