// SPDX-License-Identifier: Apache-2.0
// The problems of paper as evidence takes them.

#include "paper/regimes.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "evidence/json.hpp"
#include "qmtl/data/synthetic.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace regimes_test {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::paper;

/// Two tasks of two classes on four features.
Problem problem() {
  Dataset<double> all = make_binary_tasks({.tasks = 2, .rows = 90, .features = 4}).data;
  const auto rows = [&all](Eigen::Index first, Eigen::Index count) {
    std::vector<Eigen::Index> numbers;
    for (Eigen::Index i = 0; i < count; ++i) numbers.push_back(first + i);
    return all.select(numbers);
  };
  Problem out{.benchmark = "nlp", .dataset = "made up", .dimension = 3};
  out.kinds.assign(2, LabelKind{2});
  out.folds.push_back({rows(0, 40), rows(40, 20), rows(60, 30)});
  return out;
}

TEST_CASE("validation rows are training rows of the other regimes") {
  const Problem made = problem();
  const evidence::Problem seen = evidence_problem(made);
  CHECK(seen.name == "made up");
  CHECK(seen.classes == std::vector{2, 2});
  CHECK((seen.train.rows() == 60 && seen.test.rows() == 30));
  CHECK(seen.train.inputs.rightCols(20) == made.folds.front().validation->inputs);
  Problem real = problem();
  real.kinds[1] = LabelKind{0};
  CHECK_THROWS_AS(evidence_problem(real), LogicError);
}

TEST_CASE("the regimes that were asked for, and no other") {
  const std::vector<Problem> problems{problem()};
  const auto silent = [](const std::string&) {};
  CHECK(run_regimes(problems, {}, silent).empty());
  std::vector<std::string> told;
  const RegimePlan plan{.narrow = true, .frozen = true, .quick = true, .seeds = 1};
  CHECK((plan.protocol().seeds == 1 && plan.protocol().epochs < evidence::Protocol{}.epochs));
  const auto results = run_regimes(problems, plan, [&](const std::string& what) { told.push_back(what); });
  CHECK(told == std::vector<std::string>{"made up, narrow, 3 features", "made up, frozen, 2 features"});
  REQUIRE(results.size() == 1);
  const auto json = evidence::to_json(results, evidence::Comparisons(results, plan.compare_options()), true);
  for (const auto& entry : json.at("benchmarks")) {
    CHECK((entry.at("regime") == "narrow" || entry.at("regime") == "frozen"));
    CHECK(entry.at("total_parameters").get<int>() ==
          entry.at("head_parameters").get<int>() + entry.at("backbone_parameters").get<int>());
  }
}

}  // namespace regimes_test
