// SPDX-License-Identifier: Apache-2.0
// Representation by representation, fold by fold; data sets as they are named on a command line.

#include "evidence/dataset_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "evidence/folds.hpp"
#include "evidence/report_text.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

[[nodiscard]] std::vector<std::string> divided_by_commas(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(',', first), text.size());
    out.push_back(text.substr(first, end - first));
    first = end + 1;
  }
  return out;
}

[[nodiscard]] std::string quoted(const std::string& name) { return '\'' + name + '\''; }

}  // namespace

Representations default_representations(const FoldedProblem& problem, bool quick) {
  const Problem& any = problem.folds.front();
  const int tasks = static_cast<int>(any.classes.size()), inputs = static_cast<int>(any.train.features());
  Representations out{.narrow = {2, 3, 4, 6}, .trained = {std::max(4, tasks)}, .hidden = {8, 32}, .frozen = {inputs}};
  std::erase_if(out.narrow, [tasks](int dimension) { return dimension > 2 && dimension >= tasks; });
  if (problem.ordered && 2 * tasks < inputs) out.frozen.insert(out.frozen.begin(), 2 * tasks);
  if (problem.folds.size() > 1) out.hidden = {8};
  if (quick)
    out = {.narrow = {out.narrow.back()}, .trained = out.trained, .hidden = {16}, .frozen = {out.frozen.front()}};
  return out;
}

void require_possible(const FoldedProblem& problem, const Representations& representations, const Protocol& protocol,
                      const std::vector<std::string>& heads, const std::string& against) {
  const auto refuse = [&problem](const std::string& expected, const auto& got) {
    throw ValueError(qmtl::detail::text("qmtl: evidence: ", problem.name, ": ", expected, ", got ", got));
  };
  if (problem.folds.empty()) refuse("expected a fold at least", "none");
  const auto& [narrow, trained, hidden, frozen] = representations;
  for (std::vector<int> values : {narrow, trained, hidden, frozen}) {
    std::ranges::sort(values);
    const auto twice = std::ranges::adjacent_find(values);
    if (twice == values.end()) continue;
    refuse("numbers of features and widths of hidden layers, expected each once", qmtl::detail::text(*twice, " again"));
  }
  if (problem.folds.size() > 1 && !trained.empty() && hidden.size() > 1) {
    refuse(
        "widths of the hidden layer, expected one where there are several folds, as validation rows that choose are "
        "test rows of others",
        hidden.size());
  }
  if (narrow.empty() && trained.empty() && frozen.empty()) {
    refuse("expected a representation of --narrow, --trained or --frozen", "none");
  }
  for (const Problem& fold : problem.folds) {
    const Dataset<double> rows = fold.train.select(search_rows(fold, protocol).validation);
    for (std::size_t t = 0; t < fold.classes.size(); ++t) {
      const auto counts = class_counts(rows, t, fold.classes[t]);
      if (std::ranges::count_if(counts, [](int count) { return count > 0; }) > 1) continue;
      refuse(qmtl::detail::text("task ", fold.train.task_label(static_cast<int>(t)),
                                ", expected rows of two classes at least among the ", rows.rows(),
                                " training rows that settings are judged by"),
             "of one");
    }
  }
  const Problem& first = problem.folds.front();
  const std::set<std::string> references{"logistic", "mlp"};
  std::set<std::string> names = references, everywhere;  // all, and those that each representation has
  const auto add = [&](Regime regime, int dimension, int width) {
    require_representation(first, regime, dimension, width);
    std::set<std::string> own = references;
    for (const HeadKind& head : heads_of(model_tasks(first), regime, dimension)) own.insert(head.name);
    if (everywhere.empty()) everywhere = own;
    std::erase_if(everywhere, [&own](const std::string& name) { return !own.contains(name); });
    names.merge(own);
  };
  for (const int dimension : narrow) add(Regime::narrow, dimension, 0);
  for (const int dimension : trained) {
    for (const int width : hidden) add(Regime::trained, dimension, width);
  }
  for (const int dimension : frozen) add(Regime::frozen, dimension, 0);
  for (const std::string& head : heads) {
    if (!names.contains(head)) refuse("heads, expected some of " + joined(names), quoted(head));
  }
  if (!everywhere.contains(against)) {
    refuse("--against, expected a head that every representation has, one of " + joined(everywhere), quoted(against));
  }
  if (!heads.empty() && std::ranges::count(heads, against) == 0) {
    refuse("--heads, expected " + quoted(against) + " among them, as --against says", joined(heads));
  }
}

