// SPDX-License-Identifier: Apache-2.0
// One state at a time against samples in lanes: the same expectation values and gradients, whatever starts the circuit,
// however many samples, and with threads on one state.

#include <span>
#include <vector>

#include "qmtl/engine/parallel_backend.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "support/catch.hpp"
#include "support/head_program.hpp"
#include "support/tolerance.hpp"

namespace one_state_test {

using namespace qmtl;
using namespace qmtl::detail;

using Block2 = RotationBlock<2, Layers<2>>;
using Wide = Task<"wide", RotationBlock<3>, Qubits<4, 0, 2>, Expectations<3>>;
using Inside = Task<"inside", Block2, Qubits<2, 4>, Expectations<2>>;
using Beside = Task<"beside", Block2, Qubits<1, 3>, Expectations<2>>;
using Last = Task<"last", RotationBlock<1>, Qubits<5>, Expectations<1>>;
using Sums = Task<"sums", Block2, Windows<Qubits<5, 0>, Qubits<0, 2>>,
                  ExpectationsOf<Observables<"X0 Y1 + 0.5 Z0", "Y0", "Z0 Z1 - X1">>>;

template <class S>
struct Result {
  std::vector<S> outputs, gradient, angle_gradients;
};

template <class S, class Backend>
Result<S> step(Backend& backend, const HeadProgram<S>& program, Eigen::Index batch) {
  Rng rng(Seed{3});
  const auto numbers = [&rng](std::size_t count) {
    std::vector<S> values(count);
    for (auto& v : values) v = static_cast<S>(rng.normal());
    return values;
  };
  const auto size = static_cast<std::size_t>(batch);
  std::size_t parameters = static_cast<std::size_t>(program.encoding_weights);
  for (const auto& task : program.tasks) parameters += static_cast<std::size_t>(weight_count(task.block));
  const auto weights = numbers(parameters);
  const auto angles = numbers(static_cast<std::size_t>(program.features) * size);
  const auto cotangents = numbers(static_cast<std::size_t>(program.outputs) * size);
  Result<S> result{std::vector<S>(cotangents.size()), std::vector<S>(weights.size()), std::vector<S>(angles.size())};
  backend.forward(test::as_batch(angles, batch), weights, test::as_batch(result.outputs, batch));
  backend.backward(test::as_batch(angles, batch), weights, test::as_batch(cotangents, batch), result.gradient,
                   test::as_batch(result.angle_gradients, batch));
  return result;
}

template <class S>
double difference(const Result<S>& a, const Result<S>& b) {
  double largest = 0;
  const auto compare = [&largest](const std::vector<S>& x, const std::vector<S>& y) {
    REQUIRE(x.size() == y.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i])));
    }
  };
  compare(a.outputs, b.outputs);
  compare(a.gradient, b.gradient);
  compare(a.angle_gradients, b.angle_gradients);
  return largest;
}

template <class S, class E, bool Complex>
void check_against_lanes() {
  auto program = test::make_program<S, E, Wide, Inside, Beside, Last, Sums>();
  for (const Eigen::Index batch : {1, 3, 10}) {
    LaneBackend<S, Complex, false> lanes(program);
    const auto expected = step<S>(lanes, program, batch);
    for (const std::size_t kept_bytes : {std::size_t{0}, std::size_t{1} << 30}) {
      program.kept_bytes = kept_bytes;
      LaneBackend<S, Complex, true> one(program);
      CHECK(difference(step<S>(one, program, batch), expected) < 30 * test::tolerance<S>(100));
    }
    ParallelBackend<S, LaneBackend<S, Complex, true>> threaded(program);
    for (const int threads : {2, 3}) {
      threaded.set_execution(Threads{threads});
      const auto result = step<S>(threaded, program, batch);
      CHECK(difference(result, expected) < 30 * test::tolerance<S>(100));
      CHECK(difference(step<S>(threaded, program, batch), result) == 0.0);  // bit for bit
    }
    auto copy = threaded;
    CHECK(difference(step<S>(copy, program, batch), expected) < 30 * test::tolerance<S>(100));
  }
}

struct Trainable {
  static constexpr int features = 6;
  static constexpr auto circuit = repeat<2>(make_circuit<6>(
      layer<6>([](int q) { return make_circuit<6>(gate::ry(q, feature(q)), gate::rz(q, weight(q % 3))); }),
      CxRing::make<6>()));
  static std::string describe() { return "trainable"; }
};

TEMPLATE_TEST_CASE("real circuits from |0...0>", "[head][tiles]", float, double) {
  check_against_lanes<TestType, AngleEncoding<6, Axis::Y, CxRing, Layers<3>>, false>();
}

TEMPLATE_TEST_CASE("complex circuits with weights of their own", "[head][tiles]", float, double) {
  check_against_lanes<TestType, Trainable, true>();
}

TEMPLATE_TEST_CASE("prepared states", "[head][tiles]", float, double) {
  check_against_lanes<TestType, AmplitudeEncoding<6>, false>();
}

TEST_CASE("a head of thirteen qubits runs one state at a time, and agrees with its direct method", "[head][tiles]") {
  using E = WithSquash<AngleEncoding<13, Axis::Y, CxRing, Layers<2>>, NoSquash>;
  using A = Task<"a", Block2, Window<0, 2>, Expectations<2>>;
  using B = Task<"b", Block2, Qubits<12, 7>, Expectations<2>>;
  using Tiles = QuantumHead<double, E, A, B>;
  using Direct = BasicQuantumHead<double, HeadMethod::direct, E, A, B>;
  Rng rng(Seed{8});
  const auto numbers = [&rng](Eigen::Index rows, Eigen::Index columns) {
    return Batch<double>::NullaryExpr(rows, columns, [&rng] { return rng.normal(); }).eval();
  };
  const Batch<double> z = numbers(13, 3), c = numbers(Tiles::outputs, 3);
  std::vector<double> weights(Tiles::parameters), gradient(weights.size()), expected_gradient(weights.size());
  for (auto& w : weights) w = rng.normal();
  Batch<double> y(Tiles::outputs, 3), expected(Tiles::outputs, 3), dz(13, 3), expected_dz(13, 3);
  Tiles tiles;
  Direct direct;
  tiles.forward(z, weights, y);
  tiles.backward(z, weights, c, gradient, dz);
  direct.forward(z, weights, expected);
  direct.backward(z, weights, c, expected_gradient, expected_dz);
  CHECK((y - expected).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((dz - expected_dz).cwiseAbs().maxCoeff() < 1e-12);
  for (std::size_t j = 0; j < gradient.size(); ++j) CHECK(gradient[j] == Approx(expected_gradient[j]).margin(1e-12));
}

}  // namespace one_state_test
