// SPDX-License-Identifier: Apache-2.0
// PCGrad: projections of known vectors against the published algorithm, and a training step with two conflicting tasks.

#include "qmtl/optimize/pcgrad.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/head/hybrid_head.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"

namespace pcgrad_test {

using namespace qmtl;
using namespace qmtl::test;

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// The sum of the projected gradients, the columns of `g`, through the Gram matrix.
Vector projected_sum(const Matrix& g, Rng rng) { return g * project_conflicts(Matrix(g.transpose() * g), rng); }

/// Algorithm 1 of Yu et al. 2020 on the vectors themselves.
Vector textbook(const Matrix& g, Rng rng) {
  Vector sum = Vector::Zero(g.rows());
  for (Eigen::Index i = 0; i < g.cols(); ++i) {
    std::vector<Eigen::Index> others;
    for (Eigen::Index j = 0; j < g.cols(); ++j) {
      if (j != i) others.push_back(j);
    }
    shuffle(others, rng);
    Vector own = g.col(i);
    for (const Eigen::Index j : others) {
      if (own.dot(g.col(j)) < 0.0) own -= own.dot(g.col(j)) / g.col(j).squaredNorm() * g.col(j);
    }
    sum += own;
  }
  return sum;
}

TEST_CASE("two conflicting vectors lose what conflicts") {
  Matrix g(2, 2);
  g << 1, -1,  //
      0, 1;
  // (1, 0) becomes (1, 0) + (-1, 1)/2 = (1/2, 1/2), and (-1, 1) becomes (-1, 1) + (1, 0) = (0, 1).
  const Vector sum = projected_sum(g, Rng(Seed{1}));
  CHECK(sum(0) == Approx(0.5).epsilon(1e-15));
  CHECK(sum(1) == Approx(1.5).epsilon(1e-15));
}

TEST_CASE("vectors that do not conflict are summed as they are, a zero one as well") {
  Matrix g(2, 3);
  g << 1, 1, 0,  //
      0, 1, 0;
  CHECK(projected_sum(g, Rng(Seed{1})) == g.rowwise().sum());
}

TEST_CASE("opposite vectors leave nothing") {
  Matrix g(2, 2);
  g << 1, -2,  //
      3, -6;
  CHECK(projected_sum(g, Rng(Seed{1})).norm() < 1e-14);
}

TEST_CASE("any number of vectors is projected as the published algorithm does, in the order that the seed draws") {
  Rng draw(Seed{5});
  bool order_matters = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Matrix g(4, 5);
    for (double& x : g.reshaped()) x = draw.normal();
    const Vector sum = projected_sum(g, Rng(Seed{seed}));
    CHECK((sum - textbook(g, Rng(Seed{seed}))).norm() < 1e-12);
    order_matters = order_matters || (sum - textbook(g, Rng(Seed{seed + 100}))).norm() > 1e-3;
  }
  CHECK(order_matters);
}

using One = Task<"one", RotationBlock<2>, Window<0, 2>, Binary>;
using Other = Task<"other", RotationBlock<2>, Window<1, 2>, Binary>;
using Uploading = QmtlModel<Mlp<4, 5, 3>, ReuploadingEncoding<3>, One, Other>;
/// Its tasks' own parameters lie in two places, a circuit's and a layer's.
using Hybrid =
    MultiTaskModel<Mlp<4, 5, 3>,
                   HybridHead<double, HybridForm::per_task, ReuploadingEncoding<3>, RotationBlock<3>, One, Other>>;

constexpr int shared_parameters = 12;  // of either head: the weights of the encoding
static_assert(Uploading::HeadType::encoding_parameters == shared_parameters);
static_assert(Hybrid::HeadType::parameters == shared_parameters + 2 * (6 + 4));

