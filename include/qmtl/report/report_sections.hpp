#pragma once
// SPDX-License-Identifier: Apache-2.0
// The page of a report around its tasks: title, metrics, curves of all tasks, settings, data and model.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/report/history_plots.hpp"
#include "qmtl/report/html_page.hpp"
#include "qmtl/report/outcome_plots.hpp"
#include "qmtl/report/report_facts.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/report.hpp"
#include "qmtl/train/training_identity.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a report has besides a model, its training and the rows to judge it on; nothing of it is needed.
struct ReportOptions {
  std::string title = "Training report";
  std::string date{};                    ///< as it is to be read; a report looks at no clock
  std::string test_name = "test";        ///< what the rows are called
  std::optional<FitOptions> settings{};  ///< of the training
  std::optional<RowFacts> train{};       ///< row_facts(model, train, "training"); also gives the baseline `majority`
  std::optional<RowFacts> validation{};  ///< the same of the validation rows
  std::vector<TaskWords> tasks{};        ///< names of classes and units of tasks that have some
  std::vector<std::string> feature_names{};  ///< what the inputs are
  std::vector<double> thresholds{};          ///< of predict_classes, for confusion matrices and scores of classes
};

namespace detail {

/// Tasks are unfolded where there are few.
[[nodiscard]] inline bool tasks_are_open(const ModelFacts& model) { return model.tasks.size() <= 4; }

/// A table of metrics whose names lead to the sections of their tasks.
[[nodiscard]] inline PageTable metric_table(std::string caption, std::span<const TaskMetrics> metrics) {
  PageTable out{.caption = std::move(caption), .rows = metric_cells(metrics)};
  out.columns = std::move(out.rows.front());
  out.rows.erase(out.rows.begin());
  for (std::size_t t = 0; t < metrics.size(); ++t) out.links.push_back(text("#task-", t));
  return out;
}

/// The record of the epoch whose parameters the model has.
[[nodiscard]] inline const EpochRecord* best_record(const FitReport& report) {
  for (const EpochRecord& record : report.history) {
    if (record.epoch == report.best_epoch) return &record;
  }
  return nullptr;
}

inline void heading(HtmlPage& page, const ModelFacts& model, const FitReport& report, const ReportOptions& options) {
  page.markup().element("h1", options.title);
  if (!options.date.empty()) page.faint(options.date);
  page.facts({{"tasks", std::to_string(model.tasks.size())},
              {"head parameters", std::to_string(model.head_parameters)},
              {"backbone parameters", std::to_string(model.backbone_parameters)},
              {"parameters", std::to_string(model.head_parameters + model.backbone_parameters)},
              {"epochs", std::to_string(report.history.empty() ? 0 : report.history.back().epoch)},
              {"epoch of the model", std::to_string(report.best_epoch)},
              {"training time", number_text(report.seconds, std::chars_format::fixed, 1) + " s"}});
}

inline void result_section(HtmlPage& page, const FitReport& report, std::span<const TaskMetrics> metrics,
                           const ReportOptions& options) {
  page.markup().element("h2", "Results");
  page.table(metric_table(text("On ", options.test_name, " rows"), metrics));
  if (options.train) page.faint("majority: the accuracy of always answering the training rows' most frequent class");
  const EpochRecord* best = best_record(report);
  if (best == nullptr || best->validation.empty()) return;
  page.table(metric_table(text("On validation rows, epoch ", best->epoch), best->validation));
}

inline void course_section(HtmlPage& page, const ModelFacts& model, const FitReport& report) {
  const SvgPlot losses = loss_plot(report);
  if (losses.series.empty()) return;
  page.markup().element("h2", "Course of the training");
  std::vector<std::string> names;
  for (const TaskFacts& task : model.tasks) names.push_back(task.name);
  const SvgPlot weights = task_weight_plot(report, names);
  const auto figures = page.markup().open("div", {{"class", "figures"}});
  page.figure("Loss", losses, "sum over tasks");
  if (!weights.series.empty()) {
    const bool some = weights.series.size() == std::size(plot_colours) && names.size() > weights.series.size();
    page.figure("Task weights", weights, some ? "of the seven tasks where they vary most" : "");
  }
  const SvgPlot rates = learning_rate_plot(report);
  if (!rates.series.empty()) page.figure("Learning rates", rates);
}

/// Rows and missing labels a data set, labels a task.
inline void data_section(HtmlPage& page, const ModelFacts& model, std::span<const RowFacts> parts) {
  page.markup().element("h3", "Data");
  PageTable rows{.columns = {"rows"}};
  rows.rows = {{"rows"}, {"features"}};
  for (const RowFacts& part : parts) {
    rows.columns.push_back(part.name);
    rows.rows[0].push_back(std::to_string(part.rows));
    rows.rows[1].push_back(std::to_string(part.features));
  }
  rows.columns[0] = "";
  for (std::size_t t = 0; t < model.tasks.size(); ++t) {
    auto& line = rows.rows.emplace_back();
    line.push_back(text("labels missing: ", model.tasks[t].name));
    for (const RowFacts& part : parts) line.push_back(std::to_string(part.rows - part.labelled.at(t)));
  }
  page.table(rows);
}

/// The names of the features, folded.
inline void feature_section(HtmlPage& page, std::span<const std::string> names) {
  if (names.empty()) return;
  const auto details = page.markup().open("details");
  page.markup().element("summary", text("Names of the ", names.size(), " features"));
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  page.paragraph(all);
}

/// "batch_size 32" as a name and a value.
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> setting_lines(const FitOptions& options) {
  std::vector<std::pair<std::string, std::string>> out{{"epochs", std::to_string(options.epochs)}};
  SettingsText settings;
  describe_settings(settings, options);
  const std::string_view lines = settings.str();
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string_view line = lines.substr(at, end - at);
    const std::size_t space = std::min(line.find(' '), line.size());
    std::string name(line.substr(0, space));
    std::replace(name.begin(), name.end(), '_', ' ');
    out.emplace_back(std::move(name), std::string(line.substr(std::min(space + 1, line.size()))));
    at = end + 1;
  }
  return out;
}

