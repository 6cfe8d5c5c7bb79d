// SPDX-License-Identifier: Apache-2.0
// Gradients task by task: their weighted sum is the gradient of the weighted sum, and norms are those of dL/dz.

#include "qmtl/train/task_gradients.hpp"

#include <cmath>
#include <vector>

#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/fusion.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/fit_models.hpp"

namespace task_gradients_test {

using namespace qmtl;
using namespace qmtl::test;

using Uploading = QmtlModel<Mlp<20, 16, 4>, ReuploadingEncoding<4>, First, Second, Third>;
using Fused = QmtlModel<GatedFusion<4, Mlp<12, 6>, Mlp<8, 6>>, AngleEncoding<4>, First, Second, Third>;
using Images =
    QmtlModel<ConvNet<Image<5, 4, 1>, Conv<2, 3>, MaxPool<2>, qmtl::Dense<4>>, AngleEncoding<4>, First, Second, Third>;

TEMPLATE_TEST_CASE("a weighted sum of the tasks' gradients is the gradient of the weighted sum of the losses", "",
                   Quantum<>, Classical, Uploading, Fused, Images) {
  auto data = related_parts(60).train;
  const bool unlabelled = GENERATE(false, true);
  if (unlabelled) data.labels.row(2).setConstant(-1);
  const std::vector<double> weights{0.5, 3.0, 1.25};
  TestType model{Seed{4}};
  Objective together(model), apart(model);
  TaskGradients gradients(model);
  together.forward(data.inputs, data.labels);
  together.backward(weights);
  apart.forward(data.inputs, data.labels);
  gradients.sum(apart, weights);
  const auto same = [](auto a, auto b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t j = 0; j < a.size(); ++j) CHECK(a[j] == Approx(b[j]).epsilon(0).margin(1e-13));
  };
  same(apart.head_gradient(), together.head_gradient());
  same(apart.backbone_gradient(), together.backbone_gradient());
  CHECK((gradients.norms()[2] == 0.0) == unlabelled);
}

TEST_CASE("conflicts are projected whatever the size of the gradients") {
  const auto data = related_parts(60).train;
  Classical model{Seed{4}};
  const auto gradient = [&](double weight) {
    Objective objective(model);
    TaskGradients gradients(model);
    objective.forward(data.inputs, data.labels);
    Rng rng(Seed{1});
    gradients.sum_without_conflicts(objective, std::vector<double>(3, weight), rng);
    return std::vector<double>(objective.backbone_gradient().begin(), objective.backbone_gradient().end());
  };
  const auto expected = gradient(1.0);
  for (const double weight : {0x1p600, 0x1p-600}) {
    const auto scaled = gradient(weight);
    for (std::size_t j = 0; j < scaled.size(); ++j) CHECK(scaled[j] / weight == Approx(expected[j]).margin(1e-13));
  }
}

TEST_CASE("norms are those of dL/dz of the unweighted losses, by differences") {
  using Direct = QmtlModel<Frozen<4>, AngleEncoding<4>, First, Third>;  // z is the input
  auto all = related_parts(30).train;
  Dataset<double> data{all.inputs.topRows(4), Batch<double>(2, all.rows()), {}};
  data.labels.row(0) = all.labels.row(0);
  data.labels.row(1) = all.labels.row(2);
  Direct model{Seed{4}};
  Objective objective(model);
  TaskGradients gradients(model);
  objective.forward(data.inputs, data.labels);
  gradients.sum(objective, std::vector<double>{7.0, 0.0});
  const std::vector<double> norms(gradients.norms().begin(), gradients.norms().end());
  for (std::size_t t = 0; t < 2; ++t) {
    double square = 0.0;
    for (double& input : data.inputs.reshaped()) {
      const double kept = input;
      const double slope = central_difference(
          [&](double value) {
            input = value;
            objective.forward(data.inputs, data.labels);
            return objective.task_losses()[t].loss;
          },
          kept);
      input = kept;
      square += slope * slope;
    }
    CHECK(norms[t] == Approx(std::sqrt(square)).epsilon(1e-7));
  }
}

}  // namespace task_gradients_test