/// Two tasks with opposite labels, of which each lacks some.
Dataset<double> opposite_tasks() {
  Dataset<double> data{Batch<double>(4, 40), Batch<double>(2, 40), {}};
  Rng rng(Seed{3});
  for (double& value : data.inputs.reshaped()) value = rng.normal();
  for (Eigen::Index i = 0; i < 40; ++i) {
    const bool yes = data.inputs(0, i) * data.inputs(1, i) > 0;
    data.labels(0, i) = i % 7 == 0 ? -1 : yes;
    data.labels(1, i) = i % 5 == 0 ? -1 : !yes;
  }
  return data;
}

/// Gradients of one task alone: the other has no labels. First what is shared (backbone and encoding), then the rest.
template <class Model>
Vector own_gradient(const Model& model, const Dataset<double>& data, int task) {
  Model copy = model;
  auto labels = data.labels;
  labels.row(1 - task).setConstant(-1);
  Objective objective(copy);
  objective.evaluate(data.inputs, labels);
  std::vector<double> all(objective.backbone_gradient().begin(), objective.backbone_gradient().end());
  all.insert(all.end(), objective.head_gradient().begin(), objective.head_gradient().end());
  return Eigen::Map<const Vector>(all.data(), static_cast<Eigen::Index>(all.size()));
}

TEMPLATE_TEST_CASE("a step with pcgrad projects what the tasks share and no task's own parameters", "", Uploading,
                   Hybrid) {
  const auto data = opposite_tasks();
  const std::uint64_t seed = std::same_as<TestType, Uploading> ? 2 : 5;  // states in which the tasks conflict
  TestType model{Seed{seed}};
  const auto shared = static_cast<Eigen::Index>(model.backbone_parameters()) + shared_parameters;
  Matrix g(static_cast<Eigen::Index>(parameters_of(model).size()), 2);
  g.col(0) = 0.5 * own_gradient(model, data, 0);  // of the weighted losses
  g.col(1) = 2.0 * own_gradient(model, data, 1);
  const Matrix parts = g.topRows(shared);
  REQUIRE(parts.col(0).dot(parts.col(1)) < -1e-3 * parts.col(0).norm() * parts.col(1).norm());
  Vector expected = g.rowwise().sum();
  expected.head(shared) = textbook(parts, Rng(Seed{1}));

  const auto before = parameters_of(model);
  const FitOptions options{.epochs = 1,
                           .batch_size = 1000,
                           .optimizer = Sgd{.learning_rate = 1.0},
                           .standardize = false,
                           .weighting = FixedWeights{{0.5, 2.0}},
                           .conflicts = GradientConflicts::pcgrad};
  fit(model, data, options);
  const auto after = parameters_of(model);
  for (std::size_t j = 0; j < before.size(); ++j) {
    CHECK(before[j] - after[j] == Approx(expected(static_cast<Eigen::Index>(j))).epsilon(0).margin(1e-12));
  }
}

TEST_CASE("pcgrad draws its orders from the seed, apart from the order of the samples") {
  const auto data = related_parts(100).train;
  const auto trained = [&data](FitOptions options, std::uint64_t seed) {
    Quantum<> model{Seed{6}};
    options.epochs = 3;
    options.seed = Seed{seed};
    fit(model, data, options);
    return parameters_of(model);
  };
  const FitOptions pcgrad{.conflicts = GradientConflicts::pcgrad};
  CHECK(trained(pcgrad, 1) == trained(pcgrad, 1));
  CHECK(trained(pcgrad, 1) != trained({}, 1));
}

TEST_CASE("where nothing is shared pcgrad changes nothing") {
  auto data = opposite_tasks();
  using Fixed = QmtlModel<Frozen<4>, AngleEncoding<4>, One, Other>;
  Fixed plain{Seed{1}}, projected{Seed{1}};
  fit(plain, data, {.epochs = 3});
  fit(projected, data, {.epochs = 3, .conflicts = GradientConflicts::pcgrad});
  CHECK(parameters_of(plain) == parameters_of(projected));
}

}  // namespace pcgrad_test
