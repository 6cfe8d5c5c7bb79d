// SPDX-License-Identifier: Apache-2.0
// Tables, verdicts and the frame of the report.

#include "paper/report.hpp"

#include <algorithm>
#include <cmath>

#include "machine.hpp"
#include "paper/plots.hpp"
#include "paper/summary.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::paper {
namespace {

[[nodiscard]] std::string plus_minus(const MeanDeviation& value, int digits = 3) {
  if (std::isnan(value.mean)) return "-";
  if (value.count < 2) return fixed(value.mean, digits);
  return fixed(value.mean, digits) + " ± " + fixed(value.deviation, digits);
}

[[nodiscard]] std::string probability(double p) {
  if (std::isnan(p)) return "-";
  return p < 1e-4 ? "< 0.0001" : significant(p, 2);
}

[[nodiscard]] std::string head_table(std::span<const HeadSummary> heads) {
  ResultTable table(
      {"head", "mean test AUC", "validation AUC", "head parameters", "backbone parameters", "in all", "seconds"});
  for (const HeadSummary& head : heads) {
    table.add({head.name, plus_minus(summarize(head.auc_by_seed), 4), fixed(head.validation_auc, 4),
               std::to_string(head.head_parameters), std::to_string(head.backbone_parameters),
               std::to_string(head.parameters()), fixed(head.seconds, 2)});
  }
  return table.markdown();
}

/// One metric of each task (rows) by head (columns).
[[nodiscard]] std::string task_table(std::span<const HeadSummary> heads, MeanDeviation TaskSummary::*metric,
                                     bool majority) {
  std::vector<std::string> header{"task", "classes"};
  if (majority) header.push_back("majority");
  for (const HeadSummary& head : heads) header.push_back(head.name);
  ResultTable table(header);
  for (std::size_t t = 0; t < heads.front().tasks.size(); ++t) {
    const TaskSummary& task = heads.front().tasks[t];
    std::vector<std::string> row{task.name, std::to_string(task.classes)};
    if (majority) row.push_back(fixed(task.majority, 3));
    for (const HeadSummary& head : heads) row.push_back(plus_minus(head.tasks[t].*metric));
    table.add(std::move(row));
  }
  return table.markdown();
}

[[nodiscard]] const char* yes_no(bool value) { return value ? "yes" : "no"; }

/// "fewer", "as many" or "more".
[[nodiscard]] const char* fewer_or_more(std::size_t mine, std::size_t theirs) {
  return mine < theirs ? "fewer" : mine == theirs ? "as many" : "more";
}

[[nodiscard]] std::string record_text(const TaskRecord& record) {
  return detail::text(record.above, ", ", record.equal, ", ", record.below);
}

/// "largest gain 0.020 (malignant), largest loss 0.033 (localization)".
[[nodiscard]] std::string extremes_text(const TaskRecord& record) {
  std::string out;
  if (record.above > 0) out += detail::text(", largest gain ", fixed(record.gain, 3), " (", record.gain_task, ')');
  if (record.below > 0) out += detail::text(", largest loss ", fixed(record.loss, 3), " (", record.loss_task, ')');
  return out;
}

/// Quantum against every other head: mean AUC across seeds, tasks, parameters.
[[nodiscard]] std::string comparison_table(std::span<const HeadSummary> heads, const HeadSummary& quantum) {
  ResultTable table({"quantum against", "difference of mean AUC", "t", "p", "tasks above, equal, below",
                     "head parameters", "parameters in all"});
  for (const HeadSummary& other : heads) {
    if (&other == &quantum) continue;
    const PairedTest test = paired_test(quantum.auc_by_seed, other.auc_by_seed);
    table.add({other.name, plus_minus(test.difference, 4), std::isnan(test.t) ? "-" : fixed(test.t, 2),
               probability(test.p), record_text(compare_tasks(quantum, other)),
               fewer_or_more(static_cast<std::size_t>(quantum.head_parameters),
                             static_cast<std::size_t>(other.head_parameters)),
               fewer_or_more(quantum.parameters(), other.parameters())});
  }
  return table.markdown();
}

/// Whether the goals are met, and by how much single tasks and the whole model differ.
[[nodiscard]] std::string verdicts(std::span<const HeadSummary> heads, const HeadSummary& quantum, std::size_t folds) {
  const HeadSummary* linear = find_head(heads, "linear");
  const HeadSummary* hybrid = find_head(heads, "hybrid");
  const double auc = summarize(quantum.auc_by_seed).mean;
  std::string out;
  if (linear != nullptr) {
    const TaskRecord record = compare_tasks(quantum, *linear);
    out += detail::text(
        "- Within 0.01 of linear or better: **", yes_no(auc >= summarize(linear->auc_by_seed).mean - 0.01), "**\n",
        "- Tasks above, equal to and below linear: **", record_text(record), "**", extremes_text(record), '\n');
  }
  if (hybrid != nullptr) {
    out += detail::text("- Above hybrid: **", yes_no(auc > summarize(hybrid->auc_by_seed).mean), "**\n");
  }
  if (linear != nullptr && hybrid != nullptr) {
    const int head = std::min(linear->head_parameters, hybrid->head_parameters);
    const std::size_t all = std::min(linear->parameters(), hybrid->parameters());
    out +=
        detail::text("- Fewer head parameters than both: **", yes_no(quantum.head_parameters < head), "**\n",
                     "- Fewer parameters in all than both: **", yes_no(quantum.parameters() < all), "** (",
                     quantum.parameters(), "; linear ", linear->parameters(), ", hybrid ", hybrid->parameters(), ")\n");
  }
  for (const TaskSummary& task : quantum.tasks) {
    if (task.name != "sarcasm") continue;
    out +=
        detail::text("- Sarcasm AUC at least 0.78: **", yes_no(task.auc.mean >= 0.78), "** (", fixed(task.auc.mean, 4),
                     folds == 1 ? ", one fold" : detail::text(", mean of ", folds, " folds"), ")\n");
  }
  return out;
}

[[nodiscard]] std::string comparison(std::span<const HeadSummary> heads, std::size_t folds) {
  const HeadSummary* quantum = find_head(heads, "quantum");
  if (quantum == nullptr) return "";
  return "\nPaired across seeds (two-sided t test; it says how training varies, not how the test rows do); tasks by "
         "their mean test AUC to three digits:\n\n" +
         comparison_table(heads, *quantum) + '\n' + verdicts(heads, *quantum, folds);
}

[[nodiscard]] std::string settings_text(const ProblemResult& result, const Settings& settings) {
  return detail::text("rate ", significant(settings.learning_rate, 1), ", head ", settings.head_rate_scale, "x, decay ",
                      settings.weight_decay, ", ", result.backbones[static_cast<std::size_t>(settings.backbone)]);
}

/// Validation AUC of every setting (rows) and head, the chosen ones in bold; of one fold.
[[nodiscard]] std::string search_table(const ProblemResult& result, std::size_t fold) {
  std::vector<std::string> header{"setting"};
  for (const HeadResult& head : result.heads) header.push_back(head.name);
  ResultTable table(header);
  for (std::size_t c = 0; c < result.heads.front().folds[fold].search.size(); ++c) {
    std::vector<std::string> row{settings_text(result, result.heads.front().folds[fold].search[c].settings)};
    for (const HeadResult& head : result.heads) {
      const double auc = head.folds[fold].search[c].validation_auc;
      const std::string mark = head.folds[fold].chosen == c ? "**" : "";
      row.push_back(std::isnan(auc) ? "diverged" : mark + fixed(auc, 4) + mark);
    }
    table.add(std::move(row));
  }
  return table.markdown();
}

[[nodiscard]] std::string validation_rows(const ProblemResult& result) {
  if (result.published_validation) return "the publisher's rows";
  return detail::text(result.inner_splits, result.inner_splits == 1 ? " division" : " divisions",
                      " of the training rows");
}

[[nodiscard]] std::string rows_text(const ProblemResult& result) {
  std::string out = detail::text(result.train_rows.front(), " training rows, ", result.test_rows.front(), " test rows");
  if (result.train_rows.size() > 1) out += detail::text(" in each of ", result.train_rows.size(), " folds");
  return out + detail::text("; ", result.schedule.epochs, " epochs, batches of ", result.schedule.batch_size,
                            result.schedule.standardize ? "" : ", inputs not standardised", ", validation on ",
                            validation_rows(result), "; ", result.heads.front().folds.front().search.size(),
                            " settings\n\n");
}

[[nodiscard]] std::string heads_section(const ProblemResult& result) {
  std::string out = "\n### Heads\n\n";
  for (const HeadResult& head : result.heads) {
    out += "`" + head.name + "`:\n\n```text\n" + head.architecture + "\n```\n\n";
  }
  return out;
}

/// "0.6882 (77, 2520)": mean test AUC, and the parameters of the head and in all.
[[nodiscard]] std::string overview_cell(const HeadSummary* head) {
  if (head == nullptr) return "-";
  return detail::text(fixed(summarize(head->auc_by_seed).mean, 4), " (", head->head_parameters, ", ",
                      head->parameters(), ')');
}

/// How often quantum heads are above linear ones and have fewer parameters, over problems and tasks.
struct Tally {
  int problems = 0, above = 0, fewer_in_head = 0, fewer_in_all = 0;
  TaskRecord tasks{};

