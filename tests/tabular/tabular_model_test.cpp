// SPDX-License-Identifier: Apache-2.0
// TabularModel: from a table with missing cells to predictions by names and in units, by way of one file.

#include "qmtl/tabular/tabular_model.hpp"

#include <cmath>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/report/table_report.hpp"
#include "qmtl/tabular/predictions_csv.hpp"
#include "qmtl/tabular/tabular_file.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace tabular_model_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::TempDir;

using Strings = std::vector<std::string>;

template <class Backbone>
using With = LinearModel<Backbone, Task<"churn", RotationBlock<1>, Window<0, 1>, Binary>,
                         Task<"segment", RotationBlock<4>, Window<0, 4>, Classes<4>>,
                         Task<"spend", RotationBlock<1>, Window<1, 1>, Regression<>>>;
using Model = With<Mlp<Eigen::Dynamic, 8, 4>>;

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Customers of whom a seventh of the labels and a fifth of the ages are missing.
std::string customers(int rows) {
  Rng rng(Seed{1});
  const char* const plans[] = {"basic", "gold", "team, small"};
  const char* const segments[] = {"a", "b", "c", "d"};
  std::string csv = "id,age,plan,churn,segment,spend\n";
  for (int i = 0; i < rows; ++i) {
    const double age = 40.0 + 10.0 * rng.normal();
    const std::size_t plan = rng() % 3;
    const double spend = 300.0 + 5.0 * (age - 40.0) + 100.0 * static_cast<double>(plan);
    csv += detail::text("c", i, ',', i % 5 == 4 ? "" : detail::exact(age), ",\"", plans[plan], "\",");
    csv += i % 7 == 6 ? "," : age > 40.0 ? "yes," : "no,";
    csv += detail::text(i % 7 == 5 ? "NA" : segments[plan + (plan == 2 && age > 40.0 ? 1 : 0)], ',');
    csv += i % 7 == 4 ? "\n" : detail::exact(spend) + "\n";
  }
  return csv;
}

struct Trained {
  Table table = parse_table(customers(400), ',');
  SplitIndices parts;
  TabularModel<Model> model{{.ignored = {"id"}}, Seed{1}};
  FitReport report;

  Trained() {
    Rng rng(Seed{2});
    parts = split(static_cast<Eigen::Index>(table.rows()), {.train = 0.6, .validation = 0.2, .test = 0.2}, rng);
    report = model.fit(table, parts.train, parts.validation, {.epochs = 60, .optimizer = Adam{.learning_rate = 2e-2}});
  }
};

const Trained& trained() {
  static const Trained once;
  return once;
}

TEST_CASE("a table becomes a model that is good on other rows") {
  const auto& [table, parts, model, report] = trained();
  CHECK(report.history.size() == 60);
  CHECK(model.encoder().feature_names() ==
        Strings{"age", "age missing", "plan=basic", "plan=gold", "plan=team, small"});
  CHECK(model.model().input_size() == 5);
  const auto metrics = model.evaluate(table, parts.test);
  CHECK((metrics[0].accuracy > 0.8 && metrics[0].accuracy > metrics[0].majority));
  CHECK(metrics[1].accuracy > 0.8);
  CHECK(metrics[2].r2 > 0.8);
  CHECK(metrics[0].labelled < parts.test.size());
}

TEST_CASE("predictions have names and units, whatever the order of columns") {
  const auto& model = trained().model;
  const Table rows = parse_table("plan,age,extra\ngold,20,x\nbasic,60,y\ngold,,z\n", ',');
  const TablePredictions predictions = model.predict(rows);
  CHECK(predictions.report.empty());
  const TaskPredictions& churn = predictions["churn"];
  CHECK(churn.class_names == Strings{"no", "yes"});
  CHECK((churn.class_name(0) == "no" && churn.class_name(1) == "yes"));
  CHECK(has(message_of<ValueError>([&] { (void)churn.class_name(churn.classes.size()); }), "row, expected below "));
  CHECK(has(message_of<ValueError>([&] { (void)predictions["spend"].class_name(0); }), "predicts a real number"));
  const auto yes = churn.probabilities_of("yes"), no = churn.probabilities_of("no");
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(yes[i] + no[i] - 1.0) < 1e-15);
  CHECK((yes[0] < 0.5 && yes[1] > 0.5));
  CHECK(predictions["segment"].class_name(0) == "b");
  CHECK(predictions["segment"].probabilities.rows() == 4);
  CHECK(std::abs(predictions["spend"].values[0] - 300.0) < 60.0);
  CHECK(std::abs(predictions["spend"].values[1] - 400.0) < 60.0);
  (void)message_of<ValueError>([&] { (void)predictions["Churn"]; });
  CHECK(has(message_of<ValueError>([&] { (void)churn.probabilities_of("maybe"); }), "available: 'no', 'yes'"));
}