Protocol quick_protocol() {
  Protocol out{
      .epochs = 6, .seeds = 2, .search_seeds = 1, .learning_rates = {1e-2, 3e-2}, .weight_decays = {0.0, 1e-1}};
  out.extensions = 0;
  out.least_steps = 0;
  out.mlp_hidden = {32};
  return out;
}

DatasetResult run_dataset(const FoldedProblem& problem, const Representations& representations,
                          const Protocol& protocol, const std::vector<std::string>& heads, const std::string& against,
                          const Announce& announce) {
  require_possible(problem, representations, protocol, heads, against);
  const Problem& first = problem.folds.front();
  DatasetResult out{problem.name, first.train.features(), first.train.rows(), 0};
  out.folds = static_cast<int>(problem.folds.size());
  out.source = problem.source.empty() ? problem.name : problem.source;
  for (const Problem& fold : problem.folds) out.test_rows += fold.test.rows();
  for (std::size_t t = 0; t < first.classes.size(); ++t) {
    TaskRows& rows = out.tasks.emplace_back(TaskRows{class_counts(first.train, t, first.classes[t]), {}});
    rows.test.assign(rows.train.size(), 0);
    for (const Problem& fold : problem.folds) {
      const auto own = class_counts(fold.test, t, first.classes[t]);
      for (std::size_t c = 0; c < own.size(); ++c) rows.test[c] += own[c];
    }
  }
  const auto of_folds = [&](const auto& run) {
    std::vector<Experiment> experiments;
    for (const Problem& fold : problem.folds) experiments.push_back(run(fold));
    return combine_folds(std::move(experiments));
  };
  const auto run = [&](Regime regime, int dimension, int hidden) {
    announce(qmtl::detail::text(problem.name, ", ", to_string(regime), ", ", dimension, " features",
                                hidden > 0 ? qmtl::detail::text(" behind ", hidden, " hidden") : ""));
    out.experiments.push_back(of_folds(
        [&](const Problem& fold) { return run_experiment(fold, regime, dimension, protocol, heads, hidden); }));
  };
  for (const int dimension : representations.narrow) run(Regime::narrow, dimension, 0);
  for (const int dimension : representations.trained) {
    for (const int hidden : representations.hidden) run(Regime::trained, dimension, hidden);
  }
  for (const int dimension : representations.frozen) run(Regime::frozen, dimension, 0);
  announce(problem.name + ", references");
  out.references = of_folds([&](const Problem& fold) { return run_references(fold, protocol, heads); });
  return out;
}

DatasetArgument parse_dataset(const std::string& argument, const std::vector<std::string>& views) {
  const std::size_t at = argument.find('=');
  if (at == std::string::npos || at == 0) {
    throw ValueError("qmtl: data set: expected NAME=FILE or NAME=FILE:VIEW,..., got '" + argument + "'");
  }
  DatasetArgument out{argument.substr(0, at), argument.substr(at + 1), views};
  const std::size_t colon = out.file.rfind(':');
  if (colon == std::string::npos || out.file.find_first_of("/\\.", colon) != std::string::npos) return out;
  out.views = divided_by_commas(out.file.substr(colon + 1));
  out.file.resize(colon);
  return out;
}

}  // namespace qmtl::benchmark::evidence
