// SPDX-License-Identifier: Apache-2.0
// Tests of the comparison of heads on one representation.

#include "evidence/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "support/catch.hpp"

namespace experiment_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

/// Two tasks whose classes are signs of combinations of the first two of three inputs; of the second some labels are
/// missing.
Problem make_problem() {
  const auto make = [](Eigen::Index rows, std::uint64_t seed) {
    Dataset<double> out{Batch<double>(3, rows), Batch<double>(2, rows), {"sum", "difference"}};
    Rng rng(Seed{seed});
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (Eigen::Index f = 0; f < 3; ++f) out.inputs(f, i) = rng.normal();
      out.labels(0, i) = out.inputs(0, i) + out.inputs(1, i) > 0.0 ? 1.0 : 0.0;
      out.labels(1, i) = i % 7 == 0 ? -1.0 : out.inputs(0, i) > out.inputs(1, i) ? 1.0 : 0.0;
    }
    return out;
  };
  return {"made up", make(200, 1), make(80, 2), {2, 2}};
}

Protocol quick(int threads) {
  return {.epochs = 10,
          .least_steps = 0,
          .seeds = 2,
          .search_seeds = 1,
          .learning_rates = {5e-2, 1e-1},
          .weight_decays = {0.0},
          .extensions = 0,
          .threads = threads};
}

std::vector<HeadKind> all_kinds(int features, const std::vector<ModelTask>& tasks) {
  std::vector<HeadKind> out = head_kinds(features, tasks);
  for (HeadKind& kind : mapped_kinds(features, tasks)) out.push_back(std::move(kind));
  return out;
}

TEST_CASE("heads have the parameters that their names promise", "[evidence][heads]") {
  const std::vector<ModelTask> tasks{{"a"}, {"b"}, {"c", 3, 3}};
  for (const HeadKind& head : all_kinds(4, tasks)) {
    const PartPointer part = head.make(Seed{1});
    int own = 0;
    for (const int count : head.task_parameters) own += count;
    CHECK(part->inputs() == 4);
    CHECK(part->outputs() == 5);
    if (head.name == "quantum") CHECK(part->parameters() == 3 * 2 * 2 * 2);
    if (head.name == "quantum_zero") CHECK(part->parameters() == 0);
    if (head.name == "linear") CHECK(part->parameters() == 5 * (4 + 1));
    if (head.name == "low_rank_2") CHECK(part->parameters() == 4 * 2 + 5 * (2 + 1));
    if (head.name == "linear_sine") CHECK(part->parameters() == 5 * (4 + 1));
    if (head.name == "low_rank_sine_2") CHECK(part->parameters() == 4 * 2 + 5 * (2 + 1));
    if (head.name == "random_2") CHECK(part->parameters() == 5 * (2 + 1));
    if (head.name == "hybrid_shared") CHECK(part->parameters() == 2 * 4 + 5 * (4 + 1));
    if (head.name == "hybrid_per_task") CHECK(part->parameters() == 3 * 2 * 4 + 5 * (4 + 1));
    CHECK(own <= part->parameters());
  }
  const std::vector<ModelTask> binary{{"a"}, {"b"}};
  for (const HeadKind& head : head_kinds(3, binary)) {
    if (head.name == "quantum_sum") CHECK(head.make(Seed{1})->parameters() == 2 * (2 * 3 + 1));
  }
}

