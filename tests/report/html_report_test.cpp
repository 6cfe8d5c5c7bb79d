// SPDX-License-Identifier: Apache-2.0
// The page of a training: everything of it is there, well-formed and escaped, for few and for many tasks, rows and
// epochs, and where nothing is defined.

#include "qmtl/report/html_report.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "report/markup_check.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace html_report_test {

using namespace qmtl;
using test::TinyModel;

/// The history of a training of this many epochs; with validation data unless there is none.
FitReport made_up(int epochs, std::size_t tasks = 3, bool validated = true) {
  FitReport report;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    EpochRecord record;
    record.epoch = epoch;
    record.epochs = epochs;
    record.task_losses.assign(tasks, std::exp(-0.1 * epoch));
    record.task_weights.assign(tasks, 1.0);
    record.train_loss = static_cast<double>(tasks) * record.task_losses[0];
    for (std::size_t t = 0; validated && t < tasks; ++t) {
      record.validation.push_back({.name = detail::text("task ", t), .classes = 2, .labelled = 9, .loss = 0.5});
      record.validation.back().auc = t == 1 ? undefined_metric : 0.9 - 0.5 / epoch;
    }
    if (validated) record.validation_loss = 1.0;
    report.history.push_back(record);
  }
  report.best_epoch = epochs;
  return report;
}

/// The page, which must be well-formed, ask for nothing and hold no script.
std::string checked(const std::string& page) {
  CHECK(test::markup_fault(page) == "");
  for (const char* part : {"<script", "<link", "<img", "@import", "url(", "src=", "href=\"http", "nan", "<table></"}) {
    INFO(part);
    CHECK(page.find(part) == page.npos);
  }
  CHECK(page.find("<html lang=\"en\">") != page.npos);
  return page;
}

TEST_CASE("html report: the shortest call has curves, tables and plots of every task") {
  TinyModel model{Seed{1}};
  const auto data = test::tiny_data(70);
  const std::string page = checked(html_report(model, made_up(5), data));
  for (const char* part :
       {"Training report", "On test rows", "On validation rows, epoch 5", "Course of the training", "Confusion matrix",
        "ROC", "Precision-recall", "Calibration", "Predicted against true", "Residuals", "mlp 2-3-2 tanh",
        "Judged on 60 labelled test rows.", "epoch 5", "prefers-color-scheme"}) {
    INFO(part);
    CHECK(page.find(part) != page.npos);
  }
  CHECK(test::occurrences(page, "<svg") == 1 + 3 * 2 - 1 + 2 * 3 + 2);  // one task has no validation metric
  CHECK(test::occurrences(page, "<title>") == test::occurrences(page, "<svg") + 1);
  CHECK(page.find("majority") == page.npos);
  CHECK(page == html_report(std::as_const(model), made_up(5), data));
}

TEST_CASE("html report: numbers are those of evaluate, and counts those of the rows") {
  TinyModel model{Seed{1}};
  const auto data = test::tiny_data(70);
  const ReportOptions options{.settings = FitOptions{.epochs = 17, .optimizer = AdamW{.learning_rate = 0.125}},
                              .train = row_facts(model, data, "training"),
                              .feature_names = {"age", "plan=<gold>"}};
  const std::string page = checked(html_report(model, made_up(2), data, options));
  const auto metrics = evaluate(model, data, majority_classes(model, data));
  for (const double value : {metrics[0].auc, metrics[1].accuracy, metrics[1].macro_f1, metrics[1].majority}) {
    CHECK(page.find("<td>" + detail::fixed(value, 3) + "</td>") != page.npos);
  }
  CHECK(page.find("<td>" + detail::significant(metrics[2].rmse, 4) + "</td>") != page.npos);
  CHECK(page.find("adamw, learning_rate 0.125") != page.npos);
  CHECK(page.find("labels missing: kind</th><td>10</td><td>10</td>") != page.npos);
  CHECK(page.find("<p>age, plan=&lt;gold&gt;</p>") != page.npos);
  CHECK(page.find("<td>17</td>") != page.npos);
  CHECK(options.train->class_counts == std::vector<std::vector<std::size_t>>{{30, 30}, {24, 23, 23}, {}});
}

TEST_CASE("html report: one epoch, no validation data, no epoch at all, no rows, no labels, one class") {
  TinyModel model{Seed{1}};
  auto data = test::tiny_data(20);
  CHECK(checked(html_report(model, made_up(1), data)).find("epoch 1<") != std::string::npos);
  CHECK(checked(html_report(model, made_up(3, 3, false), data)).find("On validation rows") == std::string::npos);
  CHECK(checked(html_report(model, FitReport{}, data)).find("Course") == std::string::npos);
  data.labels.row(0).setOnes();
  data.labels.row(1).setConstant(-1);
  data.labels.row(2).setConstant(4.0);
  const std::string page = checked(html_report(model, made_up(2), data));
  CHECK(page.find("All rows are of one class") != page.npos);
  CHECK(page.find("None of the test rows has a label.") != page.npos);
  CHECK_FALSE(checked(html_report(model, made_up(2), data.select({}))).empty());
}

