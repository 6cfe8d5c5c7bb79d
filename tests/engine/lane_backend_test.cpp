// SPDX-License-Identifier: Apache-2.0
// The lane backend: whether states are kept or encoded again, and which windows share a density matrix, changes
// nothing.

#include "qmtl/engine/lane_backend.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "qmtl/head/encoding.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "support/catch.hpp"
#include "support/head_program.hpp"
#include "support/random_circuit.hpp"

using namespace qmtl;
using namespace qmtl::detail;

namespace {

using Ring = AngleEncoding<5, Axis::Y, CxRing, Layers<2>>;
using Block2 = RotationBlock<2, Layers<2>>;
using Wide = Task<"wide", RotationBlock<3>, Qubits<4, 0, 2>, Expectations<3>>;
using Inside = Task<"inside", Block2, Qubits<2, 4>, Expectations<2>>;  // within the wide one, in another order
using Beside = Task<"beside", Block2, Qubits<1, 3>, Expectations<2>>;

struct Result {
  std::vector<double> outputs, gradient, angle_gradients;
};

Result run_backend(const HeadProgram<double>& program, Eigen::Index batch) {
  const int outputs = program.outputs;
  LaneBackend<double, false> backend(program);
  Rng rng(Seed{3});
  const auto numbers = [&rng](std::size_t count) {
    std::vector<double> values(count);
    for (auto& v : values) v = rng.normal();
    return values;
  };
  const auto size = static_cast<std::size_t>(batch);
  int parameters = program.encoding_weights;
  for (const auto& task : program.tasks) parameters += weight_count(task.block);
  const auto weights = numbers(static_cast<std::size_t>(parameters));
  const auto angles = numbers(static_cast<std::size_t>(program.features) * size);
  const auto cotangents = numbers(static_cast<std::size_t>(outputs) * size);
  Result result{std::vector<double>(cotangents.size()), std::vector<double>(weights.size()),
                std::vector<double>(angles.size())};
  backend.forward(angles.data(), batch, weights.data(), result.outputs.data());
  backend.backward(angles.data(), weights.data(), cotangents.data(), result.gradient.data(),
                   result.angle_gradients.data());
  return result;
}

template <class... Tasks>
Result run_backend(std::size_t kept_bytes, Eigen::Index batch) {
  auto program = test::make_program<double, Ring, Tasks...>();
  program.kept_bytes = kept_bytes;
  return run_backend(program, batch);
}

double difference(const Result& a, const Result& b) {
  double largest = 0;
  const auto compare = [&largest](const std::vector<double>& x, const std::vector<double>& y) {
    REQUIRE(x.size() == y.size());
    for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
  };
  compare(a.outputs, b.outputs);
  compare(a.gradient, b.gradient);
  compare(a.angle_gradients, b.angle_gradients);
  return largest;
}

/// Two layers on a CZ ring of 9 qubits; windows of two neighbours, one across the end and two with another inside.
HeadProgram<double> ring_of_windows(std::vector<Operation>& encoding) {
  constexpr int n = 9;
  for (int layer = 0; layer < 2; ++layer) {
    for (int q = 0; q < n; ++q) encoding.push_back(gate::ry(q, (1.0 + layer) * feature((q + 4) % n)));
    for (int q = 0; q < n; ++q) encoding.push_back(gate::cz(q, (q + 1) % n));
  }
  using One = Task<"one", RotationBlock<1>, Qubits<0>, Expectations<1>>;
  const HeadProgram<double> two = test::make_program<double, Ring, Beside, One>();
  HeadProgram<double> program;
  program.encoding = encoding;
  program.qubits = program.features = n;
  int parameters = 0;
  const auto add = [&](EngineTask<double> task, std::vector<int> window) {
    task.window = std::move(window);
    task.first_output = program.outputs;
    task.first_parameter = parameters;
    program.outputs += task.outputs();
    parameters += weight_count(task.block);
    program.tasks.push_back(task);
  };
  for (int q = 0; q < n; q += 2) add(two.tasks[0], {q, (q + 1) % n});
  for (const int q : {3, 5}) add(two.tasks[1], {q});
  return program;
}

}  // namespace

TEST_CASE("light cones of one shape share lanes and give what the whole register gives", "[head][lanes]") {
  std::vector<Operation> encoding;
  HeadProgram<double> program = ring_of_windows(encoding);
  for (const Eigen::Index batch : {1, 2, 5, 8, 19}) {
    program.light_cones = nullptr;
    const auto whole = run_backend(program, batch);
    program.light_cones = &head_cones<double>;
    CHECK(difference(run_backend(program, batch), whole) < 1e-13);
    program.kept_bytes = 0;
    CHECK(difference(run_backend(program, batch), whole) < 1e-13);
  }
}

TEST_CASE("encoding again gives the same bits as keeping the states", "[head][lanes]") {
  for (const Eigen::Index batch : {1, 7, 8, 21}) {
    const auto kept = run_backend<Wide, Inside, Beside>(std::size_t{1} << 30, batch);
    const auto again = run_backend<Wide, Inside, Beside>(0, batch);
    CHECK(kept.outputs == again.outputs);
    CHECK(kept.gradient == again.gradient);
    CHECK(kept.angle_gradients == again.angle_gradients);
  }
}

TEST_CASE("a window inside another gives what it gives alone", "[head][lanes]") {
  using Head = BasicQuantumHead<double, HeadMethod::window, WithSquash<Ring, NoSquash>, Wide, Inside>;
  using Alone = BasicQuantumHead<double, HeadMethod::window, WithSquash<Ring, NoSquash>, Inside>;
  Rng rng(Seed{9});
  std::vector<double> weights(Head::parameters);
  for (auto& w : weights) w = rng.normal();
  const auto own = std::span<const double>(weights).last(Alone::parameters);
  const Batch<double> z = Batch<double>::Random(5, 11);
  Batch<double> y(Head::outputs, 11), alone(Alone::outputs, 11);
  Head head;
  Alone single;
  head.forward(z, weights, y);
  single.forward(z, own, alone);
  CHECK((y.bottomRows(2) - alone).cwiseAbs().maxCoeff() < 1e-13);

  Batch<double> c = Batch<double>::Zero(Head::outputs, 11), dz(5, 11), dz_alone(5, 11);
  c.bottomRows(2).setRandom();
  std::vector<double> g(Head::parameters, 0.0), g_alone(Alone::parameters, 0.0);
  head.backward(z, weights, c, g, dz);
  single.backward(z, own, c.bottomRows(2), g_alone, dz_alone);
  CHECK((dz - dz_alone).cwiseAbs().maxCoeff() < 1e-13);
  for (std::size_t j = 0; j < g_alone.size(); ++j) {
    CHECK(g[static_cast<std::size_t>(Wide::parameters) + j] == Approx(g_alone[j]).margin(1e-13));
  }
}
