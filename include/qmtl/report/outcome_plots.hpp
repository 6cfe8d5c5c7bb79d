#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots of what a model says of rows: ROC, precision-recall and calibration of classes, predictions and residuals of
// real targets.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/loss/curves.hpp"
#include "qmtl/loss/probability_scores.hpp"
#include "qmtl/report/report_facts.hpp"
#include "qmtl/report/svg_plot.hpp"
#include "qmtl/train/report.hpp"

namespace qmtl::inline QMTL_ABI::detail {

inline constexpr int square_width = 360, square_height = 330;

/// A class against the rest: whether each row is of it, and the probability that it is.
struct OneClass {
  std::size_t number = 0;
  std::vector<int> truth;
  std::vector<double> scores;
};

[[nodiscard]] inline OneClass one_class(const TaskOutcome& task, std::size_t c) {
  OneClass out{c, {}, {}};
  const auto row_of_class = static_cast<Eigen::Index>(c);
  for (std::size_t i = 0; i < task.truth.size(); ++i) {
    out.truth.push_back(task.truth[i] == static_cast<int>(c) ? 1 : 0);
    out.scores.push_back(task.probabilities(row_of_class, static_cast<Eigen::Index>(i)));
  }
  return out;
}

/// The classes whose curves are drawn: class 1 of two; else those that some but not all rows have, at most seven, the
/// most frequent ones, in their order. None where a curve is not defined.
[[nodiscard]] inline std::vector<std::size_t> curve_classes(const TaskOutcome& task) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(task.facts.classes));
  for (const int label : task.truth) ++counts[static_cast<std::size_t>(label)];
  std::vector<std::size_t> out;
  for (std::size_t c = counts.size() == 2 ? 1 : 0; c < counts.size(); ++c) {
    if (counts[c] > 0 && counts[c] < task.truth.size()) out.push_back(c);
  }
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  out.resize(std::min(out.size(), std::size(plot_colours)));
  std::sort(out.begin(), out.end());
  return out;
}

/// A plot of the unit square.
[[nodiscard]] inline SvgPlot unit_plot(std::string title, const char* x, const char* y) {
  SvgPlot plot{.title = std::move(title)};
  plot.x = {.label = x, .low = 0.0, .high = 1.0};
  plot.y = {.label = y, .low = 0.0, .high = 1.0};
  plot.width = square_width;
  plot.height = square_height;
  return plot;
}

[[nodiscard]] inline SvgPlot roc_plot(const TaskOutcome& task) {
  SvgPlot plot = unit_plot("ROC", "false positive rate", "true positive rate");
  for (const std::size_t c : curve_classes(task)) {
    const OneClass one = one_class(task, c);
    PlotSeries curve{.name =
                         text(shortened(task.class_name(c), 18), ", AUC ", fixed(roc_auc(one.truth, one.scores), 3))};
    for (const RocPoint& p : roc_curve(one.truth, one.scores)) {
      curve.points.push_back({p.false_positive_rate, p.true_positive_rate});
    }
    plot.description += curve.name + ". ";
    plot.series.push_back(std::move(curve));
  }
  plot.guides.push_back({{0.0, 0.0}, {1.0, 1.0}, ""});
  return plot;
}

[[nodiscard]] inline SvgPlot precision_recall_plot(const TaskOutcome& task) {
  SvgPlot plot = unit_plot("Precision-recall", "recall", "precision");
  const auto classes = curve_classes(task);
  for (const std::size_t c : classes) {
    const OneClass one = one_class(task, c);
    PlotSeries curve{
        .name = text(shortened(task.class_name(c), 18), ", AP ", fixed(average_precision(one.truth, one.scores), 3))};
    curve.style = CurveStyle::steps;
    // By falling recall: a precision holds down to the next recall, so that the area is the average precision.
    for (const PrecisionRecallPoint& p : precision_recall_curve(one.truth, one.scores)) {
      curve.points.push_back({p.recall, p.precision});
    }
    plot.description += curve.name + ". ";
    if (classes.size() == 1) {
      const double share =
          std::accumulate(one.truth.begin(), one.truth.end(), 0.0) / static_cast<double>(one.truth.size());
      plot.guides.push_back({{0.0, share}, {1.0, share}, "share of rows"});
    }
    plot.series.push_back(std::move(curve));
  }
  return plot;
}