  void add(const HeadSummary& quantum, const HeadSummary& linear) {
    ++problems;
    above += summarize(quantum.auc_by_seed).mean > summarize(linear.auc_by_seed).mean ? 1 : 0;
    fewer_in_head += quantum.head_parameters < linear.head_parameters ? 1 : 0;
    fewer_in_all += quantum.parameters() < linear.parameters() ? 1 : 0;
    tasks += compare_tasks(quantum, linear);
  }
};

/// All problems in one table, and the count of what speaks for and against quantum heads.
[[nodiscard]] std::string overview(std::span<const ProblemResult> results) {
  const std::vector<std::string> names{"quantum", "linear", "hybrid", "quantum_single"};
  std::vector<std::string> header{"data", "tasks"};
  header.insert(header.end(), names.begin(), names.end());
  header.push_back("tasks above, equal, below linear");
  ResultTable table(header);
  Tally tally;
  for (const ProblemResult& result : results) {
    const auto heads = summarize_heads(result);
    std::vector<std::string> row{result.dataset, std::to_string(heads.front().tasks.size())};
    for (const std::string& name : names) row.push_back(overview_cell(find_head(heads, name)));
    const HeadSummary* quantum = find_head(heads, "quantum");
    const HeadSummary* linear = find_head(heads, "linear");
    const bool both = quantum != nullptr && linear != nullptr;
    row.push_back(both ? record_text(compare_tasks(*quantum, *linear)) : "-");
    table.add(std::move(row));
    if (both) tally.add(*quantum, *linear);
  }
  std::string out =
      "\n## Overview\n\nMean test AUC, and in parentheses the parameters of the head and of head and "
      "backbone together.\n\n" +
      table.markdown();
  if (tally.problems == 0) return out;
  const TaskRecord& tasks = tally.tasks;
  return out + detail::text("\nAgainst linear heads, quantum heads have the higher mean AUC on ", tally.above, " of ",
                            tally.problems, " data sets. Of ", tasks.above + tasks.equal + tasks.below, " tasks ",
                            tasks.above, " are above, ", tasks.equal, " equal (to three digits) and ", tasks.below,
                            " below", extremes_text(tasks), ". Head parameters are fewer on ", tally.fewer_in_head,
                            " of ", tally.problems, " data sets, parameters in all on ", tally.fewer_in_all, ".\n");
}

[[nodiscard]] std::string introduction(const RunFacts& facts) {
  return detail::text(
      "# Quantum, linear and hybrid heads\n\nWritten by `", facts.command, "`",
      facts.quick ? ", a short run: fewer epochs, settings and seeds, first fold and first data sets only" : "",
      ".\n\n",
      "Every head has the same choice of backbones, width of the representation, order of the samples, epochs and "
      "search: ",
      "settings drawn once (seed ", facts.protocol.search_seed,
      "), each judged by the mean AUC over tasks on validation rows at the last epoch. ",
      "The chosen setting is trained on training and validation rows with the seeds 1 to ", facts.protocol.seeds,
      ", and each such model is judged once on the test rows by this run. Deviations are over seeds; with several "
      "folds a seed's "
      "value is ",
      "the mean over the folds. `hybrid` is the hybrid form with the better validation AUC. Seconds are those of ",
      "training with one seed. AdamW, cosine schedule; weight decay acts on backbones only, since angles have no "
      "natural zero. Whole run: ",
      fixed(facts.seconds, 0), " s with ", facts.protocol.threads,
      facts.protocol.threads == 1 ? " training" : " trainings", " at a time (", machine_and_date(), ").\n");
}

}  // namespace

