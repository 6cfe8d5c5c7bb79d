// SPDX-License-Identifier: Apache-2.0
// The effective dimension of matrices whose determinants are known, its limits and bounds.

#include "qmtl/diagnostics/effective_dimension.hpp"

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace effective_dimension_test {

using namespace qmtl;

using Matrices = std::vector<Eigen::MatrixXd>;

double kappa(double n, double gamma) { return gamma * n / (2 * pi * std::log(n)); }

/// A random positive semidefinite matrix of a given rank.
Eigen::MatrixXd random_fisher(Rng& rng, int size, int rank) {
  Eigen::MatrixXd factor(size, rank);
  for (auto& value : factor.reshaped()) value = rng.normal();
  return factor * factor.transpose();
}

TEST_CASE("identity matrices have P log(1 + kappa) / log kappa, whatever their scale") {
  for (const double scale : {1e-320, 0.01, 1.0, 50.0, 1.5e308}) {
    const Matrices fishers(3, scale * Eigen::MatrixXd::Identity(7, 7));
    const double k = kappa(1000, 1.0);
    CHECK(effective_dimension(fishers, 1000) == Approx(7 * std::log1p(k) / std::log(k)));
  }
}

TEST_CASE("one direction alone has log(1 + kappa P) / log kappa, which tends to 1") {
  Eigen::MatrixXd one = Eigen::MatrixXd::Zero(5, 5);
  one(2, 2) = 0.3;
  const Matrices fishers{one};
  CHECK(effective_dimension(fishers, 5000, 0.5) ==
        Approx(std::log1p(5 * kappa(5000, 0.5)) / std::log(kappa(5000, 0.5))));
  CHECK(effective_dimension(fishers, Eigen::Index{1} << 60) == Approx(1).epsilon(0.05));
}

TEST_CASE("the mean is over volumes sqrt det(1 + kappa F) of jointly normalised matrices") {
  // diag(a), one parameter: mean a normalised to 1, then 2 log mean sqrt(1 + kappa a) / log kappa.
  const Matrices fishers{Eigen::MatrixXd::Constant(1, 1, 2.0), Eigen::MatrixXd::Constant(1, 1, 6.0)};
  const double k = kappa(200, 1.0);
  const double mean = 0.5 * (std::sqrt(1 + 0.5 * k) + std::sqrt(1 + 1.5 * k));
  CHECK(effective_dimension(fishers, 200) == Approx(2 * std::log(mean) / std::log(k)));
  const auto normalised = trace_normalised(fishers);
  CHECK(normalised[0](0, 0) == Approx(0.5));
  CHECK(normalised[1](0, 0) == Approx(1.5));
}

TEST_CASE("the dimension lies between 0 and that of the identity, and tends to the rank") {
  Rng rng(Seed{1});
  for (const int rank : {1, 3, 6}) {
    const Matrices one{random_fisher(rng, 6, rank)};
    const double k = kappa(300, 1.0);
    CHECK(effective_dimension(one, 300) > 0.0);
    CHECK(effective_dimension(one, 300) <= 6 * std::log1p(k) / std::log(k) * (1 + 1e-12));
    CHECK(effective_dimension(one, Eigen::Index{1} << 62) == Approx(rank).epsilon(0.1));
  }
}

TEST_CASE("many parameters do not overflow: determinants stay logarithms") {
  const Matrices large(2, Eigen::MatrixXd::Identity(400, 400));
  const double k = kappa(1e12, 1.0);
  CHECK(effective_dimension(large, 1000000000000) == Approx(400 * std::log1p(k) / std::log(k)));
}

TEST_CASE("a model that its parameters do not move has dimension 0") {
  CHECK(effective_dimension(Matrices(2, Eigen::MatrixXd::Zero(4, 4)), 100) == 0.0);
}

using Yes = Task<"yes", RotationBlock<1>, Window<0, 1>, Binary>;
using Logistic = LinearHead<double, 2, Yes>;

TEST_CASE("Fisher draws are fisher_information at uniform parameters") {
  Logistic head;
  const Batch<double> z = Batch<double>::Random(2, 5);
  Rng rng(Seed{2}), same(Seed{2});
  const auto fishers = fisher_draws(head, z, rng, {.draws = 3, .low = -2, .high = 0.5});
  REQUIRE(fishers.size() == 3);
  for (const auto& fisher : fishers) {
    std::vector<double> weights(3);
    for (double& w : weights) w = same.uniform(-2, 0.5);
    CHECK((fisher - fisher_information(head, z, weights)).isZero(0.0));
  }
  CHECK(effective_dimension(fishers, 1000) <= 3 * std::log1p(kappa(1000, 1.0)) / std::log(kappa(1000, 1.0)) * 1.2);
}

TEST_CASE("impossible settings of the effective dimension are errors") {
  const Matrices one{Eigen::MatrixXd::Identity(2, 2)};
  const auto message = [&](Eigen::Index n, double gamma) {
    return test::message_of<ValueError>([&] { (void)effective_dimension(one, n, gamma); });
  };
  CHECK(message(18, 1.0) ==
        "qmtl: effective_dimension: data points n, expected gamma n / (2 pi log n) > 1, got n = 18 and gamma = 1");
  CHECK_NOTHROW((void)effective_dimension(one, 19));
  CHECK(message(1, 1.0).find("got n = 1") != std::string::npos);
  CHECK(message(0, 1.0).find("got n = 0") != std::string::npos);
  CHECK(message(100, 0.0) == "qmtl: effective_dimension: gamma, expected a number in (0, 1], got 0");
  CHECK(message(100, 1.5) == "qmtl: effective_dimension: gamma, expected a number in (0, 1], got 1.5");
  CHECK(message(100, NAN).find("gamma") != std::string::npos);
  CHECK(test::message_of<ShapeError>([] { (void)effective_dimension({}, 100); }) ==
        "qmtl: effective_dimension: matrices, expected at least 1, got 0");
  const Matrices mixed{Eigen::MatrixXd::Identity(2, 2), Eigen::MatrixXd::Identity(3, 3)};
  CHECK(test::message_of<ShapeError>([&] { (void)effective_dimension(mixed, 100); }) ==
        "qmtl: trace_normalised: rows of a matrix must be 2, got 3");
  Logistic head;
  Rng rng(Seed{1});
  const Batch<double> z = Batch<double>::Zero(2, 1);
  CHECK(test::message_of<ValueError>([&] { (void)fisher_draws(head, z, rng, {.draws = 0}); }) ==
        "qmtl: fisher_draws: draws, expected at least 1, got 0");
  CHECK(test::message_of<ValueError>([&] { (void)fisher_draws(head, z, rng, {.low = 1, .high = 1}); }) ==
        "qmtl: fisher_draws: range of parameters, expected finite low < high, got 1 and 1");
}

}  // namespace effective_dimension_test