TEST_CASE("what training rows did not have comes with the predictions") {
  const TablePredictions predictions =
      trained().model.predict(parse_table("plan,age\nplatinum,20\nplatinum,30\nsilver,40\n", ','));
  CHECK(predictions.report.unseen_rows("plan") == 3);
  CHECK(to_string(predictions.report) ==
        "column 'plan': 'platinum', unseen in training, in 2 rows\n"
        "column 'plan': 'silver', unseen in training, in 1 row\n");
  CHECK(has(message_of<ValueError>([] { (void)trained().model.predict(parse_table("age\n1\n", ',')); }),
            "no column 'plan'"));
}

TEST_CASE("targets are given in any order and by columns of other names") {
  const Table table = parse_table("x,left,kind,paid\n1,yes,p,10\n2,no,q,20\n3,yes,r,30\n4,no,s,40\n", ',');
  const std::vector<Eigen::Index> rows{0, 1, 2, 3};
  TabularModel<Model> model({.targets = {{.task = "spend", .column = "paid"},
                                         {.task = "segment", .column = "kind", .class_names = {"s", "r", "q", "p"}},
                                         {.task = "churn", .column = "left"}}});
  (void)model.fit(table, rows, {.epochs = 0});
  const auto data = model.encoder().dataset(table);
  CHECK(data.task_names == Strings{"churn", "segment", "spend"});
  CHECK(data.labels.col(0) == Eigen::Vector3d(1.0, 3.0, 10.0));
  const auto refuses = [](TableColumns columns, std::string_view part) {
    const std::string error = message_of<ValueError>([&] { TabularModel<Model>{columns}; });
    INFO(error);
    CHECK(has(error, part));
  };
  refuses({.targets = {{.task = "chum"}}}, "no further task 'chum', expected targets of 'churn', 'segment', 'spend'");
  refuses({.targets = {{.task = "segment", .classes = 3}}}, "target 'segment': classes, expected 4");
  const Table three = parse_table("x,churn,segment,spend\n1,yes,p,10\n2,no,q,20\n3,yes,r,30\n", ',');
  TabularModel<Model> other;
  CHECK(
      has(message_of<ValueError>([&] {
            (void)other.fit(three, std::vector<Eigen::Index>{0, 1, 2});
          }),
          "task 'segment' has 3 classes in the training rows of column 'segment' ('p', 'q', 'r'), the model's has 4"));
  CHECK_FALSE(other.fitted());
}

TEST_CASE("a model of another size than the table's features is refused") {
  TabularModel<With<Mlp<7, 4>>> fixed({.ignored = {"id"}});
  CHECK(has(message_of<ShapeError>([&] { (void)fixed.fit(trained().table, trained().parts.train, {.epochs = 0}); }),
            "the table gives 5 features ('age', 'age missing', 'plan=basic', 'plan=gold', 'plan=team, small'), the "
            "model takes 7"));
  CHECK_FALSE(fixed.fitted());
}

TEST_CASE("a model may be made by a function, to be trained and to be loaded") {
  const TempDir dir;
  std::vector<int> made;
  const auto make = [&made](int features) {
    made.push_back(features);
    return Model(Mlp<Eigen::Dynamic, 8, 4>(features), Seed{5});
  };
  TabularModel<Model> model({.ignored = {"id"}}, make);
  CHECK(made.empty());
  (void)model.fit(trained().table, trained().parts.train, {.epochs = 0});
  CHECK(model.model().head_weights()[0] == make(5).head_weights()[0]);
  save_model(model, dir / "F");
  TabularModel<Model> loaded({}, make);
  load_model(loaded, dir / "F");
  CHECK(made == std::vector{5, 5, 5});
  CHECK(loaded.predict(trained().table)["spend"].values == model.predict(trained().table)["spend"].values);
  TabularModel<Model> other({.ignored = {"id"}}, [&](int features) { return make(features + 1); });
  (void)message_of<ShapeError>([&] { (void)other.fit(trained().table, trained().parts.train, {.epochs = 0}); });
  CHECK(has(message_of<FileError>([&] { load_model(other, dir / "F"); }), "it has 5 features, expected 6"));
  CHECK_FALSE(other.fitted());
}

