// SPDX-License-Identifier: Apache-2.0
// Readout errors against Kronecker products, and what they do to observables against what they do to probabilities.

#include "qmtl/noise/readout_error.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace readout_error_test {

using namespace qmtl;
using Numbers = std::vector<double>;

Numbers random_probabilities(Rng& rng, int k) {
  Numbers p;
  double sum = 0.0;
  for (int i = 0; i < (1 << k); ++i) sum += p.emplace_back(rng.uniform(0, 1));
  for (double& value : p) value /= sum;
  return p;
}

std::vector<ReadoutError> random_errors(Rng& rng, int k) {
  std::vector<ReadoutError> errors;
  for (int j = 0; j < k; ++j) errors.push_back({rng.uniform(0, 0.3), rng.uniform(0, 0.3)});
  return errors;
}

/// A matrix of columns that add up to one, near the identity.
Eigen::MatrixXd random_confusion(Rng& rng, int k) {
  Eigen::MatrixXd m(1 << k, 1 << k);
  for (auto& entry : m.reshaped()) entry = rng.uniform(0, 0.1);
  m.diagonal().array() += 1;
  for (auto column : m.colwise()) column /= column.sum();
  return m;
}

/// The textbook's: column t is what is read of t, Kronecker products with qubit 0 rightmost.
Eigen::MatrixXd dense_confusion(std::span<const ReadoutError> errors) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Identity(1, 1);
  for (const auto& e : errors) {
    const test::Dense one = test::matrix2(1 - e.p_1_given_0, e.p_0_given_1, e.p_1_given_0, 1 - e.p_0_given_1);
    out = test::kron(one, out.cast<test::Complex>()).real().eval();
  }
  return out;
}

double distance(const Numbers& a, const Eigen::VectorXd& b) {
  return (Eigen::Map<const Eigen::VectorXd>(a.data(), b.size()) - b).cwiseAbs().maxCoeff();
}

Eigen::VectorXd vector_of(const Numbers& a) { return Eigen::Map<const Eigen::VectorXd>(a.data(), std::ssize(a)); }

TEST_CASE("a Bell state read with the confusion [[.9, .1], [.3, .7]] on both qubits") {
  // Rows: prepared. The values are those of other simulators' documents.
  const ReadoutError error{.p_1_given_0 = 0.1, .p_0_given_1 = 0.3};
  Numbers p{0.5, 0, 0, 0.5};
  apply_readout_errors(p, std::vector{error, error});
  CHECK(distance(p, vector_of({0.45, 0.15, 0.15, 0.25})) < 1e-15);
}

TEST_CASE("errors of single qubits are a Kronecker product, and the transposed on observables") {
  Rng rng(Seed{1});
  for (const int k : {1, 2, 4}) {
    const auto errors = random_errors(rng, k);
    const auto dense = dense_confusion(errors);
    const Numbers p = random_probabilities(rng, k);
    Numbers read = p, values;
    apply_readout_errors(read, errors);
    CHECK(distance(read, dense * vector_of(p)) < 1e-15);
    CHECK((confusion_matrix(errors).matrix() - dense).cwiseAbs().maxCoeff() < 1e-15);

    for (int i = 0; i < (1 << k); ++i) values.push_back(rng.uniform(-2, 2));
    Numbers changed = values;
    apply_readout_errors_to_observable(changed, errors);
    CHECK(distance(changed, dense.transpose() * vector_of(values)) < 1e-15);
    CHECK(vector_of(changed).dot(vector_of(p)) == Approx(vector_of(values).dot(vector_of(read))).epsilon(1e-13));

    invert_readout_errors(read, errors);
    CHECK(distance(read, vector_of(p)) < 1e-14);
  }
}

TEST_CASE("confusion matrices of groups among other bits") {
  Rng rng(Seed{2});
  for (const std::vector<int>& bits : {std::vector{1}, {2, 0}, {3, 1, 0}}) {
    const int n = 4, k = static_cast<int>(bits.size());
    const Eigen::MatrixXd m = random_confusion(rng, k);
    const test::Dense whole = test::embed(m.cast<test::Complex>(), std::vector<int>(bits.rbegin(), bits.rend()), n);
    const Eigen::MatrixXd dense = whole.real();
    const ConfusionMatrix confusion(m);
    const Numbers p = random_probabilities(rng, n);
    Numbers read = p, values = p;
    apply_readout_errors(read, confusion, bits);
    CHECK(distance(read, dense * vector_of(p)) < 1e-15);
    apply_readout_errors_to_observable(values, confusion, bits);
    CHECK(distance(values, dense.transpose() * vector_of(p)) < 1e-15);
    invert_readout_errors(read, confusion, bits);
    CHECK(distance(read, vector_of(p)) < 1e-14);
  }
}

