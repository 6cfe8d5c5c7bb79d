// SPDX-License-Identifier: Apache-2.0
// Threads: the same bits every time for a fixed count, rounding between counts, errors passed on.

#include "qmtl/engine/parallel_backend.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <complex>
#include <span>
#include <vector>

#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/head_program.hpp"

namespace parallel_backend_test {

using namespace qmtl;

using Head2 =
    QuantumHead<double, AngleEncoding<4, Axis::Y, CxRing, Layers<2>>, Task<"a", RotationBlock<2>, Window<0, 2>, Binary>,
                Task<"b", RotationBlock<3>, Window<1, 3>, Classes<3>>>;

struct Result {
  Batch<double> logits, dz;
  std::vector<double> gradient;
};

Result step(Head2& head, Eigen::Index batch) {
  Rng rng(Seed{4});
  std::vector<double> weights(Head2::parameters);
  for (auto& w : weights) w = rng.normal();
  const auto numbers = [&rng](Eigen::Index rows, Eigen::Index columns) {
    return Batch<double>::NullaryExpr(rows, columns, [&rng] { return rng.normal(); }).eval();
  };
  const Batch<double> z = numbers(4, batch), c = numbers(Head2::outputs, batch);
  Result r{Batch<double>(Head2::outputs, batch), Batch<double>(4, batch), std::vector<double>(weights.size())};
  head.forward(z, weights, r.logits);
  head.backward(z, weights, c, r.gradient, r.dz);
  return r;
}

/// Its gradient cannot be had of a sample whose first feature is `failing`.
struct Fragile : AmplitudeEncoding<2> {
  static constexpr double nothing = 2.0;  // no sample has it
  static inline double failing = nothing;

