// SPDX-License-Identifier: Apache-2.0
// Tests of what a run compares, and of its JSON and report.

#include "evidence/results.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "evidence/goals.hpp"
#include "evidence/json.hpp"
#include "evidence/made_up_heads.hpp"
#include "evidence/pareto.hpp"
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
  CHECK(narrow->p_alone ==
        two_sided_p(narrow->difference.estimate, narrow->difference.standard_error, narrow->by_delong.degrees()));
  CHECK(narrow->p >= narrow->p_alone);
  CHECK(narrow->p <= 6 * narrow->p_alone * (1 + 1e-9));
  CHECK(verdict(narrow->difference.estimate, narrow->p) == -1);
  CHECK(verdict(narrow->tasks[0].value, narrow->tasks[0].p) == -1);
  const Comparison* same_layer = comparisons.find(data.experiments[1].heads[0], data.experiments[1].heads[1]);
  REQUIRE(same_layer != nullptr);
  CHECK(same_layer->tasks.empty());
  CHECK_THROWS_AS(Comparisons(results, {.against = "other"}), ValueError);
}

TEST_CASE("one head under two names is no comparison", "[evidence][results]") {
  std::vector<DatasetResult> results{make_results()};
  DatasetResult& data = results.front();
  HeadOutcome same = data.experiments[0].heads[1];
  same.name = "logistic";
  data.references.heads.push_back(same);
  const Comparisons comparisons(results, options());
  CHECK(comparisons.find(data.references.heads.back(), data.experiments[0].heads[1]) == nullptr);
  for (const auto& [pair, comparison] : comparisons.compared().all()) {
    CHECK(comparison.difference.low >= -1.0);
    CHECK(pair.first->scores != pair.second->scores);
  }
}

TEST_CASE("heads are compared with a reference, too", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const DatasetResult& data = results.front();
  CompareOptions with_reference = options();
  with_reference.against = "mlp";
  const Comparisons comparisons(results, with_reference);
  const HeadOutcome& mlp = data.references.heads.front();
  for (const Experiment& experiment : data.experiments) {
    for (const HeadOutcome& head : experiment.heads) {
      REQUIRE(comparisons.find(head, mlp) != nullptr);
      CHECK(comparisons.find(head, mlp)->difference.estimate == Approx(head.mean_auc() - mlp.mean_auc()));
    }
  }
  CHECK(comparisons.compared().all().size() == 6);
  CHECK(dataset_section(data, comparisons).find("minus mlp") != std::string::npos);
  const auto json = to_json(results, comparisons, {});
  for (const auto& entry : json["benchmarks"]) {
    if (entry["head"] != "mlp") CHECK(entry["difference"]["against"] == "mlp");
  }
}

TEST_CASE("the JSON has an entry for each representation and head, with totals", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const auto json = to_json(results, Comparisons(results, options()), {"evidence --quick", {}, true, 1.0, 2});
  CHECK(json["quick"] == true);
  CHECK(json["finished"] == false);
  CHECK(json["command"] == "evidence --quick");
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
  REQUIRE(json["goals"].size() == 2);  // quantum not below linear, behind each hidden layer
  CHECK(json["goals"][1]["hidden"] == 8);
  CHECK(json["goals"][1]["goal"] == "not below");
  CHECK(json["goals"][1]["difference"]["against"] == "linear");
}

TEST_CASE("names that would break a table are cells all the same", "[evidence][results]") {
  std::vector<DatasetResult> results{make_results()};
  for (Experiment& experiment : results.front().experiments) experiment.task_names[1] = "a|b\nc";
  const Comparisons comparisons(results, options());
  const std::string section = dataset_section(results.front(), comparisons);
  CHECK(section.find("a|b") == std::string::npos);
  CHECK(section.find("a/b c") != std::string::npos);
}

TEST_CASE("errors and intervals are those of few trainings", "[evidence][results]") {
  const std::vector<DatasetResult> results{make_results()};
  const Comparisons comparisons(results, options());
  const Experiment& narrow = results[0].experiments[0];
  const Comparison& compared = *comparisons.find(narrow.heads[0], narrow.heads[1]);
  const auto plain =
      bootstrap_difference(judge(narrow.truth, narrow.heads[0], options().bootstrap),
                           judge(narrow.truth, narrow.heads[1], options().bootstrap), compared.difference.estimate);
  const DeLongDifference& delong = compared.by_delong;
  CHECK(compared.difference.standard_error ==
        Approx(std::hypot(plain.standard_error, delong.seed_error / std::sqrt(3.0))));
  const double half = student_quantile(0.95, delong.degrees()) * compared.difference.standard_error;
  CHECK(compared.difference.high - compared.difference.estimate == Approx(half));
  CHECK(compared.difference.estimate - compared.difference.low == Approx(half));
}

