// SPDX-License-Identifier: Apache-2.0
// The metric tensor of a block is the Fubini-Study metric of the whole register's pure state.

#include "qmtl/train/angles/metric_tensor.hpp"

#include <Eigen/Eigenvalues>

#include <cmath>
#include <string>
#include <vector>

#include "qmtl/head/encode.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/throws.hpp"

namespace metric_tensor_test {

using namespace qmtl;
using namespace qmtl::test;

template <class E, class... Tasks>
using WindowsOf = BasicQuantumHead<double, HeadMethod::window, E, Tasks...>;

/// RY(z_q)|0> on each qubit.
template <int N>
using Rotated = WithSquash<AngleEncoding<N, Axis::Y, NoEntangler>, NoSquash>;

/// The metric of a head's first task for one sample.
template <class H>
Eigen::MatrixXd metric_at(const std::vector<double>& z, const std::vector<double>& w,
                          MetricApproximation approximation = MetricApproximation::none) {
  H head;
  Batch<double> entries(head.encoded_size(), 1);
  head.encode(Eigen::Map<const Batch<double>>(z.data(), H::features, 1), entries);
  return metric_tensor<0>(head, w, entries, approximation);
}

double difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  REQUIRE(a.rows() == b.rows());
  return (a - b).cwiseAbs().maxCoeff();
}

struct Ry {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, weight(0)));
};
struct RxRy {
  static constexpr auto circuit = make_circuit<1>(gate::rx(0, weight(0)), gate::ry(0, weight(1)));
};

TEST_CASE("one rotation of |0> about another axis moves the state by a quarter of the squared angle") {
  using H = WindowsOf<Rotated<1>, Task<"t", Ry, Window<0, 1>, Binary>>;
  CHECK(difference(metric_at<H>({0.0}, {0.7}), Eigen::MatrixXd::Constant(1, 1, 0.25)) < 1e-15);
}

TEST_CASE("RX then RY of |0> has the metric diag(1, cos^2 of the first angle) / 4") {
  // <Y> after RX(a) is -sin a, so that the second angle has variance (1 - sin^2 a) / 4 (Stokes et al. 2020, eq. 10);
  // the first generator X and the second, pulled back, Y cos a - Z sin a do not correlate in |0>.
  using H = WindowsOf<Rotated<1>, Task<"t", RxRy, Window<0, 1>, Binary>>;
  for (const double a : {0.0, 0.4, -1.3, 3.0}) {
    Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(2, 2);
    expected(0, 0) = 0.25;
    expected(1, 1) = std::cos(a) * std::cos(a) / 4;
    CHECK(difference(metric_at<H>({0.0}, {a, 0.8}), expected) < 1e-15);
  }
}

/// The example of PennyLane's demonstration "Quantum natural gradient", after Stokes et al. 2020, section 4.
struct Demonstration {
  static constexpr auto circuit =
      make_circuit<3>(gate::rz(0, weight(0)), gate::rz(1, weight(1)), gate::cx(0, 1), gate::cx(1, 2),
                      gate::ry(1, weight(2)), gate::rx(2, weight(3)), gate::cx(0, 1), gate::cx(1, 2));
};

TEST_CASE("the metric of a published example comes out, by layers and whole") {
  using H = WindowsOf<Rotated<3>, Task<"t", Demonstration, Window<0, 3>, Binary>>;
  const std::vector<double> z{pi / 4, pi / 3, pi / 7}, w{0.432, -0.123, 0.543, 0.233};
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(4, 4);
  expected(0, 0) = 0.125;  // sin^2(pi/4) / 4
  expected(1, 1) = 0.1875;
  expected(2, 2) = 0.24973433;
  expected(3, 3) = 0.20293623;
  expected(2, 3) = expected(3, 2) = -0.01524701;
  CHECK(difference(metric_at<H>(z, w, MetricApproximation::block_diagonal), expected) < 1e-8);
  expected(2, 3) = expected(3, 2) = 0.0;
  CHECK(difference(metric_at<H>(z, w, MetricApproximation::diagonal), expected) < 1e-8);
  const Eigen::MatrixXd whole = metric_at<H>(z, w);
  CHECK(difference(whole.topLeftCorner(2, 2), expected.topLeftCorner(2, 2)) < 1e-8);
  CHECK(whole.topRightCorner(2, 2).cwiseAbs().maxCoeff() > 1e-3);
}

/// Complex amplitudes on five qubits.
struct RyRz {
  static constexpr int features = 5;
  static constexpr auto circuit =
      make_circuit<5>(layer<5>([](int q) { return gate::ry(q, feature(q)); }), CxRing::make<5>(),
                      layer<5>([](int q) { return gate::rz(q, 0.7 * feature(q)); }), CxRing::make<5>(),
                      layer<5>([](int q) { return gate::ry(q, feature(q)); }));
  using Squash = NoSquash;
};

