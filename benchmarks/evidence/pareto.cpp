// SPDX-License-Identifier: Apache-2.0
// Pareto fronts of test AUC and parameters.

#include "evidence/pareto.hpp"

#include <algorithm>

#include "evidence/report_text.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

/// "`linear` (2 features, hidden 8, 33 parameters, AUC 0.7251)".
[[nodiscard]] std::string described(const HeadPoint& point, bool reference) {
  const Experiment& experiment = *point.experiment;
  return text('`', point.head->name, "` (", reference ? "" : text(experiment.dimension, " features, "),
              experiment.hidden > 0 ? text("hidden ", experiment.hidden, ", ") : "", point.parameters,
              point.parameters == 1 ? " parameter" : " parameters", ", AUC ", fixed(point.auc.mean, 4), ')');
}

}  // namespace

std::vector<HeadPoint> points_of(const DatasetResult& data, Regime regime, bool in_all) {
  std::vector<HeadPoint> out;
  const auto add = [&](const Experiment& experiment) {
    for (const HeadOutcome& head : experiment.heads) {
      out.push_back({in_all ? head.parameters() : head.head_parameters, summarize(head.auc), &experiment, &head});
    }
  };
  for (const Experiment& experiment : data.experiments) {
    if (experiment.regime == regime) add(experiment);
  }
  if (!out.empty()) add(data.references);
  std::ranges::stable_sort(out, [](const HeadPoint& a, const HeadPoint& b) {
    return a.parameters != b.parameters ? a.parameters < b.parameters : a.auc.mean > b.auc.mean;
  });
  return out;
}

std::vector<HeadPoint> pareto_front(const std::vector<HeadPoint>& points) {
  std::vector<HeadPoint> out;
  for (const HeadPoint& point : points) {
    if (out.empty() || point.auc.mean > out.back().auc.mean) out.push_back(point);
  }
  return out;
}

std::string pareto_section(const DatasetResult& data) {
  std::string out;
  for (const Regime regime : {Regime::narrow, Regime::trained, Regime::frozen}) {
    for (const bool in_all : {false, true}) {
      if (regime == Regime::frozen && in_all) continue;  // the head is all
      const auto front = pareto_front(points_of(data, regime, in_all));
      if (front.empty()) continue;
      out += text("- ", to_string(regime), in_all ? ", parameters in all: " : ", head parameters: ");
      for (std::size_t i = 0; i < front.size(); ++i) {
        out += text(i == 0 ? "" : ", ", i + 1, ' ', described(front[i], front[i].experiment == &data.references));
      }
      out += '\n';
    }
  }
  if (out.empty()) return out;
  return "\n### Pareto fronts\n\nHeads of a regime, over all representations, that are above all with as many "
         "parameters or fewer, numbered as in the plots; by mean test AUC, so that they describe, and choose "
         "nothing.\n\n" +
         out;
}

}  // namespace qmtl::benchmark::evidence
