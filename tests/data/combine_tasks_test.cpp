// SPDX-License-Identifier: Apache-2.0
// Data sets combined: each row keeps its labels, and lacks those of the other sets' tasks.

#include "qmtl/data/combine_tasks.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace combine_tasks_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class S>
std::vector<Dataset<S>> two_sets() {
  Dataset<S> first{Batch<S>(2, 3), Batch<S>(2, 3), {"a", "b"}};
  Dataset<S> second{Batch<S>(2, 2), Batch<S>(1, 2), {"c"}};
  first.inputs << 1, 2, 3, 4, 5, 6;
  first.labels << 0, 1, -1, 2, 0, 1;
  second.inputs << 7, 8, 9, 10;
  second.labels << 1, 0;
  return {first, second};
}

TEMPLATE_TEST_CASE("rows and tasks follow one another, and labels of other sets are missing", "", float, double) {
  using S = TestType;
  const auto sets = two_sets<S>();
  const Dataset<S> all = combine_tasks<S>(sets);
  Batch<S> inputs(2, 5);
  inputs << 1, 2, 3, 7, 8, 4, 5, 6, 9, 10;
  CHECK(all.inputs == inputs);
  CHECK(all.task_names == std::vector<std::string>{"a", "b", "c"});
  CHECK(all.labels.block(0, 0, 2, 3) == sets[0].labels);
  CHECK(all.labels.block(2, 3, 1, 2) == sets[1].labels);
  CHECK(all.labels.block(0, 3, 2, 2).array().isNaN().all());
  CHECK(all.labels.block(2, 0, 1, 3).array().isNaN().all());
  validate<S>(all, std::vector<LabelKind>{{2}, {3}, {2}});
}

TEST_CASE("rows of a set without sample weights count 1 beside one that has some") {
  auto sets = two_sets<double>();
  CHECK(combine_tasks<double>(sets).sample_weights.empty());
  sets[1].sample_weights = {3.0, 0.5};
  CHECK(combine_tasks<double>(sets).sample_weights == std::vector<double>{1.0, 1.0, 1.0, 3.0, 0.5});
  std::swap(sets[0], sets[1]);
  CHECK(combine_tasks<double>(sets).sample_weights == std::vector<double>{3.0, 0.5, 1.0, 1.0, 1.0});
  sets[0].sample_weights.pop_back();
  CHECK_THROWS_AS(combine_tasks<double>(sets), ShapeError);
}

TEST_CASE("one set alone is itself") {
  const auto sets = two_sets<double>();
  const auto alone = combine_tasks<double>(std::span(sets).first(1));
  CHECK(alone.inputs == sets[0].inputs);
  CHECK(alone.labels == sets[0].labels);
  CHECK(alone.task_names == sets[0].task_names);
}

TEST_CASE("sets that do not go together are refused") {
  CHECK(message_of<ValueError>([] { (void)combine_tasks<double>({}); }) ==
        "qmtl: combine_tasks: data sets, expected at least one, got none");
  auto sets = two_sets<double>();
  sets[1].task_names = {"b"};
  CHECK(message_of<ValueError>([&] { (void)combine_tasks<double>(sets); }) ==
        "qmtl: combine_tasks: two tasks have the name 'b', expected different names");
  sets[1].task_names.clear();
  CHECK(message_of<ShapeError>([&] { (void)combine_tasks<double>(sets); }) ==
        "qmtl: combine_tasks: number of task names must be 3, got 2");
  sets = two_sets<double>();
  sets[1].inputs.resize(3, 2);
  CHECK(message_of<ShapeError>([&] { (void)combine_tasks<double>(sets); }) ==
        "qmtl: combine_tasks: features of each data set, as of the first, must be 2, got 3");
  sets = two_sets<double>();
  sets[0].labels.resize(2, 4);
  CHECK(message_of<ShapeError>([&] { (void)combine_tasks<double>(sets); }) ==
        "qmtl: dataset: expected a column a sample in inputs and in labels, got inputs 2 x 3 and labels 2 x 4");
}

}  // namespace combine_tasks_test
