// SPDX-License-Identifier: Apache-2.0
// Tests of what a run compares, and of its JSON and report.

#include "evidence/results.hpp"

#include <algorithm>
#include <string>

#include "evidence/goals.hpp"
#include "evidence/json.hpp"
#include "evidence/made_up_heads.hpp"
#include "evidence/plots.hpp"
#include "evidence/report.hpp"
#include "support/catch.hpp"

namespace results_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;
using namespace qmtl::test;

struct Sizes {
  int head, backbone;
};

HeadOutcome named(const PairedTasks& truth, std::string name, double signal, double validation, Sizes sizes) {
  HeadOutcome out = make_head(truth, signal, 3, 10 + name.size());
  out.quantum = name.starts_with("quantum");
  out.name = std::move(name);
  out.validation_auc = validation;
  out.head_parameters = sizes.head;
  out.backbone_parameters = sizes.backbone;
  return out;
}

/// Narrow with two features, and trained with two hidden layers; the quantum head is far below the linear one. A head
/// and the hidden layer that the validation rows choose need not be the best on test rows.
DatasetResult make_results() {
  const PairedTasks truth = make_truth(300);
  DatasetResult out{.name = "made \"up\" data", .features = 5, .train_rows = 10, .test_rows = 300};
  const auto add = [&](Regime regime, int hidden, std::vector<HeadOutcome> heads) {
    out.experiments.push_back({"made \"up\" data", regime, 2, std::move(heads), truth, hidden, {"a", "b", "c"}});
  };
  add(Regime::narrow, 0, {named(truth, "quantum", 0.3, 0.6, {8, 12}), named(truth, "linear", 1.5, 0.8, {9, 12})});
  add(Regime::trained, 4, {named(truth, "quantum", 0.5, 0.7, {8, 34}), named(truth, "linear", 1.5, 0.9, {9, 34})});
  add(Regime::trained, 8, {named(truth, "quantum", 0.3, 0.8, {8, 66}), named(truth, "linear", 1.6, 0.8, {9, 66})});
  out.references = {"made \"up\" data", Regime::frozen, 5, {named(truth, "mlp", 1.7, 0.9, {70, 0})}, truth, 0,
                    {"a", "b", "c"}};
  return out;
}

CompareOptions options() { return {.bootstrap = {.resamples = 300}}; }

TEST_CASE("in a view each head has the hidden layer that the validation rows chose", "[evidence][results]") {
  const DatasetResult data = make_results();
  const auto views = views_of(data);
  REQUIRE(views.size() == 2);
  CHECK(views[0].heads.size() == 3);
  CHECK(find_entry(views[1].heads, "quantum").experiment->hidden == 8);
  CHECK(find_entry(views[1].heads, "linear").experiment->hidden == 4);
  CHECK(find_entry(views[1].heads, "mlp").experiment == &data.references);
  CHECK(find_entry(views[1].heads, "other").head == nullptr);
}

TEST_CASE("at equal totals each head is the best by validation among those that are small enough",
          "[evidence][results]") {
  const DatasetResult data = make_results();
  const auto budgets = equal_totals(data, Regime::trained, "linear");
  REQUIRE(budgets.size() == 2);
  CHECK(budgets[0].parameters == 43);
  CHECK(find_entry(budgets[0].heads, "quantum").experiment->hidden == 4);
  CHECK(find_entry(budgets[0].heads, "mlp").head == nullptr);
  CHECK(budgets[1].parameters == 75);
  CHECK(find_entry(budgets[1].heads, "quantum").experiment->hidden == 8);
  CHECK(find_entry(budgets[1].heads, "linear").experiment->hidden == 4);
  CHECK(find_entry(budgets[1].heads, "mlp").head != nullptr);
  CHECK(equal_totals(data, Regime::frozen, "linear").empty());
}

TEST_CASE("comparisons are made once and corrected for their number", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const DatasetResult& data = results.front();
  const Comparisons comparisons(results, options());
  const HeadOutcome &quantum = data.experiments[0].heads[0], &linear = data.experiments[0].heads[1];
  CHECK(comparisons.find(linear, linear) == nullptr);
  const Comparison* narrow = comparisons.find(quantum, linear);
  REQUIRE(narrow != nullptr);
  CHECK(narrow->difference.estimate == Approx(quantum.mean_auc() - linear.mean_auc()));
  CHECK(narrow->tasks.size() == 3);
  // narrow: quantum, mlp; trained: quantum of each layer with linear of the same, the choices, mlp; at 43: as of layer
  // 4
  CHECK(comparisons.compared().all().size() == 6);
  CHECK(comparisons.compared().task_tests() == 4 * 3);
  CHECK(narrow->p >= normal_p(narrow->difference));
  CHECK(narrow->p <= 6 * normal_p(narrow->difference) * (1 + 1e-9));
  CHECK(verdict(narrow->difference.estimate, narrow->p) == -1);
  CHECK(verdict(narrow->tasks[0].value, narrow->tasks[0].p) == -1);
  const Comparison* same_layer = comparisons.find(data.experiments[1].heads[0], data.experiments[1].heads[1]);
  REQUIRE(same_layer != nullptr);
  CHECK(same_layer->tasks.empty());
  CHECK_THROWS_AS(Comparisons(results, {.against = "other"}), ValueError);
}

