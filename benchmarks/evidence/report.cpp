// SPDX-License-Identifier: Apache-2.0
// Introduction, overview and frame of the report.

#include "evidence/report.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "evidence/goals.hpp"
#include "evidence/plots.hpp"
#include "evidence/report_text.hpp"
#include "machine.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

/// Comparisons by whether they are significant.
struct Record {
  int above = 0, neither = 0, below = 0;

  void add(int found) { ++(found > 0 ? above : found < 0 ? below : neither); }
  [[nodiscard]] std::string str() const { return text(above, ", ", neither, ", ", below); }
};

/// What became of one head on the same representation of several data sets.
struct Row {
  std::string head;
  bool quantum = false;
  Record datasets{}, alone{}, tasks{};
  int not_inferior = 0, compared = 0, present = 0;
  BySource means{};
  double largest_loss = 0.0;
  std::string largest{};  ///< task of the largest loss, significant or not
  std::vector<std::string> lost_sets{}, lost_tasks{};
  std::vector<std::string> cells{};  ///< of each data set
};

[[nodiscard]] std::string in_parentheses(const HeadOutcome& head) {
  return head.backbone_parameters == 0 ? text(" (", head.head_parameters, ')')
                                       : text(" (", head.head_parameters, ", ", head.parameters(), ')');
}

void add_comparison(const View& view, const Entry& entry, const Comparison& comparison, Row& row) {
  const std::string& data = view.data->name;
  const double estimate = comparison.difference.estimate;
  const int found = verdict(estimate, comparison.p);
  row.datasets.add(found);
  row.alone.add(verdict(estimate, comparison.p_alone));
  ++row.compared;
  if (comparison.p_inferior <= 0.05) ++row.not_inferior;
  if (found < 0) row.lost_sets.push_back(text(data, " (", signed_number(estimate), ')'));
  for (std::size_t t = 0; t < comparison.tasks.size(); ++t) {
    const DeLongDifference& task = comparison.tasks[t];
    if (std::isnan(task.value)) continue;
    const std::string name = text(data, " ", cell_text(entry.experiment->task_names[t]));
    const int of_task = verdict(task.value, task.p);
    row.tasks.add(of_task);
    if (of_task < 0) row.lost_tasks.push_back(text(name, " (", fixed(task.value, 3), ')'));
    if (-task.value > row.largest_loss) {
      row.largest_loss = -task.value;
      row.largest = name;
    }
  }
}

/// The rows of one kind of representation, a cell a data set.
[[nodiscard]] std::vector<Row> rows_of(const std::vector<const View*>& views, const Comparisons& comparisons) {
  std::vector<Row> out;
  const CompareOptions& options = comparisons.options();
  for (std::size_t d = 0; d < views.size(); ++d) {
    if (views[d] == nullptr) continue;
    const Entry base = find_entry(views[d]->heads, options.against);
    for (const Entry& entry : views[d]->heads) {
      const HeadOutcome& head = *entry.head;
      auto row = std::ranges::find(out, head.name, &Row::head);
      if (row == out.end()) {
        out.push_back({.head = head.name, .quantum = head.quantum});
        row = out.end() - 1;
        row->cells.assign(views.size(), "-");
      }
      ++row->present;
      row->means.add(views[d]->data->source, head.mean_auc());
      std::string mark;
      if (const Comparison* comparison = comparisons.find(head, *base.head)) {
        add_comparison(*views[d], entry, *comparison, *row);
        mark = sign_of(comparison->difference.estimate, comparison->p);
      }
      row->cells[d] = fixed(head.mean_auc(), 4) + in_parentheses(head) + mark;
    }
  }
  return out;
}

[[nodiscard]] std::string overview_table(const std::vector<DatasetResult>& results, const std::vector<Row>& rows,
                                         const CompareOptions& options) {
  std::vector<std::string> header{"head"};
  for (const DatasetResult& data : results) header.push_back(data.name);
  if (results.size() > 1) header.emplace_back("mean");
  header.emplace_back("data sets ▲, neither, ▼");
  header.emplace_back("without correction");
  header.emplace_back("tasks ▲, neither, ▼");
  header.push_back(text("not worse by ", options.margin));
  ResultTable table(header);
  for (const Row& row : rows) {
    std::vector<std::string> cells{row.head};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    const bool everywhere = row.present == static_cast<int>(results.size());
    if (results.size() > 1) cells.push_back(everywhere ? fixed(summarize(row.means.means()).mean, 4) : "-");
    if (row.compared == 0) {
      cells.resize(header.size());
    } else {
      cells.push_back(row.datasets.str());
      cells.push_back(row.alone.str());
      cells.push_back(row.tasks.str());
      cells.push_back(text(row.not_inferior, " of ", row.compared));
    }
    table.add(std::move(cells));
  }
  return table.markdown();
}

