// SPDX-License-Identifier: Apache-2.0
// The tables of one data set.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/pareto.hpp"
#include "evidence/report.hpp"
#include "evidence/report_text.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

/// Four cells: the difference, its interval and both p values; empty where nothing is compared.
void add_difference(std::vector<std::string>& row, const Comparison* comparison) {
  if (comparison == nullptr) {
    row.resize(row.size() + 4);
    return;
  }
  const BootstrapDifference& d = comparison->difference;
  row.push_back(signed_number(d.estimate) + sign_of(d.estimate, comparison->p));
  row.push_back(signed_number(d.low) + " to " + signed_number(d.high));
  row.push_back(probability(comparison->p));
  row.push_back(probability(comparison->p_inferior));
}

[[nodiscard]] std::string width_text(int hidden) {
  return hidden == HeadOutcome::differing ? "by fold" : hidden > 0 ? std::to_string(hidden) : "";
}

/// One head where it stands in a table, against `base`.
[[nodiscard]] std::vector<std::string> head_row(const Entry& entry, int hidden, bool chosen, const HeadOutcome& base,
                                                const Comparisons& comparisons) {
  const HeadOutcome& head = *entry.head;
  const std::string mark = chosen ? "**" : "";
  std::vector<std::string> row{mark + head.name + mark,
                               width_text(hidden),
                               std::to_string(head.head_parameters),
                               std::to_string(head.backbone_parameters),
                               std::to_string(head.parameters()),
                               fixed(head.validation_auc, 4),
                               text(fixed(head.mean_auc(), 4), " ± ", fixed(summarize(head.auc).deviation, 4))};
  add_difference(row, comparisons.find(head, base));
  const bool spared = head.setting.weight_decay > 0.0 && !head.setting.head_decays;
  row.push_back(head.settings_differ ? "by fold" : significant(head.setting.learning_rate, 2));
  row.push_back(head.settings_differ ? "by fold"
                                     : significant(head.setting.weight_decay, 2) + (spared ? ", not the head" : ""));
  row.push_back(text(head.settings_tried, head.at_edge ? ", at an edge" : ""));
  row.push_back(fixed(head.seconds, 2) + (head.diverged > 0 ? text(", ", head.diverged, " diverged") : ""));
  return row;
}

[[nodiscard]] bool is_of(const Experiment& experiment, const View& view) {
  return experiment.regime == view.regime && experiment.dimension == view.dimension;
}

/// Whether heads have a choice among backbones.
[[nodiscard]] bool has_choice(const View& view) {
  return std::ranges::count_if(view.data->experiments, [&view](const Experiment& e) { return is_of(e, view); }) > 1;
}

/// All heads on the representations of a view; what is chosen among several backbones in bold.
[[nodiscard]] std::string head_table(const View& view, const Comparisons& comparisons) {
  const CompareOptions& options = comparisons.options();
  ResultTable table({"head", "hidden", "head parameters", "backbone", "in all", "validation AUC", "test AUC, seeds",
                     "minus " + options.against, "95 % interval", "p (Holm)",
                     text("p (Holm) of not worse by ", options.margin), "rate", "decay", "settings", "seconds"});
  for (const Experiment& experiment : view.data->experiments) {
    if (!is_of(experiment, view)) continue;
    const Entry base = find_base(*view.data, experiment, options.against);
    for (const HeadOutcome& head : experiment.heads) {
      const bool chosen = has_choice(view) && find_entry(view.heads, head.name).head == &head;
      table.add(head_row({&experiment, &head}, experiment.hidden, chosen, *base.head, comparisons));
    }
  }
  const Entry base = find_entry(view.heads, options.against);
  for (const HeadOutcome& head : view.data->references.heads) {
    table.add(head_row({&view.data->references, &head}, head.width, false, *base.head, comparisons));
  }
  return table.markdown();
}