  template <class S>
  static void prepare_vjp(const S* x, const std::complex<S>* psi, const std::complex<S>* lambda, S* grad_x) {
    if (x[0] == failing) throw ValueError("no gradient");
    AmplitudeEncoding<2>::prepare_vjp(x, psi, lambda, grad_x);
  }
};
using FragileHead =
    QuantumHead<double, Fragile, Task<"a", RotationBlock<1>, Window<0, 1>, BinaryReadout<TrainableScale<4>>>>;

TEST_CASE("a head with threads goes on in a child of fork, with the same bits", "[head][threads]") {
  Head2 head;
  head.set_execution(Threads{3});
  const Result here = step(head, 50);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(30);  // should it wait for threads that are not there
    const Result there = step(head, 50);
    ::_exit(there.logits == here.logits && there.gradient == here.gradient ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

TEST_CASE("threads change sums by rounding only, and not from run to run", "[head][threads]") {
  for (const Eigen::Index batch : {1, 9, 50}) {
    Head2 sequential, threaded;
    threaded.set_execution(Threads{3});
    const Result one = step(sequential, batch);
    const Result three = step(threaded, batch);
    const Result again = step(threaded, batch);
    CHECK(one.logits == three.logits);
    CHECK(one.dz == three.dz);
    CHECK(three.gradient == again.gradient);
    for (std::size_t j = 0; j < one.gradient.size(); ++j) {
      CHECK(three.gradient[j] == Approx(one.gradient[j]).epsilon(1e-12).margin(1e-12));
    }
    Head2 copy = threaded;  // with threads of its own
    CHECK(step(copy, batch).gradient == three.gradient);
  }
}

TEST_CASE("threads share the samples of light cones", "[head][threads]") {
  std::vector<Operation> encoding;
  auto program = test::ring_of_tasks(encoding, false);
  program.light_cones = &detail::head_cones<double>;
  const auto parameters = static_cast<std::size_t>(test::parameters_of(program));
  const auto run = [&program, parameters](int threads, Eigen::Index batch) {
    detail::ParallelBackend<double, detail::LaneBackend<double, false>> backend(program);
    if (threads > 1) backend.set_execution(Threads{threads});
    Result r{Batch<double>(program.outputs, batch), Batch<double>(program.features, batch),
             std::vector<double>(parameters)};
    const Batch<double> angles = Batch<double>::NullaryExpr(
        program.features, batch, [](auto i, auto j) { return std::sin(static_cast<double>(3 * i + 7 * j)); });
    const Batch<double> cotangents = Batch<double>::Ones(program.outputs, batch);
    const std::vector<double> weights(parameters, 0.3);
    backend.forward(angles, weights, r.logits);
    backend.backward(angles, weights, cotangents, r.gradient, r.dz);
    return r;
  };
  for (const Eigen::Index batch : {1, 4, 19}) {
    const Result one = run(1, batch), three = run(3, batch);
    CHECK(one.logits == three.logits);
    CHECK(one.dz == three.dz);
    for (std::size_t j = 0; j < one.gradient.size(); ++j)
      CHECK(three.gradient[j] == Approx(one.gradient[j]).margin(1e-12));
  }
}

/// Every output of a sample is its first angle, with that for an error too. It says no `width`.
struct Splitting {
  static constexpr bool splits_batches = true;
  Batch<double> angles{};

  explicit Splitting(const HeadProgram<double>&) {}
  void forward(const BatchIn<double>& in, std::span<const double>, BatchOut<double> expectations) {
    angles = in;
    expectations.rowwise() = in.row(0);
  }
  void backward(const BatchIn<double>& in, std::span<const double>, const BatchIn<double>& cotangents,
                std::span<double> gradient, BatchOut<double>) {
    for (double& g : gradient) g += in.row(0).dot(cotangents.row(0));
  }
  void standard_errors(const BatchIn<double>& slopes, BatchOut<double> errors) const {
    errors = slopes.row(1).cwiseProduct(angles.row(0));
  }
};

TEST_CASE("threads have parts of the batch of a backend of one's own, with its standard errors", "[head][threads]") {
  static_assert(splits_batches<Splitting>);
  HeadProgram<double> program;
  program.outputs = 2;
  detail::ParallelBackend<double, Splitting> backend(program);
  backend.set_execution(Threads{3});
  for (const Eigen::Index batch : {1, 2, 3, 7}) {
    const Batch<double> angles = Batch<double>::Random(1, batch), c = Batch<double>::Ones(2, batch);
    Batch<double> values(2, batch), errors = Batch<double>::Zero(1, batch), unwanted;
    std::vector<double> gradient(1, 1.0);
    backend.forward(angles, {}, values);
    detail::standard_errors_of<decltype(backend), double>(backend, (2 * c).eval(), errors);
    backend.backward(angles, {}, c, gradient, unwanted);
    CHECK(values == angles.replicate(2, 1));
    CHECK(errors == 2 * angles);
    CHECK(gradient[0] == Approx(1.0 + angles.sum()));
  }
}

TEST_CASE("an error on another thread reaches the caller", "[head][threads]") {
  FragileHead head;
  head.set_execution(Threads{2});
  Batch<double> z = Batch<double>::Ones(4, 64), logits(1, 64);
  z.col(63).setZero();
  const std::vector<double> weights(FragileHead::parameters, 0.1);
  CHECK_THROWS_AS(head.forward(z, weights, logits), ValueError);
  z.setOnes();
  CHECK_NOTHROW(head.forward(z, weights, logits));
}

TEST_CASE("an error half-way through backward changes no gradient, and backward can be tried again",
          "[head][threads]") {
  FragileHead head;
  const Batch<double> z = Batch<double>::Random(4, 64), c = Batch<double>::Random(1, 64);
  Batch<double> logits(1, 64), dz(4, 64), dz_again(4, 64);
  const std::vector<double> weights(FragileHead::parameters, 0.3), zero(weights.size(), 0.0);
  for (const int threads : {1, 2}) {
    if (threads > 1) head.set_execution(Threads{threads});
    head.forward(z, weights, logits);
    std::vector<double> gradient = zero, again = zero;
    head.backward(z, weights, c, gradient, dz);
    head.forward(z, weights, logits);
    Fragile::failing = z(0, 50);
    CHECK_THROWS_AS(head.backward(z, weights, c, again, dz_again), ValueError);
    Fragile::failing = Fragile::nothing;
    CHECK(again == zero);
    head.backward(z, weights, c, again, dz_again);
    CHECK(again == gradient);
    CHECK(dz_again == dz);
  }
}

TEST_CASE("an error of one batch is not that of the next, when threads share its states", "[head][threads]") {
  using Amplitude =
      QuantumHead<double, AmplitudeEncoding<13, Features<8>>, Task<"a", RotationBlock<1>, Window<0, 1>, Binary>>;
  Amplitude head;
  head.set_execution(Threads{2});
  Batch<double> z = Batch<double>::Ones(8, 4), logits(1, 4);
  z.col(3).setZero();
  const std::vector<double> weights(Amplitude::parameters, 0.1);
  CHECK_THROWS_AS(head.forward(z, weights, logits), ValueError);
  CHECK_NOTHROW(head.forward(z.leftCols(1), weights, logits.leftCols(1)));
}

TEST_CASE("a copied head has nothing to go backward from", "[head][threads]") {
  Head2 head;
  const std::vector<double> weights(Head2::parameters, 0.1);
  const Batch<double> z = Batch<double>::Ones(4, 3), c = Batch<double>::Ones(Head2::outputs, 3);
  Batch<double> logits(Head2::outputs, 3), dz(4, 3);
  std::vector<double> gradient(weights.size());
  head.forward(z, weights, logits);
  Head2 copy = head;
  CHECK_THROWS_AS(copy.backward(z, weights, c, gradient, dz), ShapeError);
  Head2 moved = std::move(head);
  CHECK_NOTHROW(moved.backward(z, weights, c, gradient, dz));
}

}  // namespace parallel_backend_test