[[nodiscard]] std::string list_of(const std::vector<std::string>& items) {
  return items.empty() ? "none" : joined(items);
}

/// Where quantum heads lose, by name.
[[nodiscard]] std::string losses(const std::vector<Row>& rows, const std::string& against) {
  std::string out;
  for (const Row& row : rows) {
    if (!row.quantum || row.compared == 0) continue;
    out += text("- `", row.head, "` significantly below `", against, "`: data sets ", list_of(row.lost_sets),
                "; tasks ", list_of(row.lost_tasks), ". ");
    out += row.largest.empty() ? "No task below it.\n"
                               : text("Its largest loss on a task, significant or not, is ", fixed(row.largest_loss, 3),
                                      " (", row.largest, ").\n");
  }
  return out.empty() ? out : "\n" + out;
}

[[nodiscard]] int judged_models(const std::vector<DatasetResult>& results) {
  int out = 0;
  for (const DatasetResult& data : results) {
    const auto count = [&](const Experiment& experiment) {
      for (const HeadOutcome& head : experiment.heads) out += data.folds * static_cast<int>(head.auc.size());
    };
    for (const Experiment& experiment : data.experiments) count(experiment);
    count(data.references);
  }
  return out;
}

[[nodiscard]] std::string introduction(const RunFacts& facts, const std::vector<DatasetResult>& results,
                                       const CompareOptions& options) {
  const Protocol& protocol = facts.protocol;
  std::string out =
      text("# How much a head matters\n\nWritten by `", facts.command, "` in ", fixed(facts.seconds, 0), " s with ",
           protocol.threads, protocol.threads == 1 ? " thread" : " threads", " (", machine_and_date(), ").\n\n");
  if (results.size() < facts.data_sets) {
    out += text("**Not finished**: ", results.size(), " of ", facts.data_sets, " data sets.\n\n");
  }
  if (facts.quick) {
    out +=
        "**A smoke test**: few seeds, settings, epochs and resamples. It shows that the program works; its figures "
        "are evidence of nothing.\n\n";
  }
  const std::size_t settings = protocol.learning_rates.size() * protocol.weight_decays.size();
  return out +
         text(
             "Every head has a search of its own with equally many settings (", settings,
             ", more where the best is at an edge of its grid; the tables say how many, of all folds and widths of "
             "`mlp` "
             "together), judged by mean AUC over tasks on ",
             fixed(100.0 * protocol.validation_share, 0), " % of the training rows and ", protocol.search_seeds,
             protocol.search_seeds == 1 ? " seed" : " seeds",
             ". Behind a trained layer a hybrid head's search has more: with and without decay of the head. A fold has "
             "a "
             "search of its own, and nothing is chosen over several folds. A training has ",
             protocol.epochs, " epochs of batches of ", protocol.batch_size,
             protocol.least_steps > 0
                 ? text(", more (up to three times) where these are fewer than ", protocol.least_steps, " steps")
                 : "",
             ". The chosen setting is trained on all training rows with seeds 1 to ", protocol.seeds,
             "; test AUC is the mean over these trainings, ± their deviation. With a trained backbone the search is "
             "repeated with each hidden layer. `logistic` and `mlp` see all inputs, without a representation "
             "between: references, the same in every table.\n\n",
             "Test rows: the ", judged_models(results),
             " final models of this run were judged on them, and no search of the same split read them. All heads and "
             "representations share them, and so may earlier runs: whoever picks the highest figure of a table picks "
             "one that is too high. Folds have training rows in common, and validation rows of one are test rows of "
             "others. Errors are over test rows and seeds, not over training rows.\n\n",
             "Parameters: `random_r` has a random map, drawn anew for each seed, that is not counted. Angles of "
             "`quantum`, `quantum_deep` and `quantum_shallow` that cannot change what is measured are counted: three a "
             "task of two classes.\n\n",
             "▲ and ▼: significantly above and below `", options.against,
             "` on the same representation, at 5 % after Holm's correction over the whole run; in overviews with a "
             "trained backbone each head has the hidden layer that validation rows chose for it. Data sets with the "
             "same rows count once in means and one by one in counts. Means by a paired bootstrap over test rows and "
             "seeds together (",
             options.bootstrap.resamples,
             " resamples), single tasks by DeLong's test, with the deviation over seeds; p and intervals by these "
             "errors and Student's distribution, as seeds are few. p values are after Holm's correction, intervals "
             "without one: an interval may leave out 0 where p is large. A small p of not being worse by ",
             options.margin,
             " says that a head is not. In tables *hidden* is the width of a hidden layer, *rate* and *decay* are the "
             "setting that the search chose, *not the head* a decay of the layers before it alone, *settings* how "
             "many were tried, *seconds* what one final training took. No mark proves nothing, and none of the figures "
             "under "
             "*without "
             "correction* does by itself; `not worse by ",
             options.margin, "` counts data sets where a larger loss is rejected.\n");
}

