// SPDX-License-Identifier: Apache-2.0
// What comes out of a study: the hybrid that counts, JSON with the promised fields, a report.

#include "paper/summary.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "paper/report.hpp"
#include "qmtl/core/atomic_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace summary_test {

using namespace qmtl;
using namespace qmtl::benchmark::paper;

HeadResult head(std::string name, int parameters, double validation, double test) {
  HeadResult out{std::move(name), parameters, "some circuit", {}};
  FoldResult fold;
  fold.search = {Candidate{{}, validation, {{1, 2.0, validation}}}};
  for (const double auc : {test, test + 0.02}) {
    TaskMetrics task{.name = "sarcasm", .classes = 2, .labelled = 10};
    task.accuracy = 0.7;
    task.majority = 0.6;
    task.macro_f1 = std::numeric_limits<double>::quiet_NaN();
    task.auc = auc;
    fold.test.push_back({task});
  }
  fold.seconds = {1.0, 3.0};
  fold.backbone_parameters = 11;
  out.folds = {fold};
  return out;
}

ProblemResult example() {
  ProblemResult result{.benchmark = "sarcasm", .dataset = "MUStARD", .dimension = 4};
  result.backbones = {"linear"};
  result.train_rows = {100};
  result.test_rows = {10};
  result.heads = {head("quantum", 5, 0.7, 0.79), head("linear", 20, 0.7, 0.80), head("hybrid_shared", 30, 0.66, 0.6),
                  head("hybrid_per_task", 40, 0.65, 0.9)};
  return result;
}

TEST_CASE("The hybrid that counts is the better one on validation rows, whatever the test rows say") {
  const auto heads = summarize_heads(example());
  REQUIRE(heads.size() == 5);
  REQUIRE(find_head(heads, "hybrid") != nullptr);
  CHECK(find_head(heads, "hybrid")->head_parameters == 30);
  CHECK(find_head(heads, "hybrid_per_task")->head_parameters == 40);
  CHECK(find_head(heads, "other") == nullptr);
}

TEST_CASE("JSON has an entry a head with exactly the promised fields") {
  const std::vector<ProblemResult> results{example()};
  const auto json = to_json(results);
  REQUIRE(json.at("benchmarks").size() == 5);
  const auto keys = [](const nlohmann::ordered_json& object) {
    std::vector<std::string> out;
    for (const auto& item : object.items()) out.push_back(item.key());
    return out;
  };
  const auto& entry = json["benchmarks"][0];
  CHECK(keys(entry) == std::vector<std::string>{"benchmark", "dataset", "regime", "dimension", "head",
                                                "head_parameters", "backbone_parameters", "total_parameters", "seconds",
                                                "tasks"});
  CHECK(entry["regime"] == "trained");
  CHECK(entry["dimension"] == 4);
  CHECK(entry["total_parameters"] == 16);
  CHECK(entry["head"] == "quantum");
  CHECK(entry["head_parameters"] == 5);
  CHECK(entry["backbone_parameters"] == 11);
  CHECK(entry["seconds"] == 2.0);
  const auto& task = entry["tasks"][0];
  CHECK(keys(task) == std::vector<std::string>{"name", "classes", "majority", "accuracy_mean", "accuracy_std",
                                               "f1_mean", "f1_std", "auc_mean", "auc_std"});
  CHECK(task["auc_mean"].get<double>() == Approx(0.80));
  CHECK(task["auc_std"].get<double>() == Approx(0.02 / std::sqrt(2.0)));
  CHECK(task["majority"] == 0.6);
  CHECK(task["f1_mean"].is_null());  // JSON has no NaN
}

TEST_CASE("One seed has no deviation") {
  ProblemResult result = example();
  for (HeadResult& head : result.heads) {
    head.folds[0].test.resize(1);
    head.folds[0].seconds.resize(1);
  }
  const auto json = to_json(std::vector<ProblemResult>{result});
  CHECK(json["benchmarks"][0]["tasks"][0]["auc_mean"].get<double>() == Approx(0.79));
  CHECK(json["benchmarks"][0]["tasks"][0]["auc_std"].is_null());
  const std::string text = results_section(result);
  CHECK(text.find(" 0.7900 |") != std::string::npos);
  CHECK(text.find("±") == std::string::npos);
}

