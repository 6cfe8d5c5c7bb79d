// SPDX-License-Identifier: Apache-2.0
// The head step against an independent dense NumPy reference: outputs, gradients and the state, by every method.

#include <algorithm>
#include <span>
#include <vector>

#include "head/golden_head_step.hpp"
#include "qmtl/circuit/combinators.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"

namespace quantum_head_golden_test {

using namespace qmtl;
namespace golden = qmtl::test::golden;

constexpr int n = 4;
constexpr int task_weights = 8;

using Ry = WithSquash<AngleEncoding<n, Axis::Y, CxRing, Layers<2>>, NoSquash>;
using Cz = WithSquash<AngleEncoding<n, Axis::Y, CzRing, Layers<2>>, NoSquash>;
struct RyRz {
  static constexpr int features = n;
  static constexpr auto circuit = repeat<2>(
      make_circuit<n>(layer<n>([](int q) { return make_circuit<n>(gate::ry(q, feature(q)), gate::rz(q, feature(q))); }),
                      CxRing::make<n>()));
  using Squash = NoSquash;
};

template <int T>
using Pair = Window<2 * T, 2>;
using Block = RotationBlock<2, Layers<2>>;
template <HeadMethod M, class E>
using HeadOf = BasicQuantumHead<double, M, E, Task<"first", Block, Pair<0>, Expectations<2>>,
                                Task<"second", Block, Pair<1>, Expectations<2>>>;

std::vector<double> theta() {
  std::vector<double> out;
  for (int i = 0; i < 2 * task_weights; ++i) out.push_back(golden::theta(i / 8, i / 4 % 2, i / 2 % 2, i % 2));
  return out;
}

/// One forward and backward on `batch` samples of the golden inputs.
struct Step {
  Batch<double, n> x, c, y, dx;
  std::vector<double> dtheta;
};

template <class Head>
Step head_step(int batch) {
  static_assert(Head::features == n && Head::outputs == n && Head::parameters == 2 * task_weights);
  Step step{Batch<double, n>(n, batch), Batch<double, n>(n, batch), Batch<double, n>(n, batch),
            Batch<double, n>(n, batch), std::vector<double>(2 * task_weights)};
  for (int b = 0; b < batch; ++b) {
    for (int q = 0; q < n; ++q) {
      step.x(q, b) = golden::x(b, q);
      step.c(q, b) = golden::cotangent(b, q);
    }
  }
  Head head;
  head.forward(step.x, theta(), step.y);
  head.backward(step.x, theta(), step.c, step.dtheta, step.dx);
  return step;
}

/// Values stored one sample after another.
auto columns(std::span<const double> values) {
  return Eigen::Map<const Batch<double, n>>(values.data(), n, static_cast<Eigen::Index>(values.size()) / n);
}

template <HeadMethod M>
void check_golden_step() {
  const Step step = head_step<HeadOf<M, Ry>>(4);
  CHECK((step.y - columns(golden::y)).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((step.dx - columns(golden::dx)).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((columns(step.dtheta) - columns(golden::dtheta)).cwiseAbs().maxCoeff() < 1e-12);
}

template <HeadMethod M, class E>
void check_checksums(const golden::Checksums& expected) {
  const Step step = head_step<HeadOf<M, E>>(64);
  constexpr double each = 5e-14;  // the error of one value, which 256 of a sum may share
  CHECK(step.y.cwiseProduct(step.c).sum() == Approx(expected.y_times_c).epsilon(0).margin(256 * each));
  CHECK(columns(step.dtheta).sum() == Approx(expected.dtheta).epsilon(0).margin(64 * each));
  CHECK(step.dx.sum() == Approx(expected.dx).epsilon(0).margin(256 * each));
  CHECK(step.dtheta[0] == Approx(expected.dtheta_0).epsilon(0).margin(64 * each));
  CHECK(step.dx(0, 0) == Approx(expected.dx_0).epsilon(0).margin(each));
}

TEST_CASE("the head step has the reference's outputs and gradients by every method") {
  SECTION("window operators") { check_golden_step<HeadMethod::window>(); }
  SECTION("direct") { check_golden_step<HeadMethod::direct>(); }
  SECTION("light cones") { check_golden_step<HeadMethod::light_cone>(); }
  SECTION("parameter shift") { check_golden_step<HeadMethod::shift>(); }
  SECTION("automatic") { check_golden_step<HeadMethod::automatic>(); }
}

TEST_CASE("the head step with 64 samples has the reference's checksums") {
  SECTION("ry, window operators") { check_checksums<HeadMethod::window, Ry>(golden::ry); }
  SECTION("ry, direct") { check_checksums<HeadMethod::direct, Ry>(golden::ry); }
  SECTION("ryrz, window operators") { check_checksums<HeadMethod::window, RyRz>(golden::ryrz); }
  SECTION("ryrz, direct") { check_checksums<HeadMethod::direct, RyRz>(golden::ryrz); }
  SECTION("cz, light cones") { check_checksums<HeadMethod::light_cone, Cz>(golden::cz); }
  SECTION("cz, window operators") { check_checksums<HeadMethod::window, Cz>(golden::cz); }
  SECTION("cz, parameter shift") { check_checksums<HeadMethod::shift, Cz>(golden::cz); }
}

TEST_CASE("encoding and blocks make the reference's state, qubit 0 the least significant bit") {
  constexpr auto circuit =
      chain(Ry::circuit, on<n, Pair<0>>(Block::circuit), on<n, Pair<1>>(shift_weights(Block::circuit, task_weights)));
  const std::vector<double> x{golden::x(0, 0), golden::x(0, 1), golden::x(0, 2), golden::x(0, 3)};
  const auto state = run(circuit, x, theta());
  for (std::size_t i = 0; i < state.size(); ++i) {
    const std::size_t reversed = (i & 1) << 3 | (i & 2) << 1 | (i & 4) >> 1 | (i & 8) >> 3;
    CHECK(std::abs(state[i] - std::complex(golden::state_lsb_re[i], golden::state_lsb_im[i])) < 1e-12);
    CHECK(std::abs(state[i] - std::complex(golden::state_msb_re[reversed], golden::state_msb_im[reversed])) < 1e-12);
  }
}

}  // namespace quantum_head_golden_test
