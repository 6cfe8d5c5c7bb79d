// SPDX-License-Identifier: Apache-2.0
// TableEncoder: what training rows teach, and nothing else; later tables are read by names, and what is new in them is
// told.

#include "qmtl/tabular/table_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/throws.hpp"

namespace table_encoder_test {

using namespace qmtl;
using qmtl::test::message_of;

using Rows = std::vector<Eigen::Index>;
using Strings = std::vector<std::string>;

Table table_of(std::string_view csv) { return parse_table(csv, ','); }

Rows first_rows(std::size_t count) {
  Rows rows(count);
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  return rows;
}

TableEncoder fitted(const Table& table, TableColumns columns = {}) {
  TableEncoder encoder(std::move(columns));
  encoder.fit(table, first_rows(table.rows()));
  return encoder;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string error_of(const TableEncoder& encoder, std::string_view csv) {
  return message_of<ValueError>([&] { (void)encoder.encode(table_of(csv)); });
}

/// The features of one column as text, row by row.
std::string features(const Batch<double>& inputs) {
  std::string out;
  for (Eigen::Index row = 0; row < inputs.cols(); ++row) {
    if (row > 0) out += " | ";
    for (Eigen::Index f = 0; f < inputs.rows(); ++f) {
      if (f > 0) out += ' ';
      out += detail::exact(inputs(f, row));
    }
  }
  return out;
}

// As SimpleImputer(strategy=..., add_indicator=True) and OneHotEncoder(handle_unknown="ignore") of scikit-learn have
// it.
TEST_CASE("numbers are filled in by the median or the mean of the training rows, with an indicator") {
  const Table table = table_of("age,size\n1,1\n,2\n4,3\n 10 ,4\nNA,5\n3,6\n");
  const TableEncoder median = fitted(table);
  CHECK(median.feature_names() == Strings{"age", "age missing", "size"});
  CHECK(features(median.encode(table).inputs) == "1 0 1 | 3.5 1 2 | 4 0 3 | 10 0 4 | 3.5 1 5 | 3 0 6");
  const TableEncoder mean = fitted(table, {.rules = {{"age", {.imputation = Imputation::mean, .indicator = false}}}});
  CHECK(features(mean.encode(table).inputs) == "1 1 | 4.5 2 | 4 3 | 10 4 | 4.5 5 | 3 6");
  CHECK(median.features() == 3);
  CHECK((median.encode(table).report.empty() && mean.encode(table).report.empty()));
}

TEST_CASE("the median of an odd and of an even number of values, of any size") {
  CHECK(detail::median_of({3.0, 1.0, 2.0}) == 2.0);
  CHECK(detail::median_of({4.0, 1.0, 2.0, 3.0}) == 2.5);
  CHECK(detail::median_of({1e308, 1.5e308}) == 1.25e308);
  CHECK(detail::median_of({7.0}) == 7.0);
}

TEST_CASE("texts become a feature for each value of the training rows, sorted") {
  const Table table = table_of("plan,n\ngold,1\nbasic,2\n,3\ngold,4\n");
  const TableEncoder own = fitted(table);
  CHECK(own.feature_names() == Strings{"plan=basic", "plan=gold", "plan missing", "n"});
  CHECK(features(own.encode(table).inputs) == "0 1 0 1 | 1 0 0 2 | 0 0 1 3 | 0 1 0 4");
  const TableEncoder zeros = fitted(table, {.rule = {.missing = MissingCategory::zeros}});
  CHECK(features(zeros.encode(table).inputs) == "0 1 1 | 1 0 2 | 0 0 3 | 0 1 4");
  const Table flags = table_of("flag,n\nyes,1\n,2\nyes,3\n");
  CHECK(features(fitted(flags, {.rule = {.missing = MissingCategory::zeros}}).encode(flags).inputs) ==
        "1 1 | 0 2 | 1 3");
}

TEST_CASE("only training rows teach") {
  const Table table = table_of("age,plan,y\n1,a,0\n3,b,1\n5,a,1\n,c,0\n1000,c,1\n");
  TableEncoder encoder({.targets = {{.task = "y", .classes = 2}}});
  encoder.fit(table, first_rows(3));
  CHECK(encoder.feature_names() == Strings{"age", "plan=a", "plan=b"});
  const EncodedTable encoded = encoder.encode(table);
  CHECK(features(encoded.inputs) == "1 1 0 | 3 0 1 | 5 1 0 | 3 0 0 | 1000 0 0");
  CHECK(to_string(encoded.report) ==
        "column 'plan': 'c', unseen in training, in 2 rows\n"
        "column 'age': missing, as in no training row, in 1 row\n");
  CHECK(encoded.report.unseen_rows("plan") == 2);
  CHECK(encoder.encode(table_of("age,plan\n1,a\n")).report.empty());
  const Table other = table_of("age,plan,y\n1,a,0\n3,b,1\n5,a,1\n,,1\n-7,x,\n");  // the same first rows
  TableEncoder again({.targets = {{.task = "y", .classes = 2}}});
  again.fit(other, first_rows(3));
  CHECK(again.encode(table).inputs == encoded.inputs);
}

TEST_CASE("later tables are read by names: in any order, with columns of their own") {
  const Table table = table_of("age,plan\n1,a\n3,b\n");
  const TableEncoder encoder = fitted(table);
  const Table other = table_of("note,plan,age\nhello,b,3\n\"a,b\",a,1\n");
  CHECK(features(encoder.encode(other).inputs) == "3 0 1 | 1 1 0");
  CHECK(encoder.encode(table_of("plan,age\n")).inputs.cols() == 0);
}

TEST_CASE("a column that is not there is an error that names it, or missing in all rows") {
  const Table table = table_of("age,plan\n1,a\n,\n3,b\n");
  CHECK(has(error_of(fitted(table), "age\n1\n"),
            "qmtl: table encoder: no column 'plan', which the encoder was fitted on"));
  const TableEncoder lenient = fitted(table, {.rule = {.absent_column = Unseen::reported}});
  const EncodedTable encoded = lenient.encode(table_of("other,plan\n7,b\n"));
  CHECK(features(encoded.inputs) == "2 1 0 1 0");
  CHECK(to_string(encoded.report) == "column 'age': absent, taken for missing in all rows\n");
}

TEST_CASE("unseen values can be refused, cells that are no numbers are") {
  const Table table = table_of("age,plan\n1,a\n3,b\n");
  const TableEncoder strict = fitted(table, {.rule = {.unseen_value = Unseen::refused}});
  CHECK(error_of(strict, "age,plan\n1,a\n2,\"c\nd\"\n") ==
        "qmtl: table encoder: line 3, column 'plan': expected a value that training rows have, 'a', 'b', got 'c?d'");
  CHECK(error_of(strict, "age,plan\nold,a\n") ==
        "qmtl: table encoder: line 2, column 'age': expected a finite number or a missing cell, got 'old'");
  CHECK(has(error_of(strict, "age,plan\ninf,a\n"), "got 'inf'"));
  CHECK(has(error_of(strict, "age,plan\n\"1,5\",a\n"), "got '1,5'"));
  CHECK(strict.encode(table_of("age,plan\n1,\n")).report.newly_missing.size() == 1);
}

TEST_CASE("of unseen values a thousand are told apart") {
  const TableEncoder encoder = fitted(table_of("plan,n\na,1\nb,2\n"));
  std::string csv = "plan,n\n";
  for (int i = 0; i < 1500; ++i) csv += "new" + std::to_string(i) + ",1\n";
  const EncodingReport report = encoder.encode(table_of(csv)).report;
  CHECK(report.unseen.size() == 1001);
  CHECK(report.unseen_rows("plan") == 1500);
}

TEST_CASE("what tells no training rows apart is no feature") {
  const Table table = table_of("year,empty,kind,n,half\n2020,,x,1,5\n2020,NA,x,2,\n");
  const TableEncoder encoder = fitted(table);
  CHECK(encoder.feature_names() == Strings{"n", "half missing"});
  CHECK(encoder.unused_columns() == Strings{"year", "empty", "kind"});
  CHECK(encoder.encode(table_of("n,half\n3,5\n")).report.empty());  // nobody asks for them again
  CHECK(has(message_of<ValueError>([] { (void)fitted(table_of("a,b\n1,x\n1,x\n")); }), "features, expected a column"));
}

TEST_CASE("a column of identifiers is refused, with the way out") {
  std::string csv = "id,code,n\n";
  for (int i = 0; i < 300; ++i) csv += "c" + std::to_string(i) + "," + std::to_string(i) + ",1\n";
  const Table table = table_of(csv);
  const std::string error = message_of<ValueError>([&] { (void)fitted(table); });
  CHECK(has(error, "column 'id' has 300 different values in 300 training rows, expected at most 100: ignore it"));
  CHECK(fitted(table, {.ignored = {"id"}}).feature_names() == Strings{"code"});
  CHECK(fitted(table, {.rules = {{"id", {.most_categories = 300}}}}).features() == 301);
  CHECK(fitted(table, {.ignored = {"id", "n"}, .rule = {.kind = ColumnKind::categorical, .most_categories = 300}})
            .features() == 300);
}

TEST_CASE("what is missing can be said, and text may be taken for numbers only where it is") {
  const Table table = table_of("a,b\n-1,None\n2,x\n3,None\n");
  const TableEncoder encoder = fitted(table, {.missing = {"", "-1"}});
  CHECK(encoder.feature_names() == Strings{"a", "a missing", "b=None", "b=x"});
  CHECK(has(message_of<ValueError>([&] {
              (void)fitted(table, {.rules = {{"b", {.kind = ColumnKind::numeric}}}});
            }),
            "line 3, column 'b': expected a finite number or a missing cell, got 'x'"));
}

TEST_CASE("a cell of dirt makes no categories of numbers") {
  std::string clean = "age,n\n", codes = "age,n\n";
  for (int i = 0; i < 9; ++i) clean += detail::text(i, ',', i, '\n');
  for (int i = 0; i < 8; ++i) codes += detail::text(i, ',', i, '\n');
  const auto error = [](const std::string& csv, TableColumns columns = {}) {
    return message_of<ValueError>([&] { (void)fitted(table_of(csv), std::move(columns)); });
  };
  CHECK(error(clean + "?,9\n") ==
        "qmtl: table encoder: line 11, column 'age': expected a finite number, got '?' (9 of 10 training cells are "
        "numbers): set kind = categorical, or add '?' to missing");
  CHECK(has(error(clean + "1e400,9\n-,9\n" + "4,4\n5,5\n"),
            "line 11, column 'age': expected a finite number, got '1e400'"));
  CHECK(has(error("x,n\na,1\nb,2\n-1.5E+999,3\n"), "line 4, column 'x': expected a finite number, got '-1.5E+999' (0"));
  CHECK(fitted(table_of(clean + "?,9\n"), {.missing = {"?"}}).feature_names() == Strings{"age", "age missing", "n"});
  CHECK(fitted(table_of(clean + "?,9\n"), {.rules = {{"age", {.kind = ColumnKind::categorical}}}}).features() == 11);
  CHECK(fitted(table_of(codes + "A,9\n")).features() == 10);  // 8 of 9 are fewer than nine tenths
  CHECK(fitted(table_of("x,n\n1,1\nb,2\n")).feature_names() == Strings{"x=1", "x=b", "n"});

  // The first of the table, whatever the order of rows; a row of the others is found when it is encoded.
  TableEncoder encoder({});
  const Table table = table_of(clean + "?,9\n!,9\n1,1\n" + "2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n8,8\n9,9\n");
  Rows rows = first_rows(table.rows());
  std::ranges::reverse(rows);
  CHECK(has(message_of<ValueError>([&] { encoder.fit(table, rows); }), "line 11, column 'age'"));
  encoder.fit(table, first_rows(9));
  CHECK(has(message_of<ValueError>([&] { (void)encoder.encode(table); }), "line 11, column 'age'"));

  std::string many = "age,n\n";
  for (int i = 0; i < 150; ++i) many += detail::text(i, ",1\n?,2\n");
  CHECK(has(error(many), "line 3, column 'age': expected a finite number, got '?' (150 of 300"));
  CHECK(has(error(many, {.rule = {.kind = ColumnKind::categorical}}), "has 151 different values"));
}

TEST_CASE("numbers are spelled in digits") {
  for (const char* number : {"1", "-1", "+1.", ".5", "1e400", "1E+5", "12.5e-3"}) CHECK(detail::spells_number(number));
  for (const char* other : {"", "-", ".", "e5", "1e", "1e+", "1x", "1e5x", "0x10", "1 2", "1.2.3", "inf"}) {
    INFO(other);
    CHECK_FALSE(detail::spells_number(other));
  }
}

TEST_CASE("an index in front may have no name, other columns may not") {
  CHECK(fitted(table_of(",x\n0,5\n1,6\n")).feature_names() == Strings{"x"});
  CHECK(message_of<ValueError>([] { (void)fitted(table_of("x, ,z\n0,5,1\n1,6,2\n")); }) ==
        "qmtl: table encoder: column 2 of 3 has no name, expected one (only an index in front may have none): name it, "
        "or add ' ' to ignored");
  CHECK(fitted(table_of("x,,z\n0,5,1\n1,6,2\n"), {.ignored = {""}}).feature_names() == Strings{"x", "z"});
}

TEST_CASE("a column that is not found may be near") {
  const auto error = [](std::string_view csv) {
    return message_of<ValueError>([&] { (void)fitted(table_of(csv), {.ignored = {"id"}}); });
  };
  CHECK(has(error("x, id\n1,2\n"), "available: 'x', ' id': did you mean ' id'?"));
  CHECK(has(error("id;x\n1;2\n"), "available: 'id;x': one column only: is the separator ';'?"));
  CHECK(has(error("id\tx\n1\t2\n"), "is the separator a tab?"));
  CHECK_FALSE(has(error("x\n1\n"), "only"));
  const TableEncoder encoder = fitted(table_of("age,plan\n1,a\n2,b\n"));
  CHECK(has(error_of(encoder, "age, plan\n1,a\n"), "Unseen::reported): did you mean ' plan'?"));
  CHECK(has(error_of(encoder, "age;plan\n1;a\n"), "is the separator ';'?"));
}

TEST_CASE("labels are classes by their sorted names, real values or missing") {
  const Table table = table_of("x,churn,segment,spend\n1,yes,b,1.5\n2,no,a,\n3,,c,-2\n4,yes,,3e2\n");
  const TableEncoder encoder =
      fitted(table, {.targets = {{.task = "loyal", .column = "churn", .classes = 2, .class_names = {"yes", "no"}},
                                 {.task = "segment", .classes = 3},
                                 {.task = "spend", .classes = 0}}});
  const Dataset<float> data = encoder.dataset<float>(table);
  CHECK(data.task_names == Strings{"loyal", "segment", "spend"});
  CHECK(data.features() == 1);
  const std::string labels = features(encoder.labels(table));
  CHECK(labels == "0 1 1.5 | 1 0 nan | nan 2 -2 | 0 nan 300");
  REQUIRE(encoder.targets().size() == 3);
  CHECK(encoder.targets()[0].class_names == Strings{"yes", "no"});
  CHECK(encoder.targets()[1].class_names == Strings{"a", "b", "c"});
  CHECK(encoder.targets()[2].class_names.empty());
  CHECK(features(encoder.labels(table_of("x,segment\n1,b\n"))) == "nan 1 nan");
}

TEST_CASE("of some rows, only their cells are looked at and told of") {
  const Table table = table_of("age,plan,y,w\n1,a,no,1\n3,b,yes,2\n-,c,maybe,-1\n5,d,,3\n");
  TableEncoder encoder({.targets = {{.task = "y", .classes = 2}}, .weights = "w"});
  encoder.fit(table, first_rows(2));
  const Rows rows{3, 1, 1};
  CHECK(features(encoder.encode(table, rows).inputs) == "5 0 0 | 3 0 1 | 3 0 1");
  CHECK(features(encoder.labels(table, rows)) == "nan | 1 | 1");
  EncodingReport report;
  const Dataset<double> data = encoder.dataset(table, rows, &report);
  CHECK(data.inputs == encoder.encode(table, rows).inputs);
  CHECK(data.sample_weights == std::vector{3.0, 2.0, 2.0});
  CHECK(to_string(report) == "column 'plan': 'd', unseen in training, in 1 row\n");
  CHECK(has(message_of<ValueError>([&] { (void)encoder.encode(table, Rows{1, 2}); }), "line 4, column 'age'"));
  CHECK(has(message_of<ValueError>([&] { (void)encoder.labels(table, Rows{2}); }), "line 4, column 'y'"));
  (void)message_of<ValueError>([&] { (void)encoder.dataset(table); });
  (void)message_of<ShapeError>([&] { (void)encoder.encode(table, Rows{4}); });
  (void)message_of<ShapeError>([&] { (void)encoder.labels(table, Rows{-1}); });
  CHECK(encoder.dataset(table, Rows{}).rows() == 0);
  (void)encoder.dataset(table_of("age,plan\n1,a\n"), &report);
  CHECK(to_string(report) == "column 'y': absent, its labels are missing in all rows\n");
  CHECK_FALSE(report.empty());
}

TEST_CASE("a column holds the weights of rows") {
  const Table table = table_of("x,w\n1,0.5\n2,2\n");
  const TableEncoder encoder = fitted(table, {.weights = "w"});
  CHECK(encoder.feature_names() == Strings{"x"});
  CHECK(encoder.dataset(table).sample_weights == std::vector{0.5, 2.0});
  CHECK(encoder.dataset(table_of("x\n1\n")).sample_weights.empty());
  CHECK(message_of<ValueError>([&] { (void)encoder.dataset(table_of("x,w\n1,1\n2,-1\n")); }) ==
        "qmtl: table encoder: line 3, column 'w': expected a sample weight, a number from 0 on, got -1");
  CHECK(message_of<ValueError>([&] { (void)encoder.dataset(table_of("x,w\n1,\n")); }) ==
        "qmtl: table encoder: line 2, column 'w': expected a sample weight, a number from 0 on, got a missing cell");
}

TEST_CASE("labels that are numbers are sorted and compared as numbers") {
  const Table table = table_of("x,y\n1,10\n2,9\n3,10.0\n4, 100\n");
  const TableEncoder encoder = fitted(table, {.targets = {{.task = "y", .classes = 3}}});
  CHECK(encoder.targets()[0].class_names == Strings{"9", "10", "100"});
  CHECK(features(encoder.labels(table_of("x,y\n1,1e1\n1,+9\n1,1e2\n"))) == "1 | 0 | 2");
}

TEST_CASE("labels that do not fit their task are named") {
  const Table table = table_of("x,segment\n1,a\n2,b\n3,c\n4,d\n");
  const auto error = [&](int classes) {
    return message_of<ValueError>([&] { (void)fitted(table, {.targets = {{.task = "segment", .classes = classes}}}); });
  };
  CHECK(error(3) ==
        "qmtl: table encoder: task 'segment' has 4 classes in the training rows of column 'segment' ('a', 'b', 'c', "
        "'d'), the model's has 3");
  CHECK(has(message_of<ValueError>(
                [] { (void)fitted(table_of("x,y\n1,a\n2,a\n"), {.targets = {{.task = "y", .classes = 2}}}); }),
            "task 'y' has 1 class in the training rows of column 'y' ('a')"));
  CHECK(has(error(5), "the model's has 5: name all of them in class_names"));
  const TableEncoder encoder = fitted(table, {.targets = {{.task = "segment", .classes = 4}}});
  CHECK(message_of<ValueError>([&] { (void)encoder.labels(table_of("x,segment\n1,a\n2,<e>\n")); }) ==
        "qmtl: table encoder: line 3, column 'segment': expected a label of task 'segment', 'a', 'b', 'c', 'd', got "
        "'<e>'");
  const TableEncoder real = fitted(table_of("x,y\n1,2\n2,3\n"), {.targets = {{.task = "y", .classes = 0}}});
  CHECK(has(message_of<ValueError>([&] { (void)real.labels(table_of("y\n1\nmany\n")); }), "line 3, column 'y'"));
}

TEST_CASE("descriptions that contradict themselves or the table are refused") {
  const auto refuses = [](TableColumns columns, std::string_view part) {
    const std::string error = message_of<ValueError>([&] { (void)fitted(table_of("x,y\n1,0\n2,1\n"), columns); });
    INFO(error);
    CHECK(has(error, part));
  };
  const TargetColumn y{.task = "y", .classes = 2};
  refuses({.targets = {y, y}}, "got another for the same task");
  refuses({.targets = {y, {.task = "z", .column = "y", .classes = 2}}},
          "expected a column of its own, got that of 'y'");
  refuses({.targets = {y}, .ignored = {"y"}}, "is among the ignored columns");
  refuses({.targets = {y}, .rules = {{"y", {}}}}, "has a rule");
  refuses({.targets = {{.task = "y"}}}, "expected its number of classes");
  refuses({.targets = {{.task = "y", .classes = 1}}}, "expected 0 (real-valued) or at least 2, got 1");
  refuses({.targets = {{.task = "y", .classes = 2, .class_names = {"0"}}}}, "names of classes, expected 2, got 1");
  refuses({.targets = {{.task = "y", .classes = 2, .class_names = {"1", "1.0"}}}}, "got '1.0' twice");
  refuses({.targets = {{.task = "y", .classes = 2, .class_names = {"None", "1"}}}},
          "name of a class, got 'None', which spells a missing cell: see TableColumns::missing");
  refuses({.targets = {{.task = "y", .classes = 2, .class_names = {"0", "1 "}}}},
          "name of a class, expected none with spaces around it, got '1 '");
  const Table answers = table_of("x,y\n1,None\n2,yes\n");
  const TargetColumn none{.task = "y", .classes = 2, .class_names = {"None", "yes"}};
  CHECK(features(fitted(answers, {.targets = {none}, .missing = {""}}).labels(answers)) == "0 | 1");
  refuses({.ignored = {"Y"}}, "no column 'Y', which is to be ignored, available: 'x', 'y'");
  refuses({.weights = "w"}, "no column 'w', which holds weights");
  refuses({.rules = {{"z", {}}}}, "no column 'z', which has a rule");
  refuses({.targets = {{.task = "z", .classes = 2}}}, "no column 'z', which is a target");
}

TEST_CASE("rows that are not there, and an encoder without them") {
  const Table table = table_of("x\n1\n2\n");
  TableEncoder encoder({});
  CHECK_FALSE(encoder.fitted());
  (void)message_of<LogicError>([&] { (void)encoder.encode(table); });
  (void)message_of<LogicError>([&] { (void)encoder.labels(table); });
  (void)message_of<ShapeError>([&] { encoder.fit(table, {}); });
  CHECK(message_of<ShapeError>([&] {
          encoder.fit(table, Rows{0, 2});
        }) == "qmtl: table encoder: row number, expected 0 to 1, got 2");
  (void)message_of<ShapeError>([&] { encoder.fit(table, Rows{-1}); });
  CHECK_FALSE(encoder.fitted());
}

TEST_CASE("cells are read the same in every locale") {
  const auto check = [] {
    const Table table = table_of("x,y\n1.5,0.5\n2.5,1\n");
    const TableEncoder encoder = fitted(table, {.targets = {{.task = "y", .classes = 2}}});
    CHECK(encoder.targets()[0].class_names == Strings{"0.5", "1"});
    CHECK(features(encoder.encode(table).inputs) == "1.5 | 2.5");
  };
  qmtl::test::with_comma_streams(check);
  qmtl::test::with_comma_printf(check);
}

TEST_CASE("what was learnt comes back from its bytes, and is not learnt anew") {
  const Table table = table_of("age,plan,y,k\n1,a,no,2020\n,b,yes,2020\n5,,no,2020\n");
  TableEncoder encoder = fitted(table, {.targets = {{.task = "y", .classes = 2}},
                                        .rule = {.unseen_value = Unseen::refused, .absent_column = Unseen::reported}});
  detail::ByteWriter bytes;
  ArchiveWriter writer(bytes);
  encoder.archive(writer);
  detail::ByteReader in(bytes.bytes(), "load", "F");
  ArchiveReader reader(in);
  TableEncoder loaded({});
  loaded.archive(reader);
  CHECK(in.left() == 0);
  CHECK(loaded.feature_names() == encoder.feature_names());
  CHECK(loaded.unused_columns() == Strings{"k"});
  const Table later = table_of("plan,y\nb,yes\n,no\n");
  CHECK(loaded.encode(later).inputs == encoder.encode(later).inputs);
  CHECK(to_string(loaded.encode(later).report) == to_string(encoder.encode(later).report));
  CHECK(loaded.labels(later) == encoder.labels(later));
  CHECK(has(error_of(loaded, "plan\nz\n"), "got 'z'"));
  (void)message_of<LogicError>([&] { loaded.fit(table, first_rows(3)); });
}

}  // namespace table_encoder_test
