// SPDX-License-Identifier: Apache-2.0
// A training's history as CSV: an epoch a line, read back to the bit by the library's own reader, whatever the names.

#include "qmtl/report/history_csv.hpp"

#include <fstream>
#include <sstream>
#include <vector>

#include "qmtl/io/table.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace history_csv_test {

using namespace qmtl;

/// Two epochs of two tasks, a class task and one whose metrics are undefined in the first epoch.
FitReport two_epochs(const std::string& name = "kind") {
  FitReport report;
  for (int epoch = 1; epoch <= 2; ++epoch) {
    EpochRecord record;
    record.epoch = epoch;
    record.train_loss = 0.1 + 0.2;
    record.task_losses = {0.1, 0.2};
    record.validation = {{.name = name, .classes = 2, .labelled = 4, .loss = 0.5, .accuracy = 0.75}, {.name = "size"}};
    if (epoch == 2) record.validation[1].rmse = 1e-300;
    if (epoch == 2) record.training = {{.name = name, .classes = 2, .auc = 0.875}, {.name = "size"}};
    record.head_learning_rate = 0.01;
    record.validation_loss = 0.5;
    record.seconds = 0.375 * epoch;
    record.task_weights = {1.0, 2.5};
    report.history.push_back(record);
  }
  return report;
}

TEST_CASE("history: an epoch a line, and empty fields where a metric is undefined") {
  CHECK(history_csv(two_epochs()) ==
        "epoch,train_loss,validation_loss,backbone_learning_rate,head_learning_rate,seconds,kind train_loss,kind "
        "weight,size train_loss,size weight,"
        "kind validation_loss,kind validation_accuracy,kind train_rows_auc,size validation_rmse\n"
        "1,0.30000000000000004,0.5,0,0.01,0.375,0.1,1,0.2,2.5,0.5,0.75,,\n"
        "2,0.30000000000000004,0.5,0,0.01,0.75,0.1,1,0.2,2.5,0.5,0.75,0.875,1e-300\n");
}

TEST_CASE("history: names with commas, quotes and line ends come back, and numbers to the bit") {
  for (const std::string name : {"a,b", "say \"no\"", "two\nlines", "cr\rlf\r\n", " blank ", "<b>&amp;</b>", "=1+1"}) {
    const Table table = parse_table(history_csv(two_epochs(name)), ',');
    REQUIRE(table.rows() == 2);
    CHECK(table.numeric_column<double>(name + " validation_accuracy").at(1) == 0.75);
    CHECK(table.numeric_column<double>("train_loss").at(0) == 0.1 + 0.2);
  }
}

TEST_CASE("history: without validation data, tasks have given names or numbers") {
  FitReport report = two_epochs();
  for (EpochRecord& record : report.history) {
    record.validation.clear();
    record.training.clear();
    record.validation_loss = undefined_metric;
  }
  CHECK(history_csv(report).starts_with(
      "epoch,train_loss,validation_loss,backbone_learning_rate,head_learning_rate,seconds,"
      "task 0 train_loss,task 0 weight,"
      "task 1 train_loss,task 1 weight\n1,0.30000000000000004,,0,0.01,0.375,"));
  CHECK(history_csv(report, std::vector<std::string>{"x", "y"}).find(",y weight\n") != std::string::npos);
  CHECK(history_csv({}) == "epoch,train_loss,validation_loss,backbone_learning_rate,head_learning_rate,seconds\n");
  CHECK(test::message_of<ShapeError>([&] { (void)history_csv(report, std::vector<std::string>{"x"}); }) ==
        "qmtl: history: number of task names must be 2, got 1");
  report.history[1].task_losses.pop_back();
  CHECK(test::message_of<ShapeError>([&] { (void)history_csv(report); }) ==
        "qmtl: history: number of task losses in an epoch must be 2, got 1");
}

TEST_CASE("history: the file is the text, in every locale") {
  const test::TempDir dir;
  const std::string expected = history_csv(two_epochs());
  test::with_comma_streams([&] { write_history_csv(dir / "history.csv", two_epochs()); });
  std::stringstream content;
  content << std::ifstream(dir / "history.csv").rdbuf();
  CHECK(content.str() == expected);
  CHECK(dir.files() == 1);
  CHECK_THROWS_AS(write_history_csv(dir / "none/history.csv", two_epochs()), FileError);
}

}  // namespace history_csv_test