TEST_CASE("The report says plainly whether the goals are met") {
  const std::string text = results_section(example());
  CHECK(text.find("Within 0.01 of linear or better: **yes**") != std::string::npos);
  CHECK(text.find("Above hybrid: **yes**") != std::string::npos);
  CHECK(text.find("Fewer head parameters than both: **yes**") != std::string::npos);
  CHECK(text.find("Tasks above, equal to and below linear: **0, 0, 1**, largest loss 0.010 (sarcasm)") !=
        std::string::npos);
  CHECK(text.find("Fewer parameters in all than both: **yes** (16; linear 31, hybrid 41)") != std::string::npos);
  CHECK(text.find("Sarcasm AUC at least 0.78: **yes** (0.8000, one fold)") != std::string::npos);

  ProblemResult worse = example();
  worse.heads[0] = head("quantum", 25, 0.7, 0.55);
  const std::string bad = results_section(worse);
  CHECK(bad.find("Within 0.01 of linear or better: **no**") != std::string::npos);
  CHECK(bad.find("Above hybrid: **no**") != std::string::npos);
  CHECK(bad.find("Fewer head parameters than both: **no**") != std::string::npos);
  CHECK(bad.find("Sarcasm AUC at least 0.78: **no**") != std::string::npos);

  const qmtl::test::TempDir dir;
  const std::vector<ProblemResult> results{example()};
  write_report(dir / "PAPER.md", {.command = "paper --quick", .notes = "What was tried.\n"}, results);
  const auto bytes = read_file(dir / "PAPER.md", 1 << 20);
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()).find("\nWhat was tried.\n") !=
        std::string::npos);
  CHECK(std::filesystem::file_size(dir / "PAPER.md") > text.size());
  CHECK(std::filesystem::exists(dir / "PAPER_plots/mustard_tasks.gp"));
}

TEST_CASE("Wins and losses are counted task by task, to three digits") {
  const auto tasks = [](std::initializer_list<double> aucs) {
    HeadSummary out;
    for (const double auc : aucs) {
      TaskSummary task;
      task.name = detail::text('t', out.tasks.size());
      task.auc.mean = auc;
      out.tasks.push_back(task);
    }
    return out;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const TaskRecord record =
      compare_tasks(tasks({0.672, 0.7884, 0.5004, 0.9, 0.6, nan}), tasks({0.705, 0.7680, 0.4996, 0.8, 0.61, 0.5}));
  CHECK((record.above == 2 && record.equal == 1 && record.below == 2));
  CHECK((record.gain_task == "t3" && record.gain == Approx(0.1)));
  CHECK((record.loss_task == "t0" && record.loss == Approx(0.033)));
}

TEST_CASE("The overview counts what speaks for and against quantum heads") {
  ProblemResult other = example();
  other.dataset = "GLUE";
  other.heads[0] = head("quantum", 5, 0.7, 0.81);
  for (FoldResult& fold : other.heads[0].folds) fold.backbone_parameters = 100;
  const std::vector<ProblemResult> results{example(), other};
  const qmtl::test::TempDir dir;
  write_report(dir / "PAPER.md", {.command = "paper"}, results);
  const auto bytes = read_file(dir / "PAPER.md", 1 << 20);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(text.find(" 0.8000 (5, 16) |") != std::string::npos);
  CHECK(text.find(" 0.8200 (5, 105) |") != std::string::npos);
  CHECK(
      text.find("quantum heads have the higher mean AUC on 1 of 2 data sets. Of 2 tasks 1 are above, 0 equal (to three "
                "digits) and 1 below, largest gain 0.010 (sarcasm), largest loss 0.010 (sarcasm). Head parameters are "
                "fewer on 2 of 2 data sets, parameters in all on 1.\n") != std::string::npos);
}

}  // namespace summary_test