/// Each head with the backbone that validation rows chose against the base with its own.
[[nodiscard]] std::string choice_table(const View& view, const Comparisons& comparisons) {
  const CompareOptions& options = comparisons.options();
  const Entry base = find_entry(view.heads, options.against);
  ResultTable table({"head", "hidden", "in all", "test AUC", "minus " + options.against, "95 % interval", "p (Holm)",
                     text("p (Holm) of not worse by ", options.margin)});
  for (const Entry& entry : view.heads) {
    const bool reference = entry.experiment == &view.data->references;
    const int hidden = reference ? entry.head->width : entry.experiment->hidden;
    std::vector<std::string> row{entry.head->name, width_text(hidden), std::to_string(entry.head->parameters()),
                                 fixed(entry.head->mean_auc(), 4)};
    add_difference(row, comparisons.find(*entry.head, *base.head));
    table.add(std::move(row));
  }
  return table.markdown();
}

/// Tasks by heads; marked where DeLong's test says so.
[[nodiscard]] std::string task_table(const View& view, const Comparisons& comparisons) {
  const Entry base = find_entry(view.heads, comparisons.options().against);
  std::vector<std::string> header{"task", "classes"};
  for (const Entry& entry : view.heads) header.push_back(entry.head->name);
  ResultTable table(header);
  const Experiment& any = *view.heads.front().experiment;
  for (std::size_t t = 0; t < any.tasks(); ++t) {
    std::vector<std::string> row{cell_text(any.task_names[t]), std::to_string(any.truth[t].classes)};
    for (const Entry& entry : view.heads) {
      const double auc = summarize(entry.head->task_auc[t]).mean;
      const Comparison* comparison = comparisons.find(*entry.head, *base.head);
      const bool tested = comparison != nullptr && !comparison->tasks.empty();
      row.push_back(fixed(auc, 3) + (tested ? sign_of(comparison->tasks[t].value, comparison->tasks[t].p) : ""));
    }
    table.add(std::move(row));
  }
  return table.markdown();
}

/// Tasks by how many rows of each class they have.
[[nodiscard]] std::string rows_table(const DatasetResult& data) {
  ResultTable table({"task", "training rows of each class", "training rows without a label", "test rows of each class",
                     "test rows without a label"});
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    const auto& [train, test] = data.tasks[t];
    const auto left = [](Eigen::Index rows, const std::vector<int>& counts) {
      return std::to_string(rows - std::accumulate(counts.begin(), counts.end(), 0));
    };
    table.add({cell_text(data.references.task_names[t]), joined(train), left(data.train_rows, train), joined(test),
               left(data.test_rows, test)});
  }
  return table.markdown();
}

/// Heads by budgets.
[[nodiscard]] std::string budget_table(const DatasetResult& data, Regime regime, const Comparisons& comparisons) {
  const std::string& against = comparisons.options().against;
  const auto budgets = equal_totals(data, regime, against);
  std::vector<std::string> header{"head"}, names;
  for (const Budget& budget : budgets) {
    header.push_back(text("at most ", budget.parameters));
    for (const Entry& entry : budget.heads) {
      if (std::ranges::find(names, entry.head->name) == names.end()) names.push_back(entry.head->name);
    }
  }
  ResultTable table(header);
  for (const std::string& name : names) {
    std::vector<std::string> row{name};
    for (const Budget& budget : budgets) {
      const Entry entry = find_entry(budget.heads, name), base = find_entry(budget.heads, against);
      if (entry.head == nullptr) {
        row.emplace_back("-");
        continue;
      }
      const Comparison* comparison = comparisons.find(*entry.head, *base.head);
      const bool reference = entry.experiment == &data.references;
      row.push_back(text(fixed(entry.head->mean_auc(), 4),
                         comparison == nullptr ? "" : sign_of(comparison->difference.estimate, comparison->p), " (",
                         entry.head->parameters(), reference ? "" : text(", d ", entry.experiment->dimension),
                         entry.experiment->hidden > 0 ? text(", hidden ", entry.experiment->hidden) : "", ')'));
    }
    table.add(std::move(row));
  }
  return table.markdown();
}