TEST_CASE("one file holds model and encoder, and training goes on from it") {
  const TempDir dir;
  TabularModel<Model> model = trained().model;
  model.set_threshold("churn", 0.9);
  save_model(model, dir / "m");
  TabularModel<Model> loaded;
  load_model(loaded, dir / "m");
  const Table& table = trained().table;
  const auto before = model.predict(table), after = loaded.predict(table);
  CHECK(after["segment"].probabilities == before["segment"].probabilities);
  CHECK((after["spend"].values == before["spend"].values && after["churn"].classes == before["churn"].classes));
  CHECK(after["churn"].classes != trained().model.predict(table)["churn"].classes);
  CHECK(loaded.thresholds()[0] == 0.9);
  CHECK(loaded.evaluate(table)[0].majority == model.evaluate(table)[0].majority);
  load_model(loaded, dir / "m");
  save_model(loaded, dir / "again");
  CHECK(read_file(dir / "again", 1u << 20) == read_file(dir / "m", 1u << 20));
  CHECK(dir.files() == 2);

  const double loss = loaded.evaluate(table)[1].loss;
  (void)loaded.fit(table, trained().parts.train, {.epochs = 1});
  CHECK(loaded.evaluate(table)[1].loss < 1.1 * loss);  // from where it was
  CHECK(loaded.encoder().feature_names() == model.encoder().feature_names());
}

TEST_CASE("files that hold something else are refused, and the model stays") {
  const TempDir dir;
  const TabularModel<Model>& model = trained().model;
  save_model(model, dir / "F");
  const auto bytes = read_file(dir / "F", 1u << 20);
  const std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto error_of = [&](std::string_view written) {
    TabularModel<Model> loaded;
    const std::string path = dir.write("G", written);
    const std::string error = message_of<FileError>([&] { load_model(loaded, path); });
    CHECK_FALSE(loaded.fitted());
    return error;
  };
  CHECK(has(error_of("id,age\n"), "is not a qmtl file of a tabular model"));
  CHECK(has(error_of("QMTL"), "is truncated"));
  std::string newer = content;
  newer[8] = 9;
  CHECK(has(error_of(newer), "has format version 9, expected 1"));
  CHECK(has(error_of(content + "x"), "is too large"));
  for (std::size_t size = 0; size < content.size(); size += 37) (void)error_of(content.substr(0, size));
  for (std::size_t at = 0; at < content.size(); at += 11) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 16);
    (void)error_of(damaged);
  }

  Model plain(Mlp<Eigen::Dynamic, 8, 4>(5), Seed{1});
  CHECK(has(message_of<FileError>([&] { load_model(plain, dir / "F"); }),
            "holds a model together with the encoder of its tables: load it into a TabularModel"));
  save_model(plain, dir / "plain");
  TabularModel<Model> loaded;
  CHECK(has(message_of<FileError>([&] { load_model(loaded, dir / "plain"); }), "holds a model without an encoder"));
  (void)message_of<LogicError>([&] { save_model(loaded, dir / "none"); });
  (void)message_of<LogicError>([&] { (void)loaded.predict(trained().table); });

  using Other = LinearModel<Mlp<Eigen::Dynamic, 8, 4>, Task<"churn", RotationBlock<1>, Window<0, 1>, Binary>>;
  TabularModel<Other> other;
  CHECK(has(message_of<FileError>([&] { load_model(other, dir / "F"); }), "it has 3 targets, expected 1"));
  TabularModel<With<Mlp<Eigen::Dynamic, 9, 4>>> wider;
  CHECK(has(message_of<FileError>([&] { load_model(wider, dir / "F"); }), "holds another model"));
  TabularModel<With<Mlp<3, 4>>> fixed;
  CHECK(has(message_of<FileError>([&] { load_model(fixed, dir / "F"); }), "it has 5 features, expected 3"));
}

TEST_CASE("rows outside a training and an evaluation may hold anything") {
  const Table& table = trained().table;
  const Table longer = parse_table(customers(400) + "c400,old,basic,maybe,e,much\n", ',');
  TabularModel<Model> model({.ignored = {"id"}}, Seed{1});
  const auto& parts = trained().parts;
  (void)model.fit(longer, parts.train, parts.validation, {.epochs = 1});
  CHECK(model.evaluate(longer, parts.test)[2].rmse == model.evaluate(table, parts.test)[2].rmse);
  CHECK((model.training_report().empty() && model.validation_report().empty()));
  CHECK(row_facts(model, longer, parts.test, "test").rows == parts.test.size());
  (void)message_of<ValueError>([&] { (void)model.evaluate(longer); });
}

