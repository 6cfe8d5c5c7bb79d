// SPDX-License-Identifier: Apache-2.0
// The protocol with heads that only record what they are given, and with a small real one.

#include "paper/study.hpp"

#include <cmath>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>

#include "paper/head_kind_impl.hpp"
#include "paper/summary.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace study_test {

using namespace qmtl;
using namespace qmtl::benchmark::paper;

/// What a head was asked to do.
struct Record {
  std::mutex mutex;
  std::multiset<std::pair<double, std::uint64_t>> judged;  ///< (mark of the test rows, seed)
  std::set<std::tuple<double, double, int>> searched;      ///< settings with validation rows
  std::set<Eigen::Index> final_rows;
  std::set<double> final_rates;
  bool test_seen_in_search = false;
};

/// A data set whose only feature marks its part; labels alternate.
Dataset<double> marked(double mark, Eigen::Index rows) {
  Dataset<double> out{Batch<double>::Constant(1, rows, mark), Batch<double>(1, rows), {"only"}};
  for (Eigen::Index i = 0; i < rows; ++i) out.labels(0, i) = static_cast<double>(i % 2);
  return out;
}

class Recorder final : public Trained {
 public:
  Recorder(Record& record, double test_auc, const TrainRequest& request)
      : record_(record), request_seed_(request.seed) {
    const std::lock_guard lock(record.mutex);
    if (request.validation != nullptr) {
      const Settings& s = request.settings;
      record.searched.insert({s.learning_rate, s.weight_decay, s.backbone});
      record.test_seen_in_search |=
          request.train.inputs.maxCoeff() >= 100 || request.validation->inputs.maxCoeff() >= 100;
      curve.push_back({1, 0.0, s.learning_rate});  // so that the largest rate is the best
    } else {
      record.final_rows.insert(request.train.rows());
      record.final_rates.insert(request.settings.learning_rate);
    }
    auc_ = test_auc + 0.01 * static_cast<double>(request.seed.value);
  }

  std::vector<TaskMetrics> evaluate(const Dataset<double>& data) override {
    const std::lock_guard lock(record_.mutex);
    const double mark = data.inputs(0, 0);
    record_.judged.insert({mark, request_seed_.value});
    TaskMetrics out{.name = "only", .classes = 2, .labelled = 1};
    out.auc = auc_ + (mark == 101.0 ? 0.1 : 0.0);
    out.accuracy = out.macro_f1 = out.majority = 0.5;
    return {out};
  }

 private:
  Record& record_;
  Seed request_seed_;
  double auc_ = 0.0;
};

HeadKind recorder(std::string name, Record& record, double test_auc = 0.5) {
  return {std::move(name), 7, "", [&record, test_auc](const TrainRequest& request) {
            return std::unique_ptr<Trained>(std::make_unique<Recorder>(record, test_auc, request));
          }};
}

Problem two_folds(std::vector<HeadKind> heads) {
  Problem problem{.benchmark = "sarcasm", .dataset = "marks"};
  problem.kinds = {{2}};
  problem.backbones = {"a", "b"};
  problem.grid = {.learning_rates = {0.1, 0.2, 0.3}, .weight_decays = {0, 1}};
  problem.heads = std::move(heads);
  problem.inner_splits = 2;
  for (int f = 0; f < 2; ++f) problem.folds.push_back({.train = marked(f, 50), .test = marked(100 + f, 10)});
  return problem;
}

const Progress silent = [](const std::string&, std::size_t, std::size_t) {};

TEST_CASE("The search sees no test rows, and each head and seed is judged once a fold") {
  Record first, second;
  const Problem problem = two_folds({recorder("quantum", first), recorder("linear", second)});
  const auto result = run_study(problem, {.candidates = 12, .seeds = 3, .threads = 2}, silent);
  for (const Record* record : {&first, &second}) {
    CHECK_FALSE(record->test_seen_in_search);
    CHECK(record->judged.size() == 6);
    for (const double fold : {100.0, 101.0}) {
      for (const std::uint64_t seed : {1u, 2u, 3u}) CHECK(record->judged.count({fold, seed}) == 1);
    }
    CHECK(record->final_rows == std::set<Eigen::Index>{50});  // all training rows
    CHECK(record->final_rates == std::set<double>{0.3});      // the chosen setting
  }
  CHECK(first.searched.size() == 12);
  CHECK(first.searched == second.searched);  // the same budget
  CHECK(result.heads[0].folds[1].search[result.heads[0].folds[1].chosen].settings.learning_rate == 0.3);
}