/// Parameters of the head, task by task.
[[nodiscard]] inline PageTable parameter_table(const ModelFacts& model) {
  PageTable out{.caption = "Tasks of the model", .columns = {"task", "answers", "head parameters"}};
  for (const TaskFacts& task : model.tasks) {
    out.rows.push_back(
        {task.name, task.classes == 0 ? "real" : text(task.classes, " classes"), std::to_string(task.parameters)});
  }
  return out;
}

/// The whole page. `sections` are those of the tasks.
[[nodiscard]] inline std::string report_page(const ModelFacts& model, const FitReport& report,
                                             std::span<const TaskMetrics> metrics, const RowFacts& test,
                                             const std::string& sections, const ReportOptions& options) {
  HtmlPage page;
  MarkupText& out = page.markup();
  heading(page, model, report, options);
  result_section(page, report, metrics, options);
  course_section(page, model, report);
  out.element("h2", "Tasks").raw(sections).element("h2", "How it was made");
  {
    const auto details = out.open("details", {{"open", "open"}});
    {
      const auto summary = out.open("summary");
      out.element("h3", "Model, settings and data");
    }
    out.element("h3", "Model").element("pre", model.description);
    page.table(parameter_table(model));
    if (options.settings) {
      out.element("h3", "Settings");
      page.words(setting_lines(*options.settings));
    }
    std::vector<RowFacts> parts;
    for (const auto* part : {&options.train, &options.validation}) {
      if (*part) parts.push_back(**part);
    }
    parts.push_back(test);
    data_section(page, model, parts);
    feature_section(page, options.feature_names);
  }
  return whole_page(options.title, out.str());
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