TEST_CASE("a training and an evaluation tell what the encoder had not seen, and want labels") {
  const std::string header = "age,plan,churn,segment,spend,w\n";
  std::string csv = header;
  for (int i = 0; i < 8; ++i) {
    csv += detail::text(30 + i, i % 2 == 0 ? ",a," : ",b,", i % 2 == 0 ? "no," : "yes,", "pqrs"[i % 4], ',', i * i,
                        ",1\n");
  }
  const Table table = parse_table(csv + ",c,no,p,1,1\n40,d,no,q,2,3\n", ',');
  TabularModel<Model> model({.weights = "w"}, Seed{1});
  const std::vector<Eigen::Index> train{0, 1, 2, 3, 4, 5, 6, 7}, validation{8}, test{9, 1};
  (void)model.fit(table, train, validation, {.epochs = 1});
  CHECK(model.training_report().empty());
  CHECK(to_string(model.validation_report()) ==
        "column 'plan': 'c', unseen in training, in 1 row\ncolumn 'age': missing, as in no training row, in 1 row\n");
  EncodingReport report;
  (void)model.evaluate(table, test, &report);
  CHECK(to_string(report) == "column 'plan': 'd', unseen in training, in 1 row\n");
  (void)model.fit(table, test, {.epochs = 1});
  CHECK(model.training_report().unseen_rows("plan") == 1);
  CHECK(model.validation_report().empty());
  // row 9 counts three times
  const std::vector<Eigen::Index> repeated{9, 9, 9, 1};
  const double weighted = model.evaluate_weighted(table, test)[0].loss;
  CHECK(std::abs(weighted - model.evaluate(table, repeated)[0].loss) < 1e-12);

  const TempDir dir;
  save_model(model, dir / "m");
  TabularModel<Model> loaded;
  load_model(loaded, dir / "m");
  const auto lacking = [&](std::string_view names, std::string_view part) {
    const Table less = parse_table(detail::text(names, "\n30,a,no,p,1\n"), ',');
    const std::vector<Eigen::Index> rows{0};
    CHECK(has(message_of<ValueError>([&] { (void)loaded.fit(less, rows, {.epochs = 1}); }), part));
    CHECK(has(message_of<ValueError>([&] { (void)loaded.evaluate_weighted(less, rows); }), "which holds weights"));
    return loaded.evaluate(less, &report)[0].labelled;
  };
  CHECK(lacking("age,plan,churn,segments,spending", "missing: 'segment', 'spend'") == 1);
  CHECK(report.absent_targets == Strings{"segment", "spend"});
  CHECK(lacking("age,plan,churn,segment,spend", "no column 'w', which holds weights") == 1);
  CHECK(has(message_of<ValueError>([&] { (void)loaded.evaluate(parse_table("age,plan\n30,a\n", ',')); }),
            "no column of a target, expected at least one of 'churn', 'segment', 'spend'"));
}

TEST_CASE("a short file makes no large model") {
  const TempDir dir;
  TableEncoder encoder(columns_for<Model>({.rule = {.most_categories = 5000}}));
  std::string csv = "code,churn,segment,spend\n";
  for (int i = 0; i < 4000; ++i) csv += detail::text('c', i, i % 2 == 0 ? ",no," : ",yes,", "pqrs"[i % 4], ",1\n");
  const Table table = parse_table(csv, ',');
  encoder.fit(table, detail::all_rows(table));
  const auto small = [](int) { return Model(Mlp<Eigen::Dynamic, 8, 4>(5), Seed{5}); };
  TabularModel<Model> hostile({}, small);
  hostile.assign(encoder, small(0), {}, {});
  save_model(hostile, dir / "F");
  bool made = false;
  TabularModel<Model> loaded({}, [&](int features) {
    made = true;
    return small(features);
  });
  CHECK(has(message_of<FileError>([&] { load_model(loaded, dir / "F"); }),
            "too few for the 32044 backbone parameters of 4000 features"));
  CHECK_FALSE(made);
}