TEST_CASE("the JSON has an entry for each representation and head, with totals", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const auto json = to_json(results, Comparisons(results, options()), true);
  CHECK(json["quick"] == true);
  REQUIRE(json["benchmarks"].size() == 2 + 4 + 2);
  const auto& quantum = json["benchmarks"][0];
  CHECK(quantum["dataset"] == "made \"up\" data");
  CHECK(quantum["regime"] == "narrow");
  CHECK(quantum["dimension"] == 2);
  CHECK(quantum["head"] == "quantum");
  CHECK(quantum["head_parameters"] == 8);
  CHECK(quantum["backbone_parameters"] == 12);
  CHECK(quantum["total_parameters"] == 20);
  CHECK(quantum["auc_by_seed"].size() == 3);
  CHECK(quantum["difference"]["against"] == "linear");
  CHECK(quantum["difference"]["estimate"].get<double>() < 0.0);
  CHECK(quantum["tasks"].size() == 3);
  CHECK(quantum["tasks"][1]["difference"]["p"].is_number());
  CHECK(json["benchmarks"][1]["difference"].is_null());
  CHECK(json["benchmarks"][2]["chosen"] == false);
  CHECK(json["benchmarks"][2]["hidden"] == 4);
  CHECK(json["benchmarks"][4]["chosen"] == true);
  CHECK(json["benchmarks"][7]["reference"] == true);
  CHECK(json["benchmarks"][7]["regime"] == "trained");
}

TEST_CASE("the report names losses, and what it is", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const Comparisons comparisons(results, options());
  const auto contains = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  const std::string overview = overview_section({"evidence --quick", {}, true, 1.0}, results, comparisons);
  CHECK(contains(overview, "A smoke test"));
  CHECK(contains(overview, "`quantum` significantly below `linear`: data sets made \"up\" data (-0."));
  CHECK(contains(overview, "tasks made \"up\" data a (-0."));
  CHECK(contains(overview, "0, 0, 1 |"));
  CHECK_FALSE(contains(overview_section({"evidence", {}, false, 1.0}, results, comparisons), "A smoke test"));
  const std::string section = dataset_section(results.front(), comparisons);
  CHECK(contains(section, "At equal totals, trained"));
  CHECK(contains(section, "**quantum**"));
  CHECK(contains(section, " ▼"));
  CHECK(contains(statistics_section(comparisons), "counts 6 differences of means"));
  const auto plots = make_plots(results.front());
  REQUIRE(plots.size() == 3);
  CHECK(plots[1].name == "made_up_data_total_parameters");
  CHECK(contains(plots[1].script, "\n20 0."));
}

TEST_CASE("data sets are added one by one with the same result", "[evidence][results]") {
  std::vector<DatasetResult> results{make_results(), make_results()};
  const Comparisons together(results, options());
  Comparisons apart(options());
  for (const DatasetResult& data : results) apart.add(data);
  CHECK(apart.compared().all().size() == 12);
  for (const auto& [pair, comparison] : together.compared().all()) {
    CHECK(apart.find(*pair.first, *pair.second)->p == comparison.p);
  }
}

TEST_CASE("goals are compared in a family of their own", "[evidence][results]") {
  DatasetResult data = make_results();
  const PairedTasks& truth = data.references.truth;
  data.experiments[0].heads.push_back(named(truth, "quantum_sum", 1.8, 0.8, {10, 12}));
  data.experiments[1].heads.push_back(named(truth, "quantum_zero", 0.2, 0.6, {0, 34}));
  const std::vector<DatasetResult> results{data};
  const Comparisons comparisons(results, options());
  // narrow: the sum above linear; trained: quantum not below linear, and above no block
  CHECK(comparisons.of_goals().all().size() == 3);
  const Comparison* sum =
      comparisons.of_goals().find(results[0].experiments[0].heads[2], results[0].experiments[0].heads[1]);
  REQUIRE(sum != nullptr);
  CHECK(sum->p <= 3 * normal_p(sum->difference) * (1 + 1e-9));
  const std::string section = goals_section(results, comparisons);
  const auto contains = [&](const std::string& part) { return section.find(part) != std::string::npos; };
  CHECK(contains("| `quantum_sum` above `linear`"));
  CHECK(contains("yes: above on 1 of 1"));
  CHECK(contains("shown on 0 of 1"));
  CHECK(contains("(22 to 21)"));
  CHECK(contains("these 3 comparisons"));
}

}  // namespace results_test
