// SPDX-License-Identifier: Apache-2.0
// Entries for data sets, representations and heads.

#include "evidence/json.hpp"

#include <algorithm>

#include "evidence/goals.hpp"
#include "qmtl/io/report_json.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using Json = nlohmann::ordered_json;
using qmtl::detail::number_or_null;

[[nodiscard]] Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number_or_null(value));
  return out;
}

/// Null for fewer than two.
[[nodiscard]] Json deviation(const std::vector<double>& values) {
  const MeanDeviation of = summarize(values);
  return of.count < 2 ? Json() : number_or_null(of.deviation);
}

[[nodiscard]] Json task_json(const Entry& entry, std::size_t t, const Comparison* comparison) {
  const std::vector<double>& auc = entry.head->task_auc[t];
  Json out{{"name", qmtl::detail::replace_invalid_utf8(entry.experiment->task_names[t])},
           {"classes", entry.experiment->truth[t].classes},
           {"auc_mean", number_or_null(summarize(auc).mean)},
           {"auc_std", deviation(auc)},
           {"auc_by_seed", numbers(auc)}};
  if (comparison == nullptr || comparison->tasks.empty()) return out;
  const DeLongDifference& task = comparison->tasks[t];
  out["difference"] = {{"estimate", number_or_null(task.value)},
                       {"row_error", number_or_null(task.row_error)},
                       {"seed_error", number_or_null(task.seed_error)},
                       {"degrees", number_or_null(task.degrees())},
                       {"p", number_or_null(task.p)}};
  return out;
}

[[nodiscard]] Json difference_json(const Comparison* comparison, const std::string& against, double margin) {
  if (comparison == nullptr) return nullptr;
  const auto& [estimate, error, low, high, resampled] = comparison->difference;
  return {{"against", against},
          {"estimate", number_or_null(estimate)},
          {"low", number_or_null(low)},
          {"high", number_or_null(high)},
          {"standard_error", number_or_null(error)},
          {"row_error", number_or_null(comparison->by_delong.row_error)},
          {"degrees", number_or_null(comparison->by_delong.degrees())},
          {"p_alone", number_or_null(comparison->p_alone)},
          {"p", number_or_null(comparison->p)},
          {"margin", margin},
          {"p_inferior", number_or_null(comparison->p_inferior)}};
}

/// A head where it is shown: a reference is of another experiment than the one that it is held against.
[[nodiscard]] Json entry_json(const DatasetResult& data, const Entry& entry, Regime regime, int dimension, bool chosen,
                              const Comparison* comparison, const CompareOptions& options) {
  const HeadOutcome& head = *entry.head;
  const bool reference = entry.experiment == &data.references;
  const int hidden = reference ? head.width : entry.experiment->hidden;
  Json tasks = Json::array();
  for (std::size_t t = 0; t < head.task_auc.size(); ++t) tasks.push_back(task_json(entry, t, comparison));
  return {{"benchmark", "evidence"},
          {"dataset", qmtl::detail::replace_invalid_utf8(data.name)},
          {"source", qmtl::detail::replace_invalid_utf8(data.source)},
          {"regime", to_string(regime)},
          {"dimension", dimension},
          {"folds", data.folds},
          {"hidden", hidden == HeadOutcome::differing ? Json() : Json(hidden)},
          {"head", head.name},
          {"quantum", head.quantum},
          {"reference", reference},
          {"chosen", chosen},
          {"head_parameters", head.head_parameters},
          {"backbone_parameters", head.backbone_parameters},
          {"total_parameters", head.parameters()},
          {"validation_auc", number_or_null(head.validation_auc)},
          {"auc_mean", number_or_null(head.mean_auc())},
          {"auc_std", deviation(head.auc)},
          {"auc_by_seed", numbers(head.auc)},
          {"difference", difference_json(comparison, options.against, options.margin)},
          {"learning_rate", head.settings_differ ? Json() : Json(head.setting.learning_rate)},
          {"weight_decay", head.settings_differ ? Json() : Json(head.setting.weight_decay)},
          {"head_decays", head.settings_differ ? Json() : Json(head.setting.head_decays)},
          {"settings_tried", head.settings_tried},
          {"at_edge", head.at_edge},
          {"diverged", head.diverged},
          {"seconds", head.seconds},
          {"tasks", std::move(tasks)}};
}

[[nodiscard]] Json goals_json(const std::vector<DatasetResult>& results, const Comparisons& comparisons) {
  Json out = Json::array();
  for (const DatasetResult& data : results) {
    for (const Experiment& experiment : data.experiments) {
      for (const Goal& goal : goals) {
        const HeadOutcome *head = find_head(experiment, goal.head), *base = find_head(experiment, goal.base);
        if (goal.regime != experiment.regime || head == nullptr || base == nullptr) continue;
        out.push_back({{"dataset", qmtl::detail::replace_invalid_utf8(data.name)},
                       {"source", qmtl::detail::replace_invalid_utf8(data.source)},
                       {"regime", to_string(experiment.regime)},
                       {"dimension", experiment.dimension},
                       {"hidden", experiment.hidden},
                       {"head", goal.head},
                       {"goal", goal.above ? "above" : "not below"},
                       {"difference", difference_json(comparisons.of_goals(goal.above).find(*head, *base), goal.base,
                                                      comparisons.options().margin)}});
      }
    }
  }
  return out;
}

}  // namespace

nlohmann::ordered_json to_json(const std::vector<DatasetResult>& results, const Comparisons& comparisons,
                               const RunFacts& facts) {
  const CompareOptions& options = comparisons.options();
  Json entries = Json::array();
  for (const DatasetResult& data : results) {
    const std::vector<View> views = views_of(data);
    for (const Experiment& experiment : data.experiments) {
      const auto view = std::ranges::find_if(
          views, [&](const View& v) { return v.regime == experiment.regime && v.dimension == experiment.dimension; });
      const Entry base = find_base(data, experiment, options.against);
      for (const HeadOutcome& head : experiment.heads) {
        entries.push_back(entry_json(data, {&experiment, &head}, experiment.regime, experiment.dimension,
                                     find_entry(view->heads, head.name).head == &head,
                                     comparisons.find(head, *base.head), options));
      }
    }
    for (const View& view : views) {
      const HeadOutcome& base = *find_entry(view.heads, options.against).head;
      for (const HeadOutcome& head : data.references.heads) {
        entries.push_back(entry_json(data, {&data.references, &head}, view.regime, view.dimension, true,
                                     comparisons.find(head, base), options));
      }
    }
  }
  return {{"command", qmtl::detail::replace_invalid_utf8(facts.command)},
          {"quick", facts.quick},
          {"finished", results.size() >= facts.data_sets},
          {"seeds", facts.protocol.seeds},
          {"epochs", facts.protocol.epochs},
          {"resamples", options.bootstrap.resamples},
          {"benchmarks", std::move(entries)},
          {"goals", goals_json(results, comparisons)}};
}

}  // namespace qmtl::benchmark::evidence