TEST_CASE("A seed's value is the mean over the folds, and deviations are over seeds") {
  Record record;
  const auto result = run_study(two_folds({recorder("quantum", record)}), {.candidates = 12, .seeds = 3}, silent);
  const HeadSummary head = summarize_head(result.heads[0]);
  REQUIRE(head.auc_by_seed.size() == 3);
  for (std::size_t s = 0; s < 3; ++s) CHECK(head.auc_by_seed[s] == Approx(0.56 + 0.01 * static_cast<double>(s)));
  CHECK(head.tasks[0].auc.mean == Approx(0.57));
  CHECK(head.tasks[0].auc.deviation == Approx(0.01));
}

TEST_CASE("The publisher's validation rows are used in the search and trained on after it") {
  Record record;
  Problem problem = two_folds({recorder("quantum", record)});
  problem.folds.resize(1);
  problem.folds[0].validation = marked(5, 20);
  (void)run_study(problem, {.candidates = 12, .seeds = 1}, silent);
  CHECK(record.final_rows == std::set<Eigen::Index>{70});
}

TEST_CASE("A search alone judges nothing") {
  Record record;
  const auto result =
      run_study(two_folds({recorder("quantum", record)}), {.candidates = 12, .search_only = true}, silent);
  CHECK(record.searched.size() == 12);
  CHECK(record.judged.empty());
  CHECK(record.final_rows.empty());
  CHECK(result.heads[0].folds[1].test.empty());
}

TEST_CASE("A final training that diverges is left out, and the others are kept") {
  Record record;
  HeadKind head = recorder("quantum", record);
  head.train = [train = head.train](const TrainRequest& request) {
    const bool last = request.validation == nullptr && request.train.inputs(0, 0) == 1.0 && request.seed.value == 2;
    if (last) throw NumericalError("qmtl: diverged");
    return train(request);
  };
  const auto result = run_study(two_folds({head}), {.candidates = 12, .seeds = 3, .threads = 2}, silent);
  const HeadSummary summary = summarize_head(result.heads[0]);
  CHECK(summary.diverged == 1);
  CHECK(summary.auc_by_seed[0] == Approx(0.56));
  CHECK(std::isnan(summary.auc_by_seed[1]));  // not the mean over the other fold alone
  CHECK(summary.auc_by_seed[2] == Approx(0.58));
  CHECK(summary.tasks[0].auc.count == 2);
  CHECK(summary.tasks[0].name == "only");
}

TEST_CASE("Rows that do not fit their problem are refused before anything is trained") {
  Record record;
  const auto refused = [&](auto change) {
    Problem problem = two_folds({recorder("quantum", record)});
    change(problem);
    return qmtl::test::message_of<ValueError>([&] { (void)run_study(problem, {}, silent); });
  };
  CHECK(refused([](Problem& p) { p.folds.clear(); }) ==
        "qmtl: paper: folds of a problem, expected at least one, got none");
  CHECK(refused([](Problem& p) { p.folds[1].test.labels(0, 3) = 2.0; }) ==
        "qmtl: dataset: label of task 'only', row 3: expected an integer from 0 to 1 (2 classes), or a negative "
        "number or "
        "NaN where it is missing, got 2");
  CHECK(refused([](Problem& p) { p.folds[0].train.labels.setConstant(-1); }) ==
        "qmtl: paper: marks: training labels of task 'only', expected at least one, got none");
  Problem wide = two_folds({recorder("quantum", record)});
  wide.folds[1].validation = Dataset<double>{Batch<double>::Zero(2, 4), Batch<double>::Zero(1, 4), {}};
  CHECK(qmtl::test::message_of<ShapeError>([&] { check_folds(wide); }) ==
        "qmtl: paper: features, as in the first fold's training rows, must be 1, got 2");
  CHECK(record.searched.empty());
}