TEST_CASE("an experiment learns what can be learnt, with the same results on any number of threads",
          "[evidence][experiment]") {
  const Problem problem = make_problem();
  const std::vector<std::string> heads{"quantum", "quantum_zero", "linear"};
  const Experiment one = run_experiment(problem, Regime::frozen, 2, quick(1), heads);
  const Experiment two = run_experiment(problem, Regime::frozen, 2, quick(2), heads);
  REQUIRE(one.heads.size() == 3);
  for (std::size_t h = 0; h < 3; ++h) {
    CHECK(one.heads[h].scores == two.heads[h].scores);
    CHECK(one.heads[h].backbone_parameters == 0);
    CHECK(one.heads[h].settings_tried == 2);
    CHECK(one.heads[h].diverged == 0);
    const auto itself = compare(one, one.heads[h], one.heads[h], {.resamples = 20});
    CHECK(itself.estimate == 0.0);
  }
  const HeadOutcome& linear = one.heads[2];
  CHECK(linear.mean_auc() > 0.95);
  CHECK(one.heads[0].mean_auc() > one.heads[1].mean_auc());
  const auto less = compare(one, one.heads[1], linear, {.resamples = 50});
  CHECK(less.estimate == Approx(one.heads[1].mean_auc() - linear.mean_auc()).epsilon(1e-9));
  CHECK(less.high < 0.0);

  const Experiment narrow = run_experiment(problem, Regime::narrow, 2, quick(1), {"quantum_sum"});
  CHECK(narrow.heads.at(0).backbone_parameters == 3 * 2 + 2);
}

TEST_CASE("a trained backbone has a hidden layer, the same for every head", "[evidence][experiment]") {
  const Problem problem = make_problem();
  const std::vector<std::string> heads{"quantum_zero", "linear"};
  const Experiment trained = run_experiment(problem, Regime::trained, 2, quick(1), heads, 4);
  REQUIRE(trained.heads.size() == 2);
  CHECK(trained.hidden == 4);
  for (const HeadOutcome& head : trained.heads) {
    CHECK(head.backbone_parameters == 3 * 4 + 4 + 4 * 2 + 2);
    CHECK(head.mean_auc() > 0.9);
    CHECK(head.mean_auc() == Approx((summarize(head.task_auc[0]).mean + summarize(head.task_auc[1]).mean) / 2));
  }
  CHECK_THROWS_AS(run_experiment(problem, Regime::narrow, 2, quick(1), heads, 4), ValueError);
  CHECK_THROWS_AS(run_experiment(problem, Regime::trained, 2, quick(1), heads, 0), ValueError);
  CHECK_THROWS_AS(run_experiment(problem, Regime::trained, 2, quick(1), heads, -1), ValueError);
}

TEST_CASE("a model of its own for each task has the parameters of all", "[evidence][experiment]") {
  const Experiment experiment = run_experiment(make_problem(), Regime::narrow, 2, quick(1), {"quantum_single"});
  const HeadOutcome& single = experiment.heads.at(0);
  CHECK(single.backbone_parameters == 2 * (3 * 2 + 2));
  CHECK(single.head_parameters == 2 * 8);
  CHECK(single.mean_auc() > 0.9);
  CHECK(run_experiment(make_problem(), Regime::frozen, 2, quick(1), {"quantum_single"}).heads.empty());
  CHECK(run_experiment(make_problem(), Regime::frozen, 2, quick(1), {"low_rank_1"}).heads.size() == 1);
  CHECK(run_experiment(make_problem(), Regime::narrow, 2, quick(1), {"low_rank_1"}).heads.empty());
}

TEST_CASE("references see all inputs, and validation rows choose the width of the MLP", "[evidence][experiment]") {
  Protocol protocol = quick(1);
  protocol.mlp_hidden = {2, 5};
  const Experiment references = run_references(make_problem(), protocol);
  REQUIRE(references.heads.size() == 2);
  CHECK(references.dimension == 3);
  const HeadOutcome &logistic = references.heads[0], &mlp = references.heads[1];
  CHECK(logistic.name == "logistic");
  CHECK(logistic.parameters() == 2 * (3 + 1));
  CHECK(logistic.mean_auc() > 0.95);
  CHECK(mlp.name == "mlp");
  CHECK((mlp.width == 2 || mlp.width == 5));
  CHECK(mlp.parameters() == mlp.width * (3 + 1) + 2 * (mlp.width + 1));
  CHECK(mlp.settings_tried == 4);
  CHECK(run_references(make_problem(), protocol, {"linear"}).heads.empty());
}

