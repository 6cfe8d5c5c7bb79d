#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots of a training's course: losses, metrics and task weights against epochs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/report/svg_plot.hpp"
#include "qmtl/train/epoch_record.hpp"
#include "qmtl/train/report.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// A value of each epoch as a curve.
template <class Value>
[[nodiscard]] PlotSeries epoch_curve(const FitReport& report, std::string name, const Value& value) {
  PlotSeries out{.name = std::move(name)};
  for (const EpochRecord& record : report.history) {
    out.points.push_back({static_cast<double>(record.epoch), value(record)});
  }
  return out;
}

/// Whether a curve has a value at all.
[[nodiscard]] inline bool has_points(const PlotSeries& series) {
  for (const PlotPoint& point : series.points) {
    if (std::isfinite(point.x) && std::isfinite(point.y)) return true;
  }
  return false;
}

/// An empty plot against epochs.
[[nodiscard]] inline SvgPlot epoch_plot(std::string title, std::string label) {
  SvgPlot plot{.title = std::move(title)};
  plot.x = {.label = "epoch", .integers = true};
  plot.y = {.label = std::move(label)};
  return plot;
}

/// Keeps the curves that have values, marks the epoch whose parameters the model has, and says what the last values
/// are.
inline void finish_epoch_plot(SvgPlot& plot, const FitReport& report) {
  std::erase_if(plot.series, [](const PlotSeries& series) { return !has_points(series); });
  DataRange y;
  for (const PlotSeries& series : plot.series) {
    for (const PlotPoint& point : series.points) y.add(point.y);
  }
  const PlotRange range = y.range();
  const bool marked = report.history.size() > 1 && range.low < range.high && report.best_epoch > 0;
  if (marked) {
    const auto best = static_cast<double>(report.best_epoch);
    plot.y.high = range.high + 0.12 * (range.high - range.low);  // room for the mark's name
    const PlotRange axis = range_of(plot.y, range);
    plot.guides.push_back({{best, axis.low}, {best, axis.high}, text("epoch ", report.best_epoch)});
    plot.description = text("The model has the parameters of epoch ", report.best_epoch, ". ");
  }
  for (const PlotSeries& series : plot.series) {
    plot.description += text(series.name, ": from ", significant(series.points.front().y, 4), " to ",
                             significant(series.points.back().y, 4), ". ");
  }
}

}  // namespace detail

/// The losses against epochs, summed over tasks: of the training and, if there were any, of the validation rows.
[[nodiscard]] inline SvgPlot loss_plot(const FitReport& report) {
  SvgPlot plot = detail::epoch_plot("Loss of all tasks against epochs", "loss");
  plot.series.push_back(detail::epoch_curve(report, "training", [](const EpochRecord& r) { return r.train_loss; }));
  plot.series.push_back(
      detail::epoch_curve(report, "validation", [](const EpochRecord& r) { return r.validation_loss; }));
  plot.series.back().dashed = true;
  detail::finish_epoch_plot(plot, report);
  return plot;
}

/// The losses of task number t against epochs.
[[nodiscard]] inline SvgPlot task_loss_plot(const FitReport& report, std::size_t t) {
  SvgPlot plot = detail::epoch_plot("Loss against epochs", "loss");
  plot.series.push_back(detail::epoch_curve(report, "training", [t](const EpochRecord& r) {
    return t < r.task_losses.size() ? r.task_losses[t] : undefined_metric;
  }));
  plot.series.push_back(detail::epoch_curve(report, "validation", [t](const EpochRecord& r) {
    return t < r.validation.size() ? r.validation[t].loss : undefined_metric;
  }));
  plot.series.back().dashed = true;
  detail::finish_epoch_plot(plot, report);
  return plot;
}