TEST_CASE("Settings are drawn from a seed without repetition") {
  const Grid grid{.learning_rates = {1, 2}, .weight_decays = {3, 4}, .head_rate_scales = {5, 6}};
  const auto all = draw_settings(grid, 3, 100, 1);
  CHECK(all.size() == 24);
  const auto four = draw_settings(grid, 3, 4, 1);
  REQUIRE(four.size() == 4);
  std::set<std::tuple<double, double, double, int>> different;
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(four[i].learning_rate == all[i].learning_rate);
    different.insert({four[i].learning_rate, four[i].weight_decay, four[i].head_rate_scale, four[i].backbone});
  }
  CHECK(different.size() == 4);
}

constexpr int features = 6;
using FirstTask = Task<"first", IdentityBlock<1>, Window<0, 1>, Binary>;
using SecondTask = Task<"second", IdentityBlock<1>, Window<0, 1>, Binary>;
using Both = LinearHead<double, 3, FirstTask, SecondTask>;
using FirstAlone = LinearHead<double, 3, FirstTask>;

AnyBackbone<3> small_mlp(int) { return AnyBackbone<3>(Mlp<features, 4, 3>{}); }

/// Two tasks of which each row has one.
Dataset<double> generated(Eigen::Index rows) {
  Dataset<double> data{Batch<double>(features, rows), Batch<double>(2, rows), {"first", "second"}};
  Rng rng(Seed{3});
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (int f = 0; f < features; ++f) data.inputs(f, i) = rng.normal();
    data.labels(0, i) = i % 2 == 0 ? -1.0 : double(data.inputs(0, i) > 0);
    data.labels(1, i) = i % 2 == 1 ? -1.0 : double(data.inputs(1, i) > 0);
  }
  return data;
}

const Settings settings{.learning_rate = 0.02};
const Schedule schedule{.epochs = 5, .batch_size = 16};

TEST_CASE("A head whose type is forgotten trains as the model itself") {
  const auto data = generated(120);
  const auto trained = head_kind<Both>("linear", &small_mlp).train({data, &data, settings, schedule, Seed{4}});
  MultiTaskModel<Mlp<features, 4, 3>, Both> model(Seed{4});
  fit(model, data,
      {.epochs = 5,
       .batch_size = 16,
       .optimizer = AdamW{.learning_rate = 0.02, .weight_decay = settings.weight_decay},
       .head_weight_decay_scale = 0.0,
       .seed = Seed{4},
       .schedule = {.curve = CosineRate{}}});
  const auto expected = evaluate(model, data, majority_classes(model, data));
  const auto got = trained->evaluate(data);
  REQUIRE(got.size() == 2);
  for (std::size_t t = 0; t < 2; ++t) {
    CHECK(got[t].loss == expected[t].loss);
    CHECK(got[t].auc == expected[t].auc);
  }
  CHECK(trained->backbone_parameters == model.backbone_parameters());
  REQUIRE(trained->curve.size() == 5);
  CHECK(trained->curve.back().validation_auc == Approx(0.5 * (expected[0].auc + expected[1].auc)));
}

TEST_CASE("A task that no validation AUC is defined for is left out of one model a task's mean") {
  const auto data = generated(120);
  auto validation = data;
  validation.labels.row(1).setConstant(-1);
  const auto kind = single_task_kind<std::tuple<FirstAlone, FirstAlone>>("single", &small_mlp);
  const auto trained = kind.train({data, &validation, settings, schedule, Seed{4}});
  CHECK(trained->curve.back().validation_auc == Approx(trained->evaluate(validation)[0].auc));
}

TEST_CASE("One model a task learns from the rows of its task only") {
  const auto data = generated(120);
  const auto kind = single_task_kind<std::tuple<FirstAlone, FirstAlone>>("single", &small_mlp);
  CHECK(kind.head_parameters == 8);
  const auto trained = kind.train({data, nullptr, settings, schedule, Seed{4}});
  const auto before = trained->evaluate(data);
  CHECK(before[1].name == "second");
  CHECK(before[0].labelled == 60);
  auto changed = data;  // the other task's labels, and the inputs of its rows
  for (Eigen::Index i = 0; i < 120; i += 2) {
    changed.inputs.col(i).setZero();
    changed.labels(1, i) = 1.0 - changed.labels(1, i);
  }
  const auto again = kind.train({changed, nullptr, settings, schedule, Seed{4}})->evaluate(data);
  CHECK(again[0].loss == before[0].loss);
  CHECK(again[1].loss != before[1].loss);
}

}  // namespace study_test