/// Frequencies against probabilities: of class 1 of two, else of the most probable class.
[[nodiscard]] inline SvgPlot calibration_plot(const TaskOutcome& task) {
  const bool binary = task.facts.classes == 2;
  const auto bins = binary ? calibration_bins(task.truth, one_class(task, 1).scores)
                           : confidence_bins(task.truth, task.probabilities);
  SvgPlot plot = unit_plot("Calibration", binary ? "predicted probability" : "probability of the predicted class",
                           binary ? "observed share" : "share that is right");
  PlotSeries observed{.name = binary ? "observed" : "right", .style = CurveStyle::line_with_points, .colour = 1};
  std::size_t rows = 0;
  for (const CalibrationBin& bin : bins) rows += bin.rows;
  for (const CalibrationBin& bin : bins) {
    observed.points.push_back({bin.mean_probability, bin.positive_rate});
    plot.bars.push_back(
        {bin.low, bin.high, static_cast<double>(bin.rows) / static_cast<double>(rows), std::to_string(bin.rows)});
  }
  plot.bars_name = "rows, as a share";
  plot.description = text("Expected calibration error ", fixed(expected_calibration_error(bins), 3), '.');
  plot.series.push_back(std::move(observed));
  plot.guides.push_back({{0.0, 0.0}, {1.0, 1.0}, ""});
  return plot;
}

/// Points as they are where they are few, else how many there are in each of 40 x 36 cells, on a logarithmic scale.
inline void add_cloud(SvgPlot& plot, std::vector<PlotPoint> points) {
  constexpr std::size_t most_points = 600;
  constexpr std::size_t columns = 40, rows = 36;
  if (points.size() <= most_points) {
    plot.series.push_back({.points = std::move(points), .style = CurveStyle::points, .colour = 0});
    return;
  }
  DataRange x, y;
  for (const PlotPoint& p : points) x.add(p.x), y.add(p.y);
  const PlotRange across = range_of({}, x.range()), up = range_of({}, y.range());
  plot.cells = {static_cast<int>(columns), static_cast<int>(rows), {across.low, up.low}, {across.high, up.high}, {}};
  plot.cells.values.resize(columns * rows);
  const auto cell = [](double share, std::size_t count) {
    return std::min(static_cast<std::size_t>(std::max(0.0, share * static_cast<double>(count))), count - 1);
  };
  for (const PlotPoint& p : points) {
    ++plot.cells.values[cell(up.share(p.y), rows) * columns + cell(across.share(p.x), columns)];
  }
  const double most = *std::max_element(plot.cells.values.begin(), plot.cells.values.end());
  for (double& value : plot.cells.values) value = std::log1p(value) / std::log1p(most);
}

/// Predicted against true values.
[[nodiscard]] inline SvgPlot prediction_plot(const TaskOutcome& task) {
  SvgPlot plot{.title = "Predicted against true values"};
  plot.x = {.label = task.with_unit("true")};
  plot.y = {.label = task.with_unit("predicted")};
  plot.width = square_width;
  plot.height = square_height;
  std::vector<PlotPoint> points;
  DataRange x, y;
  for (std::size_t i = 0; i < task.targets.size(); ++i) {
    points.push_back({task.targets[i], task.predicted[i]});
    x.add(task.targets[i]);
    y.add(task.predicted[i]);
  }
  const PlotRange across = x.range(), up = y.range();
  const double low = std::max(across.low, up.low), high = std::min(across.high, up.high);
  if (low < high) plot.guides.push_back({{low, low}, {high, high}, ""});
  plot.description = text("RMSE ", significant(task.metrics.rmse, 4), ", R2 ", fixed(task.metrics.r2, 3), '.');
  add_cloud(plot, std::move(points));
  return plot;
}

/// Predicted less true values, against the predicted ones.
[[nodiscard]] inline SvgPlot residual_plot(const TaskOutcome& task) {
  SvgPlot plot{.title = "Residuals against predicted values"};
  plot.x = {.label = task.with_unit("predicted")};
  plot.y = {.label = task.with_unit("predicted - true")};
  plot.width = square_width;
  plot.height = square_height;
  std::vector<PlotPoint> points;
  DataRange x;
  for (std::size_t i = 0; i < task.targets.size(); ++i) {
    points.push_back({task.predicted[i], task.predicted[i] - task.targets[i]});
    x.add(task.predicted[i]);
  }
  const PlotRange across = x.range();
  if (across.low < across.high) plot.guides.push_back({{across.low, 0.0}, {across.high, 0.0}, ""});
  plot.description = text("Mean absolute error ", significant(task.metrics.mae, 4), '.');
  add_cloud(plot, std::move(points));
  return plot;
}

}  // namespace qmtl::inline QMTL_ABI::detail