TEST_CASE("thresholds are of tasks of two classes") {
  TabularModel<Model> model = trained().model;
  model.set_threshold("churn", std::numeric_limits<double>::infinity());
  CHECK(model.predict(trained().table)["churn"].classes == std::vector<int>(400, 0));
  model.set_threshold("churn", no_threshold);
  CHECK(model.predict(trained().table)["churn"].classes == trained().model.predict(trained().table)["churn"].classes);
  CHECK(has(message_of<ValueError>([&] { model.set_threshold("segment", 0.5); }),
            "set_threshold: task 'segment' has 4 classes: expected no threshold (NaN)"));
  (void)message_of<ValueError>([&] { model.set_threshold("churn", -1.5); });
  CHECK(has(message_of<ValueError>([&] { model.set_threshold("size", 0.5); }),
            "no task 'size', expected one of 'churn'"));
}

TEST_CASE("predictions are written as CSV that reads back, in every locale") {
  TablePredictions predictions;
  predictions.rows = 2;
  predictions.tasks = {
      {.task = "kind", .class_names = {"a, \"b\"", "<c>\nd"}, .probabilities = {}, .classes = {0, 1}, .values = {}},
      {.task = "size", .class_names = {}, .probabilities = {}, .classes = {}, .values = {1234.5, -1e-7}}};
  predictions.tasks[0].probabilities = Eigen::Matrix2d{{0.75, 0.1}, {0.25, 0.9}};
  const Table table = parse_table("id,x\n\"1,5\",2\n 7,3\n", ',');
  const TempDir dir;
  const auto write = [&] { write_predictions_csv(dir / "p.csv", predictions, table, {"id"}); };
  const auto check = [&] {
    write();
    const Table read = read_table(dir / "p.csv");
    CHECK(read.names() == Strings{"id", "kind", "kind=a, \"b\"", "kind=<c>\nd", "size"});
    CHECK(read.column("id") == Strings{"1,5", " 7"});
    CHECK(read.column("kind") == Strings{"a, \"b\"", "<c>\nd"});
    CHECK(read.numeric_column<double>("kind=<c>\nd") == std::vector{0.25, 0.9});
    CHECK(read.column("size") == Strings{"1234.5", "-1e-07"});
  };
  check();
  qmtl::test::with_comma_streams(check);
  qmtl::test::with_comma_printf(check);
  write_predictions_csv(dir / "p.csv", predictions);
  std::ifstream file(dir / "p.csv", std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) ==
        "kind,\"kind=a, \"\"b\"\"\",\"kind=<c>\nd\",size\r\n"
        "\"a, \"\"b\"\"\",0.75,0.25,1234.5\r\n\"<c>\nd\",0.1,0.9,-1e-07\r\n");
  CHECK(dir.files() == 1);

  const Table same = parse_table("size,n\n1,2\n3,4\n", ',');
  CHECK(has(message_of<ValueError>([&] { write_predictions_csv(dir / "p.csv", predictions, same, {"size"}); }),
            "two columns have the name 'size'"));
  (void)message_of<ShapeError>(
      [&] { write_predictions_csv(dir / "p.csv", predictions, parse_table("id\n1\n", ','), {"id"}); });
  (void)message_of<FileError>([&] { write_predictions_csv(dir / "p.csv", predictions, table, {"ID"}); });
}

TEST_CASE("the page of a training on a table has the names of its classes and features") {
  const auto& [table, parts, model, report] = trained();
  const ReportOptions options{.train = row_facts(model, table, parts.train, "training"),
                              .tasks = {{.task = "spend", .unit = "EUR"}}};
  const std::string page = html_report(model, report, table, parts.test, options);
  for (const char* part :
       {"<th scope=\"col\">yes</th>", "plan=team, small", "true (EUR)", "majority", "<th scope=\"row\">d</th>"}) {
    INFO(part);
    CHECK(has(page, part));
  }
  CHECK_FALSE(has(page, "from a probability of"));
  TabularModel<Model> careful = model;
  careful.set_threshold("churn", 1.5);
  const std::string other = html_report(careful, report, table, parts.test, options);
  CHECK(
      has(other, "Confusion matrix and scores of classes: yes from a probability of 1.5 on; the metrics above count"));
  CHECK(has(other, "<td>0</td><td>0.000</td><td>0.000</td><td>0.000</td>"));  // never predicted
  const TempDir dir;
  write_html_report(dir / "report.html", model, report, table, parts.test, options);
  CHECK(dir.files() == 1);
}

}  // namespace tabular_model_test
