// SPDX-License-Identifier: Apache-2.0
// Data sets select whole rows, know what is missing, and say exactly what is wrong with them.

#include "qmtl/data/dataset.hpp"

#include <limits>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace dataset_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class S>
constexpr S nan_of = std::numeric_limits<S>::quiet_NaN();

const std::vector<LabelKind> kinds{{2}, {3}, {0}};

/// Two features, three tasks, four rows.
template <class S = double>
Dataset<S> sample() {
  Dataset<S> data{Batch<S>(2, 4), Batch<S>(3, 4), {"sarcasm", "sentiment", "score"}};
  data.inputs << 0, 1, 2, 3,  //
      10, 11, 12, 13;
  data.labels << 0, 1, -1, 1,       //
      2, nan_of<S>, 0, 1,           //
      S(-2.5), 0, nan_of<S>, S(7);  //
  return data;
}

TEMPLATE_TEST_CASE("a label is missing when it is NaN, or negative where labels are classes", "", float, double) {
  using S = TestType;
  CHECK(is_missing(LabelKind{2}, S(-1)));
  CHECK(is_missing(LabelKind{3}, S(-7)));
  CHECK(is_missing(LabelKind{2}, nan_of<S>));
  CHECK_FALSE(is_missing(LabelKind{2}, S(0)));
  CHECK(is_missing(LabelKind{0}, nan_of<S>));
  CHECK_FALSE(is_missing(LabelKind{0}, S(-1)));
}

TEMPLATE_TEST_CASE("select takes whole rows in the order asked for", "", float, double) {
  const auto data = sample<TestType>();
  CHECK(data.rows() == 4);
  CHECK(data.features() == 2);
  CHECK(data.tasks() == 3);
  const std::vector<Eigen::Index> rows{3, 0, 3};
  const auto some = data.select(rows);
  REQUIRE(some.rows() == 3);
  CHECK(some.task_names == data.task_names);
  for (Eigen::Index i = 0; i < 3; ++i) {
    const Eigen::Index row = rows[static_cast<std::size_t>(i)];
    CHECK(some.inputs.col(i) == data.inputs.col(row));
    CHECK(some.labels.col(i) == data.labels.col(row));
  }
  CHECK(data.select({}).rows() == 0);
  CHECK(data.select({}).features() == 2);
}

TEST_CASE("sample weights go with their rows, and say what is wrong with them") {
  auto data = sample();
  const std::vector<Eigen::Index> rows{3, 0, 3};
  CHECK(data.select(rows).sample_weights.empty());
  data.sample_weights = {1.0, 0.0, 2.5, 4.0};
  CHECK_NOTHROW(validate<double>(data, kinds));
  CHECK(data.select(rows).sample_weights == std::vector<double>{4.0, 1.0, 4.0});
  CHECK(data.select({}).sample_weights.empty());
  for (const double wrong : {-0.5, nan_of<double>, std::numeric_limits<double>::infinity()}) {
    data.sample_weights[2] = wrong;
    CHECK(message_of<ValueError>([&] {
            validate<double>(data, kinds);
          }).starts_with("qmtl: dataset: sample weight of row 2, expected a finite number from 0, got "));
  }
  data.sample_weights.pop_back();
  CHECK(message_of<ShapeError>([&] { validate<double>(data, kinds); }) ==
        "qmtl: dataset: number of sample weights must be 4, got 3");
  CHECK_THROWS_AS(data.select(rows), ShapeError);
}

TEST_CASE("select names a row that does not exist") {
  const auto data = sample();
  const std::vector<Eigen::Index> above{0, 4};
  const std::vector<Eigen::Index> below{-1};
  CHECK(message_of<ShapeError>([&] { (void)data.select(above); }) ==
        "qmtl: dataset select: row number, expected 0 to 3, got 4");
  CHECK(message_of<ShapeError>([&] { (void)data.select(below); }) ==
        "qmtl: dataset select: row number, expected 0 to 3, got -1");
}

TEST_CASE("a data set that fits its kinds is accepted, with names or without") {
  auto data = sample();
  CHECK_NOTHROW(validate<double>(data, kinds));
  data.task_names.clear();
  CHECK_NOTHROW(validate<double>(data, kinds));
  CHECK_NOTHROW(validate<double>(data.select({}), kinds));
}

TEST_CASE("counts that disagree are shape errors") {
  auto data = sample();
  CHECK(message_of<ShapeError>([&] { validate<double>(data, std::span(kinds).first(2)); }) ==
        "qmtl: dataset: number of tasks must be 2, got 3");
  data.task_names.pop_back();
  CHECK(message_of<ShapeError>([&] { validate<double>(data, kinds); }) ==
        "qmtl: dataset: number of task names must be 3, got 2");
  data.labels.conservativeResize(3, 3);
  CHECK(message_of<ShapeError>([&] { validate<double>(data, kinds); }) ==
        "qmtl: dataset: expected a column a sample in inputs and in labels, got inputs 2 x 4 and labels 3 x 3");
}

TEST_CASE("an input that is not finite is found") {
  auto data = sample();
  data.inputs(1, 2) = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { validate<double>(data, kinds); }) ==
        "qmtl: inputs: row 2, feature 1: expected a finite number, got inf");
}

TEST_CASE("a label that does not fit is named with its task, row, value and classes") {
  auto data = sample();
  const auto message = [&] { return message_of<ValueError>([&] { validate<double>(data, kinds); }); };
  SECTION("too large") {
    data.labels(1, 3) = 3;
    CHECK(message() ==
          "qmtl: dataset: label of task 'sentiment', row 3: expected an integer from 0 to 2 (3 classes), or a negative "
          "number or NaN where it is missing, got 3");
  }
  SECTION("not an integer, task without a name") {
    data.labels(0, 1) = 0.5;
    data.task_names.clear();
    CHECK(message() ==
          "qmtl: dataset: label of task 0, row 1: expected an integer from 0 to 1 (2 classes), or a negative number or "
          "NaN where it is missing, got 0.5");
  }
  SECTION("infinite") {
    data.labels(2, 0) = -std::numeric_limits<double>::infinity();
    CHECK(message() ==
          "qmtl: dataset: label of task 'score', row 0: expected a finite number, or NaN where it is missing, got "
          "-inf");
  }
}

TEST_CASE("one class, or fewer than none, is no kind of label") {
  const auto data = sample();
  for (const int classes : {1, -2}) {
    const std::vector<LabelKind> wrong{{2}, {classes}, {0}};
    CHECK(message_of<ValueError>([&] { validate<double>(data, wrong); }).find("'sentiment': classes, expected 0") !=
          std::string::npos);
  }
}

}  // namespace dataset_test
