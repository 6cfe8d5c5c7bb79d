#pragma once
// SPDX-License-Identifier: Apache-2.0
// The part of a report that is about one task: curves, confusion matrix and scores of classes, plots of probabilities
// or of residuals.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "qmtl/loss/confusion.hpp"
#include "qmtl/loss/curves.hpp"
#include "qmtl/report/history_plots.hpp"
#include "qmtl/report/html_page.hpp"
#include "qmtl/report/outcome_plots.hpp"
#include "qmtl/report/report_facts.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Counts of a matrix are whole.
[[nodiscard]] inline std::string count_text(double count) { return number_text(count, std::chars_format::fixed, 0); }

/// Counts, and the share of each row's class that they are, by which cells are shaded.
inline void confusion_table(HtmlPage& page, const TaskOutcome& task, const ConfusionCounts& counts) {
  MarkupText& out = page.markup();
  const ConfusionCounts shares = normalized(counts, ConfusionShare::of_truth);
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto whole = out.open("table", {{"class", "heat"}});
  out.element("caption", "Confusion matrix");
  std::vector<std::string> columns{"true \\ predicted"};
  for (Eigen::Index c = 0; c < counts.cols(); ++c) columns.push_back(task.class_name(static_cast<std::size_t>(c)));
  page.header(columns);
  const auto body = out.open("tbody");
  for (Eigen::Index i = 0; i < counts.rows(); ++i) {
    const auto row = out.open("tr");
    out.element("th", task.class_name(static_cast<std::size_t>(i)), {{"scope", "row"}});
    for (Eigen::Index j = 0; j < counts.cols(); ++j) {
      const std::string shade = number_text(0.7 * shares(i, j), std::chars_format::fixed, 2);
      const auto cell = out.open("td", {{"style", text("background:rgba(0,114,178,", shade, ')')}});
      out.text(count_text(counts(i, j)));
      out.element("small", number_text(100.0 * shares(i, j), std::chars_format::fixed, 0) + " %");
    }
    out.raw("\n");
  }
}

/// What is most often taken for what, where a matrix would be too large to look at.
inline void confusion_list(HtmlPage& page, const TaskOutcome& task, const ConfusionCounts& counts) {
  constexpr std::size_t most = 20;
  std::vector<std::tuple<double, Eigen::Index, Eigen::Index>> mistakes;
  for (Eigen::Index i = 0; i < counts.rows(); ++i) {
    for (Eigen::Index j = 0; j < counts.cols(); ++j) {
      if (i != j && counts(i, j) > 0.0) mistakes.emplace_back(-counts(i, j), i, j);
    }
  }
  std::sort(mistakes.begin(), mistakes.end());
  PageTable table{.caption = "Most frequent mistakes", .columns = {"true class", "predicted class", "rows"}};
  for (std::size_t m = 0; m < std::min(most, mistakes.size()); ++m) {
    const auto& [count, i, j] = mistakes[m];
    table.rows.push_back({task.class_name(static_cast<std::size_t>(i)), task.class_name(static_cast<std::size_t>(j)),
                          count_text(-count)});
  }
  page.table(table);
}

/// Precision, recall, F1, AUC and average precision of each class.
inline void class_table(HtmlPage& page, const TaskOutcome& task, const ConfusionCounts& counts) {
  const PrecisionRecall scores = precision_recall(counts);
  PageTable table{.caption = "Classes",
                  .columns = {"class", "rows", "predicted", "precision", "recall", "F1", "AUC", "AP"}};
  for (std::size_t c = 0; c < scores.classes.size(); ++c) {
    const ClassScores& one = scores.classes[c];
    const OneClass rest = one_class(task, c);
    table.rows.push_back({task.class_name(c), count_text(one.support),
                          count_text(counts.col(static_cast<Eigen::Index>(c)).sum()), fixed(one.precision, 3),
                          fixed(one.recall, 3), fixed(one.f1, 3), fixed(roc_auc(rest.truth, rest.scores), 3),
                          fixed(average_precision(rest.truth, rest.scores), 3)});
  }
  table.rows.push_back({"mean", count_text(counts.sum()), count_text(counts.sum()), fixed(scores.macro.precision, 3),
                        fixed(scores.macro.recall, 3), fixed(scores.macro.f1, 3), "", ""});
  page.table(table);
}