/// The metrics of task number t against epochs: accuracy, macro F1 and AUC or, of a real target, RMSE and MAE, of the
/// validation rows and, dashed, of the training rows where FitOptions asked for them. Without a curve where there were
/// none.
[[nodiscard]] inline SvgPlot task_metric_plot(const FitReport& report, std::size_t t, const std::string& error_label) {
  struct Curve {
    const char* name;
    double TaskMetrics::*value;
    int colour;
    bool error = false;
  };
  constexpr Curve curves[] = {{"accuracy", &TaskMetrics::accuracy, 0},
                              {"macro-F1", &TaskMetrics::macro_f1, 1},
                              {"AUC", &TaskMetrics::auc, 2},
                              {"RMSE", &TaskMetrics::rmse, 0, true},
                              {"MAE", &TaskMetrics::mae, 1, true}};
  SvgPlot plot = detail::epoch_plot("Metrics against epochs", "metric");
  for (const Curve& curve : curves) {
    for (const auto rows : {&EpochRecord::validation, &EpochRecord::training}) {
      const bool training = rows == &EpochRecord::training;
      PlotSeries series = detail::epoch_curve(
          report, detail::text(curve.name, training ? ", training rows" : ""), [&curve, rows, t](const EpochRecord& r) {
            return t < (r.*rows).size() ? (r.*rows)[t].*curve.value : undefined_metric;
          });
      series.colour = curve.colour;
      series.dashed = training;
      if (curve.error && detail::has_points(series)) plot.y.label = error_label;
      plot.series.push_back(std::move(series));
    }
  }
  detail::finish_epoch_plot(plot, report);
  const bool solid = std::none_of(plot.series.begin(), plot.series.end(), [](const auto& one) { return one.dashed; });
  for (std::size_t i = 1; solid && i < plot.series.size(); i += 2) plot.series[i].dashed = true;  // seen on the others
  return plot;
}

/// The learning rates of backbone and head against epochs, in the last step of each; without a curve where none varies.
[[nodiscard]] inline SvgPlot learning_rate_plot(const FitReport& report) {
  SvgPlot plot = detail::epoch_plot("Learning rates against epochs", "learning rate");
  plot.series.push_back(
      detail::epoch_curve(report, "backbone", [](const EpochRecord& r) { return r.backbone_learning_rate; }));
  plot.series.push_back(detail::epoch_curve(report, "head", [](const EpochRecord& r) { return r.head_learning_rate; }));
  plot.series.back().dashed = true;  // seen where both are equal
  detail::DataRange first, second;
  for (const PlotPoint& point : plot.series[0].points) first.add(point.y);
  for (const PlotPoint& point : plot.series[1].points) second.add(point.y);
  const auto varies = [](const detail::DataRange& range) { return range.range().low < range.range().high; };
  if (!varies(first) && !varies(second)) plot.series.clear();
  if (!plot.series.empty()) detail::finish_epoch_plot(plot, report);
  return plot;
}

/// The task weights against epochs, of those seven tasks whose weights vary most; without a curve where none does.
[[nodiscard]] inline SvgPlot task_weight_plot(const FitReport& report, std::span<const std::string> task_names) {
  std::vector<std::pair<double, PlotSeries>> curves;
  for (std::size_t t = 0; t < task_names.size(); ++t) {
    PlotSeries curve = detail::epoch_curve(report, task_names[t], [t](const EpochRecord& r) {
      return t < r.task_weights.size() ? r.task_weights[t] : undefined_metric;
    });
    detail::DataRange range;
    for (const PlotPoint& point : curve.points) range.add(point.y);
    const double spread = range.range().high - range.range().low;
    if (spread > 0.0) curves.emplace_back(spread, std::move(curve));
  }
  std::stable_sort(curves.begin(), curves.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  SvgPlot plot = detail::epoch_plot("Task weights against epochs", "weight");
  for (auto& [spread, curve] : curves) {
    if (plot.series.size() == std::size(plot_colours)) break;
    curve.dashed = plot.series.size() % 2 == 1;
    plot.series.push_back(std::move(curve));
  }
  detail::finish_epoch_plot(plot, report);
  return plot;
}

}  // namespace qmtl::inline QMTL_ABI