TEST_CASE("few rows take more epochs, three times as many at most", "[evidence][experiment]") {
  Protocol few = quick(1), many = quick(1);
  few.least_steps = 1000000;
  many.epochs = 3 * few.epochs;
  const auto scores = [](const Protocol& protocol) {
    return run_experiment(make_problem(), Regime::frozen, 2, protocol, {"linear"}).heads.at(0).scores;
  };
  CHECK(scores(few) == scores(many));
  CHECK_FALSE(scores(few) == scores(quick(1)));
}

TEST_CASE("a random map is drawn anew for each seed", "[evidence][heads]") {
  const auto kinds = mapped_kinds(4, {{"a"}, {"b"}});
  const auto random = std::ranges::find(kinds, "random_2", &HeadKind::name);
  REQUIRE(random != kinds.end());
  const Batch<double> x = Batch<double>::Random(4, 3);
  const auto output = [&](Seed seed) {
    const PartPointer part = random->make(seed);
    std::vector<double> weights(static_cast<std::size_t>(part->parameters()), 1.0);
    Batch<double> y(2, 3);
    part->forward(x, weights, y);
    return y;
  };
  CHECK(output(Seed{1}) == output(Seed{1}));
  CHECK(output(Seed{1}) != output(Seed{2}));
}

TEST_CASE("classical heads start as nearly silent as sums of Z", "[evidence][heads]") {
  Rng rng(Seed{3});
  Batch<double> x(16, 400);
  for (double& value : x.reshaped()) value = rng.normal();
  const auto deviation = [&](const HeadKind& kind) {
    const PartPointer part = kind.make(Seed{1});
    std::vector<double> weights(static_cast<std::size_t>(part->parameters()));
    part->initialise(rng, weights);
    Batch<double> y(part->outputs(), x.cols());
    part->forward(x, weights, y);
    return std::sqrt(y.array().square().mean());
  };
  const std::vector<ModelTask> tasks(20, ModelTask{"task"});
  const auto kinds = all_kinds(16, tasks);
  const auto of = [&](const char* name) {
    const auto kind = std::ranges::find(kinds, name, &HeadKind::name);
    REQUIRE(kind != kinds.end());
    return deviation(*kind);
  };
  const double sum = of("quantum_sum_rx"), mixed = of("quantum_mixed_4");
  for (const char* name : {"linear", "linear_sine"}) {  // biases start at 0
    CHECK(of(name) > 0.6 * sum);
    CHECK(of(name) < sum);
  }
  for (const char* name : {"low_rank_4", "low_rank_sine_4", "random_4"}) {
    CHECK(of(name) > 0.4 * mixed);
    CHECK(of(name) < 1.2 * mixed);
  }
}

TEST_CASE("linear_sine is quantum_sum_rx for small angles", "[evidence][heads]") {
  const std::vector<ModelTask> tasks{{"a"}, {"b"}};
  const Batch<double> x = 3.0 * Batch<double>::Random(3, 5);
  std::vector<double> weights(2 * 4);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 1e-3 * (static_cast<double>(i) - 3.5);
  Batch<double> y[2];
  int found = 0;
  for (const HeadKind& kind : head_kinds(3, tasks)) {
    if (kind.name != "quantum_sum_rx" && kind.name != "linear_sine") continue;
    std::vector<double> own = weights;
    constexpr std::size_t bias = 3;  // behind three features, of four weights an output
    if (kind.name == "linear_sine")
      own[bias] *= -4.0, own[4 + bias] *= -4.0;  // a bias where the sum has 4 cos(pi/2 + b)
    y[found].resize(2, 5);
    kind.make(Seed{1})->forward(x, own, y[found++]);
  }
  REQUIRE(found == 2);
  CHECK((y[0] - y[1]).norm() < 1e-5 * y[0].norm());
}

TEST_CASE("a representation that a data set does not have is refused", "[evidence][experiment]") {
  CHECK_THROWS_AS(run_experiment(make_problem(), Regime::frozen, 4, quick(1), {"linear"}), ShapeError);
  CHECK_THROWS_AS(run_experiment(make_problem(), Regime::narrow, 1, quick(1), {"linear"}), ShapeError);
}

}  // namespace experiment_test
