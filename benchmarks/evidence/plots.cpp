// SPDX-License-Identifier: Apache-2.0
// Scripts for gnuplot.

#include "evidence/plots.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "evidence/pareto.hpp"

namespace qmtl::benchmark::evidence {
namespace {

struct Family {
  const char *title, *style;
};
constexpr std::array<Family, 4> families{{{"quantum", "pt 7 lc rgb '#d62728'"},
                                          {"hybrid", "pt 9 lc rgb '#2ca02c'"},
                                          {"linear, low rank", "pt 5 lc rgb '#1f77b4'"},
                                          {"no bottleneck", "pt 13 lc rgb '#7f7f7f'"}}};

[[nodiscard]] std::size_t family_of(const HeadPoint& point, const DatasetResult& data) {
  if (point.experiment == &data.references) return 3;
  if (point.head->name.starts_with("hybrid")) return 1;
  return point.head->quantum ? 0 : 2;
}

/// No logarithm of no parameters: they stand at a half.
[[nodiscard]] double place(int parameters) { return std::max(0.5, static_cast<double>(parameters)); }

/// Data blocks and plot command of one panel.
[[nodiscard]] std::string panel(const DatasetResult& data, Regime regime, bool in_all) {
  const std::string name = to_string(regime);
  const auto points = points_of(data, regime, in_all);
  std::string blocks, command;
  for (std::size_t f = 0; f < families.size(); ++f) {
    std::string rows;
    for (const HeadPoint& point : points) {
      if (family_of(point, data) != f) continue;
      rows += qmtl::detail::text(place(point.parameters), ' ', point.auc.mean, ' ', point.auc.deviation, " \"",
                                 point.head->name, "\"\n");
    }
    if (rows.empty()) continue;
    blocks += qmtl::detail::text("$", name, f, " << EOD\n", rows, "EOD\n");
    command += qmtl::detail::text(command.empty() ? "" : ", ", "$", name, f, " using 1:2:3 with yerrorbars ",
                                  families[f].style, " ps 0.7 title '", families[f].title, "'");
  }
  blocks += "$" + name + "_front << EOD\n";
  const auto front = pareto_front(points);
  for (std::size_t i = 0; i < front.size(); ++i) {
    blocks += qmtl::detail::text(place(front[i].parameters), ' ', front[i].auc.mean, ' ', i + 1, '\n');
  }
  blocks += "EOD\n";
  command += qmtl::detail::text(", $", name, "_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front'",
                                ", $", name, "_front using 1:2:3 with labels right offset -0.4,0.4 font ',9'",
                                " notitle, 0.5 lc rgb '#999999' dt 2 title 'chance'");
  for (const HeadOutcome& head : data.references.heads) {
    if (head.name != "mlp") continue;
    command += qmtl::detail::text(", ", head.mean_auc(), " lc rgb '#7f7f7f' dt 4 title 'mlp'");
  }
  const bool any_without = !points.empty() && points.front().parameters == 0;
  return qmtl::detail::text(blocks, "set title '", name, "'\n",
                            any_without ? "set xtics add ('0' 0.5)\n" : "set xtics auto\n", "plot ", command, '\n');
}

[[nodiscard]] Plot make_plot(const DatasetResult& data, const std::vector<Regime>& regimes, bool in_all) {
  Plot out{.name = plot_file_name(data.name) + (in_all ? "_total_parameters" : "_head_parameters"),
           .title = data.name + ": mean test AUC against " + (in_all ? "parameters in all" : "head parameters"),
           .script = {}};
  out.width = 520 * static_cast<int>(regimes.size());
  out.height = 480;
  out.script = qmtl::detail::text("set logscale x 2\nset offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02\n",
                                  "set xlabel '", in_all ? "parameters in all" : "head parameters",
                                  "'\nset ylabel 'mean test AUC'\nset key bottom right font ',9'\n",
                                  "set multiplot layout 1,", regimes.size(), '\n');
  for (const Regime regime : regimes) out.script += panel(data, regime, in_all);
  out.script += "unset multiplot\n";
  return out;
}

/// Heads that differ from `quantum` in one thing, and what they are to be seen beside.
constexpr std::array ablations{"quantum_zero",    "quantum_shallow", "quantum",     "quantum_deep",
                               "quantum_product", "quantum_sum_rx",  "quantum_sum", "linear"};

/// A curve a representation; with a trained backbone, by the hidden layer that validation rows chose.
[[nodiscard]] Plot make_ablation_plot(const DatasetResult& data) {
  Plot out{.name = plot_file_name(data.name) + "_ablations",
           .title = data.name + ": mean test AUC of heads that differ in one thing",
           .script = {}};
  out.width = 900;
  out.height = 420;
  std::string curves, ticks;
  for (std::size_t h = 0; h < ablations.size(); ++h) {
    ticks += qmtl::detail::text(h == 0 ? "" : ", ", "'", ablations[h], "' ", h);
  }
  const auto views = views_of(data);
  for (std::size_t v = 0; v < views.size(); ++v) {
    std::string points;
    for (std::size_t h = 0; h < ablations.size(); ++h) {
      const Entry entry = find_entry(views[v].heads, ablations[h]);
      if (entry.head == nullptr) continue;
      const MeanDeviation auc = summarize(entry.head->auc);
      points += qmtl::detail::text(static_cast<double>(h) + 0.03 * static_cast<double>(v), ' ', auc.mean, ' ',
                                   auc.deviation, '\n');
    }
    out.script += qmtl::detail::text("$view", v, " << EOD\n", points, "EOD\n");
    curves += qmtl::detail::text(v == 0 ? "plot" : ",", " $view", v,
                                 " using 1:2:3 with yerrorlines lw 1.5 pt 7 ps 0.6 title '", to_string(views[v].regime),
                                 ", ", views[v].dimension, "'");
  }
  out.script += qmtl::detail::text(
      "set xtics (", ticks,
      ") rotate by 20 right noenhanced\nset xrange [-0.5:", static_cast<double>(ablations.size()) - 0.3,
      "]\nset ylabel 'mean test AUC'\nset key outside\n", curves, ", 0.5 lc rgb '#999999' dt 2 title 'chance'\n");
  return out;
}

}  // namespace

std::vector<Plot> make_plots(const DatasetResult& data) {
  std::vector<Regime> regimes;
  for (const Experiment& experiment : data.experiments) {
    if (std::ranges::find(regimes, experiment.regime) == regimes.end()) regimes.push_back(experiment.regime);
  }
  if (regimes.empty()) return {};
  return {make_plot(data, regimes, false), make_plot(data, regimes, true), make_ablation_plot(data)};
}

}  // namespace qmtl::benchmark::evidence