/// What the margin of non-inferiority is to be judged by.
[[nodiscard]] std::string margin_text(const DatasetResult& data, const Comparisons& comparisons) {
  const CompareOptions& options = comparisons.options();
  std::vector<double> of_rows, of_both;
  for (const View& view : views_of(data)) {
    const Entry base = find_entry(view.heads, options.against);
    for (const Entry& entry : view.heads) {
      const Comparison* comparison = comparisons.find(*entry.head, *base.head);
      if (comparison == nullptr || std::isnan(comparison->by_delong.error())) continue;
      of_rows.push_back(comparison->by_delong.row_error);
      of_both.push_back(comparison->by_delong.error());
    }
  }
  if (of_rows.empty()) return "";
  std::ranges::sort(of_rows);
  std::ranges::sort(of_both);
  const double row_error = of_rows[of_rows.size() / 2], error = of_both[of_both.size() / 2];
  constexpr double powered = 1.6449 + 0.8416;  // errors: 5 % one-sided, 80 %
  return text("Standard error of a difference of mean AUC from `", options.against,
              "`, by test rows alone: ", fixed(row_error, 4), " (median of ", of_rows.size(), " comparisons; ",
              fixed(of_rows.front(), 4), " to ", fixed(of_rows.back(), 4), "), by rows and seeds: ", fixed(error, 4),
              ". A single test at 5 % would show four of five heads that are exactly as good to be not worse by ",
              fixed(powered * error, 4), "; the margin is ", options.margin,
              options.margin >= powered * error
                  ? ", which these rows can show."
                  : ", which these rows often cannot show: where it is not shown, nothing is known.",
              "\n");
}

[[nodiscard]] std::string view_title(const View& view) {
  switch (view.regime) {
    case Regime::frozen: return text("Frozen: the first ", view.dimension, " inputs");
    case Regime::narrow: return text("Narrow: a linear layer to ", view.dimension, " features");
    case Regime::trained: return text("Trained: a hidden layer, and ", view.dimension, " features");
  }
  return "";
}

}  // namespace

std::string dataset_section(const DatasetResult& data, const Comparisons& comparisons) {
  std::string out = text("\n## ", data.name, "\n\n", data.train_rows, " training rows, ", data.test_rows,
                         data.folds > 1 ? text(" test rows in ", data.folds, " folds, ") : std::string(" test rows, "),
                         data.features, " inputs, ", data.references.tasks(), " tasks.\n\n",
                         data.tasks.empty() ? std::string() : rows_table(data) + '\n', margin_text(data, comparisons));
  for (const View& view : views_of(data)) {
    out += text("\n### ", view_title(view), "\n\n", head_table(view, comparisons));
    if (has_choice(view)) {
      out += "\nEach head with the backbone that the validation rows chose for it (bold above):\n\n" +
             choice_table(view, comparisons);
    }
    out += "\nTest AUC of single tasks:\n\n" + task_table(view, comparisons);
  }
  if (data.folds > 1) {
    out +=
        "\nThere are no tables at equal totals: they would choose by validation rows that are test rows of other "
        "folds.\n";
  }
  for (const Regime regime : {Regime::narrow, Regime::trained, Regime::frozen}) {
    if (equal_totals(data, regime, comparisons.options().against).empty()) continue;
    out += text("\n### At equal totals, ", to_string(regime),
                "\n\nOf each head the best on validation rows with at most so many parameters in all, over all "
                "dimensions and backbones of this run; budgets are what `",
                comparisons.options().against,
                "` takes, and marks are against it at the same budget. A head that is not there takes more.\n\n",
                budget_table(data, regime, comparisons));
  }
  return out + pareto_section(data);
}

}  // namespace qmtl::benchmark::evidence