TEST_CASE("html report: classes are those of the metrics on the same page, where a probability is all but a half") {
  TaskFacts facts{.name = "kind", .classes = 2, .outputs = 1};
  Dataset<double> data{Batch<double>::Zero(1, 3), Batch<double>{{0.0, 1.0, 1.0}}, {}};
  detail::TaskOutcome task{.facts = facts};
  detail::gather_outcome<double>(task, Batch<double>{{-1.0, 1e-17, 2.0}}, data, 0);
  CHECK(task.probabilities(1, 1) == task.probabilities(0, 1));
  CHECK(task.classes == std::vector{0, 1, 1});
  detail::TaskOutcome strict{.facts = facts, .threshold = 0.75};
  detail::gather_outcome<double>(strict, Batch<double>{{-1.0, 1e-17, 2.0}}, data, 0);
  CHECK(strict.classes == std::vector{0, 0, 1});
  TinyModel model{Seed{1}};
  CHECK_THROWS_AS(html_report(model, made_up(1), test::tiny_data(10), {.thresholds = {0.5}}), ShapeError);
}

TEST_CASE("html report: no name gets out of its place") {
  TinyModel model{Seed{1}};
  const std::string hostile = "</title></svg><script>alert(\"x\")</script>&'\xff\x02";
  FitReport report = made_up(2);
  for (EpochRecord& record : report.history) record.validation[0].name = hostile;
  const ReportOptions options{
      .title = hostile,
      .date = hostile,
      .test_name = hostile,
      .tasks = {{.task = "kind", .class_names = {hostile, "b"}}, {.task = "size", .unit = hostile}}};
  CHECK(checked(html_report(model, report, test::tiny_data(70), options)).find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("html report: words for another task, or of another number of classes, are refused") {
  TinyModel model{Seed{1}};
  const auto data = test::tiny_data(10);
  CHECK(test::message_of<ValueError>([&] {
          (void)html_report(model, made_up(1), data, {.tasks = {{.task = "shape"}}});
        }) == "qmtl: report: words for the task 'shape', expected one of the model's tasks");
  CHECK(test::message_of<ShapeError>([&] {
          (void)html_report(model, made_up(1), data, {.tasks = {{.task = "kind", .class_names = {"a"}}}});
        }) == "qmtl: report: number of class names of task 'kind' must be 2, got 1");
  auto wrong = data;
  wrong.labels(0, 3) = 5.0;
  CHECK_THROWS_AS(html_report(model, made_up(1), wrong), ValueError);
  wrong = data;
  wrong.labels.conservativeResize(2, Eigen::NoChange);
  CHECK_THROWS_AS(html_report(model, made_up(1), wrong), ShapeError);
}

TEST_CASE("html report: a page stays small with many rows, and tasks are folded where there are many") {
  TinyModel model{Seed{1}};
  const std::string page = checked(html_report(model, made_up(20'000), test::tiny_data(20'000)));
  CHECK(page.size() < 300'000);
  CHECK(test::occurrences(page, "open=\"open\"") == 4);
  const detail::ModelFacts facts{.tasks = std::vector<TaskFacts>(100)};
  CHECK_FALSE(detail::tasks_are_open(facts));
  std::string sections;
  for (std::size_t t = 0; t < 100; ++t) {
    detail::TaskOutcome task{.facts = {.name = detail::text("task ", t), .classes = t % 2 == 0 ? 40 : 2}};
    for (int row = 0; row < 200; ++row) task.truth.push_back(row % task.facts.classes);
    task.classes.assign(200, 0);
    task.probabilities = Batch<double>::Constant(task.facts.classes, 200, 1.0 / task.facts.classes);
    sections += detail::task_section(made_up(30, 100), task, t, "test", false);
  }
  const RowFacts rows{.name = "test", .rows = 200, .labelled = std::vector<std::size_t>(100, 200)};
  const std::string many = detail::report_page(facts, made_up(30, 100), {}, rows, sections, {});
  CHECK(checked(many).size() < 6'000'000);
  CHECK(test::occurrences(many, "Most frequent mistakes") == 50);
  CHECK(test::occurrences(many, "id=\"task-") == 100);
}

TEST_CASE("html report: task weights are drawn where they vary, and the file is the text in every locale") {
  TinyModel model{Seed{1}};
  FitReport report = made_up(3);
  report.history[2].task_weights = {1.0, 2.0, 0.5};
  report.history[2].head_learning_rate = 0.5;
  report.history[2].training = report.history[2].validation;
  const test::TempDir dir;
  const auto data = test::tiny_data(30);
  const std::string expected = checked(html_report(model, report, data));
  for (const char* part : {"Task weights", "Learning rates", "AUC, training rows"}) {
    CHECK(expected.find(part) != expected.npos);
    CHECK(html_report(model, made_up(3), data).find(part) == std::string::npos);
  }
  test::with_comma_streams([&] { write_html_report(dir / "report.html", model, report, data); });
  std::ifstream file(dir / "report.html");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == expected);
  CHECK_THROWS_AS(write_html_report(dir / "no/report.html", model, report, data), FileError);
}

}  // namespace html_report_test
