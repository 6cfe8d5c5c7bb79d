// SPDX-License-Identifier: Apache-2.0
// Tables, JSON and plots of studies.

#include "evidence/study.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "evidence/report_text.hpp"
#include "paper/paired_test.hpp"
#include "qmtl/io/report_json.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::number_or_null;

[[nodiscard]] bool has_intervals(const Study& study) {
  return std::ranges::any_of(study.entries, [](const StudyEntry& e) { return !std::isnan(e.low); });
}

/// Difference, its deviation over trials, interval and p of an entry.
[[nodiscard]] std::vector<std::string> difference_cells(const StudyEntry& entry, bool intervals) {
  std::vector<std::string> out(intervals ? 4 : 3);
  if (entry.base_auc.empty()) return out;
  const auto test = paper::paired_test(entry.outcome.auc, entry.base_auc);
  out.front() = signed_number(test.difference.mean);
  out[1] = benchmark::fixed(test.difference.deviation, 4);
  if (intervals && !std::isnan(entry.low)) out[2] = signed_number(entry.low) + " to " + signed_number(entry.high);
  if (!std::isnan(test.p)) out.back() = benchmark::fixed(test.p, 3);
  return out;
}

/// What is not the axis, in words and as part of a file's name.
[[nodiscard]] std::string words(const Study& study, const StudyEntry& entry) {
  std::string out;
  for (std::size_t c = 0; c + 1 < study.columns.size(); ++c) {
    out += (c == 0 ? "" : ", ") + study.columns[c] + ' ' + entry.at[c];
  }
  return out;
}

/// A curve a head, of the entries that are of one plot.
[[nodiscard]] std::string script(const Study& study, const std::vector<const StudyEntry*>& entries) {
  std::vector<std::string> heads;
  for (const StudyEntry* entry : entries) {
    if (std::ranges::find(heads, entry->outcome.name) == heads.end()) heads.push_back(entry->outcome.name);
  }
  std::string data, curves;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    data += qmtl::detail::text("$head", h, " << EOD\n");
    for (const StudyEntry* entry : entries) {
      if (entry->outcome.name != heads[h]) continue;
      const MeanDeviation auc = summarize(entry->outcome.auc);
      data += qmtl::detail::text(entry->at.back(), ' ', auc.mean, ' ', auc.deviation, '\n');
    }
    data += "EOD\n";
    curves += qmtl::detail::text(h == 0 ? "plot" : ",", " $head", h, " with yerrorlines lw 2 pt 7 ps 0.6 dt ",
                                 1 + h / 8, " title '", heads[h], "' noenhanced");
  }
  return data + (study.logarithmic ? "set logscale x 2\n" : "") + "set offsets graph 0.03, graph 0.03, 0, 0\n" +
         "set key outside\nset xlabel '" + study.columns.back() + "'\nset ylabel 'test AUC'\n" + curves + '\n';
}

}  // namespace

void compare_with_base(Study& study, std::size_t begin) {
  std::vector<double> base;
  for (std::size_t e = begin; e < study.entries.size(); ++e) {
    if (study.entries[e].outcome.name == study.base) base = study.entries[e].outcome.auc;
  }
  for (std::size_t e = begin; e < study.entries.size(); ++e) {
    if (study.entries[e].outcome.name != study.base) study.entries[e].base_auc = base;
  }
}

std::string markdown(const Study& study) {
  const bool intervals = has_intervals(study);
  std::vector<std::string> header = study.columns;
  for (const char* name : {"head", "head parameters", "in all", "validation AUC", "test AUC", "+-"}) {
    header.emplace_back(name);
  }
  header.push_back("less " + study.base);
  header.emplace_back("+- of it");
  if (intervals) header.emplace_back("95 % interval");
  for (const char* name : {"p", "rate", "epochs", "tried", "seconds"}) header.emplace_back(name);
  ResultTable table(header);
  for (const StudyEntry& entry : study.entries) {
    const ContestOutcome& head = entry.outcome;
    const MeanDeviation auc = summarize(head.auc);
    std::vector<std::string> row = entry.at;
    row.push_back(head.name + (head.diverged > 0 ? qmtl::detail::text(", diverged ", head.diverged, " times") : ""));
    row.push_back(std::to_string(head.head_parameters));
    row.push_back(std::to_string(head.parameters));
    row.push_back(benchmark::fixed(head.validation_auc, 4));
    row.push_back(benchmark::fixed(auc.mean, 4));
    row.push_back(benchmark::fixed(auc.deviation, 4));
    for (std::string& cell : difference_cells(entry, intervals)) row.push_back(std::move(cell));
    row.push_back(qmtl::detail::text(significant(head.setting.learning_rate, 2), " x ", head.setting.head_rate_scale));
    row.push_back(std::to_string(head.setting.epochs));
    row.push_back(std::to_string(head.settings_tried) + (head.at_edge ? ", at an edge" : ""));
    row.push_back(significant(head.seconds, 2));
    table.add(std::move(row));
  }
  return "## " + study.title + "\n\n" + (study.text.empty() ? "" : study.text + "\n\n") + table.markdown();
}

std::string to_json(const Study& study) {
  auto out = nlohmann::ordered_json::array();
  for (const StudyEntry& entry : study.entries) {
    const ContestOutcome& head = entry.outcome;
    const MeanDeviation auc = summarize(head.auc);
    nlohmann::ordered_json line{{"study", study.name}};
    for (std::size_t c = 0; c < study.columns.size(); ++c) line[study.columns[c]] = entry.at[c];
    line["head"] = head.name;
    line["quantum"] = head.quantum;
    line["head_parameters"] = head.head_parameters;
    line["total_parameters"] = head.parameters;
    line["validation_auc"] = number_or_null(head.validation_auc);
    line["auc"] = head.auc;
    line["auc_mean"] = number_or_null(auc.mean);
    line["auc_std"] = number_or_null(auc.deviation);
    if (!entry.base_auc.empty()) {
      const auto test = paper::paired_test(head.auc, entry.base_auc);
      line["base"] = study.base;
      line["difference"] = number_or_null(test.difference.mean);
      line["difference_std"] = number_or_null(test.difference.deviation);
      line["p"] = number_or_null(test.p);
      if (!std::isnan(entry.low)) line["interval"] = {entry.low, entry.high};
    }
    line["learning_rate"] = head.setting.learning_rate;
    line["head_rate_scale"] = head.setting.head_rate_scale;
    line["epochs"] = head.setting.epochs;
    line["settings_tried"] = head.settings_tried;
    line["at_edge"] = head.at_edge;
    line["diverged"] = head.diverged;
    line["seconds"] = head.seconds;
    out.push_back(std::move(line));
  }
  return out.dump(1) + '\n';
}

std::vector<Plot> plots(const Study& study) {
  std::vector<std::string> seen;
  std::vector<Plot> out;
  for (const StudyEntry& first : study.entries) {
    const std::string of = words(study, first);
    if (std::ranges::find(seen, of) != seen.end()) continue;
    seen.push_back(of);
    std::vector<const StudyEntry*> entries;
    for (const StudyEntry& entry : study.entries) {
      if (words(study, entry) == of) entries.push_back(&entry);
    }
    const std::string name = study.name + (of.empty() ? "" : '_' + plot_file_name(of));
    out.push_back({name, study.title, script(study, entries)});
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
