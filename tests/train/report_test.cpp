// SPDX-License-Identifier: Apache-2.0
// Tables of metrics and the progress line, character by character.

#include "qmtl/train/report.hpp"

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace report_test {

using namespace qmtl;
using qmtl::test::message_of;

TaskMetrics binary() {
  TaskMetrics task;
  task.name = "sarcasm";
  task.classes = 2;
  task.labelled = 138;
  task.loss = 0.61249;
  task.accuracy = 0.7;
  task.majority = 0.4637;
  task.macro_f1 = 0.69951;
  task.auc = 0.78;
  return task;
}
TaskMetrics real() {
  TaskMetrics task;
  task.name = "age";
  task.labelled = 7;
  task.loss = 1.25;
  task.rmse = 12345.678;
  task.mae = 0.00012344;
  task.r2 = -0.25;
  return task;
}

TEST_CASE("a table has a line a task: names to the left, numbers to the right, - where undefined") {
  CHECK(to_table(std::vector{binary(), real()}) ==
        "task     classes  rows   loss  accuracy  majority  macro-F1    AUC       RMSE        MAE      R2\n"
        "sarcasm        2   138  0.612     0.700     0.464     0.700  0.780          -          -       -\n"
        "age         real     7  1.250         -         -         -      -  1.235e+04  0.0001234  -0.250\n");
}

TEST_CASE("a column that is undefined for all tasks is left out") {
  auto task = binary();
  task.majority = undefined_metric;
  CHECK(to_table(std::vector{task}) ==
        "task     classes  rows   loss  accuracy  macro-F1    AUC\n"
        "sarcasm        2   138  0.612     0.700     0.700  0.780\n");
  CHECK(to_table(std::vector{TaskMetrics{.name = "unlabelled", .classes = 3}}) ==
        "task        classes  rows\n"
        "unlabelled        3     0\n");
  CHECK(to_table(std::vector<TaskMetrics>{}) == "task  classes  rows\n");
}

TEST_CASE("a table of runs has mean and sample deviation of each metric") {
  std::vector<std::vector<TaskMetrics>> runs(3, std::vector{binary(), real()});
  runs[1][0].auc = 0.80;
  runs[2][0].auc = 0.82;
  runs[0][0].accuracy = undefined_metric;
  CHECK(to_table(runs) ==
        "mean of 3 runs  accuracy     +-  macro-F1     +-    AUC     +-\n"
        "sarcasm            0.700  0.000     0.700  0.000  0.800  0.020\n"
        "age                    -      -         -      -      -      -\n");
  runs[2].pop_back();
  CHECK(message_of<ShapeError>([&] { (void)to_table(runs); }) ==
        "qmtl: to_table: number of tasks in a run must be 2, got 1");
}

/// What `write` puts into a file, which is no terminal.
template <class Write>
std::string written(Write&& write) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  REQUIRE(file != nullptr);
  write(file.get());
  std::rewind(file.get());
  std::string out(4096, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), file.get()));
  return out;
}

EpochRecord record(int epoch) {
  EpochRecord out;
  out.epoch = epoch;
  out.epochs = 3;
  out.last = epoch == 3;
  out.train_loss = 1.0 / epoch;
  out.seconds = 0.26 * epoch;
  return out;
}

TEST_CASE("where it is no terminal the progress line is written once, after the last epoch") {
  const auto lines = written([](std::FILE* file) {
    const ProgressLine progress(file);
    for (int e = 1; e <= 3; ++e) CHECK(progress(record(e)));
  });
  CHECK(lines == "epoch 3/3  train loss 0.3333  0.8 s\n");
}

TEST_CASE("the progress line has the validation loss where there is one") {
  const auto line = written([](std::FILE* file) {
    auto last = record(3);
    last.validation_loss = 2.0;
    CHECK(ProgressLine(file)(last));
  });
  CHECK(line == "epoch 3/3  train loss 0.3333  validation loss 2.0000  0.8 s\n");
}

}  // namespace report_test
