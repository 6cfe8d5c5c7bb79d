#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads of run-time size (`evidence`) on narrow and frozen representations of the problems, and on data sets by name.

#include <string>
#include <vector>

#include "evidence/dataset_run.hpp"
#include "evidence/report.hpp"
#include "paper/problem.hpp"

namespace qmtl::benchmark::paper {

/// What is run beside the problems' own heads behind their own backbones.
struct RegimePlan {
  bool trained = true;  ///< of data sets by name; the problems' own heads are a trained regime already
  bool narrow = false, frozen = false;
  std::vector<evidence::DatasetArgument> datasets{};  ///< by name
  bool quick = false;
  int seeds = 0;  ///< of final trainings; 0: the protocol's own
  int threads = 1;

  [[nodiscard]] evidence::Protocol protocol() const;
  [[nodiscard]] evidence::CompareOptions compare_options() const;
};

/// A problem's first fold, validation rows being training rows, with labels as classes.
[[nodiscard]] evidence::Problem evidence_problem(const Problem& problem);

/// Every regime of the plan on the problems, none where only `trained` is asked for, and then on the data sets by name.
/// Frozen representations have a feature a task, two at least. Throws as load_problem and run_dataset.
[[nodiscard]] std::vector<evidence::DatasetResult> run_regimes(const std::vector<Problem>& problems,
                                                               const RegimePlan& plan,
                                                               const evidence::Announce& announce);

}  // namespace qmtl::benchmark::paper