[[nodiscard]] std::string overview_title(const Place& place) {
  std::string out = to_string(place);
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out + (place.regime == Regime::frozen ? ": mean test AUC (head parameters, which are all)"
                                               : ": mean test AUC (head parameters, parameters in all)");
}

}  // namespace

std::string overview_section(const RunFacts& facts, const std::vector<DatasetResult>& results,
                             const Comparisons& comparisons) {
  const CompareOptions& options = comparisons.options();
  std::string out = introduction(facts, results, options) + "\n## Overview\n";
  std::vector<std::vector<View>> views;
  std::vector<Place> places;
  const auto place = [](const View& view) { return place_of(*view.data, view.regime, view.dimension); };
  for (const DatasetResult& data : results) {
    views.push_back(views_of(data));
    for (const View& view : views.back()) {
      if (std::ranges::find(places, place(view)) == places.end()) places.push_back(place(view));
    }
  }
  for (const Place& own : places) {
    std::vector<const View*> columns;
    for (const auto& of_data : views) {
      const auto found = std::ranges::find_if(of_data, [&](const View& view) { return place(view) == own; });
      columns.push_back(found == of_data.end() ? nullptr : &*found);
    }
    const auto rows = rows_of(columns, comparisons);
    out += text("\n### ", overview_title(own), "\n\n", overview_table(results, rows, options),
                losses(rows, options.against));
  }
  return out;
}

std::string statistics_section(const Comparisons& comparisons) {
  std::vector<double> ratios;
  const ComparisonFamily& compared = comparisons.compared();
  for (const auto& [pair, comparison] : compared.all()) {
    const double ratio = comparison.by_delong.error() / comparison.difference.standard_error;
    if (std::isfinite(ratio)) ratios.push_back(ratio);
  }
  std::string out = text("\n## Statistics\n\nHolm's correction counts ", compared.all().size(),
                         " differences of means, as many ", "claims of not being worse, and ", compared.task_tests(),
                         " single tasks, each family by itself; the goals are further ones.\n");
  if (ratios.empty()) return out;
  std::ranges::sort(ratios);
  return out + text("Standard errors of differences of means by DeLong's method and the deviation over seeds are ",
                    fixed(ratios[ratios.size() / 2], 2), " of the bootstrap's (median; ", fixed(ratios.front(), 2),
                    " to ", fixed(ratios.back(), 2), ").\n");
}

namespace {

/// Where a heading's link goes: letters and digits in lower case, hyphens for spaces, no punctuation.
[[nodiscard]] std::string anchor(const std::string& heading) {
  std::string out;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') out += '-';
    if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_') out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

/// Links to the sections, between the introduction and the first of them.
[[nodiscard]] std::string with_contents(std::string report) {
  const std::string mark = "\n## ";
  const std::size_t first = report.find(mark);
  std::vector<std::string> links;
  for (auto at = first; at != std::string::npos; at = report.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const std::string heading = report.substr(begin, report.find('\n', begin) - begin);
    links.push_back(text('[', heading, "](#", anchor(heading), ')'));
  }
  if (first != std::string::npos) report.insert(first, text("\nContents: ", joined(links), ".\n"));
  return report;
}

/// `more` gives what follows the tables of a data set.
template <class More>
[[nodiscard]] std::string all_sections(const RunFacts& facts, const std::vector<DatasetResult>& results,
                                       const Comparisons& comparisons, const More& more) {
  std::string out = overview_section(facts, results, comparisons);
  if (!comparisons.of_goals(true).all().empty() || !comparisons.of_goals(false).all().empty())
    out += goals_section(results, comparisons);
  for (const DatasetResult& data : results) out += dataset_section(data, comparisons) + more(data);
  return with_contents(out + statistics_section(comparisons));
}

}  // namespace

std::string markdown(const RunFacts& facts, const std::vector<DatasetResult>& results, const Comparisons& comparisons) {
  return all_sections(facts, results, comparisons, [](const DatasetResult&) { return std::string(); });
}

std::filesystem::path plots_folder(const std::filesystem::path& file) {
  return file.parent_path() / (file.stem().string() + "_plots");
}

void write_report(const std::filesystem::path& file, const RunFacts& facts, const std::vector<DatasetResult>& results,
                  const Comparisons& comparisons) {
  const std::string folder = plots_folder(file).filename().string();
  ResultTable::write_text(file.string(), all_sections(facts, results, comparisons, [&](const DatasetResult& data) {
                            std::string out;
                            for (const Plot& plot : make_plots(data)) {
                              if (draw(plot, plots_folder(file))) {
                                out += text("\n![", plot.title, "](<", folder, '/', plot.name, ".svg>)\n");
                              }
                            }
                            return out;
                          }));
}

}  // namespace qmtl::benchmark::evidence
