// SPDX-License-Identifier: Apache-2.0
// Scripts for gnuplot, one a plot.

#include "paper/plots.hpp"

#include <span>

#include "paper/summary.hpp"

namespace qmtl::benchmark::paper {
namespace {

[[nodiscard]] std::string tasks_script(std::span<const HeadSummary> heads) {
  std::string data = "$data << EOD\ntask";
  for (const HeadSummary& head : heads) data += detail::text(" \"", head.name, "\" deviation");
  for (std::size_t t = 0; t < heads.front().tasks.size(); ++t) {
    data += "\n\"" + heads.front().tasks[t].name + '"';
    for (const HeadSummary& head : heads) {
      data += detail::text(' ', head.tasks[t].auc.mean, ' ', head.tasks[t].auc.deviation);
    }
  }
  return data + detail::text("\nEOD\nset style data histogram\nset style histogram errorbars gap 2 lw 1\n",
                             "set style fill solid 0.7\nset xtics rotate by -30 noenhanced\nset yrange [0.4:1]\n",
                             "set ylabel 'test AUC'\nplot for [i=0:", heads.size() - 1,
                             "] $data using 2*i+2:2*i+3:xtic(1) title columnheader(2*i+2) noenhanced\n");
}

[[nodiscard]] std::string parameters_script(std::span<const HeadSummary> heads) {
  std::string data = "$data << EOD\n";
  for (const HeadSummary& head : heads) {
    if (head.name == "hybrid") continue;  // one of the two forms
    const MeanDeviation auc = summarize(head.auc_by_seed);
    data += detail::text(head.head_parameters, ' ', auc.mean, ' ', auc.deviation, " \"", head.name, "\"\n");
  }
  return data +
         "EOD\nset logscale x 2\nset offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1\n"
         "set xlabel 'head parameters'\nset ylabel 'mean test AUC'\nunset key\n"
         "plot $data using 1:2:3 with yerrorbars pt 7 lw 2, "
         "$data using 1:2:4 with labels noenhanced left offset 1,0.5\n";
}

[[nodiscard]] std::string curves_script(const ProblemResult& result) {
  std::string data, loss, auc;
  for (std::size_t h = 0; h < result.heads.size(); ++h) {
    const HeadResult& head = result.heads[h];
    data += detail::text("$head", h, " << EOD\n");
    const FoldResult& fold = head.folds.front();
    for (const CurvePoint& point : fold.search[fold.chosen].curve) {
      data += detail::text(point.epoch, ' ', point.train_loss, ' ', point.validation_auc, '\n');
    }
    data += "EOD\n";
    const std::string separator = h == 0 ? "plot " : ", ";
    loss += detail::text(separator, "$head", h, " using 1:2 with lines lw 2 title '", head.name, "' noenhanced");
    auc += detail::text(separator, "$head", h, " using 1:3 with lines lw 2 title '", head.name, "' noenhanced");
  }
  return data + "set multiplot layout 1,2\nset xlabel 'epoch'\nset ylabel 'training loss, sum over tasks'\n" + loss +
         "\nset ylabel 'validation AUC, mean over tasks'\nset key right bottom\n" + auc + "\nunset multiplot\n";
}

}  // namespace

std::vector<Plot> make_plots(const ProblemResult& result) {
  const auto heads = summarize_heads(result);
  const std::string name = plot_file_name(result.dataset);
  return {{name + "_tasks", result.dataset + ": test AUC of each task", tasks_script(heads)},
          {name + "_parameters", result.dataset + ": mean test AUC against head parameters", parameters_script(heads)},
          {name + "_curves", result.dataset + ": training curves of the chosen settings", curves_script(result)}};
}

}  // namespace qmtl::benchmark::paper
