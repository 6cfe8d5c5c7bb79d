// SPDX-License-Identifier: Apache-2.0
// Problems and named data sets as `evidence` takes them.

#include "paper/regimes.hpp"

#include <algorithm>
#include <utility>

#include "paper/study.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::paper {
namespace {

[[nodiscard]] evidence::Representations representations_of(const evidence::Problem& problem, const RegimePlan& plan,
                                                           bool trained) {
  evidence::Representations out = plan.quick ? evidence::quick_representations() : evidence::Representations{};
  if (!plan.narrow) out.narrow.clear();
  if (!trained) out.trained.clear();
  if (plan.frozen) {
    const int tasks = static_cast<int>(problem.classes.size());
    out.frozen = {std::max(2, std::min(tasks, static_cast<int>(problem.train.features())))};
  }
  return out;
}

}  // namespace

evidence::Protocol RegimePlan::protocol() const {
  evidence::Protocol out = quick ? evidence::quick_protocol() : evidence::Protocol{};
  if (seeds > 0) out.seeds = seeds;
  out.threads = threads;
  return out;
}

evidence::CompareOptions RegimePlan::compare_options() const {
  evidence::CompareOptions out;
  if (quick) out.bootstrap.resamples = evidence::quick_resamples;
  out.threads = threads;
  return out;
}

evidence::Problem evidence_problem(const Problem& problem) {
  const Fold& fold = problem.folds.front();
  evidence::Problem out{problem.dataset, all_training_rows(fold), fold.test, {}};
  for (const LabelKind& kind : problem.kinds) {
    if (kind.classes < 2) throw LogicError("qmtl: " + problem.dataset + ": expected tasks of classes");
    out.classes.push_back(kind.classes);
  }
  return out;
}

std::vector<evidence::DatasetResult> run_regimes(const std::vector<Problem>& problems, const RegimePlan& plan,
                                                 const evidence::Announce& announce) {
  std::vector<evidence::DatasetResult> out;
  const auto run = [&](const evidence::Problem& problem, bool trained) {
    out.push_back(evidence::run_dataset(problem, representations_of(problem, plan, trained), plan.protocol(), {},
                                        plan.compare_options().against, announce));
  };
  if (plan.narrow || plan.frozen) {
    for (const Problem& problem : problems) run(evidence_problem(problem), false);
  }
  for (const auto& [name, file, views] : plan.datasets) run(evidence::load_problem(name, file, views), plan.trained);
  return out;
}

}  // namespace qmtl::benchmark::paper
