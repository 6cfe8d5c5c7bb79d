// SPDX-License-Identifier: Apache-2.0
// Generated tasks are what they claim: seeded, balanced, related, learnable by an mlp and not by a linear map.

#include "qmtl/data/synthetic.hpp"

#include <algorithm>
#include <cmath>

#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/data/standardizer.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/optimize/optimizer.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace synthetic_test {

using namespace qmtl;
using qmtl::test::message_of;

/// The share of rows whose label of task t is `label`.
template <class S>
double share(const Dataset<S>& data, int t, double label) {
  return static_cast<double>((data.labels.row(t).array() == static_cast<S>(label)).count()) /
         static_cast<double>(data.rows());
}

TEMPLATE_TEST_CASE("related tasks have the shapes, kinds and shares of classes that they promise", "", float, double) {
  const auto tasks = make_related_tasks<TestType>({.rows = 8000, .features = 17, .seed = Seed{3}});
  CHECK(tasks.data.rows() == 8000);
  CHECK(tasks.data.features() == 17);
  CHECK(tasks.kinds == std::vector<LabelKind>{{2}, {3}, {2}});
  CHECK_NOTHROW(validate<TestType>(tasks.data, tasks.kinds));
  CHECK(share(tasks.data, 0, 1) == Approx(0.5).margin(0.03));
  for (int c = 0; c < 3; ++c) CHECK(share(tasks.data, 1, c) == Approx(1.0 / 3).margin(0.02));
  CHECK(share(tasks.data, 2, 1) == Approx(0.425).margin(0.03));
  CHECK(share(tasks.data, 0, -1) == 0.0);
  CHECK(share(tasks.data, 1, -1) == 0.0);
  CHECK(share(tasks.data, 2, -1) == Approx(0.15).margin(0.016));  // 4 deviations of B(8000, 0.15)
}

TEST_CASE("features are correlated and of the variance that the noise says") {
  const auto data = make_related_tasks({.rows = 20000, .noise = 0.5}).data;
  double strongest = 0.0;
  for (int f = 0; f < data.features(); ++f) {
    CHECK(data.inputs.row(f).mean() == Approx(0.0).margin(0.04));
    CHECK(data.inputs.row(f).squaredNorm() / 20000.0 == Approx(1.25).epsilon(0.05));
    if (f > 0) strongest = std::max(strongest, std::abs(data.inputs.row(f).dot(data.inputs.row(0))) / 20000.0);
  }
  CHECK(strongest > 0.5);
}

TEST_CASE("the shared functions have mean 0 and variance 1 and are uncorrelated") {
  Rng rng(Seed{1});
  Eigen::Matrix3d moments = Eigen::Matrix3d::Zero();
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  const int draws = 200000;
  for (int i = 0; i < draws; ++i) {
    const auto c = detail::shared_functions({rng.normal(), rng.normal(), rng.normal(), rng.normal()});
    const Eigen::Vector3d v(c[0], c[1], c[2]);
    mean += v / draws;
    moments += v * v.transpose() / draws;
  }
  CHECK(mean.norm() < 0.015);
  CHECK((moments - Eigen::Matrix3d::Identity()).norm() < 0.05);
}

TEST_CASE("the same seed gives the same data, another seed other data, more rows the same first rows") {
  const auto a = make_related_tasks({.rows = 50, .seed = Seed{4}}).data;
  const auto b = make_related_tasks({.rows = 80, .seed = Seed{4}}).data;
  const auto c = make_related_tasks({.rows = 50, .seed = Seed{5}}).data;
  CHECK(a.inputs == b.inputs.leftCols(50));
  CHECK(a.labels == b.labels.leftCols(50));
  CHECK(a.inputs != c.inputs);
  const auto d = make_binary_tasks({.tasks = 32, .rows = 40, .seed = Seed{4}}).data;
  const auto e = make_binary_tasks({.tasks = 32, .rows = 60, .seed = Seed{4}}).data;
  CHECK(d.labels == e.labels.leftCols(40));
}

TEST_CASE("any number of binary tasks, balanced, with the share of labels missing that is asked for") {
  const auto tasks = make_binary_tasks({.tasks = 32, .rows = 4000, .missing = 0.2});
  CHECK(tasks.data.tasks() == 32);
  CHECK(tasks.data.task_names[31] == "task 31");
  CHECK_NOTHROW(validate<double>(tasks.data, tasks.kinds));
  for (int t = 0; t < 32; ++t) {
    CHECK(share(tasks.data, t, -1) == Approx(0.2).margin(0.03));
    CHECK(share(tasks.data, t, 1) == Approx(0.4).margin(0.04));
  }
  CHECK(make_binary_tasks({.tasks = 1, .rows = 5}).data.tasks() == 1);
}

