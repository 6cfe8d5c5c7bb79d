// SPDX-License-Identifier: Apache-2.0
// Metrics as JSON: every field, in order, and null where JSON has no number.

#include "qmtl/io/report_json.hpp"

#include <cmath>
#include <fstream>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace report_json_test {

using namespace qmtl;

TEST_CASE("metrics become an object with every field in order") {
  TaskMetrics task;
  task.name = "a \"quoted\" name";
  task.classes = 3;
  task.labelled = 20;
  task.loss = 0.5;
  task.accuracy = 0.75;
  task.majority = 0.25;
  task.macro_f1 = 0.625;
  task.auc = 1.0;
  CHECK(to_json(task).dump() ==
        R"({"name":"a \"quoted\" name","classes":3,"rows":20,"loss":0.5,"accuracy":0.75,"majority":0.25,)"
        R"("macro_f1":0.625,"auc":1.0,"rmse":null,"mae":null,"r2":null})");
}

TEST_CASE("undefined and infinite metrics are null, and the text is valid JSON") {
  TaskMetrics task;
  task.name = "x";
  task.loss = HUGE_VAL;
  task.rmse = 2.5;
  task.mae = 1.75;
  task.r2 = -1.5;
  const auto json = nlohmann::json::parse(to_json(task).dump());
  for (const char* key : {"loss", "accuracy", "majority", "macro_f1", "auc"}) CHECK(json.at(key).is_null());
  CHECK(json.at("rmse") == 2.5);
  CHECK(json.at("mae") == 1.75);
  CHECK(json.at("r2") == -1.5);
  CHECK(json.at("rows") == 0);
  CHECK(json.size() == 11);
}

TEST_CASE("any name makes valid JSON") {
  for (const char* name : {"\"},{\"", "\x01\n\\",
                           "gr\xf6\xdf"
                           "e",
                           "\xed\xa0\x80", "\u2028"}) {
    TaskMetrics task;
    task.name = name;
    const auto json = nlohmann::json::parse(to_json(task).dump());
    CHECK(json.size() == 11);
    CHECK(json.at("name").get<std::string>().empty() == task.name.empty());
  }
  TaskMetrics task;
  task.name = "gr\xf6n";
  CHECK(to_json(task).at("name") == "gr\ufffdn");
}

TEST_CASE("numbers come back to the bit") {
  TaskMetrics task;
  task.loss = 0.1 + 0.2;
  CHECK(nlohmann::json::parse(to_json(task).dump()).at("loss").get<double>() == 0.1 + 0.2);
}

TEST_CASE("several tasks become an array in their order") {
  const std::vector<TaskMetrics> tasks{{.name = "first"}, {.name = "second"}};
  const auto json = to_json(tasks);
  REQUIRE(json.is_array());
  REQUIRE(json.size() == 2);
  CHECK(json[1].at("name") == "second");
  CHECK(to_json(std::vector<TaskMetrics>{}).dump() == "[]");
}

TEST_CASE("a training's history comes back from its file") {
  EpochRecord record;
  record.epoch = 1;
  record.train_loss = 1.5;
  record.task_losses = {0.5, 1.0};
  record.validation = {{.name = "a", .classes = 2, .labelled = 3, .auc = 0.75}, {.name = "b"}};
  record.seconds = 0.1 + 0.2;
  record.training = record.validation;
  record.head_learning_rate = 0.5;
  record.task_weights = {1.0, 2.0};
  FitReport report;
  report.history = {record};
  report.best_epoch = 1;
  report.seconds = 0.1 + 0.2;
  const test::TempDir dir;
  write_history_json(dir / "history.json", report);
  std::ifstream file(dir / "history.json");
  const auto json = nlohmann::json::parse(file);
  CHECK(json == nlohmann::json::parse(to_json(report).dump()));
  CHECK(json.at("best_epoch") == 1);
  CHECK(json.at("seconds").get<double>() == 0.1 + 0.2);
  const auto& epoch = json.at("history").at(0);
  CHECK(epoch.at("task_losses") == std::vector{0.5, 1.0});
  CHECK(epoch.at("task_weights") == std::vector{1.0, 2.0});
  CHECK(epoch.at("validation_loss").is_null());
  CHECK(epoch.at("training") == epoch.at("validation"));
  CHECK(epoch.at("head_learning_rate") == 0.5);
  CHECK(epoch.at("validation").at(0).at("auc") == 0.75);
  CHECK(history_json({}) == "{\n  \"best_epoch\": 0,\n  \"seconds\": 0.0,\n  \"history\": []\n}\n");
}

}  // namespace report_json_test
