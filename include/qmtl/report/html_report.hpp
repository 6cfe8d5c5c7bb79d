#pragma once
// SPDX-License-Identifier: Apache-2.0
// One HTML file of a training, to look at and to pass on: write_html_report("report.html", model, report, test).

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/report/report_facts.hpp"
#include "qmtl/report/report_sections.hpp"
#include "qmtl/report/task_section.hpp"
#include "qmtl/train/evaluate.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/predict.hpp"

namespace qmtl::inline QMTL_ABI {

/// Rows and labels of a data set for a report on a model; `name` is what they are called. Throws ShapeError where the
/// data have another number of tasks, ValueError for a label that does not fit.
template <TaskModel Model>
[[nodiscard]] RowFacts row_facts(const Model& model, const Dataset<typename Model::Scalar>& data,
                                 std::string_view name) {
  return detail::count_labels<typename Model::Scalar>(task_facts(model), data, name);
}

namespace detail {

/// The labelled rows of task number t with what a model's outputs (outputs x rows) say of them.
template <Scalar S>
void gather_outcome(TaskOutcome& out, const BatchIn<S>& outputs, const Dataset<S>& data, std::size_t t) {
  const LabelKind kind{out.facts.classes};
  const auto labels = data.labels.row(static_cast<Eigen::Index>(t));
  std::vector<Eigen::Index> rows;
  for (Eigen::Index row = 0; row < labels.size(); ++row) {
    if (!is_missing<S>(kind, labels(row))) rows.push_back(row);
  }
  Batch<double> own(out.facts.outputs, static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    own.col(static_cast<Eigen::Index>(i)) =
        outputs.col(rows[i]).segment(out.facts.first_output, out.facts.outputs).template cast<double>();
    const auto label = static_cast<double>(labels(rows[i]));
    if (kind.classes > 0) {
      out.truth.push_back(static_cast<int>(label));
    } else {
      out.targets.push_back(label);
      out.predicted.push_back(own(0, static_cast<Eigen::Index>(i)));
    }
  }
  if (kind.classes == 0) return;
  out.probabilities = class_probabilities(out.facts, own);
  out.classes = most_probable_classes(out.facts, own, out.threshold);
}

}  // namespace detail

/// A report of a training as one HTML page without scripts or anything that is loaded: `report` is what `fit` returned,
/// `test` the rows to judge the model on. It has tables of metrics (of the test rows; of the validation rows at the
/// epoch whose parameters the model has), losses and metrics against epochs with that epoch marked, task weights if
/// they vary, of each task of classes a confusion matrix, scores of classes, ROC, precision-recall and calibration
/// curves, of each real target predicted against true values and residuals, the model and, where `options` has them,
/// settings and rows. Names may hold anything. The same arguments give the same text. Of any number of rows and epochs
/// a curve has at most some hundred points and a page some 100 KB a task. Throws ShapeError or ValueError for data,
/// words or thresholds that do not fit, NumericalError where a prediction is not finite. Cost: one prediction of the
/// rows, and sorting them for each class.
template <TaskModel Model>
[[nodiscard]] std::string html_report(Model& model, const FitReport& report,
                                      const Dataset<typename std::remove_cvref_t<Model>::Scalar>& test,
                                      const ReportOptions& options = {}) {
  using S = typename std::remove_cvref_t<Model>::Scalar;
  validate(model, test);
  detail::require_thresholds("write_html_report", task_facts(model), options.thresholds);
  const detail::ModelFacts facts{model.describe(), model.backbone_parameters(), model.head_weights().size(),
                                 task_facts(model)};
  const std::vector<TaskWords> words = detail::words_of(facts.tasks, options.tasks);
  const std::vector<int> majorities = options.train ? detail::majorities_of(*options.train) : std::vector<int>();
  const Batch<S> outputs = model.predict(test.inputs);
  const std::vector<TaskMetrics> metrics =
      detail::Evaluation<S>::task_metrics(facts.tasks, model.target_scaler(), test, outputs, majorities);
  std::string sections;
  for (std::size_t t = 0; t < facts.tasks.size(); ++t) {
    detail::TaskOutcome task{.facts = facts.tasks[t], .words = words[t], .metrics = metrics[t]};
    if (!options.thresholds.empty()) task.threshold = options.thresholds[t];
    detail::gather_outcome<S>(task, outputs, test, t);
    sections += detail::task_section(report, task, t, options.test_name, detail::tasks_are_open(facts));
  }
  return detail::report_page(facts, report, metrics, row_facts(std::as_const(model), test, options.test_name), sections,
                             options);
}

/// Writes it to a file, which it replaces in one step. Throws FileError, and as html_report.
template <TaskModel Model>
void write_html_report(const std::string& path, Model& model, const FitReport& report,
                       const Dataset<typename std::remove_cvref_t<Model>::Scalar>& test,
                       const ReportOptions& options = {}) {
  const std::string page = html_report(model, report, test, options);
  write_file_atomically(path, std::as_bytes(std::span<const char>(page)));
}

}  // namespace qmtl::inline QMTL_ABI