/// Every gate with an angle, weights used twice, scaled, negated and shifted, fixed gates and angles in between.
struct Everything {
  static constexpr auto circuit =
      make_circuit<3>(gate::rx(0, weight(0)), gate::ry(1, 0.5 * weight(1)), gate::rz(2, -weight(2) + 0.3),
                      gate::cx(0, 2), gate::u(1, weight(3), weight(4), weight(5)), gate::crx(2, 0, weight(6)),
                      gate::cry(0, 1, weight(0)), gate::crz(1, 2, 1.5 * weight(7)), gate::h(0), gate::p(0, weight(8)),
                      gate::cp(2, 1, weight(1)), gate::sx(1), gate::rxx(0, 1, weight(9)), gate::ryy(2, 0, weight(10)),
                      gate::rzz(1, 2, -0.8 * weight(11)), gate::iswap(0, 1), gate::ry(2, 0.4), gate::ry(0, weight(12)));
};

using Wide = Task<"wide", Everything, Qubits<4, 0, 2>, Classes<3>>;
using Inside = Task<"inside", StronglyEntanglingBlock<2, Layers<2>>, Qubits<2, 4>, BinaryReadout<TrainableScale<3>>>;
using Across = Task<"across", RotationBlock<2, Layers<2>>, Qubits<3, 2>, Classes<2>>;

/// g of the register's state V|psi> by central differences of fourth order: knows no generators and no windows.
template <class T>
Eigen::MatrixXd fubini_study(const DenseVector& psi, std::vector<double> w) {
  std::vector<Operation> ops(T::Block::circuit.ops().begin(), T::Block::circuit.ops().end());
  for (auto& op : ops) {
    for (std::size_t q = 0; q < op.targets().size(); ++q) {
      op.qubits[q] = T::Window::indices[static_cast<std::size_t>(op.qubits[q])];
    }
  }
  const auto state = [&](std::size_t j, double step) {
    auto moved = w;
    moved[j] += step;
    return dense_run(ops, psi, {}, moved);
  };
  const double h = 1e-3;
  const auto weights = static_cast<Eigen::Index>(w.size());
  test::Dense derivatives(psi.size(), weights);
  for (std::size_t j = 0; j < w.size(); ++j) {
    derivatives.col(static_cast<Eigen::Index>(j)) =
        (8.0 * (state(j, h) - state(j, -h)) - (state(j, 2 * h) - state(j, -2 * h))) / (12.0 * h);
  }
  const DenseVector overlaps = derivatives.adjoint() * state(0, 0.0);
  return (derivatives.adjoint() * derivatives - overlaps * overlaps.adjoint()).real();
}

template <class T>
std::vector<double> own_weights(const std::vector<double>& w, std::size_t first) {
  return {w.begin() + static_cast<std::ptrdiff_t>(first), w.begin() + static_cast<std::ptrdiff_t>(first) + T::weights};
}

TEST_CASE("the metric from windows is that of the register's state, through nested and permuted windows") {
  using H = WindowsOf<RyRz, Wide, Inside, Across>;
  H head;
  Rng rng(Seed{7});
  std::vector<double> w(H::parameters);
  for (auto& value : w) value = rng.normal();
  const Batch<double> z = Batch<double>::NullaryExpr(5, 3, [&rng] { return rng.normal(); });
  Batch<double> entries(head.encoded_size(), 3);
  head.encode(z, entries);
  Eigen::MatrixXd wide, inside, across;
  for (Eigen::Index b = 0; b < 3; ++b) {
    const std::vector<double> x(z.col(b).begin(), z.col(b).end());
    const DenseVector psi = dense_run(RyRz::circuit.ops(), dense_zero(5), x);
    const auto add = [](Eigen::MatrixXd& sum, const Eigen::MatrixXd& g) {
      sum = sum.size() == 0 ? Eigen::MatrixXd(g / 3.0) : Eigen::MatrixXd(sum + g / 3.0);
    };
    add(wide, fubini_study<Wide>(psi, own_weights<Wide>(w, 0)));
    add(inside, fubini_study<Inside>(psi, own_weights<Inside>(w, Wide::parameters)));
    add(across, fubini_study<Across>(psi, own_weights<Across>(w, Wide::parameters + Inside::parameters)));
  }
  CHECK(difference(metric_tensor<0>(head, w, entries), wide) < 1e-10);
  CHECK(difference(metric_tensor<1>(head, w, entries), inside) < 1e-10);
  CHECK(difference(metric_tensor<2>(head, w, entries), across) < 1e-10);
}

