// SPDX-License-Identifier: Apache-2.0
// The lane backend: whether states are kept or encoded again, and which windows share a density matrix, changes
// nothing.

#include "qmtl/engine/lane_backend.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <type_traits>
#include <vector>

#include "qmtl/engine/parallel_backend.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "support/catch.hpp"
#include "support/head_program.hpp"
#include "support/random_circuit.hpp"

namespace lane_backend_test {

using namespace qmtl;
using namespace qmtl::detail;

using Ring = AngleEncoding<5, Axis::Y, CxRing, Layers<2>>;
using Block2 = RotationBlock<2, Layers<2>>;
using Wide = Task<"wide", RotationBlock<3>, Qubits<4, 0, 2>, Expectations<3>>;
using Inside = Task<"inside", Block2, Qubits<2, 4>, Expectations<2>>;  // within the wide one, in another order
using Beside = Task<"beside", Block2, Qubits<1, 3>, Expectations<2>>;

struct Result {
  std::vector<double> outputs, gradient, angle_gradients;
};

/// A backend with weights, and a batch of angles and cotangents.
template <bool IsComplex = false>
struct Trial {
  Trial(const HeadProgram<double>& program, Eigen::Index size) : backend(program), batch(size) {
    Rng rng(Seed{3});
    const auto numbers = [&rng](int count) {
      std::vector<double> values(static_cast<std::size_t>(count));
      for (auto& v : values) v = rng.normal();
      return values;
    };
    weights = numbers(test::parameters_of(program));
    angles = numbers(program.features * static_cast<int>(batch));
    cotangents = numbers(program.outputs * static_cast<int>(batch));
    result = {std::vector<double>(cotangents.size()), std::vector<double>(weights.size()),
              std::vector<double>(angles.size())};
  }

  void forward() { backend.forward(test::as_batch(angles, batch), weights, test::as_batch(result.outputs, batch)); }
  void backward() {
    backend.backward(test::as_batch(angles, batch), weights, test::as_batch(cotangents, batch), result.gradient,
                     test::as_batch(result.angle_gradients, batch));
  }

  LaneBackend<double, IsComplex> backend;
  Eigen::Index batch;
  std::vector<double> weights, angles, cotangents;
  Result result;
};

template <bool IsComplex = false>
Result run_backend(const HeadProgram<double>& program, Eigen::Index batch) {
  Trial<IsComplex> trial(program, batch);
  trial.forward();
  trial.backward();
  return trial.result;
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
  const auto two = test::make_program<double, Ring, Beside, One>().tasks;
  HeadProgram<double> program;
  program.encoding = encoding;
  program.qubits = program.features = n;
  for (int q = 0; q < n; q += 2) test::add_task(program, two[0], {q, (q + 1) % n});
  for (const int q : {3, 5}) test::add_task(program, two[1], {q});
  return program;
}

/// A state that the first feature turns; samples are counted, and one of them may have no gradient.
struct PreparedStart {
  static constexpr double nothing = 1e9;  // no sample has it
  static inline double failing = nothing;
  static inline int samples = 0;

  static void prepare(const double* x, std::complex<double>* psi) {
    ++samples;
    std::fill_n(psi, dimension(Ring::features), std::complex<double>());
    psi[0] = std::cos(x[0]);
    psi[1] = std::sin(x[0]);
  }
  static void vjp(const double* x, const std::complex<double>*, const std::complex<double>* lambda, double* grad_x) {
    if (x[0] == failing) throw ValueError("no gradient");
    grad_x[0] += 2 * (std::cos(x[0]) * lambda[1].real() - std::sin(x[0]) * lambda[0].real());
  }
};

HeadProgram<double> prepared_program() {
  auto program = test::make_program<double, Ring, Beside>();
  program.prepare = &PreparedStart::prepare;
  program.prepare_vjp = &PreparedStart::vjp;
  return program;
}

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

TEST_CASE("light cones that differ in tasks do not share, with features in products and common weights",
          "[head][lanes]") {
  const auto check = []<bool IsComplex>(std::bool_constant<IsComplex>) {
    std::vector<Operation> encoding;
    HeadProgram<double> program = test::ring_of_tasks(encoding, IsComplex);
    for (const Eigen::Index batch : {3, 19}) {
      program.light_cones = nullptr;
      const auto whole = run_backend<IsComplex>(program, batch);
      program.light_cones = &head_cones<double>;
      CHECK(difference(run_backend<IsComplex>(program, batch), whole) < 1e-12);
    }
  };
  check(std::false_type{});
  check(std::true_type{});
}

TEST_CASE("parts of a batch are whole groups, unless light cones fill their lanes with fewer samples",
          "[head][lanes]") {
  constexpr Eigen::Index lanes = LaneBackend<double, false>::width;
  std::vector<Operation> encoding;
  HeadProgram<double> program = ring_of_windows(encoding);
  const LaneBackend<double, false> whole(program);
  CHECK(samples_of_part(whole, lanes, 2) == lanes);
  CHECK(samples_of_part(whole, 3 * lanes - 1, 2) == 2 * lanes);
  program.light_cones = &head_cones<double>;  // one shape of three members and one of two
  const LaneBackend<double, false> cones(program);
  CHECK(samples_of_part(cones, lanes, 2) == lanes / 2);
  CHECK(samples_of_part(cones, 2 * lanes, 2) == lanes);
}

TEST_CASE("after an error half-way through backward, it gives what it would have given", "[head][lanes]") {
  Trial trial(prepared_program(), 21);
  const Result expected = run_backend(prepared_program(), trial.batch);
  trial.forward();
  PreparedStart::failing = trial.angles[17 * Ring::features];  // after groups that have been swept
  CHECK_THROWS_AS(trial.backward(), ValueError);
  PreparedStart::failing = PreparedStart::nothing;
  CHECK(trial.result.gradient == std::vector<double>(trial.weights.size()));
  trial.backward();
  CHECK(trial.result.gradient == expected.gradient);
  CHECK(trial.result.angle_gradients == expected.angle_gradients);
}

TEST_CASE("a sample's state is prepared once, however many lanes it fills", "[head][lanes]") {
  Trial trial(prepared_program(), 9);
  PreparedStart::samples = 0;
  trial.forward();
  CHECK(PreparedStart::samples == 9);
}

TEST_CASE("states are kept if they fit with their sines and cosines", "[head][lanes]") {
  auto program = prepared_program();
  Trial measured(program, 9);
  program.kept_bytes = measured.backend.state_bytes(9) - 1;
  Trial trial(program, 9);
  trial.forward();
  PreparedStart::samples = 0;
  trial.backward();
  CHECK(PreparedStart::samples == 18);  // encoded again, and for gradients of features
  constexpr std::size_t groups = (9 + pack_width<double> - 1) / pack_width<double>;
  constexpr std::size_t packs = 32 + 10 + 3 * 5;  // amplitudes, a window of two qubits, an angle for each feature
  CHECK(measured.backend.state_bytes(9) == groups * packs * pack_bytes);
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

}  // namespace lane_backend_test