std::string search_tables(const ProblemResult& result) {
  std::string out = "\n### Search: " + result.dataset + "\n\nMean validation AUC; chosen in bold.\n";
  for (std::size_t f = 0; f < result.heads.front().folds.size(); ++f) {
    if (result.heads.front().folds.size() > 1) out += detail::text("\nFold ", f, ":\n");
    out += '\n' + search_table(result, f);
  }
  return out;
}

std::string results_section(const ProblemResult& result) {
  const auto heads = summarize_heads(result);
  std::string out = "\n## " + result.benchmark + ": " + result.dataset + "\n\n" + rows_text(result) + head_table(heads);
  for (const HeadSummary& head : heads) {
    if (head.diverged == 0) continue;
    out += detail::text("\n`", head.name, "`: ", head.diverged, " of the final trainings diverged and are left out.\n");
  }
  out += comparison(heads, result.train_rows.size());
  out += "\nTest AUC:\n\n" + task_table(heads, &TaskSummary::auc, false);
  out += "\nAccuracy:\n\n" + task_table(heads, &TaskSummary::accuracy, true);
  return out + "\nMacro F1:\n\n" + task_table(heads, &TaskSummary::f1, false);
}

void write_report(const std::filesystem::path& file, const RunFacts& facts, std::span<const ProblemResult> results) {
  const std::string folder = file.stem().string() + "_plots";
  std::string out = introduction(facts);
  if (!results.empty()) out += overview(results);
  if (!facts.notes.empty()) out += '\n' + facts.notes;
  for (const ProblemResult& result : results) {
    out += results_section(result) + noise_section(result, facts.protocol.noise) +
           hardware_section(result, facts.protocol.hardware);
    for (const Plot& plot : make_plots(result)) {
      if (draw(plot, file.parent_path() / folder)) {
        out += detail::text("\n![", plot.title, "](", folder, '/', plot.name, ".svg)\n");
      }
    }
    out += search_tables(result) + heads_section(result);
  }
  ResultTable::write_text(file.string(), out);
}

}  // namespace qmtl::benchmark::paper