inline void class_section(HtmlPage& page, const TaskOutcome& task) {
  constexpr int largest_matrix = 30;
  const ConfusionCounts counts = confusion_matrix(task.truth, task.classes, task.facts.classes);
  if (!std::isnan(task.threshold)) {
    page.faint(text("Confusion matrix and scores of classes: ", task.class_name(1), " from a probability of ",
                    significant(task.threshold, 6), " on; the metrics above count the more probable class."));
  }
  {
    const auto pair = page.markup().open("div", {{"class", "pair"}});
    if (task.facts.classes <= largest_matrix) {
      confusion_table(page, task, counts);
    } else {
      confusion_list(page, task, counts);
    }
    class_table(page, task, counts);
  }
  const auto curves = curve_classes(task);
  if (curves.empty()) page.faint("All rows are of one class: ROC and precision-recall curves are not defined.");
  const auto figures = page.markup().open("div", {{"class", "figures"}});
  if (!curves.empty()) {
    const bool some = task.facts.classes > 2 && curves.size() == std::size(plot_colours) &&
                      task.facts.classes > static_cast<int>(curves.size());
    const std::string note = some                     ? "of the seven most frequent classes, each against the rest"
                             : task.facts.classes > 2 ? "each class against the rest"
                                                      : "";
    page.figure("ROC", roc_plot(task), note);
    page.figure("Precision-recall", precision_recall_plot(task), note);
  }
  page.figure("Calibration", calibration_plot(task), "numbers: rows");
}

/// All of a task, `t` being its number; folded unless it is to be open. `rows_name` says which rows it is judged on.
[[nodiscard]] inline std::string task_section(const FitReport& report, const TaskOutcome& task, std::size_t t,
                                              const std::string& rows_name, bool open) {
  HtmlPage page;
  MarkupText& out = page.markup();
  {
    const auto section = open ? out.open("details", {{"open", "open"}}) : out.open("details");
    const std::string kind = task.facts.classes == 0 ? "real target" : text(task.facts.classes, " classes");
    {
      const auto summary = out.open("summary");
      out.element("h3", task.facts.name).raw(" ").element("span", kind, {{"class", "faint"}});
    }
    const std::size_t rows = task.facts.classes == 0 ? task.targets.size() : task.truth.size();
    const std::string basis = rows == 0 ? text("None of the ", rows_name, " rows has a label.")
                                        : text("Judged on ", rows, " labelled ", rows_name, " rows.");
    out.element("p", basis, {{"class", "faint"}, {"id", text("task-", t)}});  // a link to it unfolds the section
    const SvgPlot losses = task_loss_plot(report, t);
    const SvgPlot metrics = task_metric_plot(report, t, task.with_unit("error"));
    if (!losses.series.empty()) {
      const auto figures = out.open("div", {{"class", "figures"}});
      page.figure("Loss", losses);
      if (!metrics.series.empty()) page.figure("Metrics", metrics, "of validation rows");
    }
    if (rows > 0 && task.facts.classes > 0) class_section(page, task);
    if (rows > 0 && task.facts.classes == 0) {
      const auto figures = out.open("div", {{"class", "figures"}});
      const std::string note = rows > 600 ? "shaded by the number of rows" : "";
      page.figure("Predicted against true", prediction_plot(task), note);
      page.figure("Residuals", residual_plot(task), note);
    }
  }
  return std::move(out.raw("\n")).str();
}

}  // namespace qmtl::inline QMTL_ABI::detail