TEST_CASE("engines on one register, on light cones and in single precision have the same metric") {
  using Cones = BasicQuantumHead<double, HeadMethod::light_cone, RyRz, Wide, Inside, Across>;
  using Floats = BasicQuantumHead<float, HeadMethod::window, RyRz, Wide, Inside, Across>;
  WindowsOf<RyRz, Wide, Inside, Across> head;
  Cones cones;
  Floats floats;
  const Batch<double> z = Batch<double>::Random(5, 4);
  Batch<double> entries(head.encoded_size(), 4), cone_entries(cones.encoded_size(), 4);
  Batch<float> float_entries(floats.encoded_size(), 4);
  head.encode(z, entries);
  cones.encode(z, cone_entries);
  floats.encode(z.cast<float>(), float_entries);
  const std::vector<double> w(Cones::parameters, 0.4);
  const std::vector<float> float_w(Cones::parameters, 0.4F);
  const Eigen::MatrixXd expected = metric_tensor<1>(head, w, entries);
  CHECK(difference(metric_tensor<1>(cones, w, cone_entries), expected) < 1e-13);
  CHECK(difference(metric_tensor<1>(floats, float_w, float_entries), expected) < 1e-5);
}

TEST_CASE("metric tensors and their approximations are symmetric and positive semidefinite") {
  using H = WindowsOf<RyRz, Wide, Inside, Across>;
  H head;
  Rng rng(Seed{3});
  for (int repeat = 0; repeat < 10; ++repeat) {
    std::vector<double> w(H::parameters);
    for (auto& value : w) value = 2.0 * rng.normal();
    const Batch<double> z = Batch<double>::NullaryExpr(5, 1 + repeat, [&rng] { return rng.normal(); });
    Batch<double> entries(head.encoded_size(), z.cols());
    head.encode(z, entries);
    for (const auto approximation :
         {MetricApproximation::none, MetricApproximation::block_diagonal, MetricApproximation::diagonal}) {
      for (const Eigen::MatrixXd& g :
           {metric_tensor<0>(head, w, entries, approximation), metric_tensor<1>(head, w, entries, approximation),
            metric_tensor<2>(head, w, entries, approximation)}) {
        CHECK(g == g.transpose());
        CHECK(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(g).eigenvalues().minCoeff() > -1e-14);
      }
    }
  }
}

/// The second qubit waits behind the CX for the first.
struct Late {
  static constexpr auto circuit =
      make_circuit<3>(gate::ry(0, weight(0)), gate::cx(0, 1), gate::rzz(1, 2, weight(1)), gate::ry(0, weight(2)));
};

TEST_CASE("rotations of different qubits share a layer, those of the same one do not") {
  CHECK(detail::weight_layers<RotationBlock<2, Layers<2>>>() == std::vector<int>{0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(detail::weight_layers<StronglyEntanglingBlock<2>>() == std::vector<int>{1, 2, 0, 1, 2, 0});
  CHECK(detail::weight_layers<Demonstration>() == std::vector<int>{0, 0, 1, 1});
  CHECK(detail::weight_layers<IdentityBlock<2>>().empty());
  CHECK(detail::weight_layers<Late>() == std::vector<int>{0, 1, 1});
}

TEST_CASE("a block without weights has an empty metric") {
  using H = WindowsOf<Rotated<2>, Task<"t", IdentityBlock<2>, Window<0, 2>, Binary>>;
  CHECK(metric_at<H>({0.1, 0.2}, {}).size() == 0);
}

TEST_CASE("shapes that do not fit a metric tensor are named") {
  using H = WindowsOf<Rotated<1>, Task<"t", Ry, Window<0, 1>, Binary>>;
  H head;
  const std::vector<double> w{0.5};
  const Batch<double> entries = Batch<double>::Zero(head.encoded_size(), 2), none(head.encoded_size(), 0);
  CHECK(message_of<ShapeError>([&] { (void)metric_tensor<0>(head, std::vector<double>{}, entries); }) ==
        "qmtl: metric tensor: number of parameters must be 1, got 0");
  CHECK(message_of<ShapeError>([&] { (void)metric_tensor<0>(head, w, Batch<double>(7, 2)); }) ==
        "qmtl: metric tensor: rows of entries must be 3, got 7");
  CHECK(message_of<ShapeError>([&] { (void)metric_tensor<0>(head, w, none); }) ==
        "qmtl: metric tensor: samples, expected at least 1, got 0");
}

}  // namespace metric_tensor_test