TEST_CASE("readout errors one after another") {
  Rng rng(Seed{3});
  const auto first = random_errors(rng, 1), second = random_errors(rng, 1);
  const auto both = std::vector{compose(first[0], second[0])};
  CHECK((dense_confusion(both) - dense_confusion(second) * dense_confusion(first)).cwiseAbs().maxCoeff() < 1e-15);
  const ConfusionMatrix a(random_confusion(rng, 2)), b(random_confusion(rng, 2));
  CHECK((compose(a, b).matrix() - b.matrix() * a.matrix()).cwiseAbs().maxCoeff() < 1e-15);
  CHECK_THROWS_AS(compose(a, ConfusionMatrix(random_confusion(rng, 1))), ShapeError);
  CHECK_THROWS_AS(compose(first[0], ReadoutError{1.1, 0}), ValueError);
}

TEST_CASE("no readout error leaves every bit as it is") {
  Rng rng(Seed{4});
  const Numbers p = random_probabilities(rng, 3);
  Numbers read = p;
  apply_readout_errors(read, std::vector<ReadoutError>(3));
  apply_readout_errors_to_observable(read, std::vector<ReadoutError>(3));
  invert_readout_errors(read, std::vector<ReadoutError>(3));
  CHECK(read == p);
}

TEST_CASE("readout errors that cannot be, or cannot be undone") {
  Numbers p{0.5, 0.5};
  const auto value = [&p](ReadoutError error) {
    return test::message_of<ValueError>([&] { apply_readout_errors(p, std::vector{error}); });
  };
  CHECK(value({1.5, 0}) == "qmtl: apply_readout_errors: a readout error, expected a number in [0, 1], got 1.5");
  CHECK(value({0, std::nan("")}).ends_with("got nan"));
  CHECK(test::message_of<ShapeError>([&] { apply_readout_errors(p, std::vector<ReadoutError>(2)); }) ==
        "qmtl: apply_readout_errors: outcomes, expected 2^2, got 2");
  CHECK(test::message_of<ValueError>([&] {
          invert_readout_errors(p, std::vector<ReadoutError>{{0.4, 0.6}});
        }) == "qmtl: invert_readout_errors: bit 0, expected rates that do not add up to 1 to 1e-6, got 0.4 and 0.6");
  CHECK(p == Numbers{0.5, 0.5});

  const auto matrix = [](double a, double b, double c, double d) {
    Eigen::MatrixXd m(2, 2);
    m << a, b, c, d;
    return m;
  };
  CHECK(test::message_of<ValueError>([&] { return ConfusionMatrix(matrix(0.9, 0.1, 0.3, 0.7)); }) ==
        "qmtl: ConfusionMatrix: sum of column 0, expected 1 to 1e-9, got 1.2");
  CHECK(test::message_of<ValueError>([&] { return ConfusionMatrix(matrix(1, 1.2, 0, -0.2)); }) ==
        "qmtl: ConfusionMatrix: row 0, column 1, expected a number in [0, 1], got 1.2");
  CHECK_THROWS_AS(ConfusionMatrix(Eigen::MatrixXd::Identity(3, 3)), ShapeError);
  CHECK_THROWS_AS(ConfusionMatrix(Eigen::MatrixXd::Identity(1, 1)), ShapeError);
  CHECK_THROWS_AS(ConfusionMatrix(Eigen::MatrixXd::Ones(2, 4) / 2), ShapeError);
  CHECK_THROWS_AS(confusion_matrix({}), ShapeError);
  const ConfusionMatrix useless(matrix(0.4, 0.4, 0.6, 0.6)), good(matrix(0.9, 0.3, 0.1, 0.7));
  CHECK(test::message_of<ValueError>([&] {
          invert_readout_errors(p, useless, std::vector{0});
        }).find("reciprocal condition number, expected at least 1e-6, got ") != std::string::npos);
  CHECK_THROWS_AS(apply_readout_errors(p, good, std::vector{1}), CircuitError);
  CHECK_THROWS_AS(apply_readout_errors(p, good, std::vector{0, 1}), ShapeError);
  Numbers three(3);
  CHECK_THROWS_AS(apply_readout_errors(three, good, std::vector{0}), ShapeError);
}

}  // namespace readout_error_test