TEST_CASE("impossible settings are refused") {
  CHECK(message_of<ShapeError>([] { (void)make_related_tasks({.rows = 0}); }) ==
        "qmtl: generated tasks: rows, expected at least 1, got 0");
  CHECK(message_of<ShapeError>([] { (void)make_related_tasks({.features = -3}); }) ==
        "qmtl: generated tasks: features, expected at least 1, got -3");
  CHECK(message_of<ValueError>([] { (void)make_related_tasks({.noise = -1.0}); }) ==
        "qmtl: generated tasks: noise, expected a finite number from 0, got -1");
  CHECK(message_of<ValueError>([] { (void)make_related_tasks({.missing = 1.5}); }) ==
        "qmtl: generated tasks: missing, expected a share in [0, 1], got 1.5");
  CHECK(message_of<ShapeError>([] { (void)make_binary_tasks({.tasks = 0}); }) ==
        "qmtl: generated tasks: tasks, expected at least 1, got 0");
}

/// Test AUC of each task in `used` after training one network, whose outputs are all tasks' logits, on those tasks.
template <class Net>
std::vector<double> trained_auc(const LabelledTasks<double>& tasks, const std::vector<int>& used, int epochs) {
  Rng rng(Seed{1});
  const SplitIndices parts = split(tasks.data.rows(), {.train = 0.5, .validation = 0.0, .test = 0.5}, rng);
  Dataset<double> train = tasks.data.select(parts.train), test = tasks.data.select(parts.test);
  Standardizer<double> standardizer;
  standardizer.fit(train.inputs);
  standardizer.apply(train.inputs, train.inputs);
  standardizer.apply(test.inputs, test.inputs);

  const auto outputs = [&](int t) { return tasks.kinds[static_cast<std::size_t>(t)].classes == 2 ? 1 : 3; };
  const auto offset = [&](int t) {
    int sum = 0;
    for (int i = 0; i < t; ++i) sum += outputs(i);
    return sum;
  };
  Net net;
  net.initialise(rng);
  std::vector<double> gradient(net.parameters().size());
  Optimizer<double> optimizer(AdamW{.learning_rate = 1e-2}, gradient.size());
  std::vector<Eigen::Index> order(static_cast<std::size_t>(train.rows()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  for (int epoch = 0; epoch < epochs; ++epoch) {
    shuffle(order, rng);
    for (std::size_t start = 0; start + 25 <= order.size(); start += 25) {
      const Dataset<double> batch = train.select(std::span(order).subspan(start, 25));
      Batch<double> z(Net::output_size, 25), dz = Batch<double>::Zero(Net::output_size, 25);
      net.forward(batch.inputs, z);
      for (const int t : used) {
        task_loss<double>(z.middleRows(offset(t), outputs(t)), batch.labels.row(t),
                          tasks.kinds[static_cast<std::size_t>(t)], dz.middleRows(offset(t), outputs(t)));
      }
      std::fill(gradient.begin(), gradient.end(), 0.0);
      net.backward(batch.inputs, dz, gradient);
      optimizer.step(net.parameters(), gradient);
    }
  }
  Batch<double> z(Net::output_size, test.rows());
  net.forward(test.inputs, z);
  std::vector<double> auc;
  for (const int t : used) {
    auc.push_back(evaluate_task<double>("", z.middleRows(offset(t), outputs(t)), test.labels.row(t),
                                        tasks.kinds[static_cast<std::size_t>(t)], -1)
                      .auc);
  }
  return auc;
}

TEST_CASE("an mlp learns the related tasks well but not perfectly, a linear map only in part") {
  const auto tasks = make_related_tasks();
  const auto mlp = trained_auc<Mlp<20, 32, 8, 5>>(tasks, {0, 1, 2}, 30);
  const auto linear = trained_auc<Linear<20, 5>>(tasks, {0, 1, 2}, 30);
  for (std::size_t t = 0; t < 3; ++t) {
    INFO("task " << t << ": mlp " << mlp[t] << ", linear " << linear[t]);
    CHECK(mlp[t] > 0.85);
    CHECK(mlp[t] < 0.95);
    CHECK(linear[t] < mlp[t] - 0.08);
  }
}

TEST_CASE("what many tasks learn together is better than what each learns alone") {
  const auto tasks = make_binary_tasks({.tasks = 16, .rows = 1000});
  std::vector<int> all(16);
  std::iota(all.begin(), all.end(), 0);
  const auto together = trained_auc<Mlp<20, 32, 8, 16>>(tasks, all, 60);
  double gain = 0.0;  // measured 0.027; over 10 other seeds and all tasks 0.017 to 0.030
  for (const int t : {0, 1, 2, 3}) {
    gain += (together[static_cast<std::size_t>(t)] - trained_auc<Mlp<20, 32, 8, 16>>(tasks, {t}, 60)[0]) / 4;
  }
  CHECK(gain > 0.0);
}

}  // namespace synthetic_test
