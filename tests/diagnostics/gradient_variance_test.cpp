// SPDX-License-Identifier: Apache-2.0
// Gradient variances against closed forms: products of cosines, and the Haar average that deep circuits approach.

#include "qmtl/diagnostics/gradient_variance.hpp"

#include "qmtl/head/block.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace gradient_variance_test {

using namespace qmtl;

template <int N>
struct ProductOfRy {
  static constexpr auto circuit = layer<N>([](int q) { return gate::ry(q, weight(q)); });
};

/// RY by the feature plus the weight: given features only move the angles.
struct WithFeature {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)), gate::ry(0, weight(0)));
};

/// The weight turns about Z what the feature has turned about Y: <X> = sin x cos w.
struct ScaledByFeature {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)), gate::rz(0, weight(0)));
};

template <int N>
PauliSum z_on_all() {
  PauliString z;
  for (int q = 0; q < N; ++q) z = z * pauli_z(q);
  return z;
}

/// |estimate - exact| within four standard errors, which must be small enough to mean something.
void check_estimate(double estimate, double error, double exact, double largest_error) {
  INFO("estimate " << estimate << " +- " << error << ", exact " << exact);
  CHECK(error < largest_error);
  CHECK(std::abs(estimate - exact) < 4 * error);
}

template <int N>
void check_global_cost() {
  Rng rng(Seed{11});
  const auto result = gradient_variance<ProductOfRy<N>>(z_on_all<N>(), rng, {.draws = 4000});
  const double exact = std::pow(0.5, N);
  REQUIRE(result.by_weight.size() == static_cast<std::size_t>(N));
  for (const auto& weight : result.by_weight) {
    check_estimate(weight.variance, weight.variance_error, exact, 0.2 * exact);
    check_estimate(weight.mean, weight.mean_error, 0.0, 0.02);
  }
  check_estimate(result.overall.variance, result.overall.variance_error, exact, 0.1 * exact);
}

TEST_CASE("global cost: the derivative of a product of N cosines has variance 2^-N") {
  check_global_cost<1>();
  check_global_cost<2>();
  check_global_cost<3>();
  check_global_cost<6>();
}

TEST_CASE("local cost: only the weight of the observable's qubit has a gradient, of variance 1/2") {
  Rng rng(Seed{12});
  const auto result = gradient_variance<ProductOfRy<4>>(pauli_z(2), rng);
  for (std::size_t j = 0; j < 4; ++j) {
    if (j == 2) {
      check_estimate(result.by_weight[j].variance, result.by_weight[j].variance_error, 0.5, 0.02);
    } else {
      CHECK(result.by_weight[j].variance < 1e-30);
    }
  }
  CHECK(result.overall.variance == Approx(result.by_weight[2].variance / 4));
  CHECK(result.overall.mean == Approx(result.by_weight[2].mean / 4));
}

TEST_CASE("a deep circuit has the variance of unitary 2-designs around a rotation") {
  // F = <0|A'^dagger e^{iwP/2} B^dagger O B e^{-iwP/2} A'|0> with A' and B Haar-random, O and P Pauli strings on
  // dimension D. First and second moments of the Haar measure give Var dF/dw = D^2 / (2 (D^2 - 1) (D + 1)).
  constexpr int n = 3, layers = 14;
  using Deep = StronglyEntanglingBlock<n, Layers<layers>>;
  constexpr double d = 8, exact = d * d / (2 * (d * d - 1) * (d + 1));
  Rng rng(Seed{13});
  const auto result = gradient_variance<Deep>(pauli_z(0) * pauli_x(2), rng, {.draws = 2000});
  const std::size_t first = 3 * n * (layers / 2);
  for (std::size_t j = first; j < first + 3 * n; ++j) {
    check_estimate(result.by_weight[j].variance, result.by_weight[j].variance_error, exact, 0.08 * exact);
  }
}

TEST_CASE("features are drawn, or stay where they are given") {
  Rng rng(Seed{14});
  const auto x = pauli_x(0);
  const auto drawn = gradient_variance<ScaledByFeature>(x, rng, {.draws = 4000});
  check_estimate(drawn.overall.variance, drawn.overall.variance_error, 0.25, 0.01);
  const std::vector<double> half{pi / 6};
  const auto given = gradient_variance<ScaledByFeature>(x, rng, {.draws = 4000, .features = half});
  check_estimate(given.overall.variance, given.overall.variance_error, 0.125, 0.01);
  const std::vector<double> zero{0.0};
  CHECK(gradient_variance<ScaledByFeature>(x, rng, {.draws = 10, .features = zero}).overall.variance < 1e-30);
  const auto moved = gradient_variance<WithFeature>(pauli_z(0), rng, {.draws = 4000, .features = half});
  check_estimate(moved.overall.variance, moved.overall.variance_error, 0.5, 0.02);
}

TEST_CASE("moments of numbers: sample variance, and errors from independent rows only") {
  Eigen::MatrixXd one(4, 1), twins(4, 2);
  one << 1, 2, 3, 6;
  twins << one, one;
  const auto moments = detail::gradient_moments(one);
  CHECK(moments.mean == Approx(3));
  CHECK(moments.variance == Approx(14.0 / 3));                                 // squares 4 1 0 9
  CHECK(moments.mean_error == Approx(std::sqrt(14.0 / 3 / 4)));                // deviation / sqrt(n)
  CHECK(moments.variance_error == Approx(4.0 / 3 * std::sqrt(49.0 / 3 / 4)));  // squares deviate 1/2 -5/2 -7/2 11/2
  const auto both = detail::gradient_moments(twins);
  CHECK(both.variance == Approx(moments.variance));
  CHECK(both.variance_error == Approx(moments.variance_error));  // a copy is no new information
}

TEST_CASE("a seed gives the same variances again, and impossible settings are errors") {
  Rng a(Seed{5}), b(Seed{5});
  CHECK(gradient_variance<ProductOfRy<2>>(pauli_z(0), a).overall.variance ==
        gradient_variance<ProductOfRy<2>>(pauli_z(0), b).overall.variance);
  CHECK(test::message_of<ValueError>([&] { (void)gradient_variance<ProductOfRy<2>>(pauli_z(0), a, {.draws = 1}); }) ==
        "qmtl: gradient_variance: draws, expected at least 2, got 1");
  CHECK(test::message_of<ShapeError>([&] { (void)gradient_variance<ProductOfRy<2>>(pauli_z(2), a); }) ==
        "qmtl: an observable acts on qubit 2, the state has 2 qubits");
}

}  // namespace gradient_variance_test
