// SPDX-License-Identifier: Apache-2.0
// Representation by representation; data sets as they are named on a command line.

#include "evidence/dataset_run.hpp"

#include <algorithm>
#include <utility>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

[[nodiscard]] std::vector<std::string> divided_by_commas(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(',', first), text.size());
    out.push_back(text.substr(first, end - first));
    first = end + 1;
  }
  return out;
}

}  // namespace

Protocol quick_protocol() {
  Protocol out{
      .epochs = 6, .seeds = 2, .search_seeds = 1, .learning_rates = {1e-2, 3e-2}, .weight_decays = {0.0, 1e-1}};
  out.extensions = 0;
  out.mlp_hidden = {32};
  return out;
}

Representations quick_representations() { return {.narrow = {3}, .trained = {3}, .hidden = {0, 16}}; }

DatasetResult run_dataset(const Problem& problem, const Representations& representations, const Protocol& protocol,
                          const std::vector<std::string>& heads, const std::string& against, const Announce& announce) {
  DatasetResult out{problem.name, problem.train.features(), problem.train.rows(), problem.test.rows()};
  const auto run = [&](Regime regime, int dimension, int hidden) {
    announce(qmtl::detail::text(problem.name, ", ", to_string(regime), ", ", dimension, " features",
                                hidden > 0 ? qmtl::detail::text(" behind ", hidden, " hidden") : ""));
    const auto same = std::ranges::find_if(out.experiments, [&](const Experiment& e) {
      return e.regime == Regime::narrow && regime == Regime::trained && hidden == 0 && e.dimension == dimension;
    });
    if (same != out.experiments.end()) {
      Experiment copy = *same;
      copy.regime = Regime::trained;
      out.experiments.push_back(std::move(copy));
      return;
    }
    out.experiments.push_back(run_experiment(problem, regime, dimension, protocol, heads, hidden));
    if (std::ranges::count(out.experiments.back().heads, against, &HeadOutcome::name) == 0) {
      throw ValueError("qmtl: evidence: expected a head '" + against + "' to compare with, got none");
    }
  };
  for (const int dimension : representations.narrow) run(Regime::narrow, dimension, 0);
  for (const int dimension : representations.trained) {
    for (const int hidden : representations.hidden) run(Regime::trained, dimension, hidden);
  }
  for (const int dimension : representations.frozen) run(Regime::frozen, dimension, 0);
  out.references = run_references(problem, protocol, heads);
  return out;
}

DatasetArgument parse_dataset(const std::string& argument, const std::vector<std::string>& views) {
  const std::size_t at = argument.find('=');
  if (at == std::string::npos || at == 0) {
    throw ValueError("qmtl: data set: expected NAME=FILE or NAME=FILE:VIEW,..., got '" + argument + "'");
  }
  DatasetArgument out{argument.substr(0, at), argument.substr(at + 1), views};
  const std::size_t colon = out.file.rfind(':');
  if (colon == std::string::npos || out.file.find_first_of("/\\.", colon) != std::string::npos) return out;
  out.views = divided_by_commas(out.file.substr(colon + 1));
  out.file.resize(colon);
  return out;
}

}  // namespace qmtl::benchmark::evidence