TEST_CASE("where trainings differ and rows do not, the error is that of a mean of few", "[evidence][results]") {
  // Both heads rank all rows alike but for one pair of rows, which every other training has the wrong way round.
  PairedTasks truth{{.classes = 2}};
  for (int i = 0; i < 40; ++i) truth[0].truth.push_back(i % 2);
  const auto head = [&](const char* name, bool differs) {
    HeadOutcome out{.name = name};
    for (std::size_t s = 0; s < 4; ++s) {
      std::vector<double> scores;
      for (std::size_t i = 0; i < 40; ++i) scores.push_back(i % 2 == 1 ? 1.0 : 0.0);
      if (differs && s % 2 == 1) std::ranges::fill(scores, 0.0);  // as good as chance
      out.auc.push_back(differs && s % 2 == 1 ? 0.5 : 1.0);
      out.scores.resize(1);
      out.scores[0].push_back(std::move(scores));
    }
    out.task_auc = {out.auc};
    return out;
  };
  DatasetResult data{.name = "a", .features = 2};
  data.experiments.push_back(
      {"a", Regime::narrow, 2, {head("quantum", true), head("linear", false)}, truth, 0, {"task"}});
  data.references = {"a", Regime::frozen, 2, {}, truth, 0, {"task"}};
  const std::vector<DatasetResult> results{data};
  const Comparisons comparisons(results, {.bootstrap = {.resamples = 4000}});
  const Comparison* found = comparisons.find(results[0].experiments[0].heads[0], results[0].experiments[0].heads[1]);
  REQUIRE(found != nullptr);
  CHECK(found->by_delong.row_error == Approx(0.0).margin(1e-12));
  CHECK(found->difference.standard_error == Approx(found->by_delong.seed_error).epsilon(0.05));
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
  CHECK(contains(overview, "0, 0, 1 "));
  CHECK(contains(overview, "without correction"));
  const std::string full = overview_section({"evidence", {}, false, 1.0, 1}, results, comparisons);
  CHECK_FALSE(contains(full, "A smoke test"));
  CHECK_FALSE(contains(full, "Not finished"));
  CHECK(contains(overview_section({"evidence", {}, false, 1.0, 2}, results, comparisons), "1 of 2 data sets"));
  DatasetResult counted = results.front();
  CHECK_FALSE(contains(dataset_section(counted, comparisons), "rows of each class"));
  counted.tasks = {{{3, 5}, {100, 150}}, {{4, 6}, {120, 120}}, {{3, 3, 3}, {90, 80, 70}}};
  const std::string counts = dataset_section(counted, comparisons);
  CHECK(contains(counts, "3, 5"));
  CHECK(contains(counts, "90, 80, 70"));
  CHECK(contains(counts, " 60 "));  // test rows without a label
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

TEST_CASE("a Pareto front has what nothing as small is above", "[evidence][results]") {
  DatasetResult data = make_results();
  const PairedTasks& truth = data.references.truth;
  auto& heads = data.experiments[0].heads;
  heads.clear();
  heads.push_back(named(truth, "same", 1.0, 0.5, {4, 0}));
  heads.push_back(named(truth, "better", 2.0, 0.5, {4, 0}));
  heads.push_back(named(truth, "none", 0.0, 0.5, {0, 9}));
  heads.push_back(named(truth, "large", 1.0, 0.5, {7, 0}));
  data.experiments[0].regime = Regime::narrow;
  for (std::size_t e = 1; e < data.experiments.size(); ++e) data.experiments[e].regime = Regime::trained;
  const auto names = [&](bool in_all) {
    std::vector<std::string> out;
    for (const HeadPoint& point : pareto_front(points_of(data, Regime::narrow, in_all))) {
      if (point.experiment == data.experiments.data()) out.push_back(point.head->name);
    }
    return out;
  };
  CHECK(names(false) == std::vector<std::string>{"none", "better"});
  CHECK(names(true) == std::vector<std::string>{"better"});
  CHECK(pareto_front(points_of(data, Regime::frozen, false)).empty());
  const std::string section = pareto_section(data);
  CHECK(section.find("- narrow, head parameters: 1 `none` (2 features, 0 parameters, AUC 0.") != std::string::npos);
  CHECK(section.find(", 2 `better` (2 features, 4 parameters, AUC 0.") != std::string::npos);
  CHECK(section.find("- narrow, parameters in all: 1 `better` (2 features, 4 parameters, AUC 0.") != std::string::npos);
  CHECK(section.find("frozen") == std::string::npos);
  data.experiments.clear();
  CHECK(pareto_section(data).empty());
}

TEST_CASE("a report links to its sections as Markdown's readers name them", "[evidence][results]") {
  std::vector<DatasetResult> results{make_results()};
  results.front().name = "SemEval, \"LSA\" (2)";
  const std::string report = markdown({"evidence", {}, false, 1.0, 1}, results, Comparisons(results, options()));
  const std::string contents =
      "\nContents: [Overview](#overview), [What was to be reached](#what-was-to-be-reached), "
      "[SemEval, \"LSA\" (2)](#semeval-lsa-2), [Statistics](#statistics).\n\n## Overview\n";
  CHECK(report.find(contents) != std::string::npos);
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
  // narrow: the sum above linear; trained: quantum not below linear with each hidden layer, and above no block
  CHECK(comparisons.of_goals(true).all().size() == 2);
  CHECK(comparisons.of_goals(false).all().size() == 2);
  const Comparison* sum =
      comparisons.of_goals(true).find(results[0].experiments[0].heads[2], results[0].experiments[0].heads[1]);
  REQUIRE(sum != nullptr);
  CHECK(sum->p <= 2 * sum->p_alone * (1 + 1e-9));
  const std::string section = goals_section(results, comparisons);
  const auto contains = [&](const std::string& part) { return section.find(part) != std::string::npos; };
  CHECK(contains("| `quantum_sum` above `linear`"));
  CHECK(contains("| narrow, 2 features "));
  CHECK(contains("| trained backbone, 2 features, 8 hidden "));
  CHECK(contains("above on 1 of 1; alone 1 and 0; ▲ 1, ▼ 0"));
  CHECK(contains("not below on 0 of 1"));
  CHECK(contains("(22 to 21)"));
  CHECK(contains("the 2 goals to be above and the 2 not to be below"));
  CHECK(contains("-0.2000, 0 of 1"));  // validation rows: 0.6 and 0.8, of quantum behind the layer of 4
}

TEST_CASE("data sets that share rows count once in a mean of goals", "[evidence][results]") {
  const auto with_sum = [](double signal, const std::string& source) {
    DatasetResult out = make_results();
    out.source = source;
    out.experiments[0].heads.push_back(named(out.references.truth, "quantum_sum", signal, 0.9, {10, 12}));
    return out;
  };
  const std::vector<DatasetResult> apart{with_sum(1.8, "a"), with_sum(1.8, "b"), with_sum(1.2, "c")},
      shared{with_sum(1.8, "a"), with_sum(1.8, "a"), with_sum(1.2, "c")};
  const auto mean = [](const std::vector<DatasetResult>& results) {
    const std::string section = goals_section(results, Comparisons(results, options()));
    const std::string row = section.substr(section.find("`quantum_sum` above `linear`"));
    std::size_t at = 0;
    for (int cell = 0; cell < 4; ++cell) at = row.find(" | ", at) + 3;
    return std::pair{std::stod(row.substr(at)), std::stod(row.substr(row.find("± ", at) + 3))};
  };
  const Comparisons comparisons(shared, options());
  double estimates[2], errors[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const Experiment& narrow = shared[1 + i].experiments[0];
    const Comparison* comparison = comparisons.of_goals(true).find(narrow.heads[2], narrow.heads[1]);
    estimates[i] = comparison->difference.estimate;
    errors[i] = comparison->difference.standard_error;
  }
  CHECK(mean(shared).first == Approx((estimates[0] + estimates[1]) / 2).margin(1e-4));
  CHECK(mean(shared).second == Approx(std::hypot(errors[0], errors[1]) / 2).margin(1e-4));
  CHECK(mean(apart).first == Approx((2 * estimates[0] + estimates[1]) / 3).margin(1e-4));
}

TEST_CASE("a kind of representation is the same on data sets of other sizes", "[evidence][results]") {
  DatasetResult data = make_results();  // three tasks, five inputs
  CHECK(to_string(place_of(data, Regime::trained, 4)) == "trained backbone, a feature a task");
  CHECK(to_string(place_of(data, Regime::trained, 3)) == "trained backbone, 3 features");
  CHECK(to_string(place_of(data, Regime::frozen, 5)) == "frozen, all inputs");
  CHECK(to_string(place_of(data, Regime::narrow, 4)) == "narrow, 4 features");
  data.features = 20;
  CHECK(to_string(place_of(data, Regime::frozen, 6)) == "frozen, two inputs a task");
  CHECK(place_of(data, Regime::frozen, 6) != place_of(data, Regime::frozen, 20));
}

TEST_CASE("of several folds nothing is chosen among dimensions, and validation rows do not count",
          "[evidence][results]") {
  std::vector<DatasetResult> results{make_results()};
  const auto on_validation_rows = [&results] {
    return goals_section(results, Comparisons(results, options())).find("-0.2000, 0 of 1") != std::string::npos;
  };
  CHECK(on_validation_rows());
  results.front().folds = 2;
  CHECK_FALSE(on_validation_rows());
  CHECK(equal_totals(results.front(), Regime::trained, "linear").empty());
}

}  // namespace results_test
